#include "core/gguf/network_tensors.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <set>
#include <stdexcept>

namespace mergarium {
namespace {

using Shape = std::vector<std::int64_t>;
using Rows = GgufTensor::Rows;

std::uint64_t asCount(std::int64_t number) { return static_cast<std::uint64_t>(number); }

/// Of every head's numbers, those rotated as j and j + n/2 come to stand at 2j and 2j + 1.
Rows neighboursOf(std::int64_t headSize) {
    const auto size = asCount(headSize), half = size / 2;
    return [size, half](std::uint64_t row) {
        const auto in = row % size;
        return row - in + (in % 2) * half + in / 2;
    };
}

/// All queries, all keys, all values, of what is stored as every key head's queries, its key, its value.
Rows apartOf(const DecoderConfig& config) {
    const auto size = asCount(config.headSize), keyHeads = asCount(config.keyHeads);
    const auto queries = asCount(config.heads) / keyHeads, group = queries + 2;
    return [=](std::uint64_t row) {
        const auto head = row / size, in = row % size;
        if (head < queries * keyHeads) return (head / queries * group + head % queries) * size + in;
        const auto key = head - queries * keyHeads;
        return (key % keyHeads * group + queries + key / keyHeads) * size + in;
    };
}

/// What Llama 3's scaling divides every frequency by.
std::vector<float> frequencyFactors(const RopeScaling::Llama3& scaling, double theta, std::int64_t rotated) {
    std::vector<float> factors;
    for (std::int64_t i = 0; i < rotated; i += 2) {
        const double wave =
            2.0 * std::numbers::pi * std::pow(theta, static_cast<double>(i) / static_cast<double>(rotated));
        const double turns = scaling.originalContext / wave;
        if (turns > scaling.highFrequencyFactor)
            factors.push_back(1.0F);
        else if (turns < scaling.lowFrequencyFactor)
            factors.push_back(static_cast<float>(scaling.factor));
        else {
            const double kept =
                (turns - scaling.lowFrequencyFactor) / (scaling.highFrequencyFactor - scaling.lowFrequencyFactor);
            factors.push_back(static_cast<float>(1.0 / ((1.0 - kept) / scaling.factor + kept)));
        }
    }
    return factors;
}

std::vector<float> floatsOf(const std::vector<double>& numbers) { return {numbers.begin(), numbers.end()}; }

/// Walks over a network, from the names that a family has to those that llama.cpp has.
class Network {
public:
    Network(const Checkpoint& model, const DecoderConfig& config, const GgufArchitecture& architecture, GgmlType type)
        : model_(model), config_(config), names_(config.names), architecture_(architecture), type_(type) {
        bare_ = !model.find(config.nameOf(names_.embedding) + ".weight");
    }

    std::vector<GgufTensor> all() {
        frequencies();
        matrix(whole(names_.embedding), "token_embd", config_.vocabulary, config_.hidden, false, {.flat = true});
        if (config_.positions > 0)
            matrix(whole(names_.positions), "position_embd", config_.positions, config_.hidden, false,
                   {.plain = true, .flat = true});
        for (std::size_t index = 0; index < config_.layers.size(); ++index)
            layer(whole(fmt::format("{}{}.", names_.layers, index)), fmt::format("blk.{}.", index),
                  config_.layers[index]);
        norm(whole(names_.norm), "output_norm");
        head();
        refuseOthers();
        return std::move(tensors_);
    }

    /// Whose rows are no whole blocks.
    const std::vector<std::string>& fallenBack() const { return fallenBack_; }

private:
    struct How {
        Rows rows = {};
        /// F32 whatever the others are.
        bool plain = false;
        /// Stored [outputs, inputs] even where matrices of the family are not.
        bool flat = false;
    };

    [[noreturn]] void refuse(const std::string& what) const {
        throw std::runtime_error(fmt::format("{}: {}.", model_.path().string(), what));
    }

    std::string whole(const std::string& part) const { return bare_ ? part : config_.nameOf(part); }

    const StoredTensor* taken(const std::string& name, const Shape& shape) {
        const auto* tensor = model_.find(name);
        if (!tensor)
            refuse(fmt::format("there is no tensor {}, which a model of the family {} has", name, config_.family));
        if (tensor->shape != shape || !isFloating(tensor->dtype))
            refuse(fmt::format("tensor {} is {} [{}], where config.json asks for [{}]", name, nameOf(tensor->dtype),
                               fmt::join(tensor->shape, ", "), fmt::join(shape, ", ")));
        used_.insert(name);
        return tensor;
    }

    void add(GgufTensor tensor, bool plain) {
        const bool vector = tensor.shape.size() == 1;
        tensor.type = plain || vector ? GgmlType::F32 : type_;
        if (asCount(tensor.shape.back()) % blockOf(tensor.type) != 0) {
            tensor.type = GgmlType::F16;
            fallenBack_.push_back(tensor.name);
        }
        tensors_.push_back(std::move(tensor));
    }

