#include "core/founders/renamed_founder.h"

#include "core/founders/founder_around.h"

#include <algorithm>
#include <utility>

namespace mergarium {
namespace {

class RenamedFounder final : public FounderAround {
public:
    RenamedFounder(FounderSourcePtr other, Naming naming)
        : FounderAround(std::move(other)), naming_(std::move(naming)) {
        std::vector<std::pair<TensorDescription, std::size_t>> renamed;
        for (const auto& tensor : founder().tensors()) {
            renamed.emplace_back(tensor, renamed.size());
            renamed.back().first.name = naming_.nameOf(tensor.name);
        }
        std::ranges::sort(renamed, {}, [](const auto& one) { return one.first.name; });
        for (auto& [tensor, index] : renamed) {
            tensors_.push_back(std::move(tensor));
            own_.push_back(index);
        }
    }

    std::span<const TensorDescription> tensors() const override { return tensors_; }
    DType outputType(std::size_t tensor) const override { return founder().outputType(own_[tensor]); }
    const std::byte* bytes(std::size_t tensor) const override { return founder().bytes(own_[tensor]); }
    const MappedFile* file(std::size_t tensor) const override { return founder().file(own_[tensor]); }
    void dropBehind(std::size_t tensor, std::uint64_t begin, std::uint64_t end) const override {
        founder().dropBehind(own_[tensor], begin, end);
    }
    const std::string& nameOf(const std::string& tensor) const override {
        return naming_.nameOf(founder().nameOf(tensor));
    }

private:
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
