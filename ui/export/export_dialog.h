#pragma once

#include "core/checkpoint/dtype.h"
#include "core/checkpoint/range_guard.h"
#include "core/founders/pipelines/pipeline_form.h"
#include "core/run/snapshot.h"

#include <QDialog>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <vector>

class QCheckBox;
class QComboBox;
class QDoubleSpinBox;
class QFormLayout;
class QLabel;
class QLineEdit;
class QPushButton;

namespace mergarium {

class ExportProgress;
class PathEdit;

/// What is to be written, and where.
struct ExportWish {
    RunId run;
    MemberId member;
    /// Does not exist yet.
    std::filesystem::path folder;
    /// Absent: as the founders store it.
    std::optional<DType> dtype;
    /// Numbers that the type can't hold.
    OutOfRange outOfRange = OutOfRange::Refused;
    /// Largest size of one file, bytes.
    std::uint64_t shardBytes = 0;
    /// Of text-to-image models; absent: as the founders lie on the disk.
    std::optional<PipelineForm> form;
};

/// A member that can be exported, as people know it.
struct ExportCandidate {
    MemberId member;
    QString words;
};

/// What can be exported of a run.
struct ExportChoices {
    /// The members, best on the training samples first.
    std::vector<ExportCandidate> members;
    /// They are pipelines of diffusers, which have more than one form.
    bool pipelines = false;
};

/// Asks what to export and where, then shows how far it is. Says what is wished; writes nothing.
class ExportDialog : public QDialog {
    Q_OBJECT

public:
    explicit ExportDialog(QWidget* parent = nullptr);

    /// `name` is what folder names are made of.
    void setRun(RunId run, const QString& name, ExportChoices choices);
    void choose(MemberId member);

    /// While it is written the choices rest and Export becomes Cancel.
    void setRunning(bool running);
    /// What is being done, and how far; `perSecond` in bytes, 0 while unknown.
    void setProgress(const QString& what, std::uint64_t done, std::uint64_t total, double perSecond);
    /// Why it came to nothing.
    void setFailure(const QString& sentence);

Q_SIGNALS:
    void exportRequested(const mergarium::ExportWish& wish);
    void cancelRequested();

public Q_SLOTS:
    /// Closing while something is written asks for its end first.
    void reject() override;

private:
    void nameFolder();
    void review();
    ExportWish wish() const;

    RunId run_;
    QString name_;
    std::vector<ExportCandidate> candidates_;
    bool running_ = false;
    QComboBox* member_ = nullptr;
    PathEdit* parent_ = nullptr;
    QLineEdit* folder_ = nullptr;
    QComboBox* dtype_ = nullptr;
    QCheckBox* clamp_ = nullptr;
    QDoubleSpinBox* shard_ = nullptr;
    QComboBox* form_ = nullptr;
    QFormLayout* rows_ = nullptr;
    QLabel* verdict_ = nullptr;
    ExportProgress* progress_ = nullptr;
    QPushButton* export_ = nullptr;
    QPushButton* close_ = nullptr;
};

ExportChoices exportChoices(const SessionSnapshot& snapshot);

}  // namespace mergarium
