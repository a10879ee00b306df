#include "ui/theme/plain_labels.h"

#include "ui/theme/theme.h"

#include <QApplication>
#include <QEvent>
#include <QLabel>

namespace mergarium {
namespace {

const char* const kName = "plainLabels";

class PlainLabels : public QObject {
public:
    explicit PlainLabels(QObject* parent) : QObject(parent) { setObjectName(kName); }

    bool eventFilter(QObject* object, QEvent* event) override {
        // Before a widget is first shown; a tooltip is a label too.
        if (event->type() == QEvent::Polish)
            if (auto* label = qobject_cast<QLabel*>(object); label && label->textFormat() == Qt::AutoText)
                label->setTextFormat(Qt::PlainText);
        return QObject::eventFilter(object, event);
    }
};

}  // namespace

void showLabelsAsPlainText(QApplication& application) {
    if (!application.findChild<QObject*>(kName, Qt::FindDirectChildrenOnly))
        application.installEventFilter(new PlainLabels(&application));
}

void showSentence(QLabel& label, const QString& sentence) {
    label.setTextFormat(Qt::PlainText);
    label.setText(sentence);
}

void showWarning(QLabel& label, const QString& sentence) {
    label.setTextFormat(Qt::RichText);
    label.setText(QStringLiteral("<span style='color:%1'>%2</span>")
                      .arg(colorsOf(label.palette()).warning.name(), sentence.toHtmlEscaped()));
}

void showNamed(QLabel& label, const QString& name, const QString& alias) {
    label.setTextFormat(Qt::RichText);
    label.setText(QStringLiteral("%1 <span style='color:%2; font-weight:normal'>%3</span>")
                      .arg(name.toHtmlEscaped(), colorsOf(label.palette()).mutedText.name(), alias.toHtmlEscaped()));
}

}  // namespace mergarium
