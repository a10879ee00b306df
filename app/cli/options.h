#pragma once

#include "core/configuration/yaml.h"
#include "core/subprocess/program.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace mergarium::cli {

/// What the person typed, whatever the command.
struct Options {
    /// One JSON document on stdout instead of words.
    bool json = false;
    /// Empty: the database in the person's data folder.
    std::string database;
    /// 0: one per core.
    std::size_t threads = 0;
    /// Children scored side by side; 0: as many as are worth it.
    std::size_t lanes = 0;

    /// The NATS server of workers; empty: this machine scores.
    std::string workers;
    std::string credentials, authority;
    bool mixedWorkers = false;
    double verifiedShare = 0.0;
    /// Seconds.
    double patience = 15.0;
    /// Of a worker.
    std::vector<std::string> devices;
    bool allowPrograms = false;
    bool fetch = false;
    std::string cache;

    /// CONFIG or PRESET.
    std::string configuration;
    std::optional<std::uint64_t> seed;
    std::optional<std::uint64_t> evaluations;
    std::optional<std::string> device;
    std::vector<std::string> settings;
    /// The program that the configuration names is approved from now on.
    bool trustProgram = false;
    /// Two members of a run, and whether their child takes a step.
    std::vector<std::uint64_t> parents;
    bool admit = false;
    /// A damaged run goes back to where it was whole.
    bool fromLastGood = false;
    /// A model that joins a run's founders.
    std::string founder;
    /// What is written of a run; absent: it is read.
    std::optional<std::string> note;
    /// Another run database.
    std::string otherDatabase;

    /// Of a trial, of every group.
    std::size_t samples = 8;

    std::int64_t run = 0;
    /// Read founders whole before a run goes on.
    bool verify = false;
    bool archive = false;
    bool births = false;
    bool asMarkdown = false;

    /// Of a sweep, in place of the file's.
    std::optional<std::string> sweepName;
    std::optional<std::uint64_t> seeds;
    /// Runs at a time.
    std::size_t jobs = 1;
    /// Numbers of runs and names of sweeps.
    std::vector<std::string> compared;
    /// Files to be written; empty: none.
    std::string csv, markdown, svg, pdf;

    std::string checkpoint;
    std::string preset;

    /// A model's folder.
    std::string folder;
    bool noSpecial = false;
    /// A JSON file of lists of token ids.
    std::string ids;
    std::string prompt;
    /// As task.chat and task.system.
    std::string chat = "plain", system;
    std::int64_t newTokens = 0;
    double temperature = 0.0;

    /// Of merge, export and rebuild. A and B, or a merge configuration.
    std::vector<std::string> models;
    /// Where the models of a merge configuration are looked for.
    std::vector<std::string> modelFolders;
    std::string out;
    double ratio = 0.5;
    std::vector<std::string> splits;
    /// Each a map in YAML from its name to its cut.
    std::vector<std::string> chromosomes;
    std::string interpolation = "slerp";
    std::vector<std::string> exclude;
    bool commonVocabulary = false;
    bool matchUnits = false;
    /// Empty: as the founders store them.
    std::string dtype;
    /// The element type of model.gguf; empty: there is none.
    std::string gguf;
    bool clamp = false;
    std::string shardSize = "0";
    /// Of pipelines: folder or single-file; empty: as the first model.
    std::string layout;
    std::string like;
    std::string name;
    std::uint64_t member = 0;
    std::string recipe;
    /// The recipe tells where founders lie.
    bool withPaths = false;
    /// NUMBER=PATH or NAME=PATH.
    std::vector<std::string> founders;
    /// A folder of founders.
    std::string foundersFolder;

    /// Of a picture.
    std::optional<std::string> negative;
    std::optional<std::int64_t> steps;
    std::optional<double> guidance;
    /// WIDTHxHEIGHT; empty: the model's own.
    std::string size;
    /// Empty: the model's own.
    std::string scheduler;
    /// A JSON file of many; empty: --prompt says what is wanted.
    std::string requests;
    /// Everything that is computed is written, too.
    bool dump = false;
    /// Of clip: a JSON file of texts, and a folder of pictures.
    std::string texts, images;

    /// man, bash or zsh.
    std::string manual;
};

/// The database named, or the person's own.
std::filesystem::path databaseOf(const Options& options);

/// Reads CONFIG, a file, or PRESET, a preset's name, with everything that was set on the command line. Throws
/// ConfigurationError.
RunConfiguration configurationOf(const Options& options);

/// Says which programs this call may start: those that the person has named in it, approves by it, or approved before.
MayStart mayStart(const Options& options);

}  // namespace mergarium::cli
