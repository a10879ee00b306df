#include "app/about/version.h"
#include "app/cli/commands.h"
#include "app/cli/exit_code.h"
#include "app/cli/json_output.h"
#include "app/cli/say.h"
#include "core/compute/networks.h"
#include "core/files/free_memory.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <fstream>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace mergarium::cli {
namespace {

/// As the system calls it; empty where it doesn't.
std::string processor() {
    std::ifstream file("/proc/cpuinfo");
    for (std::string line; std::getline(file, line);)
        if (const auto colon = line.find(':'); line.starts_with("model name") && colon + 2 < line.size())
            return line.substr(colon + 2);
    return {};
}

std::string gigabytes(std::uint64_t bytes) { return fmt::format("{:.1f} GB", static_cast<double>(bytes) / 1e9); }

std::vector<std::pair<std::string, std::string>> machine(const Networks& networks) {
    std::vector<std::pair<std::string, std::string>> facts{
        {"Mergarium", versionAndCommit()},
        {"processor", fmt::format("{}, {} threads", processor(), std::thread::hardware_concurrency())}};
    if (const auto memory = availableMemory()) facts.emplace_back("memory", gigabytes(*memory) + " available");
    facts.emplace_back("libtorch", networks.version());
    facts.emplace_back("BLAS", networks.blas().empty() ? "the slow reference one" : networks.blas());
    facts.emplace_back("devices", networks.devices());
    facts.emplace_back("examined", networks.device());
    return facts;
}

nlohmann::ordered_json documentOf(const std::vector<std::pair<std::string, std::string>>& facts,
                                  const Examination& examination, const std::string& caution) {
    nlohmann::ordered_json document;
    for (const auto& [what, text] : facts) document["machine"][what] = text;
    document["comparisons"] = nlohmann::json::array();
    for (const auto& one : examination.comparisons)
        document["comparisons"].push_back({{"what", one.what}, {"agrees", one.agrees}, {"found", one.found}});
    document["measurements"] = nlohmann::json::array();
    for (const auto& one : examination.measurements)
        document["measurements"].push_back({{"what", one.what},
                                            {"rate", one.rate},
                                            {"unit", one.unit},
                                            {"against", one.against},
                                            {"bound", one.bound}});
    if (!caution.empty()) document["caution"] = caution;
    document["passed"] = examination.passed();
    return document;
}

}  // namespace

int doctor(const Options& options) {
    const auto networks = openNetworks(options.device.value_or("auto"), options.threads);
    const auto facts = machine(*networks);
    if (!options.json)
        for (const auto& [what, text] : facts) say("{:<11} {}\n", what, text);
    const auto examination = networks->examine();
    if (options.json) {
        print(documentOf(facts, examination, networks->caution()));
    } else {
        for (const auto& one : examination.comparisons)
            say("{:<11} {}: {}\n", one.agrees ? "right" : "WRONG", one.what, one.found);
        for (const auto& one : examination.measurements)
            say("{:<11} {}: {:.4g} {}, {:.0f} % of {:.4g} for {}\n", "fast", one.what, one.rate, one.unit,
                100.0 * one.rate / one.bound, one.bound, one.against);
        if (!networks->caution().empty()) say("{:<11} {}\n", "caution", networks->caution());
    }
    return examination.passed() ? kSuccess : kRunFailed;
}

}  // namespace mergarium::cli
