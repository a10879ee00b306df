#include "core/export/mergekit_config.h"

#include "core/checkpoint/model_place.h"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <map>
#include <optional>
#include <vector>

namespace mergarium {
namespace {

struct Weights {
    std::string tensor;
    std::vector<double> founders;
};

/// Absent where a span ends within a tensor.
std::optional<std::vector<Weights>> weightsPerTensor(const ModelRecipe& model, const Layout& layout) {
    const auto& recipe = model.recipe;
    std::vector<Weights> weights;
    for (const auto& tensor : layout.tensors) {
        if (tensor.count == 0) continue;
        const auto span =
            static_cast<std::size_t>(std::ranges::upper_bound(recipe.ends, tensor.begin) - recipe.ends.begin());
        if (recipe.ends[span] < tensor.begin + tensor.count) return std::nullopt;
        const auto of = recipe.of(span);
        weights.push_back({tensor.name, {of.begin(), of.end()}});
    }
    for (const auto& [tensor, founder] : layout.frozen) {
        weights.push_back({tensor.name, std::vector<double>(recipe.founders)});
        weights.back().founders[founder] = 1.0;
    }
    // Mergekit takes the first filter that occurs anywhere in a tensor's name, so a name that holds another must come
    // before it.
    std::ranges::stable_sort(weights, std::ranges::greater{}, [](const Weights& one) { return one.tensor.size(); });
    return weights;
}

/// The element type, if all tensors have the same.
std::optional<DType> storedAs(const ModelRecipe& model, const Layout& layout) {
    if (model.dtype) return model.dtype;
    std::optional<DType> dtype;
    for (const auto& tensor : layout.tensors) {
        if (dtype && *dtype != tensor.dtype) return std::nullopt;
        dtype = tensor.dtype;
    }
    return dtype;
}

const char* nameInTorch(DType dtype) {
    switch (dtype) {
        case DType::F32: return "float32";
        case DType::F16: return "float16";
        case DType::BF16: return "bfloat16";
        default: return nullptr;
    }
}

}  // namespace

MergekitConfig mergekitConfig(const ModelRecipe& model, const Layout& layout) {
    const auto refuse = [](const char* why) { return MergekitConfig{.yaml = {}, .whyNot = why}; };
    if (!model.tensors.exclude.empty())
        return refuse("tensors were left out of the merge, which mergekit has no words for");
    if (model.tensors.align == UnitAlignment::Units)
        return refuse("units were matched before they were merged, which mergekit has no words for");
    if (model.tensors.commonVocabulary) return refuse("only the common rows of the vocabularies were merged");
    if (std::ranges::any_of(model.founders, [](const auto& founder) {
            const auto& adapters = founder.source.adapter.all();
            return adapters.size() > 1 || std::ranges::any_of(adapters, [](const auto& one) {
                       return one.weight != 1.0 || one.path.extension() == ".safetensors";
                   });
        }))
        return refuse(
            "a founder has several adapters, a weighted one or one in a single file, which mergekit has no "
            "words for");
    const auto weights = weightsPerTensor(model, layout);
    if (!weights) return refuse("a split point lies within a tensor, and mergekit weighs whole tensors");
    const auto dtype = storedAs(model, layout);
    if (!dtype || !nameInTorch(*dtype))
        return refuse("its tensors are stored in several element types, or in one that mergekit doesn't write");

    YAML::Emitter out;
    out << YAML::BeginMap << YAML::Key << "merge_method" << YAML::Value << "linear";
    out << YAML::Key << "models" << YAML::Value << YAML::BeginSeq;
    for (std::size_t k = 0; k < model.founders.size(); ++k) {
        const auto& source = model.founders[k].source;
        auto path = hubName(source.base).value_or(ownName(source.base).string());
        for (const auto& [adapter, weight] : source.adapter.all())
            path += "+" + hubName(adapter).value_or(ownName(adapter).string());
        out << YAML::BeginMap << YAML::Key << "model" << YAML::Value << YAML::DoubleQuoted << path;
        out << YAML::Key << "parameters" << YAML::Value << YAML::BeginMap << YAML::Key << "weight" << YAML::Value
            << YAML::BeginSeq;
        for (const auto& one : *weights)
            out << YAML::Flow << YAML::BeginMap << YAML::Key << "filter" << YAML::Value << YAML::DoubleQuoted
                << one.tensor << YAML::Key << "value" << YAML::Value << fmt::format("{}", one.founders[k])
                << YAML::EndMap;
        out << YAML::EndSeq << YAML::EndMap << YAML::EndMap;
    }
    out << YAML::EndSeq;
    out << YAML::Key << "parameters" << YAML::Value << YAML::BeginMap << YAML::Key << "normalize" << YAML::Value
        << false << YAML::EndMap;
    out << YAML::Key << "dtype" << YAML::Value << "float32" << YAML::Key << "out_dtype" << YAML::Value
        << nameInTorch(*dtype) << YAML::EndMap;
    return {
        .yaml = std::string("# The same merge for mergekit-yaml, started where the models lie.\n") + out.c_str() + "\n",
        .whyNot = {}};
}

}  // namespace mergarium
