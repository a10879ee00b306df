#include "core/export/pipeline_tensors.h"

#include "core/files/mapped_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <map>
#include <numeric>
#include <stdexcept>
#include <utility>

namespace mergarium {
namespace {

constexpr std::string_view kAveraged = "model_ema.";

[[noreturn]] void refuseTensor(const std::string& name, std::string_view why) {
    throw std::runtime_error(fmt::format("The tensor '{}' {}.", name, why));
}

}  // namespace

/// Tensors that are transposed on the way, as they are given.
struct PipelineTensors::Whole {
    explicit Whole(std::size_t tensors) : read(std::make_unique<std::once_flag[]>(tensors)), bytes(tensors) {}

    std::unique_ptr<std::once_flag[]> read;
    std::vector<std::vector<std::byte>> bytes;
};

PipelineTensors::PipelineTensors(std::vector<TensorDescription> given, const PipelineFounder& like, PipelineForm form)
    : given_(std::move(given)), like_(like), placed_(given_.size(), false) {
    if (form == like.form()) {
        addAsIn(like);
        addOthers(form, like.numbering());
    } else {
        std::vector<std::string> names;
        for (const auto& tensor : given_) names.push_back(tensor.name);
        addOthers(form, numberingOf(names));
    }
    // In depth order, what is no component's behind all others.
    std::vector<std::size_t> order(origins_.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::stable_sort(order, {}, [&](std::size_t i) {
        return origins_[i].parts.empty() ? given_.size() : origins_[i].parts.front();
    });
    auto descriptions = std::exchange(descriptions_, {});
    auto origins = std::exchange(origins_, {});
    for (const auto i : order) {
        descriptions_.push_back(std::move(descriptions[i]));
        origins_.push_back(std::move(origins[i]));
    }
}

void PipelineTensors::add(TensorDescription description, Origin origin) {
    for (const auto part : origin.parts) {
        placed_[part] = true;
        if (given_[part].dtype != given_[origin.parts.front()].dtype)
            refuseTensor(description.name, "would hold parts of different element types; choose one with --dtype");
    }
    if (!origin.parts.empty()) description.dtype = given_[origin.parts.front()].dtype;
    descriptions_.push_back(std::move(description));
    origins_.push_back(std::move(origin));
}

void PipelineTensors::addAsIn(const PipelineFounder& like) {
    std::map<std::string_view, std::size_t> places;
    for (std::size_t i = 0; i < given_.size(); ++i) places[given_[i].name] = i;
    const auto stored = like.own().tensors();
    for (std::size_t tensor = 0; tensor < stored.size(); ++tensor) {
        Origin origin;
        const auto parts = like.partsOf(tensor);
        for (const auto part : parts)
            if (const auto found = places.find(like.tensors()[part].name); found != places.end())
                origin.parts.push_back(found->second);
        if (parts.empty()) {
            if (!stored[tensor].name.starts_with(kAveraged)) add(stored[tensor], {.parts = {}, .own = tensor});
            continue;
        }
        if (origin.parts.empty()) continue;
        if (origin.parts.size() != parts.size())
            refuseTensor(stored[tensor].name, "holds several tensors, and only some of them are to be written");
        auto description = stored[tensor];
        if (like.isTransposed(parts.front())) origin.transposed = true;
        // Rows of the vocabulary may be another founder's.
        std::uint64_t count = 0;
        for (const auto part : origin.parts) count += given_[part].count;
        if (count != description.count) {
            description.shape = given_[origin.parts.front()].shape;
            description.count = count;
            if (origin.parts.size() > 1 || origin.transposed)
                refuseTensor(stored[tensor].name, "has another size in the merged model than in the founder's file");
        }
        add(std::move(description), std::move(origin));
    }
}

/// Those that `like` has not, or all of them in another form than its own.
void PipelineTensors::addOthers(PipelineForm form, const OriginalNumbering& numbering) {
    std::map<std::string, std::pair<TensorDescription, std::array<std::optional<std::size_t>, 3>>> stacked;
    for (std::size_t i = 0; i < given_.size(); ++i) {
        if (placed_[i]) continue;
        auto tensor = given_[i];
        if (form == like_.form() && !isFloating(tensor.dtype)) continue;
        if (form == PipelineForm::Folder) {
            add(tensor, {.parts = {i}});
            continue;
        }
        const auto original = originalName(tensor.name, numbering);
        if (!original) {
            if (!isFloating(tensor.dtype)) continue;
            refuseTensor(tensor.name,
                         "has no place in a single file: only models of Stable Diffusion 1.x, 2.x and XL are written "
                         "as one");
        }
        tensor.name = original->name;
        switch (original->form) {
            case OriginalForm::Same: add(tensor, {.parts = {i}}); break;
            case OriginalForm::Convolution:
                if (tensor.shape.size() == 2) tensor.shape.insert(tensor.shape.end(), {1, 1});
                add(tensor, {.parts = {i}});
                break;
            case OriginalForm::Transposed:
                if (tensor.shape.size() != 2) refuseTensor(given_[i].name, "is no matrix");
                std::swap(tensor.shape[0], tensor.shape[1]);
                add(tensor, {.parts = {i}, .transposed = true});
                break;
            case OriginalForm::Third:
                stacked.try_emplace(tensor.name, tensor, std::array<std::optional<std::size_t>, 3>{})
                    .first->second.second.at(original->third) = i;
        }
    }
    for (auto& [name, whole] : stacked) {
        auto& [tensor, thirds] = whole;
        Origin origin;
        for (const auto& third : thirds)
            if (third && given_[*third].shape == tensor.shape) origin.parts.push_back(*third);
        if (origin.parts.size() != 3 || tensor.shape.empty())
            refuseTensor(name, "is made of q, k and v of one shape, which are not all there");
        tensor.shape.front() *= 3;
        tensor.count *= 3;
        add(tensor, std::move(origin));
    }
}

void PipelineTensors::fill(const TensorContents& given, Whole& whole, std::size_t tensor, std::uint64_t begin,
                           std::span<std::byte> out) const {
    const auto& origin = origins_[tensor];
    const auto size = sizeOf(descriptions_[tensor].dtype);
    if (origin.own) {
        const auto& own = like_.own();
        const auto* bytes = own.bytes(*origin.own) + begin * size;
        if (const auto* file = own.file(*origin.own)) return file->read(bytes, out);
        std::memcpy(out.data(), bytes, out.size());
        return;
    }
    if (origin.transposed) {
        const auto part = origin.parts.front();
        auto& bytes = whole.bytes[tensor];
        std::call_once(whole.read[tensor], [&] {
            bytes.resize(given_[part].byteSize());
            given(part, 0, bytes);
        });
        return transposeFrom(bytes.data(), static_cast<std::uint64_t>(given_[part].shape[1]),
                             static_cast<std::uint64_t>(given_[part].shape[0]), size, begin * size, out);
    }
    std::uint64_t before = 0;
    for (const auto part : origin.parts) {
        const auto end = before + given_[part].count;
        if (begin < end && !out.empty()) {
            const auto length = std::min<std::uint64_t>(out.size(), (end - begin) * size);
            given(part, begin - before, out.first(length));
            out = out.subspan(length);
            begin += length / size;
        }
        before = end;
    }
}

TensorContents PipelineTensors::contents(TensorContents given) const {
    const auto whole = std::make_shared<Whole>(descriptions_.size());
    return [this, given = std::move(given), whole](std::size_t tensor, std::uint64_t begin, std::span<std::byte> out) {
        fill(given, *whole, tensor, begin, out);
    };
}

}  // namespace mergarium
