#include "core/merging/stored_input.h"

#include "core/files/mapped_file.h"
#include "core/merging/methods/rounding.h"

#include <algorithm>
#include <vector>

namespace mergarium {
namespace {

/// Bytes that are fetched at a time.
constexpr std::size_t kFetch = 128 << 10;

}  // namespace

StoredInput::StoredInput(FounderSourcePtr source, std::size_t tensor, DType arithmetic)
    : source_(std::move(source)),
      dtype_(source_->tensors()[tensor].dtype),
      arithmetic_(arithmetic),
      bytes_(source_->bytes(tensor)),
      file_(source_->file(tensor)) {}

void StoredInput::read(std::uint64_t begin, std::span<float> out) const {
    const auto width = sizeOf(dtype_);
    const auto* from = bytes_ + begin * width;
    if (dtype_ == DType::F32 && file_) {
        file_->read(from, std::as_writable_bytes(out));
    } else {
        thread_local std::vector<std::byte> buffer(kFetch);
        for (auto left = out; !left.empty();) {
            const auto some = left.first(std::min(left.size(), kFetch / width));
            const auto fetched = std::span(buffer).first(some.size() * width);
            if (file_) file_->read(from, fetched);
            widen(dtype_, file_ ? fetched.data() : from, some);
            from += some.size() * width;
            left = left.subspan(some.size());
        }
    }
    if (dtype_ != arithmetic_) roundTo(arithmetic_, out);
}

}  // namespace mergarium
