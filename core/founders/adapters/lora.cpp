#include "core/founders/adapters/lora.h"

#include "core/files/beneath.h"
#include "core/files/refusal.h"
#include "core/founders/adapters/lora_contents.h"
#include "core/founders/adapters/lora_settings.h"
#include "core/founders/alignment.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstring>

namespace mergarium {
namespace {

namespace fs = std::filesystem;

/// An adapter on its way onto its base.
class Fitting {
public:
    /// `settings`: null where the adapter has no configuration.
    Fitting(const LoraContents& contents, const LoraSettings* settings, const LoraBase& base, LoraAdapter& adapter)
        : contents_(contents), settings_(settings), base_(base), adapter_(adapter) {
        if (!base.tied) return;
        const auto found = std::ranges::find_if(base.tensors, isEmbedding, &TensorDescription::name);
        if (found != base.tensors.end()) embedding_ = &*found;
    }

    void replace(const std::string& name, const StoredTensor& by) {
        const auto [tensor, target] = find(name);
        if (!tensor)
            refuse(adapter_.place,
                   fmt::format("the adapter replaces '{}', which the base {} doesn't have", name, base_.path.string()));
        const bool alike = tensor->shape.size() == by.shape.size() && !by.shape.empty() &&
                           std::equal(by.shape.begin() + 1, by.shape.end(), tensor->shape.begin() + 1);
        if (!alike || !isFloating(tensor->dtype))
            refuse(adapter_.place,
                   fmt::format("the adapter replaces '{}' by [{}], where the base has {} [{}]", name,
                               fmt::join(by.shape, ", "), nameOf(tensor->dtype), fmt::join(tensor->shape, ", ")));
        adapter_.replacements.push_back({target, &by});
    }

    void add(const std::string& layer, const LoraLayer& own);

    /// A head that is saved as a copy of the embedding is the embedding.
    void keepTied() {
        if (!adapter_.head) return;
        const auto head = adapter_.head->tensor, embedding = adapter_.head->embedding;
        const auto changed = [&](const std::string& tensor) {
            return std::ranges::find(adapter_.deltas, tensor, &LoraDelta::tensor) != adapter_.deltas.end();
        };
        const auto *own = replacementOf(head), *other = replacementOf(embedding);
        const TensorDescription& below = other ? *other : *embedding_;
        if (changed(head) || changed(embedding) || !own || own->dtype != below.dtype || own->shape != below.shape)
            return;
        const auto* bytes =
            other ? other->bytes : base_.bytes(static_cast<std::size_t>(embedding_ - base_.tensors.data()));
        if (std::memcmp(own->bytes, bytes, own->byteSize()) != 0) return;
        std::erase_if(adapter_.replacements, [&](const auto& one) { return one.tensor == head; });
        adapter_.head.reset();
    }

private:
    struct Found {
        /// What the base has there; null: nothing.
        const TensorDescription* tensor;
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

