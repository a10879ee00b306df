#include "core/merging/opened_merge.h"

#include "core/merging/model_places.h"

namespace mergarium {
namespace {

std::vector<MergeModel> openModels(const ConfiguredMerge& merge) {
    const ModelPlaces places(merge.configuration.path, merge.models);
    std::vector<MergeModel> models;
    for (const auto& name : merge.configuration.models()) {
        auto place = places.find(name);
        auto source = openFounder(place, merge.scratch);
        models.emplace_back(name, std::move(place), std::move(source));
    }
    return models;
}

}  // namespace

OpenedMerge openMerge(const ConfiguredMerge& merge) {
    OpenedMerge opened{.models = openModels(merge), .tokens = {}, .plan = {}};
    auto& tokens = opened.tokens;
    if (merge.configuration.tokenizer) tokens = layOutTokens(merge.configuration, opened.models);
    opened.plan = planMerge(merge.configuration, opened.models, tokens ? std::optional(tokens->rows) : std::nullopt);
    if (tokens) opened.plan.notes.insert(opened.plan.notes.end(), tokens->notes.begin(), tokens->notes.end());
    return opened;
}

MergeOutline outlineOf(const ConfiguredMerge& merge) {
    const auto opened = openMerge(merge);
    MergeOutline outline{.method = merge.configuration.method,
                         .isRandom = opened.plan.method->isRandom,
                         .layers = opened.plan.layers,
                         .tensors = opened.plan.tensors.size(),
                         .notes = opened.plan.notes};
    for (const auto& model : opened.models)
        outline.models.push_back({.name = model.name(),
                                  .place = model.place(),
                                  .layers = model.layers(),
                                  .isBase = model.name() == merge.configuration.base});
    for (const auto& tensor : opened.plan.tensors) outline.bytes += tensor.output.byteSize();
    return outline;
}

}  // namespace mergarium
