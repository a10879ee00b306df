#pragma once

#include <QWidget>

#include <cstdint>

class QLabel;
class QProgressBar;

namespace mergarium {

/// How far the writing of a model is: a bar, and how much, how fast and how long still. Not shown until it begins.
class ExportProgress : public QWidget {
    Q_OBJECT

public:
    explicit ExportProgress(QWidget* parent);

    /// Shown and empty, or hidden.
    void setRunning(bool running);
    /// In bytes; `perSecond` is 0 while unknown.
    void setProgress(std::uint64_t done, std::uint64_t total, double perSecond);

private:
    QProgressBar* bar_ = nullptr;
    QLabel* rate_ = nullptr;
};

}  // namespace mergarium
