#pragma once

#include "ui/breeding/breed_frame.h"
#include "ui/table/keyed_table.h"

namespace mergarium {

/// What a child gains and loses against its parents; keys are samples.
class ChangeTable : public KeyedTable {
    Q_OBJECT

public:
    enum Column { SampleColumn, FirstColumn, SecondColumn, ChildColumn, AnswerColumn, Columns };

    using KeyedTable::KeyedTable;

    /// `bred` is null where nothing was.
    void show(const SnapshotPtr& snapshot, std::shared_ptr<const HandBred> bred, std::vector<Change> changes);
    const std::vector<Change>& changes() const { return changes_; }

    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    QVariant sampleText(std::size_t sample) const;
    QVariant answerText(std::size_t sample) const;

    SnapshotPtr snapshot_;
    std::shared_ptr<const HandBred> bred_;
    std::vector<Change> changes_;
};

}  // namespace mergarium
