#pragma once

#include "core/run/snapshot.h"

#include <QWidget>

#include <optional>

class QLabel;
class QPlainTextEdit;
class QTableView;

namespace mergarium {

class FittedColumns;
class PictureBoard;
class SolverTable;

/// One sample: its picture, or its question and reference; and what every member answers or paints, as far as that is
/// known, else who solves it.
class SamplePage : public QWidget {
    Q_OBJECT

public:
    explicit SamplePage(QWidget* parent = nullptr);

    /// The snapshot has a run and members.
    void show(const SnapshotPtr& snapshot, std::size_t sample);
    using QWidget::show;

    /// Frames a member's picture.
    void mark(std::optional<MemberId> member);

Q_SIGNALS:
    void memberSelected(mergarium::MemberId member);

private:
    void showQuestion(const SampleText& text);
    void showAnswer();
    void showPictures(const SnapshotPtr& snapshot, std::size_t sample);

    QLabel* title_ = nullptr;
    QLabel* picture_ = nullptr;
    QLabel* facts_ = nullptr;
    QPlainTextEdit* question_ = nullptr;
    QLabel* solvers_ = nullptr;
    SolverTable* model_ = nullptr;
    QTableView* table_ = nullptr;
    FittedColumns* columns_ = nullptr;
    QLabel* problem_ = nullptr;
    QLabel* whose_ = nullptr;
    QPlainTextEdit* answer_ = nullptr;
    PictureBoard* board_ = nullptr;
};

}  // namespace mergarium
