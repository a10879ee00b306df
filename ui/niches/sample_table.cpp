#include "ui/niches/sample_table.h"

#include "ui/members/member_text.h"
#include "ui/niches/niche_readout.h"
#include "ui/session/run_text.h"
#include "ui/table/column_header.h"

#include <algorithm>
#include <utility>

namespace mergarium {
namespace {

const QString kUnknown = QStringLiteral("\u2013");
const QString kAwaited = QStringLiteral("\u2026");
/// Computed at a time for a file.
constexpr std::size_t kRowsAtOnce = 4096;

/// In the order of the columns; a member may be null.
QVariantList valuesOf(const NicheFrame& frame, const Member* first, const Member* second, std::size_t sample) {
    const QVariant none = QString();
    const double total = totalOf(frame, sample);
    const auto score = [&](const Member* one) { return static_cast<double>(one->scores[sample]); };
    const auto answer = [&](const Member* one) {
        return one && one->answers && sample < one->answers->size() ? QString::fromStdString((*one->answers)[sample])
                                                                    : QString();
    };
    return {static_cast<qulonglong>(sample),
            groupText(*frame.snapshot, sample),
            static_cast<qulonglong>(solversOf(frame, sample)),
            total,
            first ? score(first) : none,
            first && total > 0.0 ? competingScoreOf(frame, *first, sample) / total : none,
            second ? score(second) : none,
            second && total > 0.0 ? competingScoreOf(frame, *second, sample) / total : none,
            answer(first),
            answer(second)};
}

}  // namespace

void SampleTable::show(const NicheFramePtr& frame, std::optional<MemberId> first, std::optional<MemberId> second) {
    const auto samplesOf = [](const NicheFramePtr& one) { return one ? one->samples : nullptr; };
    // Another order is another table; other numbers of the same samples leave the reader where they are.
    const bool another =
        samplesOf(frame) != samplesOf(frame_) &&
        (!frame || !frame_ || !samplesOf(frame) || !samplesOf(frame_) || *frame->samples != *frame_->samples);
    if (another) beginResetModel();
    frame_ = frame;
    first_ = first;
    second_ = second;
    if (another) {
        endResetModel();
    } else if (rowCount() > 0) {
        Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, Columns - 1));
    }
    Q_EMIT headerDataChanged(Qt::Horizontal, 0, Columns - 1);
}

std::optional<std::size_t> SampleTable::sampleAt(int row) const {
    if (row < 0 || row >= rowCount()) return {};
    return (*frame_->samples)[static_cast<std::size_t>(row)];
}

std::optional<int> SampleTable::rowOf(std::size_t sample) const {
    if (rowCount() == 0) return {};
    const auto found = std::ranges::find(*frame_->samples, sample);
    if (found == frame_->samples->end()) return {};
    return static_cast<int>(found - frame_->samples->begin());
}

bool SampleTable::showsAnswers() const { return hasAnswers() || (frame_ && frame_->snapshot->answersAwaited); }

bool SampleTable::hasAnswers() const {
    return frame_ && std::ranges::any_of(frame_->rows, [](const auto& row) { return row.member->answers != nullptr; });
}

const Member* SampleTable::find(const std::optional<MemberId>& id) const {
    const auto rank = id ? rankOf(frame_->rows, *id) : std::nullopt;
    return rank ? frame_->rows[*rank].member.get() : nullptr;
}

int SampleTable::rowCount(const QModelIndex& parent) const {
    return parent.isValid() || !frame_ ? 0 : static_cast<int>(frame_->sampleCount());
}

int SampleTable::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : Columns; }

const Member* SampleTable::memberOf(int column) const {
    return find(column == FirstColumn || column == FirstShareColumn || column == FirstAnswerColumn ? first_ : second_);
}

