#include "ui/help/help_window.h"

#include <QFileInfo>
#include <QImage>
#include <QTextBrowser>
#include <QTextDocument>
#include <QUrl>
#include <QVBoxLayout>
#include <QVariant>

namespace mergarium {
namespace {

/// Room for margins and the scroll bar beside a picture.
constexpr int kBeside = 48;

}  // namespace

HelpWindow::HelpWindow(const QString& pictures, QWidget* parent) : QDialog(parent), text_(new QTextBrowser(this)) {
    setWindowTitle(tr("Help"));
    text_->setObjectName("helpText");
    text_->setAccessibleName(tr("Help"));
    // Nothing is fetched from anywhere.
    text_->setOpenLinks(false);
    text_->setFrameShape(QFrame::NoFrame);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->addWidget(text_);
    const int width = 72 * fontMetrics().averageCharWidth();
    resize(width, 44 * fontMetrics().lineSpacing());
    const double ratio = devicePixelRatioF();
    text_->document()->setResourceProvider([pictures, ratio, width](const QUrl& name) -> QVariant {
        if (name.scheme() != "picture") return {};
        QImage picture(pictures + '/' + QFileInfo(name.path()).fileName());
        if (picture.isNull()) return {};
        picture = picture.scaledToWidth(static_cast<int>((width - kBeside) * ratio), Qt::SmoothTransformation);
        picture.setDevicePixelRatio(ratio);
        return picture;
    });
}

void HelpWindow::showFor(const QWidget& widget, const QString& keys) {
    const auto* view = &widget;
    while (view->whatsThis().isEmpty() && view->parentWidget()) view = view->parentWidget();
    text_->setHtml(view->whatsThis() + keys);
    show();
    raise();
    activateWindow();
}

}  // namespace mergarium
