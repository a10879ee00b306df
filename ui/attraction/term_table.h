#pragma once

#include "ui/attraction/pair_frame.h"
#include "ui/table/keyed_table.h"

namespace mergarium {

/// The samples that make one member attractive to another, largest first; keys are samples.
class TermTable : public KeyedTable {
    Q_OBJECT

public:
    enum Column { SampleColumn, SolversColumn, FirstColumn, SecondColumn, ValueColumn, ShareColumn, Columns };

    using KeyedTable::KeyedTable;

    /// Null empties it.
    void setFrame(const PairFramePtr& frame);
    /// Of pictures, in device-independent pixels.
    void setSide(int side, double devicePixelRatio);

    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    QVariant sampleData(std::size_t sample, int role) const;

    PairFramePtr frame_;
    int side_ = 16;
    double devicePixelRatio_ = 1.0;
};

}  // namespace mergarium
