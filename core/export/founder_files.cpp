#include "core/export/founder_files.h"

#include "core/files/beneath.h"
#include "core/files/json.h"
#include "core/files/mapped_file.h"
#include "core/founders/alignment.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <string>

namespace mergarium {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr const char* kConfiguration = "config.json";
/// Vocabularies reach tens of megabytes; what is larger are weights under another name.
constexpr std::size_t kLargest = 200'000'000;

bool isWanted(const fs::path& path) {
    constexpr std::array<std::string_view, 7> kKinds{".json", ".txt", ".model", ".jinja", ".py", ".tiktoken", ".bpe"};
    constexpr std::array<std::string_view, 4> kStarts{"LICENSE", "LICENCE", "NOTICE", "USE_POLICY"};
    const auto name = path.filename().string();
    if (name.starts_with('.') || name.ends_with(".index.json") || name.starts_with("adapter_") ||
        name == kConfiguration)
        return false;
    return std::ranges::find(kKinds, path.extension().string()) != kKinds.end() ||
           std::ranges::any_of(kStarts, [&](auto start) { return name.starts_with(start); });
}

/// As transformers spells it.
const char* torchName(DType dtype) {
    switch (dtype) {
        case DType::F64: return "float64";
        case DType::F32: return "float32";
        case DType::F16: return "float16";
        case DType::BF16: return "bfloat16";
        case DType::F8E4M3: return "float8_e4m3fn";
        case DType::F8E5M2: return "float8_e5m2";
        default: return nullptr;
    }
}

/// The element type of most of the floating numbers.
std::optional<DType> mainType(std::span<const TensorDescription> tensors) {
    std::map<DType, std::uint64_t> counts;
    for (const auto& tensor : tensors)
        if (isFloating(tensor.dtype)) counts[tensor.dtype] += tensor.count;
    const auto most = std::ranges::max_element(counts, {}, [](const auto& entry) { return entry.second; });
    if (most == counts.end()) return std::nullopt;
    return most->first;
}

/// Rows of the vocabulary, where they aren't the founder's own.
std::optional<std::int64_t> changedVocabulary(const FounderSource& founder,
                                              std::span<const TensorDescription> tensors) {
    for (const auto& tensor : tensors) {
        if (!isVocabulary(tensor.name) || tensor.shape.empty()) continue;
        const auto index = founder.indexOf(tensor.name);
        if (index && founder.tensors()[*index].shape != tensor.shape) return tensor.shape.front();
    }
    return std::nullopt;
}

/// Sets a key in the configuration and in its text part, where it stands; returns whether it stood anywhere.
bool set(Json& configuration, const char* key, const Json& value) {
    bool found = false;
    const auto in = [&](Json& part) {
        if (!part.contains(key)) return;
        part[key] = value;
        found = true;
    };
    in(configuration);
    for (const char* name : {"text_config", "llm_config"})
        if (configuration.contains(name) && configuration[name].is_object()) in(configuration[name]);
    return found;
}

}  // namespace

void copyFounderFiles(const FounderSource& founder, std::span<const TensorDescription> tensors,
                      const PendingFolder& folder) {
    const auto& from = founder.base().folder();
    if (from.empty()) return;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(from, error)) {
        if (!isWanted(entry.path()) || entry.is_directory(error)) continue;
        const auto file = openBeneath(from, entry.path().filename().string());
        if (file->bytes().size() <= kLargest) folder.copyFile(*file);
    }

    if (!fs::exists(from / kConfiguration, error)) return;
    auto configuration = readOrderedJsonObject(from / kConfiguration, kSettingsJson);
    const auto before = configuration;
    if (const auto type = mainType(tensors); type && torchName(*type)) {
        // transformers writes `dtype` from version 4.56 on, `torch_dtype` before.
        const bool older = set(configuration, "torch_dtype", torchName(*type));
        const bool newer = set(configuration, "dtype", torchName(*type));
        if (!older && !newer) configuration["torch_dtype"] = torchName(*type);
    }
    if (const auto rows = changedVocabulary(founder, tensors)) set(configuration, "vocab_size", *rows);
    if (configuration == before)
        folder.copyFile(*openBeneath(from, kConfiguration));
    else
        folder.writeFile(kConfiguration, configuration.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
}

}  // namespace mergarium
