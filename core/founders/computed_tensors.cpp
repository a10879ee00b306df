#include "core/founders/computed_tensors.h"

namespace mergarium {
namespace {

constexpr std::uint64_t kPage = 4096;

}  // namespace

ComputedTensors::ComputedTensors(const std::filesystem::path& scratch, const std::vector<std::uint64_t>& sizes)
    : slots_(std::make_unique<Slot[]>(sizes.size())) {
    std::uint64_t end = 0;
    for (std::size_t tensor = 0; tensor < sizes.size(); ++tensor) {
        slots_[tensor].begin = end;
        slots_[tensor].size = sizes[tensor];
        end += (sizes[tensor] + kPage - 1) / kPage * kPage;
    }
    scratch_ = std::make_unique<ScratchMemory>(scratch, end);
}

const std::byte* ComputedTensors::bytes(std::size_t tensor,
                                        const std::function<void(std::span<std::byte>)>& compute) const {
    auto& slot = slots_[tensor];
    std::call_once(slot.once, [&] { compute(scratch_->claim(slot.begin, slot.size)); });
    return scratch_->at(slot.begin);
}

void ComputedTensors::dropBehind(std::size_t tensor, std::uint64_t begin, std::uint64_t end) const {
    scratch_->dropBehind(slots_[tensor].begin + begin, slots_[tensor].begin + end);
}

}  // namespace mergarium
