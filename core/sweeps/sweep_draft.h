#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace mergarium {

/// A sweep's file while it is being written: the keys of the file (core/sweeps/sweep.h), their values as people type
/// them. Whether it can be carried out is what `parseSweep` says of its text. A plain value.
struct SweepDraft {
    /// A name or key, and what stands behind it, without the outer brackets: "strategy.splits: 64", "0, 0.5, 1".
    struct Entry {
        std::string key;
        std::string value;
        bool operator==(const Entry&) const = default;
    };

    /// The comment at the head of the file, as one line.
    std::string description;
    std::string name;
    /// A preset, or the path of a run configuration.
    std::string base;
    /// `set`: changes for all arms.
    std::string common;
    std::vector<Entry> arms;
    std::vector<Entry> axes;
    /// How many, from 1; or, with commas, which.
    std::string seeds = "1";
    std::vector<Entry> published;
    bool operator==(const SweepDraft&) const = default;
};

/// Throws ConfigurationError naming key and line where the text isn't a sweep in its outer shape.
SweepDraft parseDraft(std::string_view yaml, std::string_view source);

/// The file, an entry a line; `parseDraft` reads the same draft from it, as long as its values are YAML.
std::string toYaml(const SweepDraft& draft);

/// The dotted keys of a run configuration, for people to choose from.
std::vector<std::string> configurationKeys();

}  // namespace mergarium
