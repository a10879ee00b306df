#include "ui/queue/queue_model.h"

#include "ui/session/run_text.h"
#include "ui/table/column_header.h"
#include "ui/theme/theme.h"

#include <QGuiApplication>

namespace mergarium {

void QueueModel::setState(const QueueState& state) {
    std::vector<std::uint64_t> keys;
    for (const auto& run : state.waiting) keys.push_back(static_cast<std::uint64_t>(run.entry));
    replaceRows(std::move(keys), [&] { state_ = state; });
}

const QueuedRun* QueueModel::run(int row) const {
    return row >= 0 && row < static_cast<int>(state_.waiting.size()) ? &state_.waiting[static_cast<std::size_t>(row)]
                                                                     : nullptr;
}

int QueueModel::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : Columns; }

QVariant QueueModel::data(const QModelIndex& index, int role) const {
    const auto* one = index.isValid() ? run(index.row()) : nullptr;
    if (!one) return {};
    switch (role) {
        case Qt::DisplayRole: return text(*one, index.column());
        case Qt::ToolTipRole:
            return one->trouble.empty()
                       ? tr("%1: %2 evaluations").arg(text(*one, RunColumn), countText(one->configuration.evaluations))
                       : QString::fromStdString(one->trouble);
        case Qt::ForegroundRole:
            if (index.column() == StateColumn && !one->trouble.empty())
                return colorsOf(QGuiApplication::palette()).warning;
            return {};
        default: return {};
    }
}

QString QueueModel::text(const QueuedRun& run, int column) const {
    switch (column) {
        case RunColumn: return QString::fromStdString(run.configuration.name);
        case StateColumn:
            if (run.entry == state_.begun) return tr("Preparing");
            return run.trouble.empty() ? tr("Waiting") : tr("Passed over");
        default: return {};
    }
}

QVariant QueueModel::headerData(int section, Qt::Orientation orientation, int role) const {
    return headerOf(
        {
            {tr("Run"), tr("Its name, from its configuration."), Qt::AlignLeft},
            {tr("Status"), tr("Passed over: it could not begin; choose it to read why."), Qt::AlignLeft},
        },
        section, orientation, role);
}

}  // namespace mergarium
