#include "core/merging/merged_configuration.h"

#include "core/files/json.h"
#include "core/founders/alignment.h"

#include <algorithm>

namespace mergarium {
namespace {

using Json = nlohmann::ordered_json;

const char* torchName(DType dtype) {
    return dtype == DType::F16 ? "float16" : dtype == DType::BF16 ? "bfloat16" : "float32";
}

/// The whole, and its text part where there is one.
std::vector<Json*> partsOf(Json& whole) {
    std::vector<Json*> parts{&whole};
    for (const auto* name : {"text_config", "llm_config"})
        if (whole.contains(name) && whole[name].is_object()) parts.push_back(&whole[name]);
    return parts;
}

bool set(Json& whole, const char* key, const Json& value) {
    bool found = false;
    for (auto* part : partsOf(whole))
        if (part->contains(key)) {
            (*part)[key] = value;
            found = true;
        }
    return found;
}

/// Lists with an item for each layer follow the layers.
void stackLists(Json& whole, const MergePlan& plan, std::span<const MergeModel> models) {
    const auto& like = models[plan.like];
    for (std::size_t i = 0; i < partsOf(whole).size(); ++i) {
        auto& part = *partsOf(whole)[i];
        if (!part.contains("layer_types") || !part["layer_types"].is_array() ||
            part["layer_types"].size() != like.layers())
            continue;
        auto types = Json::array();
        for (const auto& [model, layer] : plan.layerOrigins) {
            auto theirs = models[model].configuration();
            const auto parts = theirs.is_object() ? partsOf(theirs) : std::vector<Json*>{};
            const bool says = i < parts.size() && parts[i]->contains("layer_types") &&
                              (*parts[i])["layer_types"].is_array() && (*parts[i])["layer_types"].size() > layer;
            if (!says) return;
            types.push_back((*parts[i])["layer_types"][layer]);
        }
        part["layer_types"] = types;
    }
}

}  // namespace

std::string mergedConfiguration(const MergeConfiguration& configuration, const MergePlan& plan,
                                std::span<const MergeModel> models) {
    const auto& like = models[plan.like];
    auto merged = like.configuration();
    if (!merged.is_object()) return {};
    if (const auto dtype = configuration.outDtype ? configuration.outDtype : configuration.dtype) {
        const bool older = set(merged, "torch_dtype", torchName(*dtype));
        const bool newer = set(merged, "dtype", torchName(*dtype));
        if (!older && !newer) merged["dtype"] = torchName(*dtype);
    }
    if (plan.layers != like.layers()) sayLayers(merged, plan.layers);
    stackLists(merged, plan, models);
    for (auto* part : partsOf(merged)) {
        part->erase("quantization_config");
        part->erase("compression_config");
    }
    bool hasHead = false;
    for (const auto& tensor : plan.tensors) {
        hasHead = hasHead || (isHead(tensor.output.name) && tensor.output.name.ends_with(".weight"));
        const auto own = like.source()->indexOf(tensor.output.name);
        if (isVocabulary(tensor.output.name) && !tensor.output.shape.empty() &&
            (tensor.isVocabulary || (own && like.source()->tensors()[*own].shape != tensor.output.shape)))
            set(merged, "vocab_size", tensor.output.shape.front());
    }
    if (hasHead && like.source()->tiedEmbeddings() && !set(merged, "tie_word_embeddings", false))
        merged["tie_word_embeddings"] = false;
    return settingsText(merged) + "\n";
}

}  // namespace mergarium
