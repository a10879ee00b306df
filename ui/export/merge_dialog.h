#pragma once

#include "core/merging/merge_folder.h"
#include "ui/background/latest_worker.h"
#include "ui/export/writing_dialog.h"

#include <filesystem>
#include <functional>
#include <optional>

class QListWidget;
class QSpinBox;

namespace mergarium {

/// What a merge configuration makes, of which models, and where they lie; merges them. Reads on a thread of its own.
class MergeDialog : public WritingDialog {
    Q_OBJECT

public:
    /// What is done on other threads; by default outlineOf and mergeAsConfigured, and throws as they do.
    struct Work {
        std::function<MergeOutline(const ConfiguredMerge& merge)> outline;
        std::function<ConfiguredResult(const ConfiguredMerge& merge, const MergeProgress& progress)> merge;
    };

    explicit MergeDialog(std::filesystem::path configuration, QWidget* parent = nullptr, Work work = {});

private:
    /// What was read, or why it couldn't be.
    struct Read {
        std::optional<MergeConfiguration> configuration;
        std::optional<MergeOutline> outline;
        QString problem;
    };

    void read();
    void take(Read read);
    void describe();
    void review() override;
    void begin() override;
    ConfiguredMerge request() const;
    QString finishedText(const ExportResult& result) const override;
    QString cancelledText() const override;

    const Work work_;
    Read read_;
    QListWidget* models_ = nullptr;
    QLabel* notes_ = nullptr;
    PathEdit* places_ = nullptr;
    QSpinBox* seed_ = nullptr;
    // Last: joined first.
    LatestWorker worker_;
};

}  // namespace mergarium
