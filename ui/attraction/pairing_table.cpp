#include "ui/attraction/pairing_table.h"

#include "ui/members/member_text.h"
#include "ui/session/run_text.h"
#include "ui/table/column_header.h"
#include "ui/table/file_rows.h"
#include "ui/theme/theme.h"

#include <QGuiApplication>

#include <algorithm>

namespace mergarium {

void PairingTable::setPairings(const std::vector<Pairing>& pairings) {
    std::vector<std::uint64_t> keys;
    for (auto pairing = pairings.rbegin(); pairing != pairings.rend(); ++pairing) keys.push_back(pairing->step);
    replaceRows(std::move(keys), [&] { newestFirst_.assign(pairings.rbegin(), pairings.rend()); });
}

std::optional<Pairing> PairingTable::pairingAt(int row) const {
    const auto place = static_cast<std::size_t>(row);
    return row >= 0 && place < newestFirst_.size() ? std::optional(newestFirst_[place]) : std::nullopt;
}

std::optional<int> PairingTable::rowOfChild(MemberId child) const {
    const auto found = std::ranges::find(newestFirst_, child, &Pairing::child);
    if (found == newestFirst_.end()) return {};
    return static_cast<int>(found - newestFirst_.begin());
}

int PairingTable::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : Columns; }

QVariant PairingTable::data(const QModelIndex& index, int role) const {
    const auto row = static_cast<std::size_t>(index.row());
    if (!index.isValid() || row >= newestFirst_.size()) return {};
    const auto& pairing = newestFirst_[row];
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue((index.column() >= OutcomeColumn ? Qt::AlignLeft : Qt::AlignRight) |
                                   Qt::AlignVCenter);
    // Most children are rejected: those are said softly, so that the others stand out.
    if (role == Qt::ForegroundRole && !pairing.accepted) return colorsOf(QGuiApplication::palette()).mutedText;
    if (role == kValueRole) switch (index.column()) {
            case StepColumn: return static_cast<qulonglong>(pairing.step);
            case FirstColumn: return static_cast<qulonglong>(pairing.first.value);
            case SecondColumn: return static_cast<qulonglong>(pairing.second.value);
            case TrainColumn: return 100.0 * pairing.childTrain;
            case ReplacedColumn:
                return pairing.replaced ? QVariant(static_cast<qulonglong>(pairing.replaced->value)) : QString();
            default: return {};
        }
    const bool words = index.column() == OutcomeColumn || index.column() == ReplacedColumn;
    if (role != Qt::DisplayRole && !(role == Qt::ToolTipRole && words)) return {};
    switch (index.column()) {
        case StepColumn: return countText(pairing.step);
        case FirstColumn: return memberText(pairing.first);
        case SecondColumn: return memberText(pairing.second);
        case TrainColumn: return percentNumber(pairing.childTrain);
        case OutcomeColumn:
            return pairing.accepted ? tr("accepted as %1").arg(memberText(pairing.child)) : tr("rejected");
        case ReplacedColumn: return pairing.replaced ? memberText(*pairing.replaced) : QStringLiteral("\u2013");
        default: return {};
    }
}

QVariant PairingTable::headerData(int section, Qt::Orientation orientation, int role) const {
    return headerOf(
        {
            {tr("Step"), tr("The evaluation that scored the child.")},
            {tr("First"), tr("Parent 1, drawn by fitness.")},
            {tr("Second"), tr("Parent 2, drawn by its attraction to parent 1.")},
            {tr("Train (%)"), tr("The child's mean score on the training samples.")},
            {tr("Outcome"), tr("Whether the child came into the archive."), Qt::AlignLeft},
            {tr("Replaced"), tr("The member that made room; a dash where none had to."), Qt::AlignLeft},
        },
        section, orientation, role);
}

QString acceptanceText(const SessionSnapshot& snapshot) {
    if (snapshot.evaluations == 0) return PairingTable::tr("No child has been scored yet.");
    const auto share = static_cast<double>(snapshot.accepted) / static_cast<double>(snapshot.evaluations);
    auto text = PairingTable::tr("%1 of %2 children were accepted (%3 %)")
                    .arg(countText(snapshot.accepted), countText(snapshot.evaluations), percentNumber(share));
    if (!snapshot.pairings.empty()) {
        const auto recent =
            std::count_if(snapshot.pairings.begin(), snapshot.pairings.end(), [](const auto& p) { return p.accepted; });
        text += PairingTable::tr("; of the latest %1, %2").arg(snapshot.pairings.size()).arg(recent);
    }
    return text + '.';
}

}  // namespace mergarium
