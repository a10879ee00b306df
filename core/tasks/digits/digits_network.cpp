// Part of the networks module.
#include "core/networks/device.h"
#include "core/tasks/digits/classifier.h"
#include "core/tasks/digits/digits.h"
#include "core/tasks/digits/digits_founders.h"
#include "core/tasks/digits/digits_kind.h"

namespace mergarium {

OpenedTask openTask(const DigitsSettings&, const TaskInputs& inputs, const NetworkDevice& device) {
    const auto& resources = inputs.place.resources;
    const auto digits = readDigits(digitsFile(resources));
    const Mlp::Shape shape;
    auto data = std::make_shared<const ClassifierData>(
        digits.train, digits.test, std::make_shared<const SampleSet>(pictures(digits.train)), shape, device.torch);
    const auto kind = digitsFoundersOf(inputs.own);
    const bool random = kind == DigitsFounders::Random;
    auto vectors =
        digitsFounders(kind, digits, shape, inputs.seed, resources / "founders" / "reference-specialists.safetensors");
    return {.makeTask = [data = std::move(data)] { return std::make_unique<ClassifierTask>(data); },
            .founders = {{random ? "random 1" : "specialist 0-4", std::move(vectors.at(0))},
                         {random ? "random 2" : "specialist 5-9", std::move(vectors.at(1))}},
            .untrained = random};
}

}  // namespace mergarium
