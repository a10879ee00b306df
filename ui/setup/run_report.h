#pragma once

#include "core/evaluation/preflight.h"

#include <QTimer>
#include <QWidget>

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

class QFormLayout;
class QLabel;
class QPlainTextEdit;

namespace mergarium {

class LatestWorker;

/// Shows what a run will take and ask, while it is being set up; found out on a thread of its own.
class RunReport : public QWidget {
    Q_OBJECT

public:
    using Look = std::function<Preflight(const RunConfiguration&)>;

    /// `look` may take its time; it is called on another thread.
    explicit RunReport(QWidget* parent = nullptr, Look look = preflight);

    /// What the form says now; null where it can't be run, so there is nothing to look at.
    void show(const std::optional<RunConfiguration>& configuration);
    using QWidget::show;
    /// Known of the configuration shown last.
    const std::optional<std::string>& refusal() const { return refusal_; }

Q_SIGNALS:
    /// Whether it can be run has been found out.
    void found();

private:
    void lookNow();
    void present(const Preflight& outlook);

    Look look_;
    std::optional<RunConfiguration> configuration_;
    std::optional<std::string> refusal_;
    QTimer* quiet_ = nullptr;
    QLabel* state_ = nullptr;
    QFormLayout* facts_ = nullptr;
    QLabel* heading_ = nullptr;
    QPlainTextEdit* prompts_ = nullptr;
    LatestWorker* worker_ = nullptr;
};

}  // namespace mergarium
