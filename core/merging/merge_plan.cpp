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

/// A tensor's name without its layer.
std::string kindOf(const MergeModel& model, const std::string& name) {
    const auto layered = model.layered(name);
    return layered ? fmt::format("{}*{}", layered->before, layered->behind) : name;
}

/// Tensors that the models which give the names don't have are in no part of the output, whoever has them.
void noteLeftOut(std::span<const MergeModel> models, MergePlan& plan) {
    std::vector<std::set<std::string>> used(models.size());
    std::set<std::string> known;
    for (const auto& tensor : plan.tensors)
        for (const auto& input : tensor.inputs) {
            const auto& model = models[input.model];
            used[input.model].insert(kindOf(model, model.source()->tensors()[input.tensor].name));
        }
    for (const auto& tensor : models[plan.like].source()->tensors())
        known.insert(kindOf(models[plan.like], tensor.name));
    for (std::size_t m = 0; m < models.size(); ++m) {
        std::vector<std::string> left;
        for (const auto& tensor : models[m].source()->tensors()) {
            const auto kind = kindOf(models[m], tensor.name);
            if (isFloating(tensor.dtype) && !isHead(tensor.name) && !used[m].empty() && !used[m].contains(kind) &&
                !known.contains(kind))
                left.push_back(tensor.name);
        }
        if (!left.empty())
            plan.notes.push_back(fmt::format("{} tensors of {} are left out, since {} has none of these names: {}{}",
                                             left.size(), models[m].name(), models[plan.like].name(), left.front(),
                                             left.size() > 1 ? ", ..." : "."));
    }
}

/// An embedding and a head of two vocabularies are no model.
void checkRows(const MergePlan& plan) {
    const PlannedTensor* first = nullptr;
    for (const auto& tensor : plan.tensors) {
        const auto& output = tensor.output;
        if (!isVocabulary(output.name) || output.shape.size() < 2) continue;
        if (!first) first = &tensor;
        if (output.shape.front() != first->output.shape.front())
            throw std::runtime_error(fmt::format(
                "{} would have {} rows and {} {}, where a model has one vocabulary; lay it out by tokens (tokenizer: "
                "{{source: union}}), or take slices of models that have the same.",
                first->output.name, first->output.shape.front(), output.name, output.shape.front()));
    }
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
    checkRows(plan);
    noteUnused(configuration, plan);
    noteLeftOut(models, plan);
    return plan;
}

}  // namespace mergarium
