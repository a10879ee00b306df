#pragma once

#include "core/cluster/messages/run_offer.h"
#include "core/evaluation/experiment.h"

#include <cstddef>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace mergarium {

/// A run's offer, and where its files lie here.
struct OfferedRun {
    RunOffer offer;
    /// Of filesOf(offer), in this order.
    std::vector<std::filesystem::path> places;
};

/// Reads the files that the configuration names, and the small ones of model folders, whole. The last `joined` of the
/// experiment's founders joined the run. Throws std::runtime_error with one sentence.
OfferedRun offerOf(const RunConfiguration& configuration, const Experiment& experiment, std::size_t joined,
                   const std::string& version);

/// All files of an offer: model by model, base before adapters; then those that the configuration names.
std::vector<OfferedFile> filesOf(const RunOffer& offer);

/// SHA-256 of all that a layout is, and of all that samples are but what files are called, hexadecimal.
std::string digestOfLayout(const Layout& layout);
std::string digestOfSamples(const SampleSet& samples);
/// Of a file's contents.
std::string digestOfFile(const std::filesystem::path& file);

/// The files that a configuration's task names and that are there; nothing of a program that it starts.
std::vector<std::filesystem::path> filesNamedBy(const RunConfiguration& configuration);

/// The configuration of an offer, with files by these names in place of those that it has.
RunConfiguration configurationIn(const RunOffer& offer, const std::map<std::string, std::filesystem::path>& files);

}  // namespace mergarium
