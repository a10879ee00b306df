#include "core/genes/unit_list.h"
#include "core/genes/units.h"

#include <fmt/format.h>

#include <string>
#include <utility>
#include <variant>

namespace mergarium {
namespace {

using Slices = std::vector<UnitList::Wanted>;
using Indexes = std::function<std::uint64_t(std::uint64_t)>;

std::uint64_t unsignedOf(std::int64_t number) { return static_cast<std::uint64_t>(number); }

/// Follows core/networks/decoder/decoder_weights.cpp, which has the list of names and shapes.
class DecoderWalk {
public:
    DecoderWalk(const Layout& layout, const DecoderConfig& config)
        : units_(layout),
          config_(config),
          names_(config.names),
          heads_(unsignedOf(config.heads)),
          keyHeads_(unsignedOf(config.keyHeads)),
          headSize_(unsignedOf(config.headSize)),
          group_(heads_ / keyHeads_) {}

    std::vector<UnitGroup> all() && {
        vocabulary();
        for (std::size_t index = 0; index < config_.layers.size(); ++index)
            layer(config_.nameOf(fmt::format("{}{}.", names_.layers, index)), config_.layers[index]);
        norm(config_.nameOf(""), names_.norm);
        return std::move(units_).take();
    }

private:
    void vocabulary() {
        const auto embedding = config_.nameOf(names_.embedding);
        const auto rows = units_.rowsOf(embedding + ".weight"), headRows = units_.rowsOf(names_.head + ".weight");
        const bool isOne = config_.labels.empty() && (rows == headRows || rows == 0 || headRows == 0);
        Slices tokens{{embedding + ".weight", 0, rows, inBlocksOf(1)}};
        Slices head{{names_.head + ".weight", 0, headRows, inBlocksOf(1)}};
        // Of a head that is the embedding, the bias is left.
        const auto biases = units_.rowsOf(names_.head + ".bias");
        head.push_back({names_.head + ".bias", 0, biases, inBlocksOf(1)});
        if (isOne) tokens.insert(tokens.end(), head.begin(), head.end());
        units_.divide((rows > 0 ? embedding : names_.head) + " tokens", tokens);
        if (!isOne) units_.divide(names_.head + (config_.labels.empty() ? " tokens" : " labels"), head);
        if (names_.positions.empty()) return;
        const auto positions = config_.nameOf(names_.positions);
        units_.divide(positions + " positions",
                      {{positions + ".weight", 0, units_.rowsOf(positions + ".weight"), inBlocksOf(1)}});
    }

    void layer(const std::string& in, const DecoderLayer& layer) {
        for (const auto* name :
             {&names_.attentionNorm, &names_.attentionOutputNorm, &names_.mlpNorm, &names_.mlpOutputNorm})
            norm(in, *name);
        Slices slices;
        std::visit([&](const auto& one) { mixer(in, one, slices); }, layer.mixer);
        const auto& output = std::holds_alternative<DeltaRule>(layer.mixer) ? names_.deltaRule.output : names_.output;
        // Norms that are a tensor per head don't change places.
        const bool areNumbered =
            config_.headNorms == HeadNorms::Own && names_.queryNorm.find("{}") != std::string::npos;
        const bool haveParts = std::holds_alternative<Attention>(layer.mixer);
        units_.divide(folderOf(in + output) + " heads", slices, !areNumbered, haveParts ? group_ : 1);
        layer.experts ? experts(in) : perceptron(in);
    }

    void norm(const std::string& in, const std::string& name) {
        if (!name.empty()) units_.join(in + name, {in + name + ".weight", in + name + ".bias"});
    }

    void outputsOf(const std::string& product, std::uint64_t extent, const Indexes& unitOf, Slices& to,
                   const Indexes& partOf = {}) const {
        to.push_back({product + ".weight", config_.transposed ? 1U : 0U, extent, unitOf, partOf});
        to.push_back({product + ".bias", 0, extent, unitOf, partOf});
    }

