#pragma once

#include "core/comparison/comparison.h"
#include "core/configuration/yaml.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mergarium {

/// One method of a sweep; every seed is one run of it.
struct PlannedArm {
    std::string name;
    /// Its seed is the base's; `configurationOf` puts in a run's own.
    RunConfiguration configuration;
};

/// Runs to be compared: arms times seeds, from one YAML file. A plain value.
struct Sweep {
    std::string name;
    /// The comment at the head of the file, as one line.
    std::string description;
    std::vector<PlannedArm> arms;
    /// Without repetition.
    std::vector<std::uint64_t> seeds;
    /// What the paper reports for some of the arms.
    std::vector<PublishedResult> published;
};

/// What the command line says in place of the file.
struct SweepChoices {
    std::optional<std::string> name = std::nullopt;
    /// Seeds 1 to this.
    std::optional<std::uint64_t> seeds = std::nullopt;
    std::optional<std::uint64_t> evaluations = std::nullopt;
    std::optional<std::string> device = std::nullopt;
    /// For every arm, after its own.
    std::vector<Override> overrides = {};
};

/// The configuration of one run of a sweep.
RunConfiguration configurationOf(const PlannedArm& arm, std::uint64_t seed);

/// Reads a sweep: `base` names a preset in `resources` or a run configuration relative to `folder`; `set` changes it
/// for all arms; `arms` gives every arm's changes by name; `axes` the values of keys, whose combinations multiply the
/// arms. `source` is what messages call the text. Throws ConfigurationError naming file, key and line, or the arm whose
/// configuration can't be run.
Sweep parseSweep(std::string_view yaml, std::string_view source, const std::filesystem::path& folder,
                 const std::filesystem::path& resources, const SweepChoices& choices = {});
Sweep readSweep(const std::filesystem::path& path, const std::filesystem::path& resources,
                const SweepChoices& choices = {});

/// `<resources>/sweeps/*.yaml`, sorted by name.
std::vector<Sweep> readSweepPresets(const std::filesystem::path& resources);

}  // namespace mergarium
