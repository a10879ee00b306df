#include "core/genome/recipe_tensors.h"

#include "core/checkpoint/depth_order.h"
#include "core/files/mapped_file.h"
#include "core/founders/child_folder.h"
#include "core/genome/materialize.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstring>
#include <map>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <utility>

namespace mergarium {
namespace {

/// After so many bytes founders' pages are dropped, so at most a few times that stays resident.
constexpr std::uint64_t kDropInterval = 64 << 20;
/// Numbers looked at at a time for the largest.
constexpr std::uint64_t kPerLook = 1 << 16;

bool isProjection(const TensorDescription& tensor) {
    return tensor.name.ends_with("_proj.weight") && tensor.shape.size() == 2 && isFloating(tensor.dtype);
}

/// Elements of a tensor from `begin` on, as they are stored.
void copy(const std::byte* bytes, const MappedFile* file, std::span<std::byte> out) {
    if (file)
        file->read(bytes, out);
    else
        std::memcpy(out.data(), bytes, out.size());
}

void dropBehind(const std::vector<FounderSourcePtr>& sources) {
    for (const auto& source : sources)
        for (const auto& file : source->files()) file->dropBehind(0, file->bytes().size());
}

}  // namespace

RecipeTensors::RecipeTensors(FoundersPtr founders, std::vector<FounderSourcePtr> sources, std::optional<DType> dtype,
                             std::size_t like, LeftOut leftOut, Fp8Scales scales)
    : founders_(std::move(founders)), sources_(std::move(sources)) {
    const auto& layout = founders_->layout();
    std::map<std::string, std::pair<TensorDescription, Origin>> all;
    const auto add = [&](const Layout::Tensor& tensor, const std::string& name, const Origin& origin) {
        const auto stored = dtype && isFloating(tensor.dtype) ? *dtype : tensor.dtype;
        all[name] = {{.name = name, .dtype = stored, .shape = tensor.shape, .count = tensor.count}, origin};
    };
    for (const auto& tensor : layout.tensors)
        add(tensor, tensor.name, {.begin = tensor.begin, .founder = std::nullopt});
    for (const auto& [tensor, founder] : layout.frozen) {
        Origin origin{.begin = tensor.begin, .founder = founder};
        if (!isFloating(tensor.dtype)) {
            const auto& source = *sources_[founder];
            const auto index = source.indexOf(tensor.name);
            if (!index)
                throw std::runtime_error(fmt::format("{}: the tensor '{}' is missing.", source.name(), tensor.name));
            origin = originOf(founder, *index);
        }
        add(tensor, tensor.name, origin);
    }
    if (leftOut == LeftOut::TakenOver)
        for (const auto tensor : leftOutOf(layout, *sources_[like])) {
            const auto& [name, stored, shape, count] = sources_[like]->tensors()[tensor];
            add({.name = name, .shape = shape, .count = count, .dtype = sources_[like]->outputType(tensor)}, name,
                originOf(like, tensor));
        }
    for (const auto& alias : layout.aliases) {
        const auto found = all.find(alias.of);
        if (found == all.end() || !sources_[like]->indexOf(alias.name)) continue;
        auto second = found->second;
        second.first.name = alias.name;
        all[alias.name] = std::move(second);
    }

    std::vector<std::string> scaled;
    for (auto& [name, tensor] : all)
        if (scales == Fp8Scales::PerTensor && isProjection(tensor.first)) {
            scaled.push_back(name);
            tensor.first.dtype = DType::F8E4M3;
            tensor.second.scaled = true;
        }
    if (scales == Fp8Scales::PerTensor && scaled.empty())
        throw std::runtime_error(
            "Fp8 with scales is for models whose projections are called *_proj.weight; choose "
            "another element type.");
    for (const auto& name : scaled)
        all[name + "_scale"] = {{.name = name + "_scale", .dtype = DType::F32, .shape = {1}, .count = 1}, {}};

    std::vector<std::string> names;
    for (const auto& [name, tensor] : all) names.push_back(name);
    sortInDepthOrder(names);
    std::map<std::string, std::size_t> places;
    for (const auto& name : names) {
        places[name] = descriptions_.size();
        descriptions_.push_back(all[name].first);
        origins_.push_back(all[name].second);
    }
    for (const auto& name : scaled) origins_[places.at(name + "_scale")].scaleOf = places.at(name);
    for (std::size_t k = 0; k < founders_->size(); ++k)
        unchanged_.push_back(founderRecipe(k, founders_->size(), layout.extent()));
}

RecipeTensors::Origin RecipeTensors::originOf(std::size_t founder, std::size_t tensor) const {
    const auto& source = *sources_[founder];
    return {.founder = std::nullopt,
            .bytes = source.bytes(tensor),
            .dtype = source.tensors()[tensor].dtype,
            .file = source.file(tensor)};
}

void RecipeTensors::read(const Recipe& recipe, std::size_t tensor, std::uint64_t begin, std::span<float> out) const {
    const auto& origin = origins_[tensor];
    if (!origin.bytes)
        return materializeRange(origin.founder ? unchanged_[*origin.founder] : recipe, *founders_, origin.begin + begin,
                                out);
    const auto size = sizeOf(origin.dtype);
    std::vector<std::byte> stored(out.size() * size);
    copy(origin.bytes + begin * size, origin.file, stored);
    toFloats(origin.dtype, stored.data(), out);
}

struct RecipeTensors::Writing {
    Writing(std::size_t tensors, RangeGuard& guard)
        : range(guard), scales(tensors), known(std::make_unique<std::once_flag[]>(tensors)) {}

