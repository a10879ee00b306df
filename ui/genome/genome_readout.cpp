#include "ui/genome/genome_readout.h"

#include "ui/members/member_text.h"
#include "ui/session/run_text.h"
#include "ui/theme/translation.h"

#include <QStringList>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace mergarium {
namespace {

constexpr std::size_t kFoundersSaid = 6;

QString shapeText(const Layout::Tensor& tensor) {
    QStringList extents;
    for (const auto extent : tensor.shape) extents << countText(static_cast<std::uint64_t>(extent));
    return extents.isEmpty() ? QStringLiteral("1") : extents.join(QStringLiteral(" \u00d7 "));
}

QString positionsText(const GenomeFrame& frame, VectorRange column) {
    if (frame.showsGenes())
        return column.size() == 1 ? tr("gene %1").arg(countText(column.begin))
                                  : tr("genes %1 to %2").arg(countText(column.begin), countText(column.end - 1));
    return column.size() == 1 ? tr("position %1").arg(countText(column.begin))
                              : tr("positions %1 to %2").arg(countText(column.begin), countText(column.end - 1));
}

/// "0.62 × mathematics + 0.41 × code"; those that bring most, when there are many.
QString mixtureText(const GenomeFrame& frame, const std::vector<double>& coefficients) {
    std::vector<std::size_t> founders(coefficients.size());
    std::iota(founders.begin(), founders.end(), std::size_t{0});
    const bool many = founders.size() > kFoundersSaid;
    if (many)
        std::stable_sort(founders.begin(), founders.end(),
                         [&](auto a, auto b) { return std::abs(coefficients[a]) > std::abs(coefficients[b]); });
    QString text;
    for (std::size_t i = 0; i < std::min(founders.size(), kFoundersSaid); ++i) {
        const double value = coefficients[founders[i]];
        const auto name =
            founders[i] < frame.founders.size() ? frame.founders[founders[i]] : tr("founder %1").arg(founders[i] + 1);
        if (!text.isEmpty())
            text += value < 0.0 ? QStringLiteral(" \u2212 ") : QStringLiteral(" + ");
        else if (value < 0.0)
            text += QStringLiteral("\u2212");
        text += QStringLiteral("%1 \u00d7 %2").arg(QString::number(std::abs(value), 'f', 3), name);
    }
    return many ? tr("%1 and %2 more").arg(text).arg(founders.size() - kFoundersSaid) : text;
}

/// ", in attention", for a member with how it was cut there: ", in attention (split 0.41, ratio 0.63)"; all of them
/// where the range holds several. Nothing where the whole vector is one.
QString chromosomeText(const GenomeFrame& frame, VectorRange range, const Member* member) {
    if (!frame.chromosomes) return {};
    const auto* splice = member && member->parentage ? &member->parentage->splice : nullptr;
    // The run may have had others when it was born.
    const bool same = splice && splice->chromosomes && *splice->chromosomes == *frame.chromosomes;
    QStringList names;
    for (std::size_t index = 0; index < frame.chromosomes->size(); ++index) {
        if (frame.chromosomes->elementsBefore(index, range.begin) ==
            frame.chromosomes->elementsBefore(index, range.end))
            continue;
        const auto cut = same ? cutText(*splice, index) : QString();
        const auto name = QString::fromStdString(frame.chromosomes->names()[index]);
        names << (cut.isEmpty() ? name : tr("%1 (%2)").arg(name, cut));
    }
    return tr(", in %1").arg(names.join(tr(" and ")));
}

}  // namespace

VectorRange columnAt(const GenomeFrame& frame, std::uint64_t position) {
    const auto found = std::upper_bound(frame.bins.begin(), frame.bins.end(), position,
                                        [](std::uint64_t value, const VectorRange& bin) { return value < bin.end; });
    if (found != frame.bins.end() && found->begin <= position) return *found;
    return {position, position + 1};
}

const Layout::Tensor& tensorAt(const GenomeFrame& frame, std::uint64_t position) {
    const auto& tensors = frame.layout().tensors;
    const auto found = std::partition_point(
        tensors.begin(), tensors.end(), [&](const auto& tensor) { return tensor.begin + tensor.count <= position; });
    return found == tensors.end() ? tensors.back() : *found;
}

const Layer& layerAt(const GenomeFrame& frame, std::uint64_t position) {
    const auto& layers = *frame.layers;
    const auto found =
        std::partition_point(layers.begin(), layers.end(), [&](const auto& layer) { return layer.end <= position; });
    return found == layers.end() ? layers.back() : *found;
}

QString readoutText(const GenomeFrame& frame, VectorRange column, std::optional<std::size_t> row) {
    const auto& first = tensorAt(frame, column.begin);
    const auto& last = tensorAt(frame, column.end - 1);
    const auto tensor = QString::fromStdString(first.name);
    if (!row && frame.showsGenes())
        return first.count == 1
                   ? tr("%1: 1 gene, number %2.").arg(tensor, countText(first.begin))
                   : tr("%1: %2 genes from gene %3.").arg(tensor, countText(first.count), countText(first.begin));
    if (!row)
        return tr("%1 (%2), %3 parameters from position %4%5.")
            .arg(tensor, shapeText(first), countText(first.count), countText(first.begin),
                 chromosomeText(frame, {first.begin, first.begin + first.count}, nullptr));
    const auto tensors =
        &first == &last
            ? tr("%1, %2").arg(tensor, positionsText(frame, column))
            : tr("%1 to %2, %3").arg(tensor, QString::fromStdString(last.name), positionsText(frame, column));
    const auto& member = *frame.rows[*row].member;
    const auto who = row == frame.child ? tr("The child") : tr("Member %1").arg(memberText(member.id));
    const auto where = tensors + chromosomeText(frame, column, &member);
    const auto* recipe = recipeOf(member);
    if (!recipe) return tr("%1, %2: its recipe is not known.").arg(who, where);
    const auto found = coefficientsOver(*recipe, column);
    const auto mixture = mixtureText(frame, found.mean);
    return found.spans > 1 ? tr("%1, %2: %3 (mean of %4 spans).").arg(who, where, mixture, countText(found.spans))
                           : tr("%1, %2: %3.").arg(who, where, mixture);
}

QString axisText(const GenomeFrame& frame) {
    std::uint64_t most = 1;
    for (const auto& bin : frame.bins) most = std::max(most, bin.size());
    auto text = frame.showsGenes()
                    ? tr("Genes in depth order, %1 in all").arg(countText(frame.layout().length()))
                    : tr("Position in the parameter vector, %1 parameters").arg(countText(frame.layout().length()));
    text += most == 1 ? tr("; each column is one") : tr("; each column is the mean of up to %1").arg(countText(most));
    if (frame.present > frame.rows.size())
        text += tr("; the %1 fittest of %2 members").arg(countText(frame.rows.size()), countText(frame.present));
    return text;
}

}  // namespace mergarium