    /// Whether it is a matrix of GPT-2's Conv1D, which has inputs before outputs: its layers are called c_..., as some
    /// linear ones are, and the one that makes queries, keys and values shows by its shape which they are.
    bool isConvolution(const std::string& target) const {
        const auto owner = target.substr(0, target.rfind('.'));
        if (!owner.substr(owner.rfind('.') + 1).starts_with("c_")) return false;
        return std::ranges::any_of(base_.tensors, [](const auto& tensor) {
            return tensor.name.ends_with("c_attn.weight") && tensor.shape.size() == 2 &&
                   tensor.shape[1] == 3 * tensor.shape[0];
        });
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

    /// Of a layer whose matrices fit each other.
    double scaleOf(const std::string& layer, const LoraLayer& own, std::uint64_t rank) const;

    const LoraContents& contents_;
    const LoraSettings* settings_;
    const LoraBase& base_;
    LoraAdapter& adapter_;
    /// Of a tied base.
    const TensorDescription* embedding_ = nullptr;
};

double Fitting::scaleOf(const std::string& layer, const LoraLayer& own, std::uint64_t rank) const {
    if (!settings_) return own.alpha ? *own.alpha / static_cast<double>(rank) : 1.0;
    if (const double said = settings_->rankOf(layer); static_cast<double>(rank) != said)
        refuse(adapter_.place,
               fmt::format("the layer '{}' has the rank {}, where adapter_config.json says {}", layer, rank, said));
    return settings_->scaleOf(layer, rank);
}

void Fitting::add(const std::string& layer, const LoraLayer& own) {
    const auto& place = adapter_.place;
    if (settings_ && settings_->dora != (own.magnitude != nullptr))
        refuse(place,
               fmt::format("the layer '{}' has {} lora_magnitude_vector, where adapter_config.json says use_dora "
                           "{}",
                           layer, own.magnitude ? "a" : "no", settings_->dora));
    if (!own.down || !own.up) refuse(place, fmt::format("the layer '{}' has only one of its two matrices", layer));
    const auto [tensor, target] = find(layer + ".weight");
    if (!tensor)
        refuse(place,
               fmt::format("the adapter changes '{}.weight', which the base {} doesn't have; is it the right base?",
                           layer, base_.path.string()));
    if (!isFloating(tensor->dtype))
        refuse(place, fmt::format("'{}' of the base is {}, no floating numbers", tensor->name, nameOf(tensor->dtype)));

    const auto rank = own.down->shape.empty() ? 0 : static_cast<std::uint64_t>(own.down->shape.front());
    const auto outputs = own.up->shape.empty() ? 0 : static_cast<std::uint64_t>(own.up->shape.front());
    if (rank == 0 || own.down->count == 0 || own.up->count != outputs * rank || own.up->shape.size() < 2 ||
        static_cast<std::uint64_t>(own.up->shape[1]) != rank)
        refuse(place, fmt::format("the matrices of '{}' don't fit each other: [{}] and [{}]", layer,
                                  fmt::join(own.up->shape, ", "), fmt::join(own.down->shape, ", ")));
    if (own.magnitude && own.magnitude->count != outputs)
        refuse(place, fmt::format("the lora_magnitude_vector of '{}' has {} numbers, where its layer has {} outputs",
                                  layer, own.magnitude->count, outputs));
    const double scale = scaleOf(layer, own, rank);

    bringHead();
    const auto* replaced = replacementOf(target);
    const TensorDescription& below = replaced ? *replaced : *tensor;
    const auto inputs = own.down->count / rank;
    // Of a square matrix the shape doesn't tell. PEFT takes it from the kind of layer, whatever fan_in_fan_out says.
    bool transposed = own.embedding || (settings_ ? isConvolution(target) : contents_.transposed);
    if (!fits(below, outputs, inputs, transposed)) transposed = !transposed;
    if (!fits(below, outputs, inputs, transposed))
        refuse(place,
               fmt::format("the adapter makes [{}, {}] for '{}', where the base {} has [{}]; is it the right base?",
                           outputs, inputs, target, base_.path.string(), fmt::join(below.shape, ", ")));
    adapter_.deltas.push_back({target, own.down, own.up, scale, transposed, own.magnitude});
}

[[noreturn]] void refuseTwice(const LoraAdapter& adapter, const std::string& tensor) {
    refuse(adapter.place, fmt::format("the adapter changes '{}' of the base twice", tensor));
}

constexpr const char* kSettings = "adapter_config.json";
constexpr const char* kWeights = "adapter_model.safetensors";

bool holds(const fs::path& folder, const char* name) {
    std::error_code error;
    return fs::exists(fs::symlink_status(folder / name, error));
}

/// The folder of PEFT that a path names; empty: it is none.
fs::path peftFolder(const fs::path& place) {
    if (holds(place, kSettings)) return place;
    if (place.filename() == kWeights && holds(place.parent_path(), kSettings)) return place.parent_path();
    return {};
}

/// The file of an adapter without a configuration.
std::shared_ptr<const Checkpoint> openAlone(const fs::path& place) {
    std::error_code error;
    std::size_t files = 0;
    if (fs::is_directory(place, error))
        for (const auto& entry : fs::directory_iterator(place, error))
            files += entry.path().extension() == ".safetensors" ? 1 : 0;
    else
        files = fs::exists(place, error) ? 1 : 0;
    if (files != 1)
        refuse(place,
               "an adapter is a folder with adapter_config.json and adapter_model.safetensors, or one "
               "safetensors file");
    return Checkpoint::open(place);
}

}  // namespace

bool hasTokenizer(const fs::path& folder) {
    std::error_code error;
    return fs::exists(folder / "tokenizer.json", error) || fs::exists(folder / "tokenizer.model", error);
}

LoraAdapter openLora(const fs::path& place, const LoraBase& base) {
    LoraAdapter adapter{.place = place, .weights = nullptr, .configuration = nullptr, .deltas = {}, .replacements = {}};
    std::optional<LoraSettings> settings;
    LoraContents contents;
    if (const auto folder = peftFolder(place); !folder.empty()) {
        settings = readLoraSettings(folder / kSettings);
        if (!holds(folder, kWeights) && holds(folder, "adapter_model.bin"))
            Checkpoint::open(folder / "adapter_model.bin");
        adapter.weights = Checkpoint::openIn(folder, kWeights);
        adapter.configuration = openBeneath(folder, kSettings);
        if (hasTokenizer(folder)) adapter.tokenizerFolder = folder;
        contents = peftContents(*adapter.weights, place);
    } else {
        adapter.weights = openAlone(place);
        contents = fileContents(*adapter.weights, base, place);
        adapter.otherParts = contents.otherParts;
    }
    Fitting fitting(contents, settings ? &*settings : nullptr, base, adapter);
    for (const auto& [name, whole] : contents.whole) fitting.replace(name, *whole.tensor);
    for (const auto& [layer, own] : contents.layers) {
        const auto whole = contents.whole.find(layer + ".weight");
        // Early versions of PEFT don't say of embeddings that they lie below.
        if (whole != contents.whole.end() && !whole->second.under && !isVocabulary(whole->first))
            refuseTwice(adapter, whole->first);
        fitting.add(layer, own);
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