    void vector(const std::string& from, const std::string& to, std::int64_t size, const Rows& rows = {},
                float added = 0.0F) {
        add({.name = to, .shape = {size}, .sources = {taken(from, {size})}, .rows = rows, .added = added}, true);
    }

    void matrix(const std::string& from, const std::string& to, std::int64_t outputs, std::int64_t inputs, bool bias,
                const How& how) {
        const bool transposed = config_.transposed && !how.flat;
        add({.name = to + ".weight",
             .shape = {outputs, inputs},
             .sources = {taken(from + ".weight", transposed ? Shape{inputs, outputs} : Shape{outputs, inputs})},
             .rows = how.rows,
             .transposed = transposed},
            how.plain);
        if (bias) vector(from + ".bias", to + ".bias", outputs, how.rows);
    }

    void norm(const std::string& from, const std::string& to) {
        vector(from + ".weight", to + ".weight", config_.hidden, {}, config_.norm.plusOne ? 1.0F : 0.0F);
        if (config_.norm.bias) vector(from + ".bias", to + ".bias", config_.hidden);
    }

    void headNorm(const std::string& from, const std::string& to, std::int64_t heads) {
        const auto size = config_.headSize;
        const float added = config_.headNorm.plusOne ? 1.0F : 0.0F;
        const auto number = from.find("{}");
        switch (config_.headNorms) {
            case HeadNorms::None: return;
            case HeadNorms::Shared: return vector(from + ".weight", to + ".weight", size, {}, added);
            case HeadNorms::Whole: return vector(from + ".weight", to + ".weight", heads * size, {}, added);
            case HeadNorms::Own: break;
        }
        GgufTensor all{.name = to + ".weight", .shape = {heads, size}, .added = added};
        if (number == from.npos)
            all.sources = {taken(from + ".weight", {heads, size})};
        else
            for (std::int64_t head = 0; head < heads; ++head)
                all.sources.push_back(
                    taken(fmt::format("{}{}{}.weight", from.substr(0, number), head, from.substr(number + 2)), {size}));
        add(std::move(all), true);
    }

    void attention(const std::string& in, const std::string& to) {
        const auto queries = config_.heads * config_.headSize, keys = config_.keyHeads * config_.headSize;
        if (config_.projections == Projections::Apart) {
            const bool turns = architecture_.neighbours && config_.ropePairs == RopePairs::Halves;
            const How turned{.rows = turns ? neighboursOf(config_.headSize) : Rows()};
            matrix(in + names_.queries, to + "attn_q", queries, config_.hidden, config_.inputBias, turned);
            matrix(in + names_.keys, to + "attn_k", keys, config_.hidden, config_.inputBias, turned);
            matrix(in + names_.values, to + "attn_v", keys, config_.hidden, config_.inputBias, {});
        } else {
            const bool byHead = config_.projections == Projections::ByKeyHead;
            matrix(in + names_.joined, to + "attn_qkv", queries + 2 * keys, config_.hidden, config_.inputBias,
                   {.rows = byHead ? apartOf(config_) : Rows()});
        }
        headNorm(in + names_.queryNorm, to + "attn_q_norm", config_.heads);
        headNorm(in + names_.keyNorm, to + "attn_k_norm", config_.keyHeads);
        matrix(in + names_.output, to + "attn_output", config_.hidden, queries, config_.outputBias, {});
    }

    void perceptron(const std::string& in, const std::string& to) {
        const auto width = config_.intermediate;
        if (!names_.gateUp.empty()) {
            matrix(in + names_.gateUp, to + "ffn_up", 2 * width, config_.hidden, config_.mlpBias, {});
        } else {
            if (!names_.gate.empty())
                matrix(in + names_.gate, to + "ffn_gate", width, config_.hidden, config_.mlpBias, {});
            matrix(in + names_.up, to + "ffn_up", width, config_.hidden, config_.mlpBias, {});
        }
        matrix(in + names_.down, to + "ffn_down", config_.hidden, width, config_.mlpBias, {});
    }

    /// One product of every expert, one behind the other.
    void stacked(const std::string& in, const std::string& product, const std::string& to, std::int64_t outputs,
                 std::int64_t inputs) {
        GgufTensor all{.name = to + ".weight", .shape = {config_.experts.count, outputs, inputs}};
        for (std::int64_t expert = 0; expert < config_.experts.count; ++expert)
            all.sources.push_back(
                taken(fmt::format("{}{}{}.{}.weight", in, names_.experts, expert, product), {outputs, inputs}));
        add(std::move(all), false);
    }

