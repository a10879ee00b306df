#include "app/cli/picture_model.h"

#include "core/checkpoint/pipeline_root.h"
#include "core/diffusion/pipeline_folder.h"
#include "core/files/scratch_place.h"
#include "core/founders/founder_names.h"
#include "core/tokenization/clip/prompt_tokenizer.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <set>
#include <stdexcept>
#include <utility>

namespace mergarium::cli {
namespace {

std::string componentOf(const std::string& tensor) { return tensor.substr(0, tensor.find('.')); }

/// A model with the components of another one that it lacks.
class CompletedModel final : public FounderSource {
public:
    CompletedModel(FounderSourcePtr model, FounderSourcePtr other)
        : model_(std::move(model)), other_(std::move(other)) {
        std::set<std::string> own;
        const auto take = [&](const FounderSource& source, std::size_t index) { places_.emplace_back(&source, index); };
        for (std::size_t i = 0; i < model_->tensors().size(); ++i) {
            own.insert(componentOf(model_->tensors()[i].name));
            take(*model_, i);
        }
        for (std::size_t i = 0; i < other_->tensors().size(); ++i)
            if (!own.contains(componentOf(other_->tensors()[i].name))) take(*other_, i);
        std::ranges::sort(places_, {}, [](const Place& place) { return place.first->tensors()[place.second].name; });
        for (const auto& [source, index] : places_) tensors_.push_back(source->tensors()[index]);
    }

    std::string name() const override { return model_->name(); }
    std::span<const TensorDescription> tensors() const override { return tensors_; }
    DType outputType(std::size_t tensor) const override {
        return places_[tensor].first->outputType(places_[tensor].second);
    }
    const std::byte* bytes(std::size_t tensor) const override {
        return places_[tensor].first->bytes(places_[tensor].second);
    }
    const MappedFile* file(std::size_t tensor) const override {
        return places_[tensor].first->file(places_[tensor].second);
    }
    void dropBehind(std::size_t tensor, std::uint64_t begin, std::uint64_t end) const override {
        places_[tensor].first->dropBehind(places_[tensor].second, begin, end);
    }
    const Checkpoint& base() const override { return model_->base(); }
    std::vector<std::shared_ptr<const MappedFile>> files() const override {
        auto files = model_->files();
        for (auto& file : other_->files()) files.push_back(std::move(file));
        return files;
    }

private:
    using Place = std::pair<const FounderSource*, std::size_t>;

    FounderSourcePtr model_, other_;
    std::vector<Place> places_;
    std::vector<TensorDescription> tensors_;
};

/// Where model_index.json, and with it tokenizers and configurations, lie; empty: nowhere.
std::filesystem::path rootOf(const FounderSource& model) {
    const auto& folder = model.base().folder();
    return std::filesystem::exists(folder / kModelIndex) ? folder : std::filesystem::path();
}

}  // namespace

PromptReader promptReaderIn(const std::filesystem::path& folder) {
    const auto tokenizer = std::make_shared<const PromptTokenizer>(PromptTokenizer::open(folder));
    return [tokenizer](std::string_view prompt) {
        auto tokens = tokenizer->encode(prompt);
        const bool cut = tokens.isCut();
        return PromptIds{.ids = std::move(tokens.ids), .cut = cut};
    };
}

OpenedPictureModel openPictureModel(const std::string& named, const std::string& like) {
    OpenedPictureModel opened;
    opened.source = openFounder(founderNamed(named), scratchPlace());
    auto root = rootOf(*opened.source);
    if (!like.empty()) {
        const auto other = openFounder(founderNamed(like), scratchPlace());
        const auto otherRoot = rootOf(*other);
        if (otherRoot.empty())
            throw std::runtime_error(
                fmt::format("--like: {}: this is no pipeline's folder; there is no {} in it.", like, kModelIndex));
        opened.source = std::make_shared<const CompletedModel>(opened.source, other);
        if (root.empty()) root = otherRoot;
    }
    if (root.empty())
        throw std::runtime_error(
            fmt::format("{}: a single file has no tokenizer and no configuration; name a pipeline's folder of the same "
                        "architecture with --like.",
                        named));
    opened.config = pipelineConfigOf(root);
    for (const char* folder : {"tokenizer", "tokenizer_2"})
        if (opened.readers.size() < opened.config.textEncoders.size())
            opened.readers.push_back(promptReaderIn(root / folder));
    return opened;
}

}  // namespace mergarium::cli
