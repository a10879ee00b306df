#include "ui/inspector/solver_table.h"

#include "core/archive/coverage.h"
#include "ui/members/member_text.h"
#include "ui/table/file_rows.h"
#include "ui/theme/theme.h"

#include <QApplication>
#include <QPainter>

#include <algorithm>
#include <array>

namespace mergarium {

namespace {

/// What is taken off every member's score before they compete.
double baselineAt(const SessionSnapshot& snapshot, std::size_t sample) {
    const auto rule = snapshot.run ? traitsOf(snapshot.run->configuration.strategy).competition : CompetitionRule{};
    if (rule.baseline == Baseline::None) return 0.0;
    double worst = 1.0;
    for (const auto& member : snapshot.members)
        if (member && sample < member->scores.size())
            worst = std::min(worst, static_cast<double>(member->scores[sample]));
    return worst;
}

}  // namespace

double nicheTotal(const SessionSnapshot& snapshot, std::size_t sample) {
    const double baseline = baselineAt(snapshot, sample);
    double total = 0.0;
    for (const auto& member : snapshot.members)
        if (member && sample < member->scores.size()) total += member->scores[sample] - baseline;
    return total;
}

std::vector<Solver> answersTo(const SessionSnapshot& snapshot, std::size_t sample) {
    const double total = nicheTotal(snapshot, sample), baseline = baselineAt(snapshot, sample);
    std::vector<Solver> answers;
    for (const auto& member : snapshot.members) {
        if (!member || sample >= member->scores.size()) continue;
        const double score = member->scores[sample];
        answers.push_back(
            {.member = member->id, .score = score, .share = total > 0.0 ? (score - baseline) / total : 0.0});
        if (member->answers && sample < member->answers->size())
            answers.back().answer = QString::fromStdString((*member->answers)[sample]);
        answers.back().awaited = snapshot.answersAwaited && !member->answers;
    }
    std::sort(answers.begin(), answers.end(), [](const auto& a, const auto& b) {
        return a.share != b.share ? a.share > b.share : a.member < b.member;
    });
    return answers;
}

std::vector<Solver> solversOf(const SessionSnapshot& snapshot, std::size_t sample) {
    auto solvers = answersTo(snapshot, sample);
    std::erase_if(solvers, [](const Solver& one) { return one.score < kSolved; });
    return solvers;
}

void SolverTable::setSolvers(std::vector<Solver> solvers) {
    std::vector<std::uint64_t> keys;
    for (const auto& solver : solvers) keys.push_back(solver.member.value);
    replaceRows(std::move(keys), [&] { solvers_ = std::move(solvers); });
}

const Solver* SolverTable::solver(int row) const {
    return row >= 0 && row < static_cast<int>(solvers_.size()) ? &solvers_[static_cast<std::size_t>(row)] : nullptr;
}

int SolverTable::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : Columns; }

QVariant SolverTable::data(const QModelIndex& index, int role) const {
    const auto row = static_cast<std::size_t>(index.row());
    if (!index.isValid() || row >= solvers_.size()) return {};
    const auto& solver = solvers_[row];
    if (role == kShareRole) return solver.share;
    const bool words = index.column() == AnswerColumn;
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue((words ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
    if (role == Qt::ToolTipRole && words) return solver.answer;
    if (role == kValueRole) switch (index.column()) {
            case MemberColumn: return static_cast<qulonglong>(solver.member.value);
            case ScoreColumn: return solver.score;
            case ShareColumn: return solver.share;
            default: return solver.answer.isNull() ? QString() : solver.answer;
        }
    if (role != Qt::DisplayRole) return {};
    switch (index.column()) {
        case MemberColumn: return memberText(solver.member);
        case ScoreColumn: return scoreText(solver.score);
        case ShareColumn: return QString::number(solver.share, 'f', 3);
        default:
            if (solver.answer.isNull()) return solver.awaited ? QStringLiteral("\u2026") : QStringLiteral("\u2013");
            return solver.answer.simplified();
    }
}

QVariant SolverTable::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || section < 0 || section >= Columns) return {};
    const bool words = section == AnswerColumn;
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue((words ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
    const std::array<std::pair<QString, QString>, Columns> headers{{
        {tr("Member"), tr("A member of the archive.")},
        {tr("Score"), tr("The member's score on this sample, 0 to 1.")},
        {tr("Share"), tr("The member's part of this sample: its score divided by the sum of all members' scores.")},
        {tr("Answer"), tr("What the member answered; a dash where that is not known, dots while it is computed.")},
    }};
    const auto& [name, meaning] = headers[static_cast<std::size_t>(section)];
    return role == Qt::DisplayRole ? QVariant(name) : role == Qt::ToolTipRole ? QVariant(meaning) : QVariant();
}

void ShareDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const {
    QStyleOptionViewItem cell = option;
    initStyleOption(&cell, index);
    const auto* style = cell.widget ? cell.widget->style() : QApplication::style();
    style->drawControl(QStyle::CE_ItemViewItem, &cell, painter, cell.widget);

    const bool selected = cell.state & QStyle::State_Selected;
    auto color = selected ? cell.palette.color(QPalette::HighlightedText) : colorsOf(cell.palette).first;
    color.setAlphaF(0.75f);
    const double margin = cell.fontMetrics.height() / 2.0;
    const double number = cell.fontMetrics.horizontalAdvance(QStringLiteral("0.000")) + 2 * margin;
    const double room = std::max(0.0, cell.rect.width() - number - margin);
    const double inset = cell.rect.height() / 4.0;
    painter->fillRect(QRectF(cell.rect.left() + margin, cell.rect.top() + inset,
                             room * index.data(SolverTable::kShareRole).toDouble(), cell.rect.height() - 2 * inset),
                      color);
}

}  // namespace mergarium