    void inputsOf(const std::string& product, std::uint64_t extent, const Indexes& unitOf, Slices& to,
                  const Indexes& partOf = {}) const {
        to.push_back({product + ".weight", config_.transposed ? 0U : 1U, extent, unitOf, partOf});
    }

    void mixer(const std::string& in, const Attention& attention, Slices& to) {
        const auto queries = heads_ * headSize_, keys = keyHeads_ * headSize_;
        const auto ofQueries = inBlocksOf(group_ * headSize_), ofKeys = inBlocksOf(headSize_);
        switch (config_.projections) {
            case Projections::Apart: {
                const std::uint64_t gates = attention.gated ? 2 : 1;
                const auto size = gates * headSize_;
                outputsOf(in + names_.queries, gates * queries, inBlocksOf(group_ * size), to,
                          partsInTurns(size, group_, gates * queries));
                outputsOf(in + names_.keys, keys, ofKeys, to);
                outputsOf(in + names_.values, keys, ofKeys, to);
                break;
            }
            case Projections::Joined:
                outputsOf(
                    in + names_.joined, queries + 2 * keys,
                    [=](std::uint64_t row) { return row < queries ? ofQueries(row) : ofKeys((row - queries) % keys); },
                    to, partsInTurns(headSize_, group_, queries));
                break;
            case Projections::ByKeyHead:
                outputsOf(in + names_.joined, queries + 2 * keys, inBlocksOf((group_ + 2) * headSize_), to,
                          [size = headSize_, group = group_](std::uint64_t row) -> std::uint64_t {
                              const auto part = row / size % (group + 2);
                              return part < group ? part : kWholeUnit;
                          });
                break;
        }
        headNorm(in, names_.queryNorm, heads_, group_, to);
        headNorm(in, names_.keyNorm, keyHeads_, 1, to);
        inputsOf(in + names_.output, queries, ofQueries, to, partsInTurns(headSize_, group_, queries));
    }

    /// Of `heads` heads, `perUnit` neighbouring ones a unit.
    void headNorm(const std::string& in, const std::string& name, std::uint64_t heads, std::uint64_t perUnit,
                  Slices& to) {
        if (config_.headNorms == HeadNorms::None) return;
        if (config_.headNorms == HeadNorms::Shared) return norm(in, name);
        const auto number = name.find("{}");
        for (const auto* part : {".weight", ".bias"}) {
            if (number == name.npos) {
                const auto size = config_.headNorms == HeadNorms::Whole ? headSize_ : 1;
                to.push_back({in + name + part, 0, heads * size, inBlocksOf(perUnit * size),
                              partsInTurns(size, perUnit, perUnit == 1 ? 0 : heads * size)});
                continue;
            }
            for (std::uint64_t head = 0; head < heads; ++head)
                to.push_back({in + name.substr(0, number) + std::to_string(head) + name.substr(number + 2) + part, 0,
                              headSize_, [unit = head / perUnit](std::uint64_t) { return unit; }});
        }
    }

    void mixer(const std::string& in, const LatentAttention& attention, Slices& to) {
        const auto& names = names_.latent;
        const auto size = unsignedOf(attention.plainSize + attention.rotatedSize);
        const auto made = unsignedOf(attention.plainSize + attention.valueSize);
        const auto values = unsignedOf(attention.valueSize);
        outputsOf(in + (attention.queryRank == 0 ? names_.queries : names.queries), heads_ * size, inBlocksOf(size),
                  to);
        outputsOf(in + names.keysAndValues, heads_ * made, inBlocksOf(made), to);
        inputsOf(in + names_.output, heads_ * values, inBlocksOf(values), to);
    }

