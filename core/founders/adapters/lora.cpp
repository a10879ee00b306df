#include "core/founders/adapters/lora.h"

#include "core/files/beneath.h"
#include "core/files/refusal.h"
#include "core/founders/adapters/lora_settings.h"
#include "core/founders/alignment.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstring>
#include <map>

namespace mergarium {
namespace {

namespace fs = std::filesystem;

/// The two matrices of a layer; null until found.
struct Pair {
    const StoredTensor* down = nullptr;
    const StoredTensor* up = nullptr;
    bool embedding = false;
};

/// A tensor that is saved whole.
struct Whole {
    const StoredTensor* tensor = nullptr;
    /// It lies under an adapter of its own, which changes it.
    bool under = false;
};

/// What the adapter's file holds, by layer ("model.layers.0.self_attn.q_proj"), and whole tensors by name.
struct Contents {
    std::map<std::string, Pair> layers;
    std::map<std::string, Whole> whole;
};

/// Takes the part ".middle" out of "a.middle.b".
void erasePart(std::string& name, std::string_view part) {
    for (auto at = name.find(part); at != name.npos; at = name.find(part, at + 1))
        if (const auto end = at + part.size(); end == name.size() || name[end] == '.') name.erase(at, part.size());
}

Contents contentsOf(const Checkpoint& weights, const fs::path& folder) {
    constexpr std::string_view kPrefix = "base_model.model.";
    Contents contents;
    for (const auto& tensor : weights.tensors()) {
        if (!tensor.name.starts_with(kPrefix))
            refuse(folder, fmt::format("the tensor '{}' is not named as PEFT names tensors", tensor.name));
        if (!isFloating(tensor.dtype))
            refuse(folder,
                   fmt::format("the tensor '{}' is {}, no floating numbers", tensor.name, nameOf(tensor.dtype)));
        auto name = tensor.name.substr(kPrefix.size());
        erasePart(name, ".default");
        const auto at = name.find(".lora_");
        if (at == name.npos) {
            erasePart(name, ".modules_to_save");
            const auto size = name.size();
            erasePart(name, ".base_layer");
            if (!contents.whole.emplace(name, Whole{&tensor, name.size() < size}).second)
                refuse(folder, fmt::format("two tensors stand for '{}' of the base", name));
            continue;
        }
        const auto kind = name.substr(at + 1);
        auto& layer = contents.layers[name.substr(0, at)];
        if (kind == "lora_A.weight" || kind == "lora_embedding_A")
            layer.down = &tensor;
        else if (kind == "lora_B.weight" || kind == "lora_embedding_B")
            layer.up = &tensor;
        else
            refuse(folder, fmt::format("the tensor '{}' belongs to a kind of adapter that Mergarium can't add to the "
                                       "base; merge it with PEFT",
                                       tensor.name));
        layer.embedding = kind.starts_with("lora_embedding");
    }
    return contents;
}

/// The base's tensor for PEFT's name of it: the same name, the name without its first part, or the only one with that
/// ending; models with and without a head wrap the same tensors differently.
const StoredTensor* inBase(const Checkpoint& base, const std::string& name) {
    if (const auto* tensor = base.find(name)) return tensor;
    if (const auto dot = name.find('.'); dot != name.npos)
        if (const auto* tensor = base.find(name.substr(dot + 1))) return tensor;
    const StoredTensor* only = nullptr;
    for (const auto& tensor : base.tensors())
        if (tensor.name.ends_with("." + name)) {
            if (only) return nullptr;
            only = &tensor;
        }
    return only;
}

/// Whether scale * up * down has the base's shape, straight or transposed.
bool fits(const StoredTensor& base, std::uint64_t outputs, std::uint64_t inputs, bool transposed) {
    if (base.shape.size() < 2 || (transposed && base.shape.size() != 2)) return false;
    const auto rows = static_cast<std::uint64_t>(base.shape.front());
    return rows == (transposed ? inputs : outputs) && base.count == outputs * inputs;
}

/// An adapter on its way onto its base.
class Fitting {
public:
    Fitting(const Contents& contents, const Checkpoint& base, bool tied, LoraAdapter& adapter)
        : contents_(contents), base_(base), adapter_(adapter) {
        if (!tied) return;
        const auto found = std::ranges::find_if(base.tensors(), isEmbedding, &StoredTensor::name);
        if (found != base.tensors().end()) embedding_ = &*found;
    }

