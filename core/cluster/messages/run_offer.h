#pragma once

#include "core/cluster/messages/ticket.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace mergarium {

/// A file that scoring takes, by its contents.
struct OfferedFile {
    /// What the configuration calls it; of a model's files, its path within the model's folder.
    std::string name;
    std::uint64_t size = 0;
    /// SHA-256, hexadecimal; empty: the contents are known by the model's hash.
    std::string hash = {};
    bool operator==(const OfferedFile&) const = default;
};

/// A checkpoint, or an adapter, that a founder is made of.
struct OfferedPlace {
    /// Of the folder or the file.
    std::string name;
    bool isFolder = false;
    std::vector<OfferedFile> files;
    bool operator==(const OfferedPlace&) const = default;
};

struct OfferedAdapter {
    OfferedPlace place;
    double weight = 1.0;
    bool operator==(const OfferedAdapter&) const = default;
};

/// A founder from files.
struct OfferedModel {
    std::string name;
    /// Its content hash (core/founders/content_hash.h).
    std::string hash;
    OfferedPlace base;
    std::vector<OfferedAdapter> adapters = {};
    bool operator==(const OfferedModel&) const = default;
};

/// A network that joined a run whose task brings its founders.
struct OfferedNetwork {
    std::string name;
    std::vector<std::byte> packed;
    bool operator==(const OfferedNetwork&) const = default;
};

/// A run as workers need to know it to score its models. Says nothing of where it is computed or stored.
struct RunOffer {
    /// Of Mergarium: others might score otherwise.
    std::string version;
    /// As YAML, every key said; where founders are checkpoints, none are named in it.
    std::string configuration;
    /// Founders from files, those that joined last: after the first `begunWith`.
    std::vector<OfferedModel> models = {};
    std::uint64_t begunWith = 0;
    std::vector<OfferedNetwork> networks = {};
    /// Files that the configuration names.
    std::vector<OfferedFile> files = {};
    /// What comes of all this, by which a worker knows that it has the same: content hashes of all founders, and
    /// digests of the layout and of the samples.
    std::vector<std::string> founders = {};
    std::string layout;
    std::string samples;
    bool operator==(const RunOffer&) const = default;

    /// SHA-256, hexadecimal.
    std::string digest() const;
};

std::vector<std::byte> encode(const RunOffer& offer);
/// Throws std::runtime_error with one sentence for bytes that are no offer of this version.
RunOffer decodeOffer(std::span<const std::byte> bytes);

}  // namespace mergarium
