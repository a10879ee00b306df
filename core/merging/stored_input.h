#pragma once

#include "core/founders/founder_source.h"
#include "core/merging/methods/method.h"

#include <cstddef>

namespace mergarium {

/// A tensor of a model, its numbers rounded to the type that is computed in.
class StoredInput final : public InputTensor {
public:
    StoredInput(FounderSourcePtr source, std::size_t tensor, DType arithmetic);

    void read(std::uint64_t begin, std::span<float> out) const override;

private:
    FounderSourcePtr source_;
    DType dtype_, arithmetic_;
    const std::byte* bytes_;
    const MappedFile* file_;
};

}  // namespace mergarium
