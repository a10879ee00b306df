// How near a language model's pass comes to the matrix products that it can't do without. One run measures, in turn and
// several times over: prompts read at once and tokens generated in a batch, by our own kernels and by libtorch's, and
// the bare products of the same sizes. Medians are compared. The network has random weights, so nothing is downloaded.
#include "core/networks/decoder/decoder.h"
#include "core/networks/generation.h"
#include "core/random/random_stream.h"
#include "core/startup/tuned_libraries.h"
#include "tests/bench/options.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <map>
#include <vector>

using namespace mergarium;

namespace {

double secondsOf(const std::function<void()>& work) {
    const auto start = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

struct Sizes {
    std::int64_t batch = 16, prompt = 128, newTokens = 32;
};

/// The products of one pass: `tokens` through all layers, `heads` of them through the head.
class BareProducts {
public:
    BareProducts(const DecoderConfig& config, const torch::TensorOptions& options) : config_(config) {
        const auto queries = config.heads * config.headSize, keys = config.keyHeads * config.headSize;
        const auto matrix = [&](std::int64_t outputs, std::int64_t inputs) {
            return at::randn({outputs, inputs}, options);
        };
        for (std::int64_t layer = 0; layer < config.layers; ++layer)
            layers_.push_back({matrix(queries, config.hidden), matrix(keys, config.hidden), matrix(keys, config.hidden),
                               matrix(config.hidden, queries), matrix(config.intermediate, config.hidden),
                               matrix(config.intermediate, config.hidden), matrix(config.hidden, config.intermediate)});
        head_ = matrix(config.vocabulary, config.hidden);
    }

    void run(std::int64_t tokens, std::int64_t heads) const {
        std::map<std::int64_t, torch::Tensor> inputs;
        for (const auto width : {config_.hidden, config_.intermediate, config_.heads * config_.headSize})
            inputs.emplace(width, at::ones({tokens, width}, head_.options()));
        for (const auto& layer : layers_)
            for (const auto& weight : layer) at::linear(inputs.at(weight.size(1)), weight);
        at::linear(inputs.at(config_.hidden).narrow(0, 0, heads), head_);
        if (!head_.is_cpu()) at::ones({1}, head_.options()).cpu();
    }

private:
    DecoderConfig config_;
    std::vector<std::vector<torch::Tensor>> layers_;
    torch::Tensor head_;
};

struct Times {
    std::vector<double> prefill, decode;
};

/// Reads the prompts and generates, as `generate` does but with the two apart.
void measure(const Decoder& network, const Sizes& sizes, Times& times) {
    RandomStream random(1, 0, Purpose::FounderWeights);
    std::vector<std::vector<std::int32_t>> prompts(static_cast<std::size_t>(sizes.batch),
                                                   std::vector<std::int32_t>(static_cast<std::size_t>(sizes.prompt)));
    for (auto& prompt : prompts)
        for (auto& token : prompt)
            token = static_cast<std::int32_t>(random.below(static_cast<std::uint64_t>(network.config().vocabulary)));
    const auto one =
        secondsOf([&] { generate(network, {.prompts = prompts, .maximumNewTokens = 1, .batch = prompts.size()}); });
    const auto all = secondsOf([&] {
        generate(network, {.prompts = prompts, .maximumNewTokens = 1 + sizes.newTokens, .batch = prompts.size()});
    });
    times.prefill.push_back(one);
    times.decode.push_back(all - one);
}

}  // namespace

int main(int argc, char** argv) {
    restartWithTunedLibraries(argv);
    // A Llama's, unless --config names another config.json.
    std::string file;
    std::int64_t vocabulary = 32000, hidden = 768, intermediate = 2048, layers = 12, heads = 12, keyHeads = 12,
                 headSize = 64;
    Sizes sizes;
    int rounds = 5;
    int threads = at::get_num_threads();
    bool library = false;
    std::string device = "cpu";
    bench::Options("Language models against bare matrix products")
        .add("--rounds", &rounds)
        .add("--threads", &threads)
        .add("--config", &file, "config.json of any family")
        .add("--batch", &sizes.batch)
        .add("--prompt", &sizes.prompt)
        .add("--new-tokens", &sizes.newTokens)
        .add("--hidden", &hidden)
        .add("--intermediate", &intermediate)
        .add("--layers", &layers)
        .add("--heads", &heads)
        .add("--key-heads", &keyHeads)
        .add("--head-size", &headSize)
        .add("--vocabulary", &vocabulary)
        .add("--library", &library, "Also by libtorch's kernels")
        .add("--device", &device, "cpu or cuda")
        .read(argc, argv);
    at::set_num_threads(threads);
    const c10::InferenceMode inference;

    const nlohmann::json llama{{"model_type", "llama"},           {"vocab_size", vocabulary},
                               {"hidden_size", hidden},           {"intermediate_size", intermediate},
                               {"num_hidden_layers", layers},     {"num_attention_heads", heads},
                               {"num_key_value_heads", keyHeads}, {"head_dim", headSize},
                               {"max_position_embeddings", 4096}};
    const auto config = decoderConfigOf(file.empty() ? llama : readJsonObject(file, kSettingsJson), file);
    const auto layout = Decoder::layout(config);
    const torch::Device where(device);
    Decoder network(config, layout, where);
    network.flat().normal_(0.0, 0.02);
    std::optional<Decoder> other;
    if (library && where.is_cpu()) {
        other.emplace(config, layout, where, Decoder::Kernels::Library);
        other->flat().copy_(network.flat());
    }
    const BareProducts bare(config, network.flat().options());

    Times ours, libtorch, products;
    for (int round = 0; round < rounds; ++round) {
        measure(network, sizes, ours);
        if (other) measure(*other, sizes, libtorch);
        products.prefill.push_back(secondsOf([&] { bare.run(sizes.batch * sizes.prompt, sizes.batch); }));
        products.decode.push_back(secondsOf([&] {
            for (std::int64_t step = 0; step < sizes.newTokens; ++step) bare.run(sizes.batch, sizes.batch);
        }));
    }

    fmt::print(
        "{:.0f} million parameters, {} prompts of {} tokens, {} new tokens each, {} threads, medians of {} rounds\n",
        static_cast<double>(layout.length()) / 1e6, sizes.batch, sizes.prompt, sizes.newTokens, threads, rounds);
    fmt::print("{:<28} {:>12} {:>8} {:>12} {:>8}\n", "", "prefill t/s", "x bare", "decode t/s", "x bare");
    const auto line = [&](const char* what, const Times& times) {
        const double prefill = median(times.prefill), decode = median(times.decode);
        fmt::print("{:<28} {:>12.0f} {:>8.2f} {:>12.0f} {:>8.2f}\n", what,
                   static_cast<double>(sizes.batch * sizes.prompt) / prefill, prefill / median(products.prefill),
                   static_cast<double>(sizes.batch * sizes.newTokens) / decode, decode / median(products.decode));
    };
    line("bare products (libtorch)", products);
    line("this network", ours);
    if (other) line("by libtorch's operators", libtorch);
    return 0;
}
