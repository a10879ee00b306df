#include "ui/genome/layer_table.h"

#include "core/genome/painting.h"
#include "ui/genome/genome_frame.h"
#include "ui/members/member_text.h"
#include "ui/session/run_text.h"
#include "ui/table/column_header.h"
#include "ui/table/file_rows.h"
#include "ui/theme/translation.h"

#include <numeric>

namespace mergarium {

LayerShares layerShares(const SnapshotPtr& snapshot, MemberId member) {
    LayerShares shares;
    if (!snapshot || !snapshot->run) return shares;
    for (const auto& founder : snapshot->run->founders) shares.founders.push_back(QString::fromStdString(founder.name));
    const auto slot = slotOf(*snapshot, member);
    const auto* known = slot ? recipeOf(*snapshot->members[*slot]) : nullptr;
    if (!known || known->founders == 0) return shares;
    const auto recipe = widened(*known, shares.founders.size());

    const auto layout = lociLayoutOf(*snapshot->run);
    const auto layers = layersOf(layout);
    // Bins ascend and don't overlap, so the whole is a bin of its own.
    std::vector<VectorRange> bins;
    for (const auto& layer : layers) bins.push_back({layer.begin, layer.end});
    const auto add = [&](const QString& name, std::uint64_t parameters, std::span<const float> each) {
        shares.rows.push_back({name, parameters, {each.begin(), each.end()}});
    };
    const std::vector<VectorRange> whole{{0, layout.length()}};
    add(tr("whole model"), layout.length(), contributions(recipe, whole));
    const auto painted = contributions(recipe, bins);
    for (std::size_t i = 0; i < layers.size(); ++i)
        add(QString::fromStdString(layers[i].name), bins[i].size(),
            std::span(painted).subspan(i * recipe.founders, recipe.founders));
    return shares;
}

void LayerTable::setShares(LayerShares shares) {
    if (shares.founders != shares_.founders) {
        beginResetModel();
        shares_.founders = shares.founders;
        endResetModel();
    }
    std::vector<std::uint64_t> keys(shares.rows.size());
    std::iota(keys.begin(), keys.end(), std::uint64_t{0});
    replaceRows(std::move(keys), [&] { shares_ = std::move(shares); });
}

int LayerTable::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : FirstFounderColumn + static_cast<int>(shares_.founders.size());
}

QVariant LayerTable::data(const QModelIndex& index, int role) const {
    const auto row = static_cast<std::size_t>(index.row());
    if (!index.isValid() || row >= shares_.rows.size()) return {};
    const auto& layer = shares_.rows[row];
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue((index.column() == LayerColumn ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
    if (role == Qt::ToolTipRole && index.column() == LayerColumn) return layer.layer;
    const bool value = role == kValueRole;
    if (role != Qt::DisplayRole && !value) return {};
    if (index.column() == LayerColumn) return layer.layer;
    if (index.column() == ParametersColumn)
        return value ? QVariant(static_cast<qulonglong>(layer.parameters)) : countText(layer.parameters);
    const auto founder = static_cast<std::size_t>(index.column() - FirstFounderColumn);
    if (founder >= layer.shares.size()) return {};
    const auto share = static_cast<double>(layer.shares[founder]);
    return value ? QVariant(100.0 * share) : tr("%1 %").arg(percentNumber(share));
}

QVariant LayerTable::headerData(int section, Qt::Orientation orientation, int role) const {
    if (section >= FirstFounderColumn) {
        const auto founder = static_cast<std::size_t>(section - FirstFounderColumn);
        if (founder >= shares_.founders.size()) return {};
        const auto& name = shares_.founders[founder];
        const auto meaning = tr("%1: the founder's share of the layer, the magnitude of its coefficients, averaged.");
        return headerOf({{name, meaning.arg(name), Qt::AlignRight, tr("%1 (%)").arg(name)}}, 0, orientation, role);
    }
    return headerOf(
        {{tr("Layer"), tr("Neighbouring tensors with a common name, in the order of the network."), Qt::AlignLeft},
         {tr("Parameters"), tr("How many numbers it has.")}},
        section, orientation, role);
}

}  // namespace mergarium
