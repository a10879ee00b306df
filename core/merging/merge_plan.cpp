#include "core/merging/merge_plan.h"

#include "core/checkpoint/depth_order.h"
#include "core/checkpoint/layout.h"
#include "core/files/refusal.h"
#include "core/founders/alignment.h"
#include "core/merging/plan_slices.h"
#include "core/merging/plan_tensor.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace mergarium {
namespace {

/// Names of the model's tensors in depth order, and where the first layer begins in them.
struct Outside {
    std::vector<std::string> before, behind;
};

Outside outsideOf(const MergeModel& model) {
    std::vector<std::string> names;
    for (const auto& tensor : model.source()->tensors()) names.push_back(tensor.name);
    sortInDepthOrder(names);
    Outside outside;
    bool begun = false;
    for (auto& name : names) {
        if (model.layered(name))
            begun = true;
        else
            (begun ? outside.behind : outside.before).push_back(std::move(name));
    }
    return outside;
}

/// The head that one of the models has where the one that gives the names has its embedding for it.
std::optional<std::string> headOfOthers(const SlicePlan& slice, std::span<const MergeModel> models) {
    const auto headIn = [](const MergeModel& model) -> std::optional<std::string> {
        for (const auto& tensor : model.source()->tensors())
            if (isHead(tensor.name) && tensor.name.ends_with(".weight") && !model.source()->tiedEmbeddings())
                return tensor.name;
        return std::nullopt;
    };
    const auto& first = models[slice.reference().model];
    for (const auto& source : slice.sources)
        if (const auto head = headIn(models[source.model]); head && !first.source()->indexOf(*head)) return head;
    return std::nullopt;
}

void noteUnused(const MergeConfiguration& configuration, MergePlan& plan) {
    std::set<std::string> unused;
    const auto look = [&](const MergeParameters& parameters) {
        for (const auto& one : parameters)
            if (std::ranges::find(plan.method->parameters, one.name, &MethodParameter::name) ==
                plan.method->parameters.end())
                unused.insert(one.name);
    };
    look(configuration.parameters);
    for (const auto& slice : configuration.slices) {
        look(slice.parameters);
        for (const auto& source : slice.sources) look(source.parameters);
    }
    for (const auto& name : unused)
        plan.notes.push_back(fmt::format("{} has no parameter '{}': it was passed over.", plan.method->name, name));
}

}  // namespace

MergePlan planMerge(const MergeConfiguration& configuration, std::span<const MergeModel> models,
                    std::optional<std::uint64_t> rows) {
    MergePlan plan;
    plan.method = mergeMethodNamed(configuration.method);
    const auto slices = planSlices(configuration, models);
    const auto names = configuration.models();
    const auto like = configuration.base.value_or(names.front());
    plan.like = static_cast<std::size_t>(std::ranges::find(names, like) - names.begin());

    TensorPlanner planner{configuration, models, *plan.method, rows, plan.notes};
    const auto outside = [&](const SlicePlan& slice, const std::vector<std::string>& all) {
        for (const auto& name : all) plan.tensors.push_back(planner.outside(slice, name));
    };
    outside(slices.front(), outsideOf(models[slices.front().reference().model]).before);
    for (const auto& slice : slices) {
        const auto& reference = models[slice.reference().model];
        for (std::uint64_t i = 0; i < slice.layers; ++i) {
            const auto from = slice.reference().first + i;
            std::vector<std::string> inLayer;
            for (const auto& tensor : reference.source()->tensors())
                if (const auto layered = reference.layered(tensor.name); layered && layered->layer == from)
                    inLayer.push_back(tensor.name);
            sortInDepthOrder(inLayer);
            for (const auto& name : inLayer) plan.tensors.push_back(planner.inLayer(slice, name, i, plan.layers));
            plan.layerOrigins.emplace_back(slice.reference().model, from);
            ++plan.layers;
        }
    }
    auto behind = outsideOf(models[slices.back().reference().model]).behind;
    if (const auto head = headOfOthers(slices.back(), models)) behind.push_back(*head);
    outside(slices.back(), behind);
    noteUnused(configuration, plan);
    return plan;
}

}  // namespace mergarium
