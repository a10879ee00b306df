#include "core/founders/founder_source.h"

#include "core/checkpoint/model_place.h"
#include "core/families/families.h"
#include "core/files/excerpt.h"
#include "core/files/json.h"
#include "core/founders/adapters/adapted_checkpoint.h"
#include "core/founders/pipelines/pipeline_founder.h"
#include "core/founders/pipelines/pipeline_setup.h"
#include "core/founders/quantised/dequantised_checkpoint.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <stdexcept>

namespace mergarium {
namespace {

namespace fs = std::filesystem;

/// Ids beyond this are not a vocabulary but an attempt to exhaust memory.
constexpr std::size_t kMostTokens = 10'000'000;

/// Architectures that tie when their configuration doesn't say.
constexpr std::array<std::string_view, 14> kTiedByDefault{"gpt2",   "gemma",   "gemma2", "gemma3",     "gemma3_text",
                                                          "cohere", "cohere2", "falcon", "starcoder2", "smollm3",
                                                          "opt",    "bloom",   "t5",     "bert"};

class CheckpointFounderSource : public FounderSource {
public:
    explicit CheckpointFounderSource(std::shared_ptr<const Checkpoint> checkpoint)
        : checkpoint_(std::move(checkpoint)) {
        tensors_.assign(checkpoint_->tensors().begin(), checkpoint_->tensors().end());
    }

