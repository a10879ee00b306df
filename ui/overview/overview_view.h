#pragma once

#include "ui/members/run_view.h"

namespace mergarium {

class ArchivePane;
class ProgressPlot;
class WorkerPane;

/// The run at a glance: how the archive has become better, who is in it, and who scores where that isn't this machine.
/// Wants the window's thread.
class OverviewView final : public RunView {
    Q_OBJECT

public:
    explicit OverviewView(Selection& selection, QWidget* parent = nullptr);

    /// Its two halves.
    QWidget* curves() const;
    QWidget* archive() const;

private:
    void clear() override;
    QString whyNothing() const override;
    void draw() override;
    void mark() override;

    SnapshotPtr shown_;
    ProgressPlot* plot_ = nullptr;
    ArchivePane* archive_ = nullptr;
    WorkerPane* workers_ = nullptr;
};

}  // namespace mergarium