    void replace(const std::string& name, const StoredTensor& by) {
        const auto [tensor, target] = find(name);
        if (!tensor)
            refuse(adapter_.folder, fmt::format("the adapter replaces '{}', which the base {} doesn't have", name,
                                                base_.path().string()));
        const bool alike = tensor->shape.size() == by.shape.size() && !by.shape.empty() &&
                           std::equal(by.shape.begin() + 1, by.shape.end(), tensor->shape.begin() + 1);
        if (!alike || !isFloating(tensor->dtype))
            refuse(adapter_.folder,
                   fmt::format("the adapter replaces '{}' by [{}], where the base has {} [{}]", name,
                               fmt::join(by.shape, ", "), nameOf(tensor->dtype), fmt::join(tensor->shape, ", ")));
        adapter_.replacements.push_back({target, &by});
    }

    void add(const std::string& layer, const Pair& pair, const LoraSettings& settings);

    /// A head that is saved as a copy of the embedding is the embedding.
    void keepTied() {
        if (!adapter_.head) return;
        const auto head = adapter_.head->tensor, embedding = adapter_.head->embedding;
        const auto changed = [&](const std::string& tensor) {
            return std::ranges::find(adapter_.deltas, tensor, &LoraDelta::tensor) != adapter_.deltas.end();
        };
        const auto *own = replacementOf(head), *other = replacementOf(embedding);
        if (!other) other = embedding_;
        if (changed(head) || changed(embedding) || !own || own->dtype != other->dtype || own->shape != other->shape ||
            std::memcmp(own->bytes, other->bytes, own->byteSize()) != 0)
            return;
        std::erase_if(adapter_.replacements, [&](const auto& one) { return one.tensor == head; });
        adapter_.head.reset();
    }

private:
    struct Found {
        /// What the base has there; null: nothing.
        const StoredTensor* tensor;
        /// Name of the model's tensor.
        std::string target;
    };

    /// A tied base's head is its embedding; an adapter that speaks of it unties it.
    Found find(const std::string& name) {
        const auto* tensor = inBase(base_, name);
        if (!embedding_ || !isHead(name)) return {tensor, tensor ? tensor->name : name};
        adapter_.head = LoraHead{tensor ? tensor->name : name, embedding_->name};
        return {embedding_, adapter_.head->tensor};
    }

    const StoredTensor* replacementOf(const std::string& tensor) const {
        const auto found = std::ranges::find(adapter_.replacements, tensor, &LoraReplacement::tensor);
        return found == adapter_.replacements.end() ? nullptr : found->by;
    }

    /// What a tied base's head is trained on top of: its embedding, as it was saved where that has an adapter, too.
    void bringHead() {
        if (!adapter_.head || replacementOf(adapter_.head->tensor)) return;
        for (const auto& [name, whole] : contents_.whole)
            if (whole.under && inBase(base_, name) == embedding_)
                adapter_.replacements.push_back({adapter_.head->tensor, whole.tensor});
    }