    std::string name() const override { return nameOfModel(checkpoint_->path()); }
    std::span<const TensorDescription> tensors() const override { return tensors_; }
    const std::byte* bytes(std::size_t tensor) const override { return checkpoint_->tensors()[tensor].bytes; }
    const MappedFile* file(std::size_t tensor) const override {
        return checkpoint_->files()[checkpoint_->tensors()[tensor].file].get();
    }
    void dropBehind(std::size_t tensor, std::uint64_t begin, std::uint64_t end) const override {
        checkpoint_->dropBehind(checkpoint_->tensors()[tensor], begin, end);
    }
    const Checkpoint& base() const override { return *checkpoint_; }
    std::vector<std::shared_ptr<const MappedFile>> files() const override {
        return {checkpoint_->files().begin(), checkpoint_->files().end()};
    }

private:
    std::shared_ptr<const Checkpoint> checkpoint_;
    std::vector<TensorDescription> tensors_;
};

/// Without adapters.
FounderSourcePtr openBase(const fs::path& path, const fs::path& scratch) {
    auto checkpoint = Checkpoint::open(path);
    auto quantisation = quantisationOf(*checkpoint);
    if (quantisation.scaled.empty())
        return asPipeline(std::make_shared<const CheckpointFounderSource>(std::move(checkpoint)), scratch);
    return asPipeline(
        std::make_shared<const DequantisedCheckpoint>(std::move(checkpoint), std::move(quantisation), scratch),
        scratch);
}

/// The text part's settings where a model has several parts.
const nlohmann::json* setting(const nlohmann::json& configuration, const char* key) {
    for (const auto* part : {"text_config", "llm_config"})
        if (configuration.contains(part) && configuration[part].is_object() && configuration[part].contains(key))
            return &configuration[part][key];
    return configuration.contains(key) ? &configuration[key] : nullptr;
}

/// From tokenizer.json; empty when there is none, or its tokens can't be listed.
std::vector<std::string> tokensIn(const fs::path& folder) {
    std::error_code error;
    const auto path = folder / "tokenizer.json";
    if (folder.empty() || !fs::exists(path, error)) return {};
    const auto json = readJsonObject(path, kTokenizerJson);
    std::vector<std::string> tokens;
    const auto set = [&](const nlohmann::json& id, const std::string& token) {
        if (!id.is_number_unsigned() || id.get<std::size_t>() >= kMostTokens)
            throw std::runtime_error(
                fmt::format("{}: the token '{}' has no sensible id.", path.string(), excerptOf(token)));
        if (id.get<std::size_t>() >= tokens.size()) tokens.resize(id.get<std::size_t>() + 1);
        tokens[id.get<std::size_t>()] = token;
    };
    if (json.contains("model") && json["model"].is_object() && json["model"].contains("vocab")) {
        const auto& vocabulary = json["model"]["vocab"];
        if (vocabulary.is_object())
            for (const auto& [token, id] : vocabulary.items()) set(id, token);
        else if (vocabulary.is_array())  // [[token, log probability], ...]
            for (const auto& pair : vocabulary)
                tokens.push_back(pair.is_array() && !pair.empty() && pair[0].is_string() ? pair[0].get<std::string>()
                                                                                         : "");
    }
    if (json.contains("added_tokens") && json["added_tokens"].is_array())
        for (const auto& added : json["added_tokens"])
            if (added.is_object() && added.contains("id") && added.contains("content") && added["content"].is_string())
                set(added["id"], added["content"].get<std::string>());
    return tokens;
}

/// The elements [begin, end) of a tensor, as a segment of the buffer that the tensor begins at `at`.
FounderSegment segment(const FounderSource& source, std::size_t tensor, std::uint64_t at, std::uint64_t begin,
                       std::uint64_t end) {
    const auto dtype = source.tensors()[tensor].dtype;
    return {.begin = at + begin,
            .count = end - begin,
            .dtype = dtype,
            .bytes = source.bytes(tensor) + begin * sizeOf(dtype),
            .file = source.file(tensor)};
}

}  // namespace

bool tiesEmbeddings(const Checkpoint& checkpoint) {
    const auto configuration = checkpoint.configuration();
    if (!configuration) return false;
    if (const auto* tied = setting(*configuration, "tie_word_embeddings"); tied && tied->is_boolean())
        return tied->get<bool>();
    const auto* type = setting(*configuration, "model_type");
    return type && type->is_string() &&
           std::ranges::find(kTiedByDefault, type->get<std::string>()) != kTiedByDefault.end();
}

bool FounderSource::tiedEmbeddings() const { return tiesEmbeddings(base()); }

std::optional<std::size_t> FounderSource::indexOf(std::string_view tensor) const {
    const auto all = tensors();
    const auto found = std::ranges::lower_bound(all, tensor, {}, &TensorDescription::name);
    if (found == all.end() || found->name != tensor) return std::nullopt;
    return static_cast<std::size_t>(found - all.begin());
}

FounderSourcePtr openAsStored(const fs::path& checkpoint) {
    return std::make_shared<const CheckpointFounderSource>(Checkpoint::open(checkpoint));
}

FounderSourcePtr openFounder(const CheckpointFounder& founder, const fs::path& scratch) {
    const auto base = openBase(founder.base, scratch);
    if (founder.adapter.empty()) return base;
    AdapterStack stack;
    for (const auto& [path, weight] : founder.adapter.all()) stack.add({.path = placeOfModel(path), .weight = weight});
    auto adapters = openAdapters(stack, {.path = founder.base,
                                         .tensors = base->tensors(),
                                         .tied = base->tiedEmbeddings(),
                                         .bytes = [&](std::size_t tensor) { return base->bytes(tensor); }});
    return std::make_shared<AdaptedCheckpoint>(base, std::move(adapters), scratch);
}

namespace {

/// Merging needs no family: what is of none has neither network nor refusal.
void readNetwork(nlohmann::json configuration, FounderOutline& outline) {
    try {
        auto network = decoderConfigOf(configuration, "config.json");
        if (!network.isPart) outline.network = std::move(network);
        return;
    } catch (const std::runtime_error&) {
        const auto type = configuration.find("model_type");
        if (type == configuration.end() || !type->is_string() ||
            std::ranges::count(familyNames(), type->get<std::string>()) == 0)
            return;
    }
    // What is built on a network doesn't change what it computes.
    configuration.erase("architectures");
    try {
        (void)decoderConfigOf(configuration, "config.json");
    } catch (const std::runtime_error& error) {
        outline.refusal = error.what();
    }
}

}  // namespace

fs::path tokenizerFolderOf(const CheckpointFounder& founder) {
    for (const auto& [path, weight] : founder.adapter.all())
        if (const auto place = placeOfModel(path); hasTokenizer(place)) return place;
    return Checkpoint::folderOf(placeOfModel(founder.base));
}

FounderOutline describe(const FounderSource& founder) {
    auto configuration = founder.base().configuration().value_or(nlohmann::json());
    std::vector<TensorDescription> tensors(founder.tensors().begin(), founder.tensors().end());
    for (std::size_t tensor = 0; tensor < tensors.size(); ++tensor) tensors[tensor].dtype = founder.outputType(tensor);
    FounderOutline outline{
        .name = founder.name(),
        .tensors = std::move(tensors),
        .tiedEmbeddings = founder.tiedEmbeddings(),
        .tokens = tokensIn(founder.tokenizerFolder()),
        .settings = founder.pipeline() ? pipelineSettings(*founder.pipeline()) : computedSettings(configuration)};
    readNetwork(std::move(configuration), outline);
    return outline;
}

std::vector<FounderSegment> segmentsOf(const Alignment& alignment, std::span<const FounderSourcePtr> founders,
                                       std::size_t founder) {
    std::vector<FounderSegment> segments;
    const auto add = [&](std::size_t of, const Layout::Tensor& tensor, std::uint64_t begin, std::uint64_t end) {
        const auto index = founders[of]->indexOf(alignment.nameIn(of, tensor.name));
        if (!index)
            throw std::runtime_error(fmt::format("{}: the tensor '{}' is missing.", founders[of]->name(), tensor.name));
        if (begin < end) segments.push_back(segment(*founders[of], *index, tensor.begin, begin, end));
    };
    for (const auto& tensor : alignment.layout.tensors) {
        if (founder == 0 || !alignment.commonRows || !isVocabulary(tensor.name)) {
            add(founder, tensor, 0, tensor.count);
            continue;
        }
        const auto rows = static_cast<std::uint64_t>(tensor.shape.front());
        const std::uint64_t width = rows == 0 ? 0 : tensor.count / rows;
        std::uint64_t done = 0;
        for (const auto& range : *alignment.commonRows) {
            add(0, tensor, done, range.begin * width);
            add(founder, tensor, range.begin * width, range.end * width);
            done = range.end * width;
        }
        add(0, tensor, done, tensor.count);
    }
    for (const auto& [tensor, owner] : alignment.layout.frozen)
        if (isFloating(tensor.dtype)) add(owner, tensor, 0, tensor.count);
    return segments;
}

}  // namespace mergarium
