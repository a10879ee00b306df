#include "core/genome/recipe_tensors.h"

#include "core/checkpoint/depth_order.h"
#include "core/files/mapped_file.h"
#include "core/founders/child_folder.h"
#include "core/genome/materialize.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <map>
#include <memory>
#include <stdexcept>
#include <utility>

namespace mergarium {
namespace {

/// After so many bytes founders' pages are dropped, so at most a few times that stays resident.
constexpr std::uint64_t kDropInterval = 64 << 20;

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
                             std::size_t like, LeftOut leftOut)
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

    std::vector<std::string> names;
    for (const auto& [name, tensor] : all) names.push_back(name);
    sortInDepthOrder(names);
    for (const auto& name : names) {
        descriptions_.push_back(all[name].first);
        origins_.push_back(all[name].second);
    }
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

void RecipeTensors::fill(const Recipe& recipe, std::size_t tensor, std::uint64_t begin, std::span<std::byte> out,
                         RangeGuard& range) const {
    const auto& origin = origins_[tensor];
    const auto& [name, dtype, shape, count] = descriptions_[tensor];
    const auto size = sizeOf(dtype);
    if (origin.bytes) {
        const auto* bytes = origin.bytes + begin * sizeOf(origin.dtype);
        if (origin.dtype == dtype) return copy(bytes, origin.file, out);
        std::vector<std::byte> stored(out.size() / size * sizeOf(origin.dtype));
        copy(bytes, origin.file, stored);
        std::vector<float> values(out.size() / size);
        toFloats(origin.dtype, stored.data(), values);
        fromFloats(dtype, values, out.data());
        return range.look(name, dtype, out, false, [&](auto before) { std::ranges::copy(values, before.begin()); });
    }
    const auto& mixed = origin.founder ? unchanged_[*origin.founder] : recipe;
    materializeAs(mixed, *founders_, origin.begin + begin, out.size() / size, dtype, out.data());
    range.look(name, dtype, out, !origin.founder,
               [&](std::span<float> values) { materializeRange(mixed, *founders_, origin.begin + begin, values); });
}

TensorContents RecipeTensors::contents(const Recipe& recipe, RangeGuard& range) const {
    const auto written = std::make_shared<std::atomic<std::uint64_t>>(0);
    return [this, &recipe, &range, written](std::size_t tensor, std::uint64_t begin, std::span<std::byte> out) {
        fill(recipe, tensor, begin, out, range);
        const auto before = written->fetch_add(out.size());
        if (before / kDropInterval != (before + out.size()) / kDropInterval) dropBehind(sources_);
    };
}

}  // namespace mergarium
