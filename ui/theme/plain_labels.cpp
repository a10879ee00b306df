#include "ui/theme/plain_labels.h"

#include "ui/theme/theme.h"

#include <QApplication>
#include <QEvent>
#include <QLabel>

namespace mergarium {
namespace {

const char* const kName = "plainLabels";
const char* const kForm = "colouredForm";
// Stand for colours in a form.
constexpr QChar kWarning(1), kMuted(2);

/// HTML with signs for colours, which are another theme's one day.
void showColoured(QLabel& label, const QString& form) {
    auto text = form;
    const auto colors = colorsOf(label.palette());
    text.replace(kWarning, colors.warning.name()).replace(kMuted, colors.mutedText.name());
    label.setTextFormat(Qt::RichText);
    label.setText(text);
    label.setProperty(kForm, form);
}

/// Rich text keeps the colours that it was made with, those of links too.
void recolour(QLabel& label) {
    if (const auto form = label.property(kForm).toString(); !form.isEmpty()) return showColoured(label, form);
    const auto text = label.text();
    label.clear();
    label.setText(text);
}

class PlainLabels : public QObject {
public:
    explicit PlainLabels(QObject* parent) : QObject(parent) { setObjectName(kName); }

    bool eventFilter(QObject* object, QEvent* event) override {
        const auto type = event->type();
        if (type != QEvent::Polish && type != QEvent::PaletteChange) return false;
        auto* label = qobject_cast<QLabel*>(object);
        if (!label) return false;
        // Before a widget is first shown; a tooltip is a label too.
        if (type == QEvent::Polish && label->textFormat() == Qt::AutoText) label->setTextFormat(Qt::PlainText);
        if (type == QEvent::PaletteChange && label->textFormat() == Qt::RichText) recolour(*label);
        return false;
    }
};

}  // namespace

void showLabelsAsPlainText(QApplication& application) {
    if (!application.findChild<QObject*>(kName, Qt::FindDirectChildrenOnly))
        application.installEventFilter(new PlainLabels(&application));
}

void showSentence(QLabel& label, const QString& sentence) {
    label.setProperty(kForm, {});
    label.setTextFormat(Qt::PlainText);
    label.setText(sentence);
}

void showWarning(QLabel& label, const QString& sentence) {
    showColoured(label,
                 QStringLiteral("<span style='color:%1'>%2</span>").arg(QString(kWarning), sentence.toHtmlEscaped()));
}

void showNamed(QLabel& label, const QString& name, const QString& alias, Alias where) {
    showColoured(label, QStringLiteral("%1%2<span style='color:%3; font-weight:normal'>%4</span>")
                            .arg(name.toHtmlEscaped(), where == Alias::Below ? QStringLiteral("<br>") : " ",
                                 QString(kMuted), alias.toHtmlEscaped()));
}

}  // namespace mergarium
