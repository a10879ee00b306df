#include "core/cluster/workers/scorer.h"

#include "core/cluster/offered_run.h"
#include "core/cluster/workers/processor.h"
#include "core/compute/networks.h"

#include <fmt/format.h>

#include <chrono>
#include <stdexcept>
#include <utility>

namespace mergarium {
namespace {

RunConfiguration configurationOf(const RunOffer& offer, const FoundFiles& found, const WorkerSettings& settings) {
    auto configuration = configurationIn(offer, found.files);
    if (!settings.device.empty()) configuration.device = settings.device;
    if (auto* founders = std::get_if<std::vector<CheckpointFounder>>(&configuration.founders))
        founders->assign(found.models.begin(), found.models.begin() + static_cast<std::ptrdiff_t>(offer.begunWith));
    if (programOf(configuration) && !settings.allowPrograms)
        throw std::runtime_error(
            fmt::format("The run \"{}\" starts a program to score its models: a worker does so with "
                        "--allow-programs.",
                        configuration.name));
    return configuration;
}

std::vector<JoinedFounder> joinedOf(const RunOffer& offer, const FoundFiles& found) {
    std::vector<JoinedFounder> joined;
    for (std::size_t k = offer.begunWith; k < found.models.size(); ++k) joined.push_back({.source = found.models[k]});
    for (const auto& [name, packed] : offer.networks) joined.push_back({.source = {}, .packed = packed, .name = name});
    return joined;
}

Experiment experimentOf(const RunOffer& offer, const FoundFiles& found, const WorkerSettings& settings,
                        const std::atomic<bool>& stop, const Announce& announce) {
    const RunPlace place{.database = settings.cache / "worker.db",
                         .resources = settings.resources,
                         .threads = settings.threads,
                         .lanes = 1,
                         .abandon = &stop,
                         .mayStart = [allowed = settings.allowPrograms](const Program&) { return allowed; }};
    return prepare(configurationOf(offer, found, settings), place, announce, Hashes::All, joinedOf(offer, found));
}

void requireSame(const RunOffer& offer, const Experiment& experiment) {
    for (std::size_t k = 0; k < experiment.founders.size() && k < offer.founders.size(); ++k)
        if (experiment.founders[k].hash != offer.founders[k])
            throw std::runtime_error(fmt::format("The founder {} isn't the run's.", experiment.founders[k].name));
    if (experiment.founders.size() != offer.founders.size() ||
        digestOfLayout(experiment.task->layout()) != offer.layout)
        throw std::runtime_error("What is merged of the founders here isn't what is merged in the run.");
    if (digestOfSamples(*experiment.task->samples()) != offer.samples)
        throw std::runtime_error("The samples here aren't the run's.");
}

}  // namespace

Scorer::Scorer(const RunOffer& offer, const FoundFiles& found, const WorkerSettings& settings,
               const std::atomic<bool>& stop, const Announce& announce)
    : offer_(offer.digest()), experiment_(experimentOf(offer, found, settings, stop, announce)) {
    requireSame(offer, experiment_);
    experiment_.useThreads(experiment_.threads);
    const bool computes = experiment_.device != "another program";
    device_ = experiment_.device == "CPU"
                  ? fmt::format("CPU, {} thread{}", experiment_.threads, experiment_.threads == 1 ? "" : "s")
                  : experiment_.device;
    processor_ = settings.processor;
    if (processor_.empty())
        processor_ =
            processorKind(experiment_.device, computes ? openNetworks("cpu", settings.threads)->version() : "");
    lane_.emplace(std::move(experiment_.task), *experiment_.breeding, known_, tokens_);
}

std::optional<TicketResult> Scorer::score(const Ticket& ticket, const std::atomic<bool>& stop) {
    if (ticket.offer != offer_) throw std::runtime_error("This ticket is of another run.");
    TicketResult result{.ticket = ticket.digest(), .step = ticket.step, .worker = {}, .processor = processor_};
    const auto genome = experiment_.breeding->unpack(ticket.genome);
    const auto tokensBefore = tokens_.load();
    const auto begin = std::chrono::steady_clock::now();
    if (ticket.asked == Asked::Test) {
        try {
            result.outcome = lane_->test(*genome, &stop);
        } catch (const EvaluationFailure& failure) {
            result.outcome = Failed{failure.what()};
        }
    } else {
        auto evaluated = lane_->evaluate({.step = ticket.step, .model = genome}, stop);
        if (!evaluated) return std::nullopt;
        if (auto* scored = std::get_if<Scored>(&evaluated->result)) result.outcome = std::move(*scored);
        if (auto* failed = std::get_if<Failed>(&evaluated->result)) result.outcome = std::move(*failed);
    }
    // What was stopped may look like a failure.
    if (stop) return std::nullopt;
    result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    result.tokens = tokens_ - tokensBefore;
    return result;
}

}  // namespace mergarium
