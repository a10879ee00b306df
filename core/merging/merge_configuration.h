#pragma once

#include "core/checkpoint/dtype.h"
#include "core/merging/merge_parameters.h"

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace mergarium {

/// A model as a slice takes it.
struct MergeSource {
    /// As the file names it: a path, a name on a hub, either with "+adapter".
    std::string model;
    /// [first, last) of its layers; absent: all of them.
    std::optional<std::pair<std::uint64_t, std::uint64_t>> layers = {};
    MergeParameters parameters = {};
    int line = 0;
};

/// Layers of the output, one after the other, each of a layer of every source.
struct MergeSlice {
    std::vector<MergeSource> sources;
    MergeParameters parameters = {};
    /// In place of the configuration's.
    std::optional<std::string> base = {};
    int line = 0;
};

/// Where a token's row comes from.
struct TokenRule {
    enum class Kind { Zero, Model, ModelToken };

    std::string token;
    Kind kind = Kind::Zero;
    /// Of Model and ModelToken.
    std::string model = {};
    /// Of ModelToken: one of them.
    std::string modelToken = {};
    std::optional<std::uint64_t> modelTokenId = {};
    /// Whether models that have the token take this row, too; without a source: whether all take the default.
    bool force = false;
    bool hasSource = false;
    int line = 0;
};

/// How the models' vocabularies become one.
struct TokenizerRule {
    /// "union", "base" or a model.
    std::string source;
    std::vector<TokenRule> tokens = {};
    std::optional<std::uint64_t> multiple = {};
    int line = 0;
};

/// A merge as mergekit's configuration files describe it (github.com/arcee-ai/mergekit; README of it and its docs).
/// Knows no models.
struct MergeConfiguration {
    std::string method;
    /// One without layer ranges where the file lists models.
    std::vector<MergeSlice> slices;
    bool listsModels = false;
    MergeParameters parameters = {};
    std::optional<std::string> base = {};
    std::optional<DType> dtype = {};
    std::optional<DType> outDtype = {};
    std::optional<TokenizerRule> tokenizer = {};
    /// "auto", a template's name, or a template; empty: the tokenizer's own.
    std::string chatTemplate = {};
    /// The text as it was read.
    std::string text;
    std::filesystem::path path;

    /// Every model named, once, in the order of the file, the base where it is first named; adapters with them.
    std::vector<std::string> models() const;
};

/// Throws ConfigurationError with file, line and key: for what is no YAML, keys and parameters that nothing knows,
/// methods there are not, and what must be there and is missing. The file has at most kMostYaml bytes.
MergeConfiguration readMergeConfiguration(const std::filesystem::path& path);
/// Of a text; `name` is what messages call it.
MergeConfiguration parseMergeConfiguration(const std::string& text, const std::filesystem::path& name);

}  // namespace mergarium
