#include "core/founders/founder_genes.h"

#include "core/families/families.h"
#include "core/founders/network_names.h"
#include "core/founders/pipelines/pipeline_founder.h"
#include "core/founders/pipelines/pipeline_setup.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <optional>
#include <stdexcept>
#include <string>

namespace mergarium {
namespace {

bool namesFamily(const nlohmann::json& configuration) {
    if (!configuration.is_object()) return false;
    const auto type = configuration.find("model_type");
    return type != configuration.end() && type->is_string() &&
           std::ranges::count(familyNames(), type->get_ref<const std::string&>()) > 0;
}

/// Absent where it is of no family that is known.
std::optional<DecoderConfig> decoderOf(const FounderSource& founder) {
    const auto configuration = founder.base().configuration();
    if (!configuration || !configuration->is_object()) return std::nullopt;
    const auto part = configuration->find("text_config");
    if (!namesFamily(*configuration) && !(part != configuration->end() && namesFamily(*part))) return std::nullopt;
    return decoderConfigOf(*configuration, (founder.base().folder() / "config.json").string());
}

}  // namespace

std::vector<UnitGroup> unitGroupsOf(const Layout& layout, const FounderSource* first, const std::filesystem::path& like,
                                    std::string_view key) {
    if (first && first->pipeline()) return pipelineGroups(layout, pipelineSetupOf(*first, like).config);
    if (const auto config = first ? decoderOf(*first) : std::nullopt)
        return decoderGroups(layout, withNamesOf(*config, layout));
    auto groups = perceptronGroups(layout);
    if (groups.empty())
        throw std::runtime_error(fmt::format(
            "{}: units are known of perceptrons, of the language models {}, and of Stable Diffusion's "
            "parts; this network is none of them: use {}.",
            key, fmt::join(familyNames(), ", "), key == "strategy.genes" ? "tensors, layers or elements" : "none"));
    return groups;
}

GenesPtr genesOf(GeneKind kind, const Layout& layout, const FounderSource* first, const std::filesystem::path& like) {
    switch (kind) {
        case GeneKind::Elements: break;
        case GeneKind::Units: return genesOf(layout, unitGroupsOf(layout, first, like));
        case GeneKind::Tensors: return tensorGenes(layout);
        case GeneKind::Layers: return layerGenes(layout);
    }
    return nullptr;
}

}  // namespace mergarium
