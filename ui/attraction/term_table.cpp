#include "ui/attraction/term_table.h"

#include "ui/inspector/picture.h"
#include "ui/members/member_text.h"
#include "ui/niches/niche_frame.h"
#include "ui/session/run_text.h"
#include "ui/table/column_header.h"
#include "ui/table/file_rows.h"

namespace mergarium {

void TermTable::setFrame(const PairFramePtr& frame) {
    std::vector<std::uint64_t> keys;
    if (frame)
        for (const auto& term : frame->terms) keys.push_back(term.sample);
    replaceRows(std::move(keys), [&] { frame_ = frame; });
    // "First" and "Second" are called by name.
    Q_EMIT headerDataChanged(Qt::Horizontal, FirstColumn, SecondColumn);
}

void TermTable::setSide(int side, double devicePixelRatio) {
    side_ = side;
    devicePixelRatio_ = devicePixelRatio;
}

int TermTable::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : Columns; }

QVariant TermTable::sampleData(std::size_t sample, int role) const {
    const auto& snapshot = *frame_->snapshot;
    const auto& set = snapshot.run ? snapshot.run->samples : nullptr;
    const auto group = groupText(snapshot, sample);
    const auto name =
        group.isEmpty() ? countText(sample) : tr("%1, %2 %3").arg(countText(sample), groupNoun(snapshot), group);
    const bool texts = set && set->hasTexts() && sample < set->texts.size();
    switch (role) {
        case Qt::DecorationRole:
            return set && set->hasPictures() ? QVariant(pictureOf(*set, sample, side_, devicePixelRatio_)) : QVariant();
        case Qt::DisplayRole:
            return texts ? tr("%1: %2").arg(name, QString::fromStdString(set->texts[sample].question).simplified())
                         : name;
        case Qt::ToolTipRole:
            return texts ? tr("%1\n%2\nReference: %3")
                               .arg(name, QString::fromStdString(set->texts[sample].question),
                                    QString::fromStdString(set->texts[sample].reference))
                         : name;
        default: return {};
    }
}

QVariant TermTable::data(const QModelIndex& index, int role) const {
    const auto row = static_cast<std::size_t>(index.row());
    if (!index.isValid() || !frame_ || row >= frame_->terms.size()) return {};
    const auto& term = frame_->terms[row];
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue((index.column() == SampleColumn ? Qt::AlignLeft : Qt::AlignRight) |
                                   Qt::AlignVCenter);
    if (role == kValueRole) switch (index.column()) {
            case SampleColumn: return static_cast<qulonglong>(term.sample);
            case SolversColumn: return static_cast<qulonglong>(term.solvers);
            case FirstColumn: return static_cast<double>(term.first);
            case SecondColumn: return static_cast<double>(term.second);
            case ValueColumn: return term.value;
            default: return 100.0 * term.share;
        }
    if (index.column() == SampleColumn) return sampleData(term.sample, role);
    if (role != Qt::DisplayRole) return {};
    switch (index.column()) {
        case SolversColumn: return tr("%1 of %2").arg(term.solvers).arg(frame_->members);
        case FirstColumn: return scoreText(term.first);
        case SecondColumn: return scoreText(term.second);
        case ValueColumn: return QString::number(term.value, 'f', 3);
        case ShareColumn: return tr("%1 %").arg(percentNumber(term.share));
        default: return {};
    }
}

QVariant TermTable::headerData(int section, Qt::Orientation orientation, int role) const {
    const auto first = frame_ ? memberText(frame_->first) : tr("First");
    const auto second = frame_ ? memberText(frame_->second) : tr("Second");
    return headerOf(
        {
            {tr("Sample"), tr("What parent 2 does better than parent 1."), Qt::AlignLeft},
            {tr("Solved by"), tr("How contested it is: the fewer solve a sample, the more it is worth."),
             Qt::AlignRight, tr("Solved by (members)")},
            {first, tr("Parent 1's score."), Qt::AlignRight, tr("Score of %1").arg(first)},
            {second, tr("Parent 2's score."), Qt::AlignRight, tr("Score of %1").arg(second)},
            {tr("Adds to g"), tr("The sample's worth times the difference of the scores.")},
            {tr("Of g"), tr("Its share of the attraction."), Qt::AlignRight, tr("Of g (%)")},
        },
        section, orientation, role);
}

}  // namespace mergarium
