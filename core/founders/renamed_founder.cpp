#include "core/founders/renamed_founder.h"

#include <algorithm>
#include <utility>

namespace mergarium {
namespace {

class RenamedFounder final : public FounderSource {
public:
    RenamedFounder(FounderSourcePtr founder, Naming naming) : founder_(std::move(founder)), naming_(std::move(naming)) {
        std::vector<std::pair<TensorDescription, std::size_t>> renamed;
        for (const auto& tensor : founder_->tensors()) {
            renamed.emplace_back(tensor, renamed.size());
            renamed.back().first.name = naming_.nameOf(tensor.name);
        }
        std::ranges::sort(renamed, {}, [](const auto& one) { return one.first.name; });
        for (auto& [tensor, index] : renamed) {
            tensors_.push_back(std::move(tensor));
            own_.push_back(index);
        }
    }

    std::string name() const override { return founder_->name(); }
    std::span<const TensorDescription> tensors() const override { return tensors_; }
    DType outputType(std::size_t tensor) const override { return founder_->outputType(own_[tensor]); }
    const std::byte* bytes(std::size_t tensor) const override { return founder_->bytes(own_[tensor]); }
    const MappedFile* file(std::size_t tensor) const override { return founder_->file(own_[tensor]); }
    void dropBehind(std::size_t tensor, std::uint64_t begin, std::uint64_t end) const override {
        founder_->dropBehind(own_[tensor], begin, end);
    }
    const Checkpoint& base() const override { return founder_->base(); }
    std::filesystem::path tokenizerFolder() const override { return founder_->tokenizerFolder(); }
    bool tiedEmbeddings() const override { return founder_->tiedEmbeddings(); }
    std::vector<std::shared_ptr<const MappedFile>> files() const override { return founder_->files(); }
    std::string derivation() const override { return founder_->derivation(); }
    const FounderSource& own() const override { return founder_->own(); }
    const std::string& nameOf(const std::string& tensor) const override {
        return naming_.nameOf(founder_->nameOf(tensor));
    }
    const PipelineFounder* pipeline() const override { return founder_->pipeline(); }

private:
    FounderSourcePtr founder_;
    Naming naming_;
    std::vector<TensorDescription> tensors_;
    /// Indexes into the founder's own.
    std::vector<std::size_t> own_;
};

}  // namespace

FounderSourcePtr renamedFounder(FounderSourcePtr founder, Naming naming) {
    return std::make_shared<RenamedFounder>(std::move(founder), std::move(naming));
}

}  // namespace mergarium
