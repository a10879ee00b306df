#pragma once

#include "core/merging/merge_plan.h"
#include "core/merging/plan_slices.h"

namespace mergarium {

/// Plans one tensor at a time.
class TensorPlanner {
public:
    const MergeConfiguration& configuration;
    std::span<const MergeModel> models;
    const MergeMethod& method;
    /// Of vocabularies that are laid out by tokens.
    std::optional<std::uint64_t> rows;
    std::vector<std::string>& notes;

    /// `name` as the reference of the slice has it.
    PlannedTensor outside(const SlicePlan& slice, const std::string& name) const;
    /// Layer `within` of the slice, which becomes layer `layer` of the output.
    PlannedTensor inLayer(const SlicePlan& slice, const std::string& name, std::uint64_t within,
                          std::uint64_t layer) const;

private:
    struct Named {
        std::string output;
        /// As slice.sources.
        std::vector<std::string> inputs;
        LayerPlace place;
    };
    PlannedTensor plan(const SlicePlan& slice, const Named& named) const;
    void addInputs(const SlicePlan& slice, const Named& named, PlannedTensor& planned) const;
    void fitShapes(PlannedTensor& planned) const;
    void chooseTypes(PlannedTensor& planned) const;
    ParameterValues parametersOf(const SlicePlan& slice, const Named& named, MethodParameter::Of of,
                                 std::size_t source) const;
    const TensorDescription& describe(const PlannedTensor::Input& input) const {
        return models[input.model].source()->tensors()[input.tensor];
    }
};

}  // namespace mergarium
