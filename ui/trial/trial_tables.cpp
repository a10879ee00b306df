#include "ui/trial/trial_tables.h"

#include "core/text/words.h"
#include "ui/members/member_text.h"
#include "ui/session/run_text.h"
#include "ui/table/column_header.h"
#include "ui/table/file_rows.h"

#include <utility>

namespace mergarium {
namespace {

QVariant alignmentOf(bool number) { return QVariant((number ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter); }

/// In one line.
QString lineOf(const std::string& text) { return QString::fromStdString(text).simplified(); }

}  // namespace

void TriedFounders::setTrial(std::shared_ptr<const Trial> trial) {
    beginResetModel();
    trial_ = std::move(trial);
    endResetModel();
}

int TriedFounders::rowCount(const QModelIndex& parent) const {
    return parent.isValid() || !trial_ ? 0 : static_cast<int>(trial_->founders.size());
}

QVariant TriedFounders::data(const QModelIndex& index, int role) const {
    const auto& founder = trial_->founders[static_cast<std::size_t>(index.row())];
    if (role == Qt::TextAlignmentRole) return alignmentOf(index.column() != NameColumn);
    if (role == Qt::ToolTipRole && !founder.failure.empty()) return QString::fromStdString(founder.failure);
    const bool failed = !founder.failure.empty();
    if (role == kValueRole) switch (index.column()) {
            case ScoreColumn: return failed ? QVariant(QString()) : 100.0 * founder.score;
            case TimeColumn: return failed ? QVariant(QString()) : founder.seconds;
            case SizeColumn: return static_cast<qulonglong>(founder.bytes);
            default: return {};
        }
    if (role != Qt::DisplayRole) return {};
    switch (index.column()) {
        case NameColumn: return QString::fromStdString(founder.name);
        case ScoreColumn: return failed ? tr("failed") : tr("%1 %").arg(100.0 * founder.score, 0, 'f', 1);
        case TimeColumn: return failed ? QString() : QString::fromStdString(words::shortDuration(founder.seconds));
        case SizeColumn: return bytesText(static_cast<double>(founder.bytes));
        default: return {};
    }
}

QVariant TriedFounders::headerData(int section, Qt::Orientation orientation, int role) const {
    const bool disk = trial_ && trial_->onDisk;
    return headerOf(
        {{tr("Founder"), tr("A model that the run begins with."), Qt::AlignLeft},
         {tr("Score"), tr("Its mean score on the samples that were tried."), Qt::AlignRight, tr("Score (%)")},
         {tr("Time"), tr("What scoring it on all training samples takes, as far as a few tell."), Qt::AlignRight,
          tr("Time (seconds)")},
         {disk ? tr("Disk") : tr("Memory"),
          disk ? tr("What one model takes on the disk while a program scores it.")
               : tr("What one model takes in memory while it is scored."),
          Qt::AlignRight, disk ? tr("Disk (bytes)") : tr("Memory (bytes)")}},
        section, orientation, role);
}

void TriedSamples::setFounder(std::shared_ptr<const Trial> trial, std::size_t founder) {
    beginResetModel();
    trial_ = trial && founder < trial->founders.size() ? std::move(trial) : nullptr;
    founder_ = founder;
    endResetModel();
}

const Attempt* TriedSamples::attempt(int row) const {
    return row >= 0 && row < rowCount() ? &trial_->founders[founder_].attempts[static_cast<std::size_t>(row)] : nullptr;
}

int TriedSamples::rowCount(const QModelIndex& parent) const {
    return parent.isValid() || !trial_ ? 0 : static_cast<int>(trial_->founders[founder_].attempts.size());
}

QVariant TriedSamples::data(const QModelIndex& index, int role) const {
    if (role == Qt::TextAlignmentRole)
        return alignmentOf(index.column() == SampleColumn || index.column() == ScoreColumn);
    const auto& one = *attempt(index.row());
    if (role == kValueRole) switch (index.column()) {
            case SampleColumn: return static_cast<qulonglong>(one.sample);
            case ScoreColumn: return static_cast<double>(one.score);
            case AnswerColumn: return QString::fromStdString(one.answer);
            case ReferenceColumn: return QString::fromStdString(one.reference);
            default: return {};
        }
    if (role != Qt::DisplayRole) return {};
    switch (index.column()) {
        case SampleColumn: return countText(one.sample);
        case GroupColumn: return lineOf(trial_->samples->groupNames[trial_->samples->groups[one.sample]]);
        case ScoreColumn: return scoreText(static_cast<double>(one.score));
        case AnswerColumn: return lineOf(one.answer);
        case ReferenceColumn: return lineOf(one.reference);
        default: return {};
    }
}

QVariant TriedSamples::headerData(int section, Qt::Orientation orientation, int role) const {
    return headerOf({{tr("Sample"), tr("Its number among the training samples.")},
                     {tr("Group"), tr("The file, or class, that it belongs to."), Qt::AlignLeft},
                     {tr("Score"), tr("From 0, wrong, to 1, right.")},
                     {tr("Answer"), tr("What the founder answered."), Qt::AlignLeft},
                     {tr("Reference"), tr("What is right."), Qt::AlignLeft}},
                    section, orientation, role);
}

}  // namespace mergarium
