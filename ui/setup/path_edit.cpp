#include "ui/setup/path_edit.h"

#include "ui/files/ask_for_path.h"

#include <QDropEvent>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QMimeData>
#include <QToolButton>
#include <QUrl>

namespace mergarium {

PathEdit::PathEdit(Kind kind, const QString& empty, QWidget* parent) : QWidget(parent), line_(new QLineEdit(this)) {
    line_->setPlaceholderText(empty);
    line_->installEventFilter(this);
    auto* choose = new QToolButton(this);
    choose->setText(tr("..."));
    choose->setToolTip(kind == Kind::File ? tr("Choose a file") : tr("Choose a folder"));
    choose->setAccessibleName(choose->toolTip());
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins({});
    layout->addWidget(line_, 1);
    layout->addWidget(choose);
    setFocusProxy(line_);
    connect(line_, &QLineEdit::textChanged, this, &PathEdit::changed);
    connect(choose, &QToolButton::clicked, this, [this, kind] {
        const bool file = kind == Kind::File;
        const PathQuestion question{.parent = this, .purpose = file ? "files" : "folders", .at = path()};
        const auto chosen = file ? askForFile(question) : askForFolder(question);
        if (!chosen.isEmpty()) line_->setText(chosen);
    });
}

void PathEdit::setName(const QString& name) { line_->setAccessibleName(name); }

void PathEdit::setPath(const QString& path) {
    if (path != this->path()) line_->setText(path);
}

QString PathEdit::path() const { return line_->text().trimmed(); }

bool PathEdit::eventFilter(QObject* watched, QEvent* event) {
    if (watched != line_ || event->type() != QEvent::Drop) return QWidget::eventFilter(watched, event);
    // A line takes a dropped file for text, its address.
    const auto urls = static_cast<QDropEvent*>(event)->mimeData()->urls();
    if (urls.isEmpty() || !urls.front().isLocalFile()) return false;
    line_->setText(urls.front().toLocalFile());
    static_cast<QDropEvent*>(event)->acceptProposedAction();
    return true;
}

}  // namespace mergarium