    const Contents& contents_;
    const Checkpoint& base_;
    LoraAdapter& adapter_;
    /// Of a tied base.
    const StoredTensor* embedding_ = nullptr;
};

void Fitting::add(const std::string& layer, const Pair& pair, const LoraSettings& settings) {
    const auto& folder = adapter_.folder;
    if (!pair.down || !pair.up) refuse(folder, fmt::format("the layer '{}' has only one of its two matrices", layer));
    const auto [tensor, target] = find(layer + ".weight");
    if (!tensor)
        refuse(folder,
               fmt::format("the adapter changes '{}.weight', which the base {} doesn't have; is it the right base?",
                           layer, base_.path().string()));
    if (!isFloating(tensor->dtype))
        refuse(folder, fmt::format("'{}' of the base is {}, no floating numbers", tensor->name, nameOf(tensor->dtype)));

    const auto rank = pair.down->shape.empty() ? 0 : static_cast<std::uint64_t>(pair.down->shape.front());
    const auto outputs = pair.up->shape.empty() ? 0 : static_cast<std::uint64_t>(pair.up->shape.front());
    if (rank == 0 || pair.down->count == 0 || pair.up->count != outputs * rank || pair.up->shape.size() < 2 ||
        static_cast<std::uint64_t>(pair.up->shape[1]) != rank)
        refuse(folder, fmt::format("the matrices of '{}' don't fit each other: [{}] and [{}]", layer,
                                   fmt::join(pair.up->shape, ", "), fmt::join(pair.down->shape, ", ")));
    if (const double said = settings.rankOf(layer); static_cast<double>(rank) != said)
        refuse(folder,
               fmt::format("the layer '{}' has the rank {}, where adapter_config.json says {}", layer, rank, said));

    bringHead();
    const auto* replaced = replacementOf(target);
    const auto& below = replaced ? *replaced : *tensor;
    const auto inputs = pair.down->count / rank;
    bool transposed = pair.embedding || settings.transposed;
    // PEFT corrects the setting per kind of layer, and stores only one value.
    if (!fits(below, outputs, inputs, transposed)) transposed = !transposed;
    if (!fits(below, outputs, inputs, transposed))
        refuse(folder,
               fmt::format("the adapter makes [{}, {}] for '{}', where the base {} has [{}]; is it the right base?",
                           outputs, inputs, target, base_.path().string(), fmt::join(below.shape, ", ")));
    adapter_.deltas.push_back({target, pair.down, pair.up, settings.scaleOf(layer, rank), transposed});
}

bool hasTokenizer(const fs::path& folder) {
    std::error_code error;
    return fs::exists(folder / "tokenizer.json", error) || fs::exists(folder / "tokenizer.model", error);
}

[[noreturn]] void refuseTwice(const LoraAdapter& adapter, const std::string& tensor) {
    refuse(adapter.folder, fmt::format("the adapter changes '{}' of the base twice", tensor));
}

}  // namespace

LoraAdapter openLora(const fs::path& folder, const Checkpoint& base, bool tied) {
    std::error_code error;
    if (!fs::is_directory(folder, error))
        refuse(folder, "an adapter is a folder with adapter_config.json and adapter_model.safetensors");
    const auto settings = readLoraSettings(folder / "adapter_config.json");
    constexpr const char* kWeights = "adapter_model.safetensors";
    if (!fs::exists(fs::symlink_status(folder / kWeights, error)) && fs::exists(folder / "adapter_model.bin", error))
        Checkpoint::open(folder / "adapter_model.bin");

    LoraAdapter adapter{.folder = folder,
                        .weights = Checkpoint::openIn(folder, kWeights),
                        .configuration = openBeneath(folder, settings.path.filename().string()),
                        .deltas = {},
                        .replacements = {}};
    if (hasTokenizer(folder)) adapter.tokenizerFolder = folder;
    const auto contents = contentsOf(*adapter.weights, folder);
    Fitting fitting(contents, base, tied, adapter);
    for (const auto& [name, whole] : contents.whole) fitting.replace(name, *whole.tensor);
    for (const auto& [layer, pair] : contents.layers) {
        const auto whole = contents.whole.find(layer + ".weight");
        // Early versions of PEFT don't say of embeddings that they lie below.
        if (whole != contents.whole.end() && !whole->second.under && !isVocabulary(whole->first))
            refuseTwice(adapter, whole->first);
        fitting.add(layer, pair, settings);
    }
    fitting.keepTied();
    std::ranges::sort(adapter.deltas, {}, &LoraDelta::tensor);
    std::ranges::sort(adapter.replacements, {}, &LoraReplacement::tensor);

    const auto delta = std::ranges::adjacent_find(adapter.deltas, {}, &LoraDelta::tensor);
    if (delta != adapter.deltas.end()) refuseTwice(adapter, delta->tensor);
    const auto replacement = std::ranges::adjacent_find(adapter.replacements, {}, &LoraReplacement::tensor);
    if (replacement != adapter.replacements.end()) refuseTwice(adapter, replacement->tensor);
    return adapter;
}

}  // namespace mergarium
