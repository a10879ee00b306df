#pragma once

#include "core/export/rebuild_model.h"
#include "ui/background/latest_worker.h"
#include "ui/export/writing_dialog.h"

#include <filesystem>
#include <functional>
#include <optional>

class QListWidget;

namespace mergarium {

/// What a recipe.yaml makes, of which founders, and where they lie; makes the model again. Reads on a thread of its
/// own.
class RebuildDialog : public WritingDialog {
    Q_OBJECT

public:
    /// `rebuild` is called on another thread; throws Cancelled or with one sentence.
    using Rebuild = std::function<ExportResult(const RebuildRequest& request, const Announce& announce)>;

    explicit RebuildDialog(std::filesystem::path recipe, QWidget* parent = nullptr, Rebuild rebuild = nullptr);

private:
    void read();
    void describe(ModelRecipe recipe);
    void review() override;
    void begin() override;
    RebuildRequest request() const;
    QString finishedText(const ExportResult& result) const override;
    QString cancelledText() const override;

    const Rebuild rebuild_;
    /// Absent until it is read.
    std::optional<ModelRecipe> recipe_;
    QListWidget* founders_ = nullptr;
    PathEdit* models_ = nullptr;
    // Last: joined first.
    LatestWorker worker_;
};

}  // namespace mergarium
