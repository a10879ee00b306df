#include "core/merging/merged_tensors.h"

#include "core/merging/methods/linear_sum.h"
#include "core/merging/methods/rounding.h"
#include "core/merging/methods/stretches.h"
#include "core/merging/stored_input.h"

#include <algorithm>
#include <cstring>

namespace mergarium {

MergedTensors::MergedTensors(const MergePlan& plan, std::span<const MergeModel> models, MergeComputing how,
                             RangeGuard& range)
    : plan_(plan),
      models_(models),
      how_(std::move(how)),
      range_(range),
      slots_(std::make_unique<Slot[]>(plan.tensors.size())) {
    for (std::size_t i = 0; i < plan_.tensors.size(); ++i) slots_[i].left = plan_.tensors[i].output.byteSize();
}

std::vector<TensorDescription> MergedTensors::descriptions() const {
    std::vector<TensorDescription> all;
    for (const auto& tensor : plan_.tensors) all.push_back(tensor.output);
    return all;
}

std::shared_ptr<const InputTensor> MergedTensors::inputOf(const PlannedTensor& tensor,
                                                          const PlannedTensor::Input& input) const {
    const auto stored = [&](const PlannedTensor::Input& one) {
        return std::make_shared<StoredInput>(models_[one.model].source(), one.tensor, tensor.arithmetic);
    };
    if (!tensor.isVocabulary || !how_.rows) return stored(input);
    // Any model's rows may stand in for another's.
    std::vector<std::shared_ptr<const InputTensor>> tables(models_.size());
    for (std::size_t model = 0; model < models_.size(); ++model)
        if (const auto own = models_[model].find(tensor.output.name))
            tables[model] = stored({.model = model, .tensor = *own});
    const auto rows = std::max<std::uint64_t>(1, static_cast<std::uint64_t>(tensor.output.shape.front()));
    return laidOut(how_.rows, input.model, std::move(tables), tensor.output.count / rows);
}

TensorInputs MergedTensors::inputsOf(std::size_t index) const {
    const auto& tensor = plan_.tensors[index];
    TensorInputs inputs{.name = tensor.output.name,
                        .shape = tensor.output.shape,
                        .count = tensor.output.count,
                        .dtype = tensor.arithmetic,
                        .parameters = tensor.parameters,
                        .seed = how_.seed,
                        .number = static_cast<std::uint32_t>(index),
                        .threads = how_.threads,
                        .scratch = how_.scratch};
    for (const auto& input : tensor.inputs)
        inputs.models.push_back({.tensor = inputOf(tensor, input),
                                 .name = models_[input.model].name(),
                                 .isBase = input.isBase,
                                 .parameters = input.parameters});
    return inputs;
}

std::shared_ptr<const TensorMerge> MergedTensors::prepared(std::size_t tensor) const {
    auto& slot = slots_[tensor];
    const std::lock_guard lock(slot.mutex);
    if (!slot.merge) {
        const auto inputs = inputsOf(tensor);
        // Where all were passed over, the base is what is left.
        slot.merge = plan_.method->passesOver && inputs.others().empty() ? linearSum(inputs, {1.0})
                                                                         : plan_.method->prepare(inputs);
    }
    return slot.merge;
}

void MergedTensors::copy(std::size_t index, std::uint64_t begin, std::span<std::byte> out) const {
    const auto& input = plan_.tensors[index].inputs.front();
    const auto& source = *models_[input.model].source();
    const auto* bytes = source.bytes(input.tensor) + begin * sizeOf(source.tensors()[input.tensor].dtype);
    if (const auto* file = source.file(input.tensor))
        file->read(bytes, out);
    else
        std::memcpy(out.data(), bytes, out.size());
}

void MergedTensors::forget(std::size_t index) const {
    const auto& tensor = plan_.tensors[index];
    const std::lock_guard lock(slots_[index].mutex);
    slots_[index].merge = nullptr;
    for (const auto& input : tensor.inputs) {
        const auto& source = *models_[input.model].source();
        if (!source.file(input.tensor)) source.dropBehind(input.tensor, 0, source.tensors()[input.tensor].byteSize());
    }
}

void MergedTensors::fill(std::size_t index, std::uint64_t begin, std::span<std::byte> out) const {
    const auto& tensor = plan_.tensors[index];
    const auto dtype = tensor.output.dtype;
    if (tensor.isCopied) {
        copy(index, begin, out);
    } else {
        const auto merge = prepared(index);
        const auto count = out.size() / sizeOf(dtype);
        const bool direct = dtype == DType::F32;
        const auto values = direct ? std::span(reinterpret_cast<float*>(out.data()), count) : threadsFloats(2, count);
        merge->values(begin, values);
        if (tensor.arithmetic != dtype) roundTo(tensor.arithmetic, values);
        if (!direct) narrow(dtype, values, out.data());
        range_.look(tensor.output.name, dtype, out, true,
                    [&](std::span<float> before) { std::ranges::copy(values, before.begin()); });
    }
    if (slots_[index].left.fetch_sub(out.size()) == out.size()) forget(index);
}

}  // namespace mergarium
