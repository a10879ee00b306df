// Merging against copying: two generated checkpoints of 1.1 billion parameters in bf16 are merged by mergarium-cli, and
// as many bytes are copied by cp, in turn and several times over; medians are compared. Then what breeding, an archive
// and materialising cost on the same models.
#include "core/evaluation/checkpoint_founders.h"
#include "core/genome/materialize.h"
#include "core/genome/recipe_genome.h"
#include "core/models/model_writer.h"
#include "core/progress/pieces.h"
#include "tests/bench/measuring.h"
#include "tests/bench/options.h"

#include <fmt/format.h>

#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <random>
#include <string>
#include <thread>
#include <vector>

using namespace mergarium;
using namespace mergarium::bench;
namespace fs = std::filesystem;

namespace {

// TinyLlama's shapes.
std::vector<TensorDescription> llamaTensors() {
    std::vector<TensorDescription> tensors;
    const auto add = [&](std::string name, std::vector<std::int64_t> shape) {
        const auto count = elementsOf(shape);
        tensors.push_back({.name = std::move(name), .dtype = DType::BF16, .shape = std::move(shape), .count = count});
    };
    add("model.embed_tokens.weight", {32000, 2048});
    for (int layer = 0; layer < 22; ++layer) {
        const auto named = [&](const char* part) { return fmt::format("model.layers.{}.{}.weight", layer, part); };
        add(named("input_layernorm"), {2048});
        add(named("self_attn.q_proj"), {2048, 2048});
        add(named("self_attn.k_proj"), {256, 2048});
        add(named("self_attn.v_proj"), {256, 2048});
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

/// Small numbers, each a function of seed and place.
void generate(const fs::path& folder, std::uint64_t seed) {
    if (fs::exists(folder)) return;
    const auto noise = [](std::uint64_t x) {
        x += 0x9e3779b97f4a7c15;
        x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
        x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
        return x ^ (x >> 31);
    };
    PendingFolder pending(folder);
    writeModel(
        planModel(llamaTensors()), pending, [&](std::size_t tensor, std::uint64_t begin, std::span<std::byte> out) {
            std::vector<float> values(out.size() / 2);
            for (std::size_t i = 0; i < values.size(); ++i)
                values[i] =
                    static_cast<float>(static_cast<std::int64_t>(noise((seed << 56) ^ (tensor << 40) ^ (begin + i)))) *
                    0x1p-68f;
            fromFloats(DType::BF16, values, out.data());
        });
    pending.writeFile("config.json", "{\"model_type\": \"llama\", \"torch_dtype\": \"bfloat16\"}\n");
    pending.commit();
}

/// A recipe of about `spans` spans, as an archive comes to hold them.
GenomePtr grown(const RecipeBreeding& breeding, const GramPtr& gram, std::size_t spans, std::uint64_t seed) {
    const auto length = gram->founders()->length();
    GenomePtr genome = std::make_shared<const RecipeGenome>(founderRecipe(0, 2, length), gram);
    const auto other = std::make_shared<const RecipeGenome>(founderRecipe(1, 2, length), gram);
    const SpliceRule rule{
        .splits = {16, 16}, .ratio = UniformRatio{}, .interpolation = Interpolation::Slerp, .mutation = 0.0};
    for (std::uint64_t step = 1; genome->recipe()->spans() < spans; ++step) {
        genome = breeding.keep(breeding.breed(*genome, *other, drawSplice(rule, length, seed, step)));
    }
    return genome;
}

}  // namespace

int main(int argc, char** argv) {
    std::string folder = (fs::temp_directory_path() / fmt::format("mergarium-merge-bench-{}", ::getpid())).string();
    std::string program =
        (fs::read_symlink("/proc/self/exe").parent_path() / "../../app/mergarium-cli").lexically_normal().string();
    int rounds = 3;
    bool keep = false;
    bench::Options("Merging against copying, on two checkpoints of 1.1 billion parameters")
        .add("--folder", &folder, "Where the checkpoints are generated; needs 9 GB")
        .add("--cli", &program, "mergarium-cli")
        .add("--rounds", &rounds)
        .add("--keep", &keep, "Leave the checkpoints there for the next time")
        .read(argc, argv);

    const fs::path base = folder;
    generate(base / "a", 1);
    generate(base / "b", 2);
    const auto model = (base / "a" / "model.safetensors").string();
    const auto bytes = static_cast<double>(fs::file_size(model));
    fmt::print("{:.2f} GB each, {} cores, medians of {} rounds, founders in the system's cache\n", bytes / 1e9,
               std::thread::hardware_concurrency(), rounds);

    const std::string out = (base / "out").string();
    // Neither hashes nor Gram sums are there from the last time.
    ::setenv("TMPDIR", (base / "tmp").c_str(), 1);
    const auto settle = [&] {
        fs::remove_all(out);
        fs::remove_all(base / "tmp");
        fs::create_directories(base / "tmp");
        watched({"sync", base.string()});
    };
    const std::vector<std::string> kinds{"lerp", "slerp", "slerp-per-tensor"};
    std::vector<double> copying, copyingOntoDisk;
    std::map<std::string, std::vector<double>> merging;
    std::uint64_t peak = 0;
    watched({"cat", model, (base / "b" / "model.safetensors").string()});
    for (int round = 0; round < rounds; ++round) {
        settle();
        copying.push_back(watched({"cp", model, out}).seconds);
        copyingOntoDisk.push_back(copying.back() + watched({"sync", out}).seconds);
        for (const auto& kind : kinds) {
            settle();
            const auto measured = watched({program, "merge", (base / "a").string(), (base / "b").string(), "--out", out,
                                           "--interpolation", kind, "--ratio", "0.3", "--json"});
            merging[kind].push_back(measured.seconds);
            peak = std::max(peak, measured.peak);
        }
    }
    settle();
    const double floor = median(copying), floorOnDisk = median(copyingOntoDisk);
    fmt::print("\n{:<44} {:>8} {:>10} {:>14}\n", "", "s", "x cp", "x cp and sync");
    const auto line = [&](const std::string& what, double seconds) {
        fmt::print("{:<44} {:>8.2f} {:>10.2f} {:>14.2f}\n", what, seconds, seconds / floor, seconds / floorOnDisk);
    };
    line("cp of the output's size", floor);
    line("cp and sync", floorOnDisk);
    for (const auto& kind : kinds) line(fmt::format("merge --interpolation {}", kind), median(merging[kind]));
    fmt::print("peak anonymous memory of a merge: {:.0f} MB\n", static_cast<double>(peak) / 1e6);

    const auto opened =
        openFounders({{.base = base / "a", .adapter = {}}, {.base = base / "b", .adapter = {}}}, {}, base / "tmp");
    const auto gram = gramOf(opened, base / "tmp");
    RecipeBreeding breeding(gram);
    std::vector<GenomePtr> archive{grown(breeding, gram, 500, 1), grown(breeding, gram, 500, 2)};
    std::vector<double> breedings;
    for (std::uint64_t step = 1; step <= 200; ++step) {
        const auto splice = drawSplice({}, opened.founders->length(), 9, step);
        breedings.push_back(secondsOf([&] { breeding.breed(*archive[0], *archive[1], splice); }));
    }
    fmt::print("breeding a child of two recipes of {} and {} spans: {:.3f} ms\n", archive[0]->recipe()->spans(),
               archive[1]->recipe()->spans(), 1e3 * median(breedings));

    const auto before = anonymousBytes(::getpid());
    while (archive.size() < 50) archive.push_back(grown(breeding, gram, 500, archive.size() + 1));
    const auto grownBy = static_cast<double>(anonymousBytes(::getpid())) - static_cast<double>(before);
    fmt::print("an archive of 50 instead of 2 members: {:.1f} MB more, {:.2f} % of the founders\n", grownBy / 1e6,
               100.0 * grownBy / (2.0 * bytes));

    // The same bytes through the same number of threads: two founders read and one model written, against one read and
    // one written.
    constexpr std::uint64_t kElements = 1 << 28, kPiece = 1 << 19;
    std::vector<std::byte> buffer(2 * kElements), copy(2 * kElements);
    const auto& recipe = *archive[0]->recipe();
    std::vector<double> materialising, copyingMemory;
    for (int round = 0; round < rounds + 1; ++round) {
        materialising.push_back(secondsOf([&] {
            forEachPiece(kElements / kPiece, 0, [&](std::size_t piece) {
                materializeAs(recipe, *opened.founders, piece * kPiece, kPiece, DType::BF16,
                              buffer.data() + 2 * piece * kPiece);
            });
        }));
        copyingMemory.push_back(secondsOf([&] {
            forEachPiece(kElements / kPiece, 0, [&](std::size_t piece) {
                std::memcpy(copy.data() + 2 * piece * kPiece, buffer.data() + 2 * piece * kPiece, 2 * kPiece);
            });
        }));
    }
    const double read = 2.0 * kElements;
    fmt::print("materialising: {:.1f} GB/s of memory traffic, where copying memory has {:.1f} GB/s\n",
               3 * read / median(materialising) / 1e9, 2 * read / median(copyingMemory) / 1e9);
    if (!keep) fs::remove_all(base);
    return 0;
}