    void mixer(const std::string& in, const DeltaRule& rule, Slices& to) {
        const auto& names = names_.deltaRule;
        const auto keyHeads = unsignedOf(rule.keyHeads), keySize = unsignedOf(rule.keySize);
        const auto keys = keyHeads * keySize;
        const auto perKey = unsignedOf(rule.valueHeads) / keyHeads, values = perKey * unsignedOf(rule.valueSize);
        const auto channels = unsignedOf(rule.channels());
        // All queries, all keys, all values.
        const auto ofChannels = [=](std::uint64_t channel) {
            return channel < 2 * keys ? channel % keys / keySize : (channel - 2 * keys) / values;
        };
        if (rule.byKeyHead) {
            outputsOf(in + names.joined, channels + keyHeads * values, inBlocksOf(2 * (keySize + values)), to);
            outputsOf(in + names.joinedRates, 2 * keyHeads * perKey, inBlocksOf(2 * perKey), to);
        } else {
            outputsOf(in + names.inputs, channels, ofChannels, to);
            outputsOf(in + names.gates, keyHeads * values, inBlocksOf(values), to);
            outputsOf(in + names.forgotten, keyHeads * perKey, inBlocksOf(perKey), to);
            outputsOf(in + names.written, keyHeads * perKey, inBlocksOf(perKey), to);
        }
        to.push_back({in + names.convolution + ".weight", 0, channels, ofChannels});
        to.push_back({in + names.rateLogarithms, 0, keyHeads * perKey, inBlocksOf(perKey)});
        to.push_back({in + names.rateBias, 0, keyHeads * perKey, inBlocksOf(perKey)});
        inputsOf(in + names.output, keyHeads * values, inBlocksOf(values), to);
    }

    void neurons(const std::string& name, const std::vector<std::string>& into, const std::string& down,
                 std::int64_t width) {
        const auto count = unsignedOf(width);
        Slices slices;
        for (const auto& product : into) outputsOf(product, count, inBlocksOf(1), slices);
        inputsOf(down, count, inBlocksOf(1), slices);
        units_.divide(name + " neurons", slices, /*interchangeable=*/true);
    }

    void perceptron(const std::string& in) {
        const auto name = folderOf(in + names_.down);
        if (names_.gateUp.empty()) {
            std::vector<std::string> into{in + names_.up};
            if (!names_.gate.empty()) into.insert(into.begin(), in + names_.gate);
            return neurons(name, into, in + names_.down, config_.intermediate);
        }
        const auto count = unsignedOf(config_.intermediate);
        Slices slices;
        outputsOf(in + names_.gateUp, 2 * count, inTurns(count), slices);
        inputsOf(in + names_.down, count, inBlocksOf(1), slices);
        units_.divide(name + " neurons", slices, /*interchangeable=*/true);
    }

    void experts(const std::string& in) {
        const auto& experts = config_.experts;
        const auto expert = [&](const std::string& of, std::int64_t width) {
            std::vector<std::string> into{of + names_.expertUp};
            if (!names_.expertGate.empty()) into.insert(into.begin(), of + names_.expertGate);
            neurons(of.substr(0, of.size() - 1), into, of + names_.expertDown, width);
        };
        Slices rows;
        outputsOf(in + names_.router, unsignedOf(experts.count), inBlocksOf(1), rows);
        units_.divide(in + names_.router + " experts", rows);
        for (std::int64_t index = 0; index < experts.count; ++index)
            expert(fmt::format("{}{}{}.", in, names_.experts, index), experts.intermediate);
        if (experts.sharedIntermediate > 0) expert(in + names_.sharedExpert, experts.sharedIntermediate);
    }

    UnitList units_;
    const DecoderConfig& config_;
    const DecoderNames& names_;
    std::uint64_t heads_, keyHeads_, headSize_, group_;
};

}  // namespace

std::vector<UnitGroup> decoderGroups(const Layout& layout, const DecoderConfig& config) {
    return DecoderWalk(layout, config).all();
}

GenesPtr decoderUnits(const Layout& layout, const DecoderConfig& config) {
    return genesOf(layout, decoderGroups(layout, config));
}

}  // namespace mergarium
