#include "tests/support/merged_in_memory.h"

#include "core/files/scratch_place.h"
#include "core/merging/merged_configuration.h"
#include "core/merging/merged_tensors.h"
#include "core/merging/model_places.h"
#include "core/merging/tokens/token_layout.h"

#include <algorithm>

namespace mergarium::test {

std::vector<float> MergedInMemory::Tensor::values() const {
    std::vector<float> values(description.count);
    toFloats(description.dtype, bytes.data(), values);
    return values;
}

MergedInMemory::MergedInMemory(MergeConfiguration configuration, std::vector<std::filesystem::path> folders,
                               std::uint64_t seed, std::size_t threads) {
    const ModelPlaces places(configuration.path, std::move(folders));
    std::vector<MergeModel> models;
    for (const auto& name : configuration.models()) {
        auto place = places.find(name);
        auto source = openFounder(place, scratchPlace());
        models.emplace_back(name, std::move(place), std::move(source));
    }
    std::optional<TokenLayout> tokens;
    if (configuration.tokenizer) tokens = layOutTokens(configuration, models);
    const auto plan = planMerge(configuration, models, tokens ? std::optional(tokens->rows) : std::nullopt);
    RangeGuard range(OutOfRange::Refused);
    const MergedTensors tensors(
        plan, models,
        {.seed = seed, .threads = threads, .scratch = scratchPlace(), .rows = tokens ? tokens->places : nullptr},
        range);
    const auto descriptions = tensors.descriptions();
    for (std::size_t i = 0; i < descriptions.size(); ++i) {
        std::vector<std::byte> bytes(descriptions[i].byteSize());
        // In pieces that begin anywhere, as writers ask for them.
        const auto width = sizeOf(descriptions[i].dtype);
        for (std::size_t done = 0; done < bytes.size();) {
            const auto some = std::min<std::size_t>(bytes.size() - done, 777 * width);
            tensors.fill(i, done / width, std::span(bytes).subspan(done, some));
            done += some;
        }
        tensors_[descriptions[i].name] = {descriptions[i], std::move(bytes)};
    }
    configuration_ = mergedConfiguration(configuration, plan, models);
    notes_ = plan.notes;
}

const MergedInMemory::Tensor* MergedInMemory::find(const std::string& name) const {
    const auto found = tensors_.find(name);
    return found == tensors_.end() ? nullptr : &found->second;
}

}  // namespace mergarium::test