    void experts(const std::string& in, const std::string& to) {
        const auto& experts = config_.experts;
        matrix(in + names_.router, to + "ffn_gate_inp", experts.count, config_.hidden, false, {.plain = true});
        stacked(in, names_.expertGate, to + "ffn_gate_exps", experts.intermediate, config_.hidden);
        stacked(in, names_.expertUp, to + "ffn_up_exps", experts.intermediate, config_.hidden);
        stacked(in, names_.expertDown, to + "ffn_down_exps", config_.hidden, experts.intermediate);
        if (experts.sharedIntermediate == 0) return;
        const auto shared = in + names_.sharedExpert;
        matrix(shared + names_.expertGate, to + "ffn_gate_shexp", experts.sharedIntermediate, config_.hidden, false,
               {});
        matrix(shared + names_.expertUp, to + "ffn_up_shexp", experts.sharedIntermediate, config_.hidden, false, {});
        matrix(shared + names_.expertDown, to + "ffn_down_shexp", config_.hidden, experts.sharedIntermediate, false,
               {});
        if (!names_.sharedGate.empty())
            matrix(in + names_.sharedGate, to + "ffn_gate_inp_shexp", 1, config_.hidden, false, {.plain = true});
    }

    void layer(const std::string& in, const std::string& to, const DecoderLayer& layer) {
        if (!std::holds_alternative<Attention>(layer.mixer)) refuse("a layer has something else than attention");
        // Falcon's larger networks: the norm of the perceptron goes by the name that is the attention's elsewhere.
        const bool twoNorms = config_.parallel && names_.mlpNorm == "ln_mlp";
        const auto inner = [&](const std::string& name, const char* slot) {
            if (!name.empty()) norm(in + name, to + slot);
        };
        inner(names_.attentionNorm, twoNorms ? "attn_norm_2" : "attn_norm");
        attention(in, to);
        inner(names_.attentionOutputNorm, "post_attention_norm");
        inner(names_.mlpNorm, twoNorms ? "attn_norm" : "ffn_norm");
        layer.experts ? experts(in, to) : perceptron(in, to);
        inner(names_.mlpOutputNorm, "post_ffw_norm");
    }

    void frequencies() {
        if (config_.ropes.empty()) return;
        const auto own = [&](const char* name, std::vector<float> numbers) {
            const auto size = static_cast<std::int64_t>(numbers.size());
            add({.name = name, .shape = {size}, .numbers = std::move(numbers)}, true);
        };
        const auto& rope = config_.ropes.front();
        if (const auto* scaling = std::get_if<RopeScaling::Llama3>(&rope.scaling.kind))
            own("rope_freqs.weight", frequencyFactors(*scaling, rope.theta, config_.rotated));
        if (const auto* scaling = std::get_if<RopeScaling::Long>(&rope.scaling.kind)) {
            own("rope_factors_long.weight", floatsOf(scaling->longFactors));
            own("rope_factors_short.weight", floatsOf(scaling->shortFactors));
        }
    }

    void head() {
        if (!config_.tied)
            matrix(names_.head, "output", config_.vocabulary, config_.hidden, config_.headBias, {.flat = true});
        else if (architecture_.head == GgufArchitecture::Head::Written)
            matrix(whole(names_.embedding), "output", config_.vocabulary, config_.hidden, false, {.flat = true});
        if (config_.tied && config_.headBias) vector(names_.head + ".bias", "output.bias", config_.vocabulary);
    }

    /// The network's own are all used; others may be left out where they are buffers, or a tied head's second name.
    void refuseOthers() const {
        for (const auto& tensor : model_.tensors()) {
            const auto& name = tensor.name;
            const auto ends = [&](const std::string& end) { return name.ends_with(end); };
            const auto begins = [&](const std::string& part) { return name.starts_with(part); };
            if (used_.contains(name) || !isFloating(tensor.dtype) || std::ranges::any_of(names_.idle, ends) ||
                std::ranges::any_of(names_.idleParts, begins) || (config_.tied && name == names_.head + ".weight"))
                continue;
            refuse(fmt::format("tensor {} belongs to nothing that llama.cpp's architecture {} has", name,
                               architecture_.name));
        }
    }

    const Checkpoint& model_;
    const DecoderConfig& config_;
    const DecoderNames& names_;
    const GgufArchitecture& architecture_;
    GgmlType type_;
    bool bare_ = false;
    std::vector<GgufTensor> tensors_;
    std::set<std::string> used_;
    std::vector<std::string> fallenBack_;
};

}  // namespace

std::vector<GgufTensor> networkTensors(const Checkpoint& model, const DecoderConfig& config,
                                       const GgufArchitecture& architecture, GgmlType type,
                                       std::vector<std::string>& notes) {
    Network network(model, config, architecture, type);
    auto tensors = network.all();
    if (const auto& names = network.fallenBack(); !names.empty())
        notes.push_back(
            fmt::format("{} tensors of model.gguf are in f16, since their rows are no multiple of 32, which "
                        "q8_0 needs: {}{}.",
                        names.size(), names.front(), names.size() > 1 ? ", ..." : ""));
    return tensors;
}

}  // namespace mergarium
