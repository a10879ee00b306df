#include "core/founders/quantised/quantisation.h"

#include "core/files/excerpt.h"
#include "core/files/refusal.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>

namespace mergarium {
namespace {

using Json = nlohmann::json;
using Block = std::array<std::uint64_t, 2>;

constexpr Block kUsualBlock{128, 128};
constexpr std::string_view kWeight = "weight";

/// What the names of scales that belong to no weight end with: of activations, and of the cache of keys and values.
constexpr std::array<std::string_view, 12> kOtherScales{
    ".input_scale", ".input_scale_ub", ".act_scale",         ".activation_scale", ".output_scale", ".k_scale",
    ".v_scale",     ".q_scale",        ".prob_output_scale", ".kv_scale",         ".scale_input",  "scaled_fp8"};
/// What the names of tensors end with that are kept in other ways.
constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kOtherKinds{
    {{".qweight", "GPTQ or AWQ"},
     {".weight_packed", "packed integers"},
     {".SCB", "bitsandbytes"},
     {".absmax", "bitsandbytes"},
     {"_blocks", "MXFP4"},
     {".weight_zero_point", "integers"}}};

[[noreturn]] void refuseKind(const Checkpoint& checkpoint, std::string_view kind) {
    refuse(checkpoint.path(), fmt::format("the weights are quantised ({}), and of quantised models fp8 alone can be "
                                          "mixed; name the model in full precision that it was made from",
                                          kind));
}

bool isFp8(DType dtype) { return dtype == DType::F8E4M3 || dtype == DType::F8E5M2; }

std::string wordAt(const Json& settings, const char* key) {
    const auto found = settings.find(key);
    return found != settings.end() && found->is_string() ? found->get<std::string>() : std::string();
}

/// The part of config.json about quantisation; null: there is none.
Json settingsOf(const Json& configuration) {
    for (const auto* key : {"quantization_config", "compression_config"}) {
        if (configuration.contains(key) && !configuration[key].is_null()) return configuration[key];
        for (const auto* part : {"text_config", "llm_config"})
            if (configuration.contains(part) && configuration[part].is_object() && configuration[part].contains(key) &&
                !configuration[part][key].is_null())
                return configuration[part][key];
    }
    return nullptr;
}

/// Whether its weights are fp8 or nothing special, as far as config.json says.
void checkMethod(const Checkpoint& checkpoint, const Json& settings) {
    if (settings.is_null()) return;
    if (!settings.is_object()) refuseKind(checkpoint, "unknown method");
    const auto method = wordAt(settings, "quant_method"), format = wordAt(settings, "format"),
               algorithm = wordAt(settings, "quant_algo");
    if (method == "fp8" || method == "fbgemm_fp8") return;
    if (method == "compressed-tensors" || (method.empty() && !format.empty())) {
        if (format == "float-quantized" || format == "naive-quantized") return;
        refuseKind(checkpoint, fmt::format("compressed-tensors, {}", excerptOf(format)));
    }
    if (method == "modelopt" || (method.empty() && !algorithm.empty())) {
        if (algorithm.starts_with("FP8")) return;
        refuseKind(checkpoint, fmt::format("ModelOpt, {}", excerptOf(algorithm)));
    }
    refuseKind(checkpoint, settings.contains("quant_method") ? excerptOf(settings["quant_method"].dump())
                                                             : std::string("unknown method"));
}

void checkTensors(const Checkpoint& checkpoint) {
    for (const auto& tensor : checkpoint.tensors()) {
        const auto& name = tensor.name;
        for (const auto& [ending, kind] : kOtherKinds)
            if (name.ends_with(ending) && (ending != "_blocks" || tensor.dtype == DType::U8))
                refuseKind(checkpoint, kind);
        if (name.ends_with(kWeight) && !isFloating(tensor.dtype) && checkpoint.find(name + "_scale"))
            refuseKind(checkpoint, fmt::format("{} with scales", nameOf(tensor.dtype)));
    }
}

Block blockOf(const Checkpoint& checkpoint, const Json& settings) {
    const auto found = settings.is_object() ? settings.find("weight_block_size") : settings.end();
    if (!settings.is_object() || found == settings.end() || found->is_null()) return kUsualBlock;
    Block block{};
    const bool isPair = found->is_array() && found->size() == 2;
    for (std::size_t i = 0; isPair && i < 2; ++i)
        if ((*found)[i].is_number_unsigned()) block[i] = (*found)[i].get<std::uint64_t>();
    if (block[0] == 0 || block[1] == 0)
        refuse(checkpoint.path(), fmt::format("'weight_block_size' in config.json is {}, where two whole numbers above "
                                              "0 are needed",
                                              excerptOf(found->dump())));
    return block;
}

/// The scale beside an fp8 tensor; null: none.
const StoredTensor* scaleOf(const Checkpoint& checkpoint, const std::string& name) {
    for (const auto* ending : {"_scale_inv", "_scale"})
        if (const auto* scale = checkpoint.find(name + ending)) return scale;
    if (!name.ends_with(kWeight)) return nullptr;
    return checkpoint.find(name.substr(0, name.size() - kWeight.size()) + "scale_weight");
}

/// Extents of the blocks that share a number of the scale; absent: the shapes don't fit.
std::optional<std::vector<std::uint64_t>> blocksOf(const StoredTensor& tensor, const StoredTensor& scale,
                                                   const Block& usual) {
    const auto dimensions = tensor.shape.size();
    std::vector<std::uint64_t> extents(tensor.shape.begin(), tensor.shape.end()),
        scales(scale.shape.begin(), scale.shape.end());
    if (scale.count == 1) return extents;
    if (scales.size() > dimensions) return std::nullopt;
    scales.resize(dimensions, 1);
    for (std::size_t i = 0; i < dimensions; ++i) {
        const auto block = i + 2 < dimensions ? 0 : usual[i + 2 - dimensions];
        if (scales[i] == extents[i])
            extents[i] = 1;
        else if (scales[i] != 1 && block > 0 && scales[i] == (extents[i] + block - 1) / block)
            extents[i] = block;
        else if (scales[i] != 1)
            return std::nullopt;
    }
    return extents;
}

}  // namespace

Quantisation quantisationOf(const Checkpoint& checkpoint) {
    const auto settings = settingsOf(checkpoint.configuration().value_or(Json::object()));
    checkMethod(checkpoint, settings);
    checkTensors(checkpoint);

    Quantisation result;
    const auto tensors = checkpoint.tensors();
    const StoredTensor* without = nullptr;
    const auto usual = blockOf(checkpoint, settings);
    for (std::size_t i = 0; i < tensors.size(); ++i) {
        const auto& tensor = tensors[i];
        if (!isFp8(tensor.dtype)) continue;
        const auto* scale = scaleOf(checkpoint, tensor.name);
        if (!scale) {
            without = &tensor;
            continue;
        }
        auto block = blocksOf(tensor, *scale, usual);
        if (!block || scale->count == 0 || !isFloating(scale->dtype))
            refuse(checkpoint.path(), fmt::format("the scale '{}' is {} [{}], which doesn't fit '{}' [{}]", scale->name,
                                                  nameOf(scale->dtype), fmt::join(scale->shape, ", "), tensor.name,
                                                  fmt::join(tensor.shape, ", ")));
        result.scales.insert(scale->name);
        result.scaled.push_back({.tensor = i, .scale = scale, .block = *std::move(block)});
    }
    if (result.scaled.empty()) return result;
    if (without)
        refuse(checkpoint.path(), fmt::format("'{}' is {} and has no scale beside it, where others have one",
                                              without->name, nameOf(without->dtype)));
    for (const auto& tensor : tensors)
        if (std::ranges::any_of(kOtherScales, [&](auto ending) { return tensor.name.ends_with(ending); }))
            result.scales.insert(tensor.name);
    return result;
}

}  // namespace mergarium
