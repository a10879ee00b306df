#pragma once

#include "core/run/snapshot.h"

#include <QWidget>

class QLabel;
class QPlainTextEdit;
class QTableView;

namespace mergarium {

class SolverTable;

/// One sample: its picture, or its question and reference; and what every member answers, as far as that is known, else
/// who solves it.
class SamplePage : public QWidget {
    Q_OBJECT

public:
    explicit SamplePage(QWidget* parent = nullptr);

    /// The snapshot has a run and members.
    void show(const SnapshotPtr& snapshot, std::size_t sample);
    using QWidget::show;

Q_SIGNALS:
    void memberSelected(mergarium::MemberId member);

private:
    void showQuestion(const SampleText& text);
    void showAnswer();

    QLabel* title_ = nullptr;
    QLabel* picture_ = nullptr;
    QLabel* facts_ = nullptr;
    QPlainTextEdit* question_ = nullptr;
    QLabel* solvers_ = nullptr;
    SolverTable* model_ = nullptr;
    QTableView* table_ = nullptr;
    QLabel* problem_ = nullptr;
    QLabel* whose_ = nullptr;
    QPlainTextEdit* answer_ = nullptr;
};

}  // namespace mergarium
