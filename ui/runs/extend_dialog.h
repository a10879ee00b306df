#pragma once

#include "core/session/session.h"

#include <QDialog>

#include <cstdint>

class QLabel;
class QPlainTextEdit;
class QPushButton;

namespace mergarium {

struct RunSummary;
class CountBox;
class PathEdit;

/// Asks how a run is to go on otherwise than it has: how many evaluations it is to come to, which parameters of its
/// strategy become others, and which model joins its founders.
class ExtendDialog : public QDialog {
    Q_OBJECT

public:
    explicit ExtendDialog(const RunSummary& run, QWidget* parent = nullptr);

    /// What of the run's strategy can't become otherwise, once that is known: a sentence, or nothing.
    void sayWhatStays(const QString& sentence);

Q_SIGNALS:
    /// Something of it is otherwise.
    void chosen(const mergarium::ResumedRun& run);

private:
    /// As it is set; says what isn't understood.
    ResumedRun wish(QString& problem) const;
    void judge();

    const RunId run_;
    const std::uint64_t budget_;
    CountBox* evaluations_ = nullptr;
    QPlainTextEdit* changes_ = nullptr;
    QLabel* stays_ = nullptr;
    PathEdit* founder_ = nullptr;
    QLabel* problem_ = nullptr;
    QPushButton* extend_ = nullptr;
};

}  // namespace mergarium
