#include "ui/studio.h"

#include <utility>

namespace mergarium {

Studio::Studio(WindowOptions options) : options_(std::move(options)) { make(); }
Studio::~Studio() = default;

void Studio::make() {
    window_ = std::make_unique<MainWindow>(options_);
    // Queued: the window that asks is the one that goes.
    connect(window_.get(), &MainWindow::databaseRequested, this, &Studio::reopen, Qt::QueuedConnection);
}

void Studio::reopen(const QString& database) {
    options_.workplace.database = database.toStdString();
    options_.theme = window_->theme();
    window_->keepSettings();
    const auto before = std::exchange(window_, nullptr);
    make();
    window_->takeLayoutOf(*before);
    // Shown before the other goes: the program ends with its last window.
    window_->show();
    before->hide();
    Q_EMIT reopened();
}

}  // namespace mergarium
