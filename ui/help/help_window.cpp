#include "ui/help/help_window.h"

#include <QTextBrowser>
#include <QVBoxLayout>

namespace mergarium {

HelpWindow::HelpWindow(QWidget* parent) : QDialog(parent), text_(new QTextBrowser(this)) {
    setWindowTitle(tr("Help"));
    text_->setObjectName("helpText");
    text_->setAccessibleName(tr("Help"));
    // Nothing is fetched from anywhere.
    text_->setOpenLinks(false);
    text_->setFrameShape(QFrame::NoFrame);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->addWidget(text_);
    resize(64 * fontMetrics().averageCharWidth(), 40 * fontMetrics().lineSpacing());
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