QString SampleTable::text(std::size_t sample, int column) const {
    const double total = totalOf(*frame_, sample);
    const auto* member = memberOf(column);
    const double score = member ? static_cast<double>(member->scores[sample]) : 0.0;
    switch (column) {
        case SampleColumn: return countText(sample);
        case GroupColumn: return groupText(*frame_->snapshot, sample);
        case SolversColumn: return tr("%1 of %2").arg(solversOf(*frame_, sample)).arg(frame_->rows.size());
        case TotalColumn: return numberText(total, 2);
        case FirstColumn:
        case SecondColumn: return member ? scoreText(score) : kUnknown;
        case FirstShareColumn:
        case SecondShareColumn:
            return member && total > 0.0 ? QString::number(competingScoreOf(*frame_, *member, sample) / total, 'f', 3)
                                         : kUnknown;
        case FirstAnswerColumn:
        case SecondAnswerColumn:
            return member && member->answers && sample < member->answers->size()
                       ? QString::fromStdString((*member->answers)[sample]).simplified()
                   : member && frame_->snapshot->answersAwaited ? kAwaited
                                                                : kUnknown;
        default: return {};
    }
}

FileRows SampleTable::fileRows() const {
    const int columns = hasAnswers() ? Columns : FirstAnswerColumn;
    QStringList heads;
    for (int column = 0; column < columns; ++column) heads << headerData(column, Qt::Horizontal, kValueRole).toString();
    if (!frame_) return fileRowsOf(std::move(heads), {});
    return {.heads = std::move(heads),
            .count = frame_->sampleCount(),
            .next = [frame = frame_, first = find(first_), second = find(second_), columns,
                     done = std::size_t{0}](const auto&) mutable {
                std::vector<QVariantList> rows;
                for (; done < frame->sampleCount() && rows.size() < kRowsAtOnce; ++done)
                    rows.push_back(valuesOf(*frame, first, second, (*frame->samples)[done]).mid(0, columns));
                return rows;
            }};
}

QVariant SampleTable::data(const QModelIndex& index, int role) const {
    const auto sample = sampleAt(index.row());
    if (!index.isValid() || !sample) return {};
    const bool words = index.column() == GroupColumn || index.column() >= FirstAnswerColumn;
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue((words ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
    if (role == Qt::DisplayRole) return text(*sample, index.column());
    if (role == kValueRole) return valuesOf(*frame_, find(first_), find(second_), *sample).at(index.column());
    if (role == Qt::ToolTipRole && index.column() >= FirstAnswerColumn) return text(*sample, index.column());
    return {};
}

QVariant SampleTable::headerData(int section, Qt::Orientation orientation, int role) const {
    const auto name = [](const std::optional<MemberId>& id, const QString& nobody) {
        return id ? memberText(*id) : nobody;
    };
    const auto first = name(first_, tr("Selected")), second = name(second_, tr("Other"));
    return headerOf(
        {
            {tr("Sample"), tr("Its number among the training samples.")},
            {frame_ ? groupNoun(*frame_->snapshot) : tr("class"), tr("What it belongs to."), Qt::AlignLeft},
            {tr("Solved by"), tr("How many members solve it."), Qt::AlignRight, tr("Solved by (members)")},
            {tr("Total z"), tr("The sum of all members' scores.")},
            {first, tr("The selected member's score s."), Qt::AlignRight, tr("Score of %1").arg(first)},
            {tr("Share"), tr("The selected member's share s/z."), Qt::AlignRight, tr("Share of %1").arg(first)},
            {second, tr("The other member's score s."), Qt::AlignRight, tr("Score of %1").arg(second)},
            {tr("Share"), tr("The other member's share s/z."), Qt::AlignRight, tr("Share of %1").arg(second)},
            {tr("Answer of %1").arg(first), tr("What the selected member answered; dots while it is computed."),
             Qt::AlignLeft},
            {tr("Answer of %1").arg(second), tr("What the other member answered; dots while it is computed."),
             Qt::AlignLeft},
        },
        section, orientation, role);
}

}  // namespace mergarium
