#pragma once

#include "core/merging/merge_folder.h"
#include "ui/background/latest_worker.h"
#include "ui/export/export_job.h"
#include "ui/message_bar/message_bar.h"

#include <QDialog>

#include <filesystem>
#include <functional>
#include <optional>
#include <string>

class QFormLayout;
class QLabel;
class QLineEdit;
class QListWidget;
class QPushButton;
class QSpinBox;

namespace mergarium {

class ExportProgress;
class PathEdit;

/// What a merge configuration makes, of which models, and where they lie; asks where the model is to be written, and
/// shows how far it is. Reads and writes on threads of its own; closing it while it writes cancels.
class MergeDialog : public QDialog {
    Q_OBJECT

public:
    /// What is done on other threads; by default outlineOf and mergeAsConfigured, and throws as they do.
    struct Work {
        std::function<MergeOutline(const ConfiguredMerge& merge)> outline;
        std::function<ConfiguredResult(const ConfiguredMerge& merge, const MergeProgress& progress)> merge;
    };

    explicit MergeDialog(std::filesystem::path configuration, QWidget* parent = nullptr, Work work = {});

    bool isWriting() const { return job_->isRunning(); }

Q_SIGNALS:
    /// What came of it, in one sentence.
    void said(const mergarium::Message& message);

public Q_SLOTS:
    void reject() override;

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
    void review();
    void begin();
    void setRunning(bool running);
    void connectJob();
    ConfiguredMerge request() const;
    QString cancelledText() const;

    const std::filesystem::path file_;
    const Work work_;
    Read read_;
    QLabel* title_ = nullptr;
    QListWidget* models_ = nullptr;
    QLabel* notes_ = nullptr;
    PathEdit* places_ = nullptr;
    PathEdit* parent_ = nullptr;
    QLineEdit* folder_ = nullptr;
    QSpinBox* seed_ = nullptr;
    QFormLayout* rows_ = nullptr;
    QLabel* verdict_ = nullptr;
    ExportProgress* progress_ = nullptr;
    QPushButton* start_ = nullptr;
    QPushButton* close_ = nullptr;
    ExportJob* job_ = nullptr;
    // Last: joined first.
    LatestWorker worker_;
};

}  // namespace mergarium
