#include "ui/breeding/change_table.h"

#include "ui/members/member_text.h"
#include "ui/niches/niche_frame.h"
#include "ui/session/run_text.h"
#include "ui/table/column_header.h"
#include "ui/table/file_rows.h"

#include <utility>

namespace mergarium {

void ChangeTable::show(const SnapshotPtr& snapshot, std::shared_ptr<const HandBred> bred, std::vector<Change> changes) {
    std::vector<std::uint64_t> keys;
    for (const auto& change : changes) keys.push_back(change.sample);
    replaceRows(std::move(keys), [&] {
        snapshot_ = snapshot;
        bred_ = std::move(bred);
        changes_ = std::move(changes);
    });
    Q_EMIT headerDataChanged(Qt::Horizontal, FirstColumn, SecondColumn);
}

int ChangeTable::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : Columns; }

QVariant ChangeTable::sampleText(std::size_t sample) const {
    const auto group = groupText(*snapshot_, sample);
    const auto name =
        group.isEmpty() ? countText(sample) : tr("%1, %2 %3").arg(countText(sample), groupNoun(*snapshot_), group);
    const auto& set = snapshot_->run->samples;
    return set && set->hasTexts() && sample < set->texts.size()
               ? tr("%1: %2").arg(name, QString::fromStdString(set->texts[sample].question).simplified())
               : name;
}

QVariant ChangeTable::answerText(std::size_t sample) const {
    const auto& answers = bred_->child->answers;
    return answers && sample < answers->size() ? QString::fromStdString((*answers)[sample]).simplified() : QString();
}

QVariant ChangeTable::data(const QModelIndex& index, int role) const {
    const auto row = static_cast<std::size_t>(index.row());
    if (!index.isValid() || row >= changes_.size()) return {};
    const auto& change = changes_[row];
    const bool text = index.column() == SampleColumn || index.column() == AnswerColumn;
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue((text ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
    if (role == kValueRole) switch (index.column()) {
            case SampleColumn: return static_cast<qulonglong>(change.sample);
            case FirstColumn: return static_cast<double>(change.first);
            case SecondColumn: return static_cast<double>(change.second);
            case ChildColumn: return static_cast<double>(change.child);
            default: return answerText(change.sample);
        }
    if (role != Qt::DisplayRole) return {};
    switch (index.column()) {
        case SampleColumn: return sampleText(change.sample);
        case FirstColumn: return scoreText(change.first);
        case SecondColumn: return scoreText(change.second);
        case ChildColumn: return scoreText(change.child);
        case AnswerColumn: return answerText(change.sample);
        default: return {};
    }
}

QVariant ChangeTable::headerData(int section, Qt::Orientation orientation, int role) const {
    const auto first = bred_ ? memberText(bred_->parentage.first) : tr("Parent 1");
    const auto second = bred_ ? memberText(bred_->parentage.second) : tr("Parent 2");
    return headerOf(
        {
            {tr("Sample"), tr("At which the child is better or worse than both parents."), Qt::AlignLeft},
            {first, tr("Parent 1's score."), Qt::AlignRight, tr("Score of %1").arg(first)},
            {second, tr("Parent 2's score."), Qt::AlignRight, tr("Score of %1").arg(second)},
            {tr("Child"), tr("The child's score.")},
            {tr("The child's answer"), tr("Where the task has texts."), Qt::AlignLeft},
        },
        section, orientation, role);
}

}  // namespace mergarium
