#pragma once

#include "ui/niches/niche_frame.h"
#include "ui/table/file_rows.h"

#include <QAbstractTableModel>

#include <cstddef>
#include <optional>

namespace mergarium {

/// The samples of a frame in its order, in numbers: who solves them, and what two members make of them. Rows are
/// computed when they are seen, so their number doesn't matter.
class SampleTable : public QAbstractTableModel, public FileTable {
    Q_OBJECT

public:
    enum Column {
        SampleColumn,
        GroupColumn,
        SolversColumn,
        TotalColumn,
        FirstColumn,
        FirstShareColumn,
        SecondColumn,
        SecondShareColumn,
        FirstAnswerColumn,
        SecondAnswerColumn,
        Columns
    };

    using QAbstractTableModel::QAbstractTableModel;

    /// Null empties it. Members that aren't in the frame have no numbers.
    void show(const NicheFramePtr& frame, std::optional<MemberId> first, std::optional<MemberId> second);
    std::optional<std::size_t> sampleAt(int row) const;
    std::optional<int> rowOf(std::size_t sample) const;
    /// Whether members answer in words.
    bool hasAnswers() const;
    /// Or are being asked what they answer.
    bool showsAnswers() const;

    /// In the order that is shown; with answers where members answer in words.
    FileRows fileRows() const override;

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    const Member* find(const std::optional<MemberId>& id) const;
    QString text(std::size_t sample, int column) const;
    /// Whom a column is about; null where that one isn't in the frame.
    const Member* memberOf(int column) const;

    NicheFramePtr frame_;
    std::optional<MemberId> first_, second_;
};

}  // namespace mergarium