    RangeGuard& range;
    std::atomic<std::uint64_t> written = 0;
    std::vector<float> scales;
    std::unique_ptr<std::once_flag[]> known;
};

float RecipeTensors::scaleOf(const Recipe& recipe, std::size_t tensor, Writing& writing) const {
    std::call_once(writing.known[tensor], [&] {
        float largest = 0;
        std::vector<float> values(kPerLook);
        const auto count = descriptions_[tensor].count;
        for (std::uint64_t begin = 0; begin < count; begin += kPerLook) {
            const auto piece = std::span(values).first(std::min<std::uint64_t>(kPerLook, count - begin));
            read(recipe, tensor, begin, piece);
            for (const float value : piece)
                if (std::isfinite(value)) largest = std::max(largest, std::abs(value));
        }
        const float scale = largest / largestOf(DType::F8E4M3);
        writing.scales[tensor] = scale > 0 ? scale : 1.0f;
    });
    return writing.scales[tensor];
}

void RecipeTensors::fill(const Recipe& recipe, std::size_t tensor, std::uint64_t begin, std::span<std::byte> out,
                         Writing& writing) const {
    const auto& origin = origins_[tensor];
    const auto& [name, dtype, shape, count] = descriptions_[tensor];
    const auto size = sizeOf(dtype);
    if (origin.scaleOf) {
        const float scale = scaleOf(recipe, *origin.scaleOf, writing);
        return fromFloats(dtype, {&scale, 1}, out.data());
    }
    if (origin.bytes && origin.dtype == dtype && !origin.scaled)
        return copy(origin.bytes + begin * size, origin.file, out);
    if (!origin.bytes && !origin.scaled) {
        materializeAs(origin.founder ? unchanged_[*origin.founder] : recipe, *founders_, origin.begin + begin,
                      out.size() / size, dtype, out.data());
        return writing.range.look(name, dtype, out, !origin.founder,
                                  [&](std::span<float> values) { read(recipe, tensor, begin, values); });
    }
    std::vector<float> values(out.size() / size);
    read(recipe, tensor, begin, values);
    if (origin.scaled) {
        const float scale = scaleOf(recipe, tensor, writing);
        for (auto& value : values) value /= scale;
    }
    fromFloats(dtype, values, out.data());
    writing.range.look(name, dtype, out, !origin.bytes && !origin.founder,
                       [&](std::span<float> before) { std::ranges::copy(values, before.begin()); });
}

TensorContents RecipeTensors::contents(const Recipe& recipe, RangeGuard& range) const {
    const auto writing = std::make_shared<Writing>(descriptions_.size(), range);
    return [this, &recipe, writing](std::size_t tensor, std::uint64_t begin, std::span<std::byte> out) {
        fill(recipe, tensor, begin, out, *writing);
        const auto before = writing->written.fetch_add(out.size());
        if (before / kDropInterval != (before + out.size()) / kDropInterval) dropBehind(sources_);
    };
}

}  // namespace mergarium
