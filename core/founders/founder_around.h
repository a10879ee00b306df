#pragma once

#include "core/founders/founder_source.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace mergarium {

/// A founder that another one stands behind: what a class of this doesn't say itself is as there.
class FounderAround : public FounderSource {
public:
    explicit FounderAround(FounderSourcePtr founder) : founder_(std::move(founder)) {}

    std::string name() const override { return founder_->name(); }
    std::span<const TensorDescription> tensors() const override { return founder_->tensors(); }
    DType outputType(std::size_t tensor) const override { return founder_->outputType(tensor); }
    const std::byte* bytes(std::size_t tensor) const override { return founder_->bytes(tensor); }
    const MappedFile* file(std::size_t tensor) const override { return founder_->file(tensor); }
    void dropBehind(std::size_t tensor, std::uint64_t begin, std::uint64_t end) const override {
        founder_->dropBehind(tensor, begin, end);
    }
    const Checkpoint& base() const override { return founder_->base(); }
    std::filesystem::path tokenizerFolder() const override { return founder_->tokenizerFolder(); }
    bool tiedEmbeddings() const override { return founder_->tiedEmbeddings(); }
    std::vector<std::shared_ptr<const MappedFile>> files() const override { return founder_->files(); }
    std::string derivation() const override { return founder_->derivation(); }
    const FounderSource& own() const override { return founder_->own(); }
    const std::string& nameOf(const std::string& tensor) const override { return founder_->nameOf(tensor); }
    const PipelineFounder* pipeline() const override { return founder_->pipeline(); }

protected:
    const FounderSource& founder() const { return *founder_; }

private:
    FounderSourcePtr founder_;
};

}  // namespace mergarium
