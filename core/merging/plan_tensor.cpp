#include "core/merging/plan_tensor.h"

#include "core/checkpoint/layout.h"
#include "core/founders/alignment.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <stdexcept>

namespace mergarium {
namespace {

/// Computed from the configuration and kept beside the weights by older checkpoints; not every model has them.
bool isBuffer(std::string_view name) { return name.find("rotary_emb.inv_freq") != name.npos; }

DType typeOf(const MergeModel& model, std::size_t tensor) { return model.source()->outputType(tensor); }

bool isPlain(DType dtype) { return dtype == DType::F32 || dtype == DType::F16 || dtype == DType::BF16; }

std::string shapeText(const std::vector<std::int64_t>& shape) { return fmt::format("[{}]", fmt::join(shape, ", ")); }

}  // namespace

PlannedTensor TensorPlanner::outside(const SlicePlan& slice, const std::string& name) const {
    return plan(slice, {.output = name,
                        .inputs = std::vector(slice.sources.size(), name),
                        .place = {.layer = std::nullopt, .count = slice.layers}});
}

PlannedTensor TensorPlanner::inLayer(const SlicePlan& slice, const std::string& name, std::uint64_t within,
                                     std::uint64_t layer) const {
    const auto parts = *models[slice.reference().model].layered(name);
    const auto named = [&](std::uint64_t number) { return fmt::format("{}{}{}", parts.before, number, parts.behind); };
    Named all{.output = named(layer), .inputs = {}, .place = {.layer = within, .count = slice.layers}};
    for (const auto& source : slice.sources) all.inputs.push_back(named(source.first + within));
    return plan(slice, all);
}

PlannedTensor TensorPlanner::plan(const SlicePlan& slice, const Named& named) const {
    PlannedTensor planned;
    planned.output.name = named.output;
    addInputs(slice, named, planned);
    const auto& like = describe(planned.inputs.front());
    if (!isFloating(like.dtype) || isBuffer(named.output)) {
        // As the model that gives the names has it.
        planned.isCopied = true;
        planned.inputs = {{.model = slice.reference().model,
                           .tensor = *models[slice.reference().model].find(named.inputs[slice.base.value_or(0)])}};
        const auto& own = describe(planned.inputs.front());
        planned.output = own;
        planned.output.name = named.output;
        return planned;
    }
    planned.parameters = parametersOf(slice, named, MethodParameter::Of::Tensor, 0);
    fitShapes(planned);
    chooseTypes(planned);
    return planned;
}

void TensorPlanner::addInputs(const SlicePlan& slice, const Named& named, PlannedTensor& planned) const {
    for (std::size_t i = 0; i < slice.sources.size(); ++i) {
        const auto model = slice.sources[i].model;
        const auto tensor = models[model].find(named.inputs[i]);
        const bool isBase = slice.base == i && method.base != BaseRule::Listed;
        if (!tensor) {
            if (isBuffer(named.output)) continue;
            if (method.passesOver && !isBase) {
                notes.push_back(
                    fmt::format("{} has no {}: it was passed over there.", models[model].name(), named.inputs[i]));
                continue;
            }
            throw std::runtime_error(fmt::format(
                "{}: there is no tensor '{}' in it, which {} has; only models of one architecture can be merged.",
                models[model].source()->base().path().string(), named.inputs[i],
                models[slice.reference().model].name()));
        }
        planned.inputs.push_back({.model = model,
                                  .tensor = *tensor,
                                  .isBase = isBase,
                                  .parameters = parametersOf(slice, named, MethodParameter::Of::Model, i)});
    }
}

ParameterValues TensorPlanner::parametersOf(const SlicePlan& slice, const Named& named, MethodParameter::Of of,
                                            std::size_t source) const {
    static const MergeParameters kNone;
    const bool ofModel = of == MethodParameter::Of::Model;
    const auto* given = slice.sources[source].given;
    const MergeParameters* levels[] = {ofModel && given ? &given->parameters : &kNone, &slice.given->parameters,
                                       &configuration.parameters};
    const auto& tensor = ofModel ? named.inputs[source] : named.output;
    // A base that differences are taken from has no share of its own.
    const bool isBase = ofModel && slice.base == source && method.base != BaseRule::Listed;
    ParameterValues values;
    for (const auto& parameter : method.parameters) {
        if (parameter.of != of) continue;
        auto value = valueOf(parameter.name, tensor, named.place, levels);
        if (!value) value = parameter.standard;
        if (!value && isBase) continue;
        if (!value)
            throw ConfigurationError(
                fmt::format("{}: {} needs the parameter '{}'{} for the tensor {}, and nothing gives one.",
                            configuration.path.string(), method.name, parameter.name,
                            ofModel ? fmt::format(" of {}", models[slice.sources[source].model].name()) : "", tensor));
        values[std::string(parameter.name)] = *value;
    }
    return values;
}

void TensorPlanner::fitShapes(PlannedTensor& planned) const {
    auto& inputs = planned.inputs;
    const auto base = std::ranges::find(inputs, true, &PlannedTensor::Input::isBase);
    const auto shape = describe(base == inputs.end() ? inputs.front() : *base).shape;
    planned.output.shape = shape;
    if (isVocabulary(planned.output.name) && !shape.empty()) {
        planned.isVocabulary = rows.has_value();
        auto least = shape.front();
        for (const auto& input : inputs) {
            const auto& own = describe(input);
            if (own.shape.size() != shape.size() || !std::equal(shape.begin() + 1, shape.end(), own.shape.begin() + 1))
                throw std::runtime_error(
                    fmt::format("{}: its shape is {} in {} and {} in {}; only models of one width can be merged.",
                                planned.output.name, shapeText(shape), models[inputs.front().model].name(),
                                shapeText(own.shape), models[input.model].name()));
            least = std::min(least, own.shape.front());
        }
        planned.output.shape.front() = rows ? static_cast<std::int64_t>(*rows) : least;
    } else {
        std::erase_if(inputs, [&](const auto& input) {
            const auto& own = describe(input);
            if (own.shape == shape) return false;
            const auto what =
                fmt::format("{}: its shape is {} in {} and {} in {}", planned.output.name, shapeText(shape),
                            models[base == inputs.end() ? inputs.front().model : base->model].name(),
                            shapeText(own.shape), models[input.model].name());
            if (!method.passesOver || input.isBase)
                throw std::runtime_error(what + "; only models of one architecture can be merged.");
            notes.push_back(what + ", which was passed over there.");
            return true;
        });
    }
    planned.output.count = elementsOf(planned.output.shape);
}

void TensorPlanner::chooseTypes(PlannedTensor& planned) const {
    const auto& inputs = planned.inputs;
    const auto base = std::ranges::find(inputs, true, &PlannedTensor::Input::isBase);
    const auto& first = base == inputs.end() ? inputs.front() : *base;
    auto type = typeOf(models[first.model], first.tensor);
    // Task vectors are taken in the base's type; else types that differ become the wider one.
    if (!method.passesOver)
        for (const auto& input : inputs)
            if (typeOf(models[input.model], input.tensor) != type) type = DType::F32;
    const bool passes = method.name == "passthrough" && !planned.isVocabulary;
    if (!configuration.dtype && passes && planned.inputs.front().parameters.find("scale")->second == 1.0 &&
        configuration.outDtype.value_or(describe(first).dtype) == describe(first).dtype) {
        planned.isCopied = true;
        planned.output.dtype = describe(first).dtype;
        return;
    }
    planned.arithmetic = configuration.dtype.value_or(isPlain(type) ? type : DType::F32);
    planned.output.dtype = configuration.outDtype.value_or(planned.arithmetic);
}

}  // namespace mergarium
