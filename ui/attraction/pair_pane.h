#pragma once

#include "ui/attraction/pair_frame.h"

#include <QWidget>

#include <optional>
#include <utility>

class QLabel;
class QPushButton;
class QTableView;

namespace mergarium {

class LatestWorker;
class TermTable;

/// Why this pair: how likely it is to be drawn, and which samples make it so.
class PairPane : public QWidget {
    Q_OBJECT

public:
    explicit PairPane(QWidget* parent = nullptr);

    /// Null, or no pair: says how to choose one.
    void show(const SnapshotPtr& snapshot, const std::optional<std::pair<MemberId, MemberId>>& pair);

Q_SIGNALS:
    void sampleSelected(std::size_t sample);
    void breedRequested();

private:
    TermTable* model_ = nullptr;
    QLabel* words_ = nullptr;
    QPushButton* breed_ = nullptr;
    QTableView* table_ = nullptr;
    LatestWorker* worker_ = nullptr;
};

}  // namespace mergarium
