#include "ui/members/run_view.h"

#include "ui/members/member_text.h"
#include "ui/theme/empty_page.h"

#include <QLabel>
#include <QStackedLayout>

#include <utility>

namespace mergarium {

RunView::RunView(QString purpose, Selection& selection, QWidget* parent)
    : QWidget(parent),
      purpose_(std::move(purpose)),
      selection_(selection),
      pages_(new QStackedLayout(this)),
      empty_(makeEmptyPage(purpose_, this)) {
    pages_->addWidget(empty_);
    connect(&selection, &Selection::changed, this, [this] {
        if (isVisible() && whyNothing().isEmpty()) mark();
    });
}

void RunView::setPage(QWidget* page) {
    pages_->addWidget(page);
    refresh();
}

void RunView::setSnapshot(const SnapshotPtr& snapshot) {
    if (!sameRun(snapshot, snapshot_)) clear();
    snapshot_ = snapshot;
    if (isVisible()) refresh();
}

void RunView::recolor() {
    forgetDrawn();
    if (isVisible()) refresh();
}

QString RunView::nothingYet() const {
    return snapshot_ && !snapshot_->message.empty() ? QString::fromStdString(snapshot_->message) : purpose_;
}

QString RunView::whyNothing() const { return hasMembers(snapshot_) ? QString() : nothingYet(); }

void RunView::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    refresh();
}

void RunView::refresh() {
    const auto nothing = whyNothing();
    empty_->setText(nothing);
    pages_->setCurrentIndex(nothing.isEmpty() ? 1 : 0);
    if (!nothing.isEmpty()) return;
    draw();
    mark();
}

}  // namespace mergarium
