// How near a language model's pass comes to the matrix products that it can't do without. One run measures, in turn and
// several times over: prompts read at once and tokens generated in a batch, by our own kernels and by libtorch's, and
// the bare products of the same sizes. Medians are compared. The network has random weights, so nothing is downloaded.
#include "core/families/families.h"
#include "core/files/json.h"
#include "core/networks/decoder/decoder.h"
#include "core/networks/generation.h"
#include "core/random/random_stream.h"
#include "core/startup/tuned_libraries.h"
#include "tests/bench/measuring.h"
#include "tests/bench/options.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>
#include <vector>

using namespace mergarium;
using namespace mergarium::bench;

namespace {

struct Sizes {
    std::int64_t batch = 16, prompt = 128, newTokens = 32;
};

/// The products of one pass: `tokens` through all layers, `heads` of them through the head. Of experts, as many as the
/// tokens go through on average, each as a product of its own.
class BareProducts {
public:
    BareProducts(const DecoderConfig& config, const torch::TensorOptions& options) : config_(config) {
        for (const auto& tensor : decoderLayout(config).tensors)
            if (tensor.shape.size() == 2 && !isTable(tensor.name))
                products_.push_back({.weight = at::randn(config.transposed && !isHead(tensor.name)
                                                             ? std::vector{tensor.shape[1], tensor.shape[0]}
                                                             : tensor.shape,
                                                         options),
                                     .isHead = isHead(tensor.name),
                                     .isExpert = tensor.name.find(config.names.experts) != tensor.name.npos});
        if (config.tied)
            products_.push_back({.weight = at::randn({config.vocabulary, config.hidden}, options), .isHead = true});
    }

    void run(std::int64_t tokens, std::int64_t heads) const {
        const auto share = [&](std::int64_t all) {
            return std::max<std::int64_t>(
                1, all * config_.experts.perToken / std::max<std::int64_t>(1, config_.experts.count));
        };
        std::map<std::pair<std::int64_t, std::int64_t>, torch::Tensor> inputs;
        for (const auto& product : products_) {
            const auto rows = product.isHead ? heads : product.isExpert ? share(tokens) : tokens;
            auto& input = inputs[{rows, product.weight.size(1)}];
            if (!input.defined()) input = at::ones({rows, product.weight.size(1)}, product.weight.options());
            at::linear(input, product.weight);
        }
        if (!products_.front().weight.is_cpu()) at::ones({1}, products_.front().weight.options()).cpu();
    }

private:
    struct Product {
        torch::Tensor weight;
        bool isHead = false, isExpert = false;
    };

    bool isHead(const std::string& name) const { return name == config_.names.head + ".weight"; }
    bool isTable(const std::string& name) const {
        return name == config_.nameOf(config_.names.embedding) + ".weight" ||
               name == config_.nameOf(config_.names.positions) + ".weight";
    }

    DecoderConfig config_;
    std::vector<Product> products_;
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
    bool half = false;
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
        .add("--half", &half, "Also with weights in bf16")
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
    std::optional<Decoder> narrow;
    if (half && where.is_cpu()) {
        narrow.emplace(config, layout, where, Decoder::Kernels::Best, Decoder::WeightType::BF16);
        narrow->flat().copy_(network.flat());
    }
    const BareProducts bare(config, network.flat().options());

    Times ours, libtorch, halves, products;
    for (int round = 0; round < rounds; ++round) {
        measure(network, sizes, ours);
        if (other) measure(*other, sizes, libtorch);
        if (narrow) measure(*narrow, sizes, halves);
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
    if (narrow) line("with weights in bf16", halves);
    if (other) line("by libtorch's operators", libtorch);
    return 0;
}
