#include "core/models/model_plan.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstring>
#include <set>
#include <stdexcept>

namespace mergarium {
namespace {

using Json = nlohmann::ordered_json;

std::string headerOf(const PlannedFile& file, const std::vector<TensorDescription>& tensors,
                     const std::map<std::string, std::string>& metadata) {
    Json header;
    header["__metadata__"] = {{"format", "pt"}};
    for (const auto& [key, value] : metadata) header["__metadata__"][key] = value;
    for (const auto& place : file.places) {
        const auto& tensor = tensors[place.tensor];
        header[tensor.name] = {{"dtype", nameOf(tensor.dtype)},
                               {"shape", tensor.shape},
                               {"data_offsets", {place.begin, place.begin + tensor.byteSize()}}};
    }
    auto text = header.dump(-1, ' ', false, Json::error_handler_t::replace);
    text.append((8 - text.size() % 8) % 8, ' ');
    const std::uint64_t length = text.size();
    std::string bytes(sizeof length, '\0');
    std::memcpy(bytes.data(), &length, sizeof length);
    return bytes + text;
}

/// Wide elements first, so that every element lies at a multiple of its size.
void placeTensors(PlannedFile& file, const std::vector<TensorDescription>& tensors) {
    std::ranges::stable_sort(file.places, std::ranges::greater{},
                             [&](const auto& place) { return sizeOf(tensors[place.tensor].dtype); });
    for (auto& place : file.places) {
        place.begin = file.dataSize;
        file.dataSize += tensors[place.tensor].byteSize();
    }
}

std::string indexOf(const ModelPlan& plan) {
    Json index;
    std::uint64_t total = 0;
    for (const auto& file : plan.files) total += file.dataSize;
    index["metadata"] = {{"total_size", total}};
    std::map<std::string, std::string> places;
    for (const auto& file : plan.files)
        for (const auto& place : file.places) places[plan.tensors[place.tensor].name] = file.name;
    index["weight_map"] = places;
    return index.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

/// diffusers puts a variant last: model.safetensors.index.fp16.json.
std::string indexNameOf(const std::string& stem) {
    const auto variant = stem.find('.');
    return stem.substr(0, variant) + ".safetensors.index" + (variant == stem.npos ? "" : stem.substr(variant)) +
           ".json";
}

}  // namespace

std::uint64_t ModelPlan::byteSize() const {
    std::uint64_t sum = 0;
    for (const auto& [name, text] : indexes) sum += text.size();
    for (const auto& file : files) sum += file.header.size() + file.dataSize;
    return sum;
}

ModelPlan planModel(std::vector<TensorDescription> tensors, std::uint64_t shardSize, const FileStyle& style) {
    std::set<std::string_view> names;
    for (const auto& tensor : tensors)
        if (!names.insert(tensor.name).second)
            throw std::invalid_argument(fmt::format("The tensor '{}' is to be written twice.", tensor.name));

    ModelPlan plan{.tensors = std::move(tensors), .files = {{}}};
    std::uint64_t size = 0;
    for (std::size_t i = 0; i < plan.tensors.size(); ++i) {
        const auto bytes = plan.tensors[i].byteSize();
        if (shardSize > 0 && size > 0 && size + bytes > shardSize) {
            plan.files.emplace_back();
            size = 0;
        }
        plan.files.back().places.push_back({.tensor = i, .begin = 0});
        size += bytes;
    }
    for (std::size_t i = 0; i < plan.files.size(); ++i) {
        auto& file = plan.files[i];
        file.name = plan.files.size() == 1
                        ? style.stem + ".safetensors"
                        : fmt::format("{}-{:05}-of-{:05}.safetensors", style.stem, i + 1, plan.files.size());
        placeTensors(file, plan.tensors);
        file.header = headerOf(file, plan.tensors, style.metadata);
    }
    if (plan.files.size() == 1) return plan;
    plan.indexes[indexNameOf(style.stem)] = indexOf(plan);
    return plan;
}

ModelPlan planPipeline(std::vector<TensorDescription> tensors, const std::vector<PlannedComponent>& components,
                       std::uint64_t shardSize) {
    ModelPlan plan{.tensors = std::move(tensors), .files = {}};
    std::set<std::string> done;
    for (std::size_t begin = 0, end = 0; begin < plan.tensors.size(); begin = end) {
        const auto name = plan.tensors[begin].name.substr(0, plan.tensors[begin].name.find('.'));
        const auto component = std::ranges::find(components, name, &PlannedComponent::name);
        if (component == components.end() || !done.insert(name).second)
            throw std::invalid_argument(fmt::format("The component '{}' can't be laid out.", name));
        std::vector<TensorDescription> own;
        for (; end < plan.tensors.size() && plan.tensors[end].name.starts_with(name + "."); ++end) {
            own.push_back(plan.tensors[end]);
            own.back().name.erase(0, name.size() + 1);
        }
        auto part = planModel(std::move(own), shardSize, component->style);
        for (auto& file : part.files) {
            file.name = name + "/" + file.name;
            for (auto& place : file.places) place.tensor += begin;
            plan.files.push_back(std::move(file));
        }
        for (auto& [index, text] : part.indexes) plan.indexes[name + "/" + index] = std::move(text);
    }
    return plan;
}

void fillFrom(const ModelPlan& plan, const PlannedFile& file, const TensorContents& contents, std::uint64_t begin,
              std::span<std::byte> out) {
    auto place = std::prev(std::ranges::upper_bound(file.places, begin, {}, &PlannedFile::Place::begin));
    while (!out.empty()) {
        const auto& tensor = plan.tensors[place->tensor];
        const auto within = begin - place->begin;
        const auto count = std::min<std::uint64_t>(out.size(), tensor.byteSize() - within);
        if (count > 0) contents(place->tensor, within / sizeOf(tensor.dtype), out.first(count));
        out = out.subspan(count);
        begin += count;
        ++place;
    }
}

}  // namespace mergarium
