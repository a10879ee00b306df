#pragma once

#include "ui/main_window.h"

#include <QObject>

#include <memory>

namespace mergarium {

/// Owns the window, which shows one database for as long as it lives: for another one it is made anew, in the same
/// place and with the same layout. What computes in the old one is stopped and stored first.
class Studio : public QObject {
    Q_OBJECT

public:
    /// The window isn't shown yet.
    explicit Studio(WindowOptions options);
    ~Studio() override;

    MainWindow& window() { return *window_; }

Q_SIGNALS:
    /// The window is another one.
    void reopened();

private:
    void make();
    void reopen(const QString& database);

    WindowOptions options_;
    std::unique_ptr<MainWindow> window_;
};

}  // namespace mergarium
