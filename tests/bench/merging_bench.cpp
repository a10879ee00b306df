// Merging by a configuration against copying: three generated checkpoints in bf16 are merged by mergarium-cli, method
// by method, and as many bytes are copied by cp and put on the disk, in turn and several times over; medians are
// compared.
#include "core/models/model_writer.h"
#include "tests/bench/measuring.h"
#include "tests/bench/options.h"

#include <fmt/format.h>

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <thread>
#include <vector>

using namespace mergarium;
using namespace mergarium::bench;
namespace fs = std::filesystem;

namespace {

std::vector<TensorDescription> tensorsOf(int layers) {
    std::vector<TensorDescription> tensors;
    const auto add = [&](std::string name, std::vector<std::int64_t> shape) {
        std::uint64_t count = 1;
        for (const auto extent : shape) count *= static_cast<std::uint64_t>(extent);
        tensors.push_back({.name = std::move(name), .dtype = DType::BF16, .shape = std::move(shape), .count = count});
    };
    add("model.embed_tokens.weight", {32000, 2048});
    for (int layer = 0; layer < layers; ++layer) {
        const auto named = [&](const char* part) { return fmt::format("model.layers.{}.{}.weight", layer, part); };
        add(named("input_layernorm"), {2048});
        add(named("self_attn.q_proj"), {2048, 2048});
        add(named("self_attn.o_proj"), {2048, 2048});
        add(named("post_attention_layernorm"), {2048});
        add(named("mlp.gate_proj"), {5632, 2048});
        add(named("mlp.up_proj"), {5632, 2048});
        add(named("mlp.down_proj"), {2048, 5632});
    }
    add("model.norm.weight", {2048});
    add("lm_head.weight", {32000, 2048});
    return tensors;
}

std::uint64_t mixed(std::uint64_t x) {
    x += 0x9e3779b97f4a7c15;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
    x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
    return x ^ (x >> 31);
}

/// Numbers that all models share, and a tenth as much of the model's own: fine-tunes of one base.
void generate(const fs::path& folder, std::uint64_t seed, int layers) {
    if (fs::exists(folder)) return;
    PendingFolder pending(folder);
    writeModel(
        planModel(tensorsOf(layers)), pending, [&](std::size_t tensor, std::uint64_t begin, std::span<std::byte> out) {
            std::vector<float> values(out.size() / 2);
            const auto number = [&](std::uint64_t of, std::uint64_t i) {
                return static_cast<float>(static_cast<std::int64_t>(mixed((of << 56) ^ (tensor << 40) ^ i))) * 0x1p-68f;
            };
            for (std::size_t i = 0; i < values.size(); ++i)
                values[i] = number(0, begin + i) + 0.1f * number(seed, begin + i);
            fromFloats(DType::BF16, values, out.data());
        });
    pending.writeFile("config.json", fmt::format("{{\"num_hidden_layers\": {}, \"dtype\": \"bfloat16\"}}\n", layers));
    pending.commit();
}

std::map<std::string, std::string> configurations() {
    const std::string two =
        "models:\n  - {model: a, parameters: {weight: 0.6, density: 0.5}}\n"
        "  - {model: b, parameters: {weight: 0.5, density: 0.5}}\n";
    const std::string one = "models:\n  - {model: a}\n";
    std::map<std::string, std::string> all;
    for (const auto* method : {"task_arithmetic", "ties", "dare_linear", "dare_ties", "della", "della_linear",
                               "breadcrumbs", "breadcrumbs_ties", "model_stock", "sce", "ram", "ramplus_tl"})
        all[method] = two + "base_model: base\n";
    all["sce"] += "parameters: {select_topk: 0.5}\n";
    for (const auto* method : {"linear", "nuslerp", "multislerp", "karcher"}) all[method] = two;
    all["slerp"] = one + "base_model: b\nparameters: {t: 0.3}\n";
    all["nearswap"] = one + "base_model: b\nparameters: {t: 0.001}\n";
    all["arcee_fusion"] = one + "base_model: b\n";
    all["passthrough"] = one;
    return all;
}

}  // namespace

int main(int argc, char** argv) {
    std::string folder = (fs::temp_directory_path() / fmt::format("mergarium-merging-bench-{}", ::getpid())).string();
    std::string program =
        (fs::read_symlink("/proc/self/exe").parent_path() / "../../app/mergarium-cli").lexically_normal().string();
    std::string only;
    int rounds = 3, layers = 22;
    bool keep = false;
    bench::Options("Merging by a configuration against copying, method by method")
        .add("--folder", &folder, "Where the checkpoints are generated")
        .add("--cli", &program, "mergarium-cli")
        .add("--layers", &layers, "22: 1.1 billion parameters")
        .add("--method", &only, "This one alone")
        .add("--rounds", &rounds)
        .add("--keep", &keep, "Leave the checkpoints there for the next time")
        .read(argc, argv);

    const fs::path base = folder;
    for (std::uint64_t seed = 1; const auto* name : {"base", "a", "b"}) generate(base / name, seed++, layers);
    const auto model = (base / "a" / "model.safetensors").string(), out = (base / "out").string();
    fmt::print("{:.2f} GB each, {} cores, medians of {} rounds, models in the system's cache\n\n",
               static_cast<double>(fs::file_size(model)) / 1e9, std::thread::hardware_concurrency(), rounds);
    const auto settle = [&] {
        fs::remove_all(out);
        watched({"sync", base.string()});
    };
    auto all = configurations();
    if (!only.empty()) std::erase_if(all, [&](const auto& entry) { return entry.first != only; });
    std::vector<double> copying;
    std::map<std::string, std::vector<double>> merging;
    std::uint64_t peak = 0;
    for (int round = 0; round < rounds; ++round) {
        for (const auto* name : {"base", "a", "b"}) watched({"cat", (base / name / "model.safetensors").string()});
        settle();
        copying.push_back(watched({"cp", model, out}).seconds + watched({"sync", out}).seconds);
        for (const auto& [method, rest] : all) {
            settle();
            const auto file = base / (method + ".yml");
            std::ofstream(file) << "merge_method: " << method << "\n" << rest;
            const auto measured = watched({program, "merge", file.string(), "--out", out, "--json"});
            merging[method].push_back(measured.seconds);
            peak = std::max(peak, measured.peak);
        }
    }
    settle();
    const double floor = median(copying);
    fmt::print("{:<20} {:>8} {:>14}\n{:<20} {:>8.2f}\n", "", "s", "x cp and sync", "cp and sync", floor);
    for (const auto& [method, seconds] : merging)
        fmt::print("{:<20} {:>8.2f} {:>14.2f}\n", method, median(seconds), median(seconds) / floor);
    fmt::print("peak anonymous memory of a merge: {:.0f} MB\n", static_cast<double>(peak) / 1e6);
    if (!keep) fs::remove_all(base);
    return 0;
}
