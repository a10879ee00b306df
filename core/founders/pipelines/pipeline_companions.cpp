#include "core/founders/pipelines/pipeline_companions.h"

#include "core/checkpoint/pipeline_root.h"
#include "core/files/refusal.h"
#include "core/founders/pipelines/pipeline_founder.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <regex>
#include <set>

namespace mergarium {
namespace {

namespace fs = std::filesystem;

/// Of a component; real ones have a handful.
constexpr std::size_t kMostFiles = 1000;

bool isWeights(const fs::path& file) {
    constexpr std::array<std::string_view, 11> kEndings{".safetensors", ".bin",  ".pt",        ".pth", ".ckpt", ".h5",
                                                        ".msgpack",     ".onnx", ".onnx_data", ".pb",  ".gguf"};
    const auto name = file.filename().string();
    return name.find(".index.") != name.npos ||
           std::ranges::find(kEndings, file.extension().string()) != kEndings.end();
}

std::set<std::string> mergedComponents(const PipelineFounder& founder) {
    std::set<std::string> components;
    for (const auto& tensor : founder.own().tensors()) components.insert(tensor.name.substr(0, tensor.name.find('.')));
    return components;
}

}  // namespace

std::vector<Companion> companionsOfPipeline(const PipelineFounder& founder) {
    if (founder.form() == PipelineForm::SingleFile) return {};
    const auto root = founder.base().folder();
    const auto merged = mergedComponents(founder);
    std::vector<Companion> companions;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(root, error))
        if (!entry.is_directory(error)) companions.push_back({root, entry.path().filename().string()});
    for (const auto& component : pipelineComponents(root)) {
        std::size_t files = 0;
        for (const auto& entry : fs::recursive_directory_iterator(root / component.name, error)) {
            if (entry.is_directory(error)) continue;
            if (++files > kMostFiles)
                refuse(root / component.name,
                       fmt::format("there are more than {} files in a component's folder", kMostFiles));
            const auto name = entry.path().lexically_relative(root);
            if (std::ranges::any_of(name, [](const auto& part) { return part.string().starts_with('.'); })) continue;
            if (merged.contains(component.name) && isWeights(name)) continue;
            companions.push_back({root, name.generic_string()});
        }
    }
    std::ranges::sort(companions, {}, &Companion::name);
    return companions;
}

std::map<std::string, std::string> componentStems(const PipelineFounder& founder) {
    std::map<std::string, std::string> stems;
    if (founder.form() == PipelineForm::SingleFile) return stems;
    const std::regex shard("-[0-9]{5}-of-[0-9]{5}$");
    for (const auto& file : founder.base().files())
        stems.try_emplace(file->path().parent_path().filename().string(),
                          std::regex_replace(file->path().stem().string(), shard, ""));
    return stems;
}

}  // namespace mergarium
