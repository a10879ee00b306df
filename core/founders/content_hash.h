#pragma once

#include "core/files/digest.h"
#include "core/founders/founder_source.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

namespace mergarium {

struct ContentHashing {
    /// Threads at most.
    std::size_t threads = 1;
    /// Bytes done and bytes in all; called on the calling thread. May be empty.
    std::function<void(std::uint64_t, std::uint64_t)> progress;
    std::stop_token cancel;
};

/// The identity of a model's contents, 64 hexadecimal digits: SHA-256 over every tensor in order of name: its name,
/// element type, shape, and the 128-bit XXH3 of each 4 MiB of its bytes, which runs at memory speed: it detects
/// every accidental change, though not a forgery. The same however the tensors are spread over files, and for an
/// adapter on its base as for the two merged with the same rounding. Streams: pages are dropped behind. Absent when
/// cancelled.
std::optional<std::string> contentHash(const FounderSource& founder, const ContentHashing& how);

/// Bytes [begin, end) of a tensor, digested separately.
struct ContentChunk {
    static constexpr std::uint64_t kMostBytes = 4 << 20;
    /// Index into the tensors.
    std::size_t tensor = 0;
    std::uint64_t begin = 0, end = 0;
    Digest digest{};
};

/// All bytes of these tensors, tensor by tensor, not digested yet.
std::vector<ContentChunk> contentChunks(std::span<const TensorDescription> tensors);

/// The hash of contents that the caller has digested; `chunks` as contentChunks made them, tensors in any order.
std::string contentHash(std::span<const TensorDescription> tensors, std::span<const ContentChunk> chunks);

/// The key under which a hash may be cached: paths, sizes, times and inodes of all files that the contents come from.
std::string contentKey(const FounderSource& founder);

}  // namespace mergarium
