#include "core/files/refusal.h"
#include "core/founders/adapters/lora_contents.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

namespace mergarium {
namespace {

/// Takes the part ".middle" out of "a.middle.b".
void erasePart(std::string& name, std::string_view part) {
    for (auto at = name.find(part); at != name.npos; at = name.find(part, at + 1))
        if (const auto end = at + part.size(); end == name.size() || name[end] == '.') name.erase(at, part.size());
}

}  // namespace

LoraContents peftContents(const Checkpoint& weights, const std::filesystem::path& place) {
    constexpr std::string_view kPrefix = "base_model.model.";
    LoraContents contents;
    for (const auto& tensor : weights.tensors()) {
        if (!tensor.name.starts_with(kPrefix))
            refuse(place, fmt::format("the tensor '{}' is not named as PEFT names tensors", tensor.name));
        if (!isFloating(tensor.dtype))
            refuse(place, fmt::format("the tensor '{}' is {}, no floating numbers", tensor.name, nameOf(tensor.dtype)));
        auto name = tensor.name.substr(kPrefix.size());
        erasePart(name, ".default");
        const auto at = name.find(".lora_");
        if (at == name.npos) {
            erasePart(name, ".modules_to_save");
            const auto size = name.size();
            erasePart(name, ".base_layer");
            if (!contents.whole.emplace(name, LoraWhole{&tensor, name.size() < size}).second)
                refuse(place, fmt::format("two tensors stand for '{}' of the base", name));
            continue;
        }
        const auto kind = name.substr(at + 1);
        auto& layer = contents.layers[name.substr(0, at)];
        if (kind == "lora_A.weight" || kind == "lora_embedding_A")
            layer.down = &tensor;
        else if (kind == "lora_B.weight" || kind == "lora_embedding_B")
            layer.up = &tensor;
        else if (kind == "lora_magnitude_vector" || kind == "lora_magnitude_vector.weight")
            layer.magnitude = &tensor;
        else
            refuse(place, fmt::format("the tensor '{}' belongs to a kind of adapter that Mergarium can't add to the "
                                      "base; merge it with PEFT",
                                      tensor.name));
        if (kind.starts_with("lora_embedding")) layer.embedding = true;
    }
    return contents;
}

const TensorDescription* inBase(const LoraBase& base, const std::string& name) {
    const auto find = [&](std::string_view one) -> const TensorDescription* {
        const auto found = std::ranges::lower_bound(base.tensors, one, {}, &TensorDescription::name);
        return found != base.tensors.end() && found->name == one ? &*found : nullptr;
    };
    if (const auto* tensor = find(name)) return tensor;
    if (const auto dot = name.find('.'); dot != name.npos)
        if (const auto* tensor = find(name.substr(dot + 1))) return tensor;
    const TensorDescription* only = nullptr;
    for (const auto& tensor : base.tensors)
        if (tensor.name.ends_with("." + name)) {
            if (only) return nullptr;
            only = &tensor;
        }
    return only;
}

bool fits(const TensorDescription& tensor, std::uint64_t outputs, std::uint64_t inputs, bool transposed) {
    if (tensor.shape.size() < 2 || (transposed && tensor.shape.size() != 2)) return false;
    const auto rows = static_cast<std::uint64_t>(tensor.shape.front());
    return rows == (transposed ? inputs : outputs) && tensor.count == outputs * inputs;
}

}  // namespace mergarium
