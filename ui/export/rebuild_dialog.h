#pragma once

#include "core/export/rebuild_model.h"
#include "ui/background/latest_worker.h"
#include "ui/export/export_job.h"
#include "ui/message_bar/message_bar.h"

#include <QDialog>

#include <filesystem>
#include <functional>
#include <optional>

class QLabel;
class QLineEdit;
class QListWidget;
class QPushButton;

namespace mergarium {

class ExportProgress;
class PathEdit;

/// What a recipe.yaml makes, of which founders, and where they lie; asks where the model is to be made again, and shows
/// how far it is. Reads the recipe and writes the model on threads of its own; closing it while it writes cancels.
class RebuildDialog : public QDialog {
    Q_OBJECT

public:
    /// `rebuild` is called on another thread; throws Cancelled or with one sentence.
    using Rebuild = std::function<ExportResult(const RebuildRequest& request, const Announce& announce)>;

    explicit RebuildDialog(std::filesystem::path recipe, QWidget* parent = nullptr, Rebuild rebuild = nullptr);

    bool isWriting() const { return job_->isRunning(); }

Q_SIGNALS:
    /// What came of it, in one sentence.
    void said(const mergarium::Message& message);

public Q_SLOTS:
    void reject() override;

private:
    void read();
    void describe(ModelRecipe recipe);
    void review();
    void begin();
    void setRunning(bool running);
    void connectJob();
    RebuildRequest request() const;
    QString cancelledText() const;

    const std::filesystem::path file_;
    const Rebuild rebuild_;
    /// Absent until it is read.
    std::optional<ModelRecipe> recipe_;
    QLabel* title_ = nullptr;
    QListWidget* founders_ = nullptr;
    PathEdit* models_ = nullptr;
    PathEdit* parent_ = nullptr;
    QLineEdit* folder_ = nullptr;
    QLabel* verdict_ = nullptr;
    ExportProgress* progress_ = nullptr;
    QPushButton* start_ = nullptr;
    QPushButton* close_ = nullptr;
    ExportJob* job_ = nullptr;
    // Last: joined first.
    LatestWorker worker_;
};

}  // namespace mergarium
