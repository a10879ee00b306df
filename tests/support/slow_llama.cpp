#include "tests/support/slow_llama.h"

#include <nlohmann/json.hpp>

#include <cmath>
#include <numbers>
#include <stdexcept>

namespace mergarium::test {
namespace {

using Vector = std::vector<double>;
using TensorOf = std::function<std::span<const float>(const std::string&)>;

Vector product(std::span<const float> weight, std::span<const float> bias, const Vector& input) {
    Vector output(weight.size() / input.size());
    for (std::size_t row = 0; row < output.size(); ++row) {
        output[row] = bias.empty() ? 0.0 : static_cast<double>(bias[row]);
        for (std::size_t i = 0; i < input.size(); ++i)
            output[row] += static_cast<double>(weight[row * input.size() + i]) * input[i];
    }
    return output;
}

Vector norm(std::span<const float> weight, std::span<const double> input, double epsilon) {
    double squares = 0.0;
    for (const double x : input) squares += x * x;
    const double root = std::sqrt(squares / static_cast<double>(input.size()) + epsilon);
    Vector output(input.begin(), input.end());
    for (std::size_t i = 0; i < output.size(); ++i) output[i] *= static_cast<double>(weight[i]) / root;
    return output;
}

struct Waves {
    Vector frequencies;
    double scale = 1.0;
};

Waves wavesOf(const nlohmann::json& config, std::size_t headSize) {
    auto rope = config.value("rope_parameters", nlohmann::json::object());
    const double base = rope.value("rope_theta", config.value("rope_theta", 10000.0));
    if (config.contains("rope_scaling") && !config["rope_scaling"].is_null()) rope = config["rope_scaling"];
    const auto type = rope.value("rope_type", rope.value("type", std::string("default")));
    Waves waves;
    for (std::size_t i = 0; i < headSize / 2; ++i) {
        const double plain = 1.0 / std::pow(base, 2.0 * static_cast<double>(i) / static_cast<double>(headSize));
        double frequency = plain;
        if (type == "linear") frequency = plain / rope.at("factor").get<double>();
        if (type == "llama3") {
            const double factor = rope.at("factor"), low = rope.at("low_freq_factor"),
                         high = rope.at("high_freq_factor");
            const double context = rope.at("original_max_position_embeddings");
            const double length = 2.0 * std::numbers::pi / plain;
            if (length > context / low)
                frequency = plain / factor;
            else if (length >= context / high) {
                const double smooth = (context / length - low) / (high - low);
                frequency = (1.0 - smooth) * plain / factor + smooth * plain;
            }
        }
        if (type == "yarn") {
            const double factor = rope.at("factor"), context = rope.at("original_max_position_embeddings");
            const auto turning = [&](double turns) {
                return static_cast<double>(headSize) * std::log(context / (turns * 2.0 * std::numbers::pi)) /
                       (2.0 * std::log(base));
            };
            const double from = std::max(0.0, std::floor(turning(rope.value("beta_fast", 32.0))));
            const double to =
                std::min(static_cast<double>(headSize) - 1.0, std::ceil(turning(rope.value("beta_slow", 1.0))));
            const double ramp =
                std::min(1.0, std::max(0.0, (static_cast<double>(i) - from) / (to == from ? 0.001 : to - from)));
            frequency = plain / factor * ramp + plain * (1.0 - ramp);
            waves.scale = rope.value("attention_factor", 0.1 * std::log(factor) + 1.0);
        }
        waves.frequencies.push_back(frequency);
    }
    return waves;
}

void turn(std::span<double> head, const Waves& waves, std::size_t position) {
    const std::size_t half = head.size() / 2;
    for (std::size_t i = 0; i < half; ++i) {
        const double angle = static_cast<double>(position) * waves.frequencies[i];
        const double a = head[i], b = head[i + half];
        head[i] = waves.scale * (a * std::cos(angle) - b * std::sin(angle));
        head[i + half] = waves.scale * (b * std::cos(angle) + a * std::sin(angle));
    }
}

/// How many tokens back a layer sees, itself included.
std::size_t reachOf(const nlohmann::json& config, std::size_t layer) {
    constexpr std::size_t kEverything = 1'000'000;
    if (!config.contains("sliding_window") || config["sliding_window"].is_null()) return kEverything;
    if (config["model_type"] == "mistral") return config["sliding_window"];
    if (!config.value("use_sliding_window", false)) return kEverything;
    if (config.contains("layer_types"))
        return config["layer_types"][layer] == "sliding_attention" ? config["sliding_window"].get<std::size_t>()
                                                                   : kEverything;
    return layer >= config["max_window_layers"].get<std::size_t>() ? config["sliding_window"].get<std::size_t>()
                                                                   : kEverything;
}

}  // namespace

std::vector<std::vector<double>> slowLogits(const nlohmann::json& config, const TensorOf& tensor,
                                            std::span<const std::int32_t> text) {
    const std::size_t hidden = config.at("hidden_size"), heads = config.at("num_attention_heads");
    const std::size_t keyHeads = config.value("num_key_value_heads", heads);
    const std::size_t size = config.value("head_dim", hidden / heads);
    const double epsilon = config.at("rms_norm_eps");
    const auto waves = wavesOf(config, size);
    const auto embedding = tensor("model.embed_tokens.weight");

    std::vector<Vector> states;
    for (const auto token : text) {
        const auto row = embedding.subspan(static_cast<std::size_t>(token) * hidden, hidden);
        states.emplace_back(row.begin(), row.end());
    }
    for (std::size_t layer = 0; layer < config.at("num_hidden_layers").get<std::size_t>(); ++layer) {
        const auto in = "model.layers." + std::to_string(layer) + ".";
        const auto apply = [&](const std::string& name, const Vector& input) {
            return product(tensor(in + name + ".weight"), tensor(in + name + ".bias"), input);
        };
        const std::size_t reach = reachOf(config, layer);
        std::vector<Vector> keys, values;
        for (std::size_t t = 0; t < text.size(); ++t) {
            const auto normed = norm(tensor(in + "input_layernorm.weight"), states[t], epsilon);
            auto query = apply("self_attn.q_proj", normed);
            auto key = apply("self_attn.k_proj", normed);
            values.push_back(apply("self_attn.v_proj", normed));
            for (auto* all : {&query, &key})
                for (std::size_t head = 0; head < all->size() / size; ++head) {
                    const std::span<double> one(all->data() + head * size, size);
                    const auto weight =
                        tensor(in + (all == &query ? "self_attn.q_norm.weight" : "self_attn.k_norm.weight"));
                    if (!weight.empty()) std::ranges::copy(norm(weight, one, epsilon), one.begin());
                    turn(one, waves, t);
                }
            keys.push_back(std::move(key));

            Vector mixed(heads * size, 0.0);
            for (std::size_t head = 0; head < heads; ++head) {
                const std::size_t from = head / (heads / keyHeads) * size;
                const std::size_t first = t + 1 > reach ? t + 1 - reach : 0;
                Vector weights;
                double sum = 0.0;
                for (std::size_t s = first; s <= t; ++s) {
                    double score = 0.0;
                    for (std::size_t i = 0; i < size; ++i) score += query[head * size + i] * keys[s][from + i];
                    weights.push_back(std::exp(score / std::sqrt(static_cast<double>(size))));
                    sum += weights.back();
                }
                for (std::size_t s = first; s <= t; ++s)
                    for (std::size_t i = 0; i < size; ++i)
                        mixed[head * size + i] += weights[s - first] / sum * values[s][from + i];
            }
            const auto attended = apply("self_attn.o_proj", mixed);
            for (std::size_t i = 0; i < hidden; ++i) states[t][i] += attended[i];
        }
        for (auto& state : states) {
            const auto normed = norm(tensor(in + "post_attention_layernorm.weight"), state, epsilon);
            auto gated = apply("mlp.gate_proj", normed);
            const auto up = apply("mlp.up_proj", normed);
            for (std::size_t i = 0; i < gated.size(); ++i) gated[i] = gated[i] / (1.0 + std::exp(-gated[i])) * up[i];
            const auto down = apply("mlp.down_proj", gated);
            for (std::size_t i = 0; i < hidden; ++i) state[i] += down[i];
        }
    }
    const auto head = config.value("tie_word_embeddings", false) ? embedding : tensor("lm_head.weight");
    std::vector<Vector> logits;
    for (const auto& state : states)
        logits.push_back(product(head, {}, norm(tensor("model.norm.weight"), state, epsilon)));
    return logits;
}

}  // namespace mergarium::test
