#pragma once

#include "core/checkpoint/not_finite.h"
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

/// What one pass over a model's contents tells.
struct FounderContents {
    /// A tensor with numbers that are not finite.
    struct Flawed {
        std::string tensor;
        NotFinite numbers;
        bool operator==(const Flawed&) const = default;
    };

    /// contentHash.
    std::string hash;
    /// In order of name.
    std::vector<Flawed> flawed;
    bool operator==(const FounderContents&) const = default;
};

/// As contentHash, and what is wrong with the numbers. Of a founder that is renamed: by its own names.
std::optional<FounderContents> readContents(const FounderSource& founder, const ContentHashing& how);

/// A digest of a few pages of every file that the contents come from, spread over it evenly: milliseconds, and enough
/// to tell another model in the same place; 32 hexadecimal digits. Throws std::runtime_error when a file can't be read.
std::string sampledHash(const FounderSource& founder);

/// Bytes [begin, end) of a tensor, digested separately.
struct ContentChunk {
    static constexpr std::uint64_t kMostBytes = 4 << 20;
    /// Index into the tensors.
    std::size_t tensor = 0;
    std::uint64_t begin = 0, end = 0;
    Digest digest{};
    NotFinite notFinite = {};
};

/// All bytes of these tensors, tensor by tensor, not digested yet.
std::vector<ContentChunk> contentChunks(std::span<const TensorDescription> tensors);
/// Those of one tensor, of chunks as contentChunks made them.
std::span<const ContentChunk> chunksOf(std::span<const ContentChunk> chunks, std::size_t tensor);

/// The hash of contents that the caller has digested; `chunks` as contentChunks made them, tensors in any order.
std::string contentHash(std::span<const TensorDescription> tensors, std::span<const ContentChunk> chunks);

/// The key under which a hash may be cached: paths, sizes, times and inodes of all files that the contents come from,
/// and how they come from them.
std::string contentKey(const FounderSource& founder);

}  // namespace mergarium
