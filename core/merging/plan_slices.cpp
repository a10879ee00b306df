#include "core/merging/plan_slices.h"

#include "core/merging/methods/methods.h"

#include <fmt/format.h>

#include <algorithm>

namespace mergarium {
namespace {

[[noreturn]] void refuseAt(const MergeConfiguration& configuration, int line, std::string_view what) {
    throw ConfigurationError(line > 0 ? fmt::format("{}, line {}: {}.", configuration.path.string(), line, what)
                                      : fmt::format("{}: {}.", configuration.path.string(), what));
}

std::size_t indexOf(const std::vector<std::string>& names, const std::string& name) {
    return static_cast<std::size_t>(std::ranges::find(names, name) - names.begin());
}

void checkCount(const MergeConfiguration& configuration, const MergeMethod& method, const SlicePlan& slice) {
    const bool apart = slice.base && method.base != BaseRule::Listed;
    const auto count = slice.sources.size() - (apart ? 1 : 0);
    if (count >= method.least && count <= method.most) return;
    const auto wanted = method.least == method.most ? fmt::format("exactly {}", method.least)
                        : count < method.least      ? fmt::format("at least {}", method.least)
                                                    : fmt::format("at most {}", method.most);
    refuseAt(configuration, slice.given->line,
             fmt::format("{} merges {} {}{}, and there {} {}", method.name, wanted,
                         method.least == 1 && method.most == 1 ? "model" : "models",
                         method.base == BaseRule::Required ? " beside its base_model"
                         : apart                           ? " that are not the base_model"
                                                           : "",
                         count == 1 ? "is" : "are", count));
}

}  // namespace

std::vector<SlicePlan> planSlices(const MergeConfiguration& configuration, std::span<const MergeModel> models) {
    const auto& method = *mergeMethodNamed(configuration.method);
    const auto names = configuration.models();
    std::vector<SlicePlan> plans;
    for (const auto& slice : configuration.slices) {
        auto& plan = plans.emplace_back();
        plan.given = &slice;
        for (const auto& source : slice.sources) {
            const auto model = indexOf(names, source.model);
            const auto layers = models[model].layers();
            const auto [first, end] = source.layers.value_or(std::pair<std::uint64_t, std::uint64_t>{0, layers});
            if (end > layers)
                refuseAt(configuration, source.line,
                         fmt::format("{} has {} layers, so that [{}, {}] are not all there", source.model, layers,
                                     first, end));
            plan.sources.push_back({.model = model, .first = first, .given = &source});
            plan.layers = end - first;
        }
        for (const auto& source : plan.sources)
            if (configuration.listsModels && models[source.model].layers() != models[plan.sources[0].model].layers())
                refuseAt(configuration, source.given->line,
                         fmt::format("{} has {} layers and {} has {}; give slices with layer ranges",
                                     models[plan.sources[0].model].name(), models[plan.sources[0].model].layers(),
                                     models[source.model].name(), models[source.model].layers()));
        if (const auto base = slice.base ? slice.base : configuration.base) {
            const auto model = indexOf(names, *base);
            const auto found = std::ranges::find(plan.sources, model, &SlicePlan::Source::model);
            if (found != plan.sources.end()) {
                plan.base = static_cast<std::size_t>(found - plan.sources.begin());
            } else if (configuration.listsModels) {
                if (models[model].layers() != plan.layers)
                    refuseAt(configuration, slice.line,
                             fmt::format("the base_model {} has {} layers and the models have {}", *base,
                                         models[model].layers(), plan.layers));
                plan.base = plan.sources.size();
                plan.sources.push_back({.model = model, .first = 0, .given = nullptr});
            } else if (method.base == BaseRule::Required) {
                refuseAt(configuration, slice.line,
                         fmt::format("{} needs its base_model {} among the sources of each slice", method.name, *base));
            }
        }
        if (method.base == BaseRule::Required && !plan.base)
            refuseAt(configuration, 0, fmt::format("{} needs a base_model; name one", method.name));
        checkCount(configuration, method, plan);
    }
    return plans;
}

}  // namespace mergarium
