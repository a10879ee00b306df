#include "core/genes/unit_list.h"
#include "core/genes/units.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace mergarium {
namespace {

/// Goes over the tensors there are: what a name ends with says what it is, and of which neighbours.
class PipelineWalk {
public:
    PipelineWalk(const Layout& layout, const PipelineConfig& config)
        : layout_(layout), units_(layout), config_(config) {}

    std::vector<UnitGroup> all() && {
        const std::array encoders{std::string("text_encoder."), std::string("text_encoder_2.")};
        for (const auto& [name, shape, begin, count, dtype] : layout_.tensors) {
            for (std::size_t encoder = 0; encoder < std::min(encoders.size(), config_.textEncoders.size()); ++encoder)
                if (name.starts_with(encoders[encoder])) ofText(name, config_.textEncoders[encoder]);
            if (name.starts_with("unet.")) ofPicture(name, headsOf(name));
            if (name.starts_with("vae.")) ofPicture(name, 1);
            if (const auto norm = before(name, ".weight"); shape.size() == 1 && !norm.empty() && isAlone(norm))
                units_.join(norm, {name, norm + ".bias"});
        }
        return std::move(units_).take();
    }

private:
    /// Without that end; empty: it ends otherwise.
    static std::string before(const std::string& name, std::string_view end) {
        return name.ends_with(end) ? name.substr(0, name.size() - end.size()) : std::string();
    }

    /// Not a norm that goes with the channels of a residual block.
    bool isAlone(const std::string& norm) const {
        const auto block = before(norm, ".norm2");
        return block.empty() || !units_.find(block + ".conv1.weight");
    }

    void neurons(const std::string& name, const std::string& up, const std::string& down, std::uint64_t perNeuron) {
        const auto rows = units_.rowsOf(up + ".weight");
        const auto count = rows / perNeuron;
        units_.divide(name + " neurons",
                      {{up + ".weight", 0, perNeuron * count, inTurns(count)},
                       {up + ".bias", 0, perNeuron * count, inTurns(count)},
                       {down + ".weight", 1, count, inBlocksOf(1)}},
                      /*interchangeable=*/true);
    }

    void heads(const std::string& name, const std::array<const char*, 4>& products, std::uint64_t heads) {
        const auto width = units_.rowsOf(name + products[0] + ".weight");
        if (heads == 0 || width % heads != 0)
            throw std::runtime_error(
                fmt::format("The tensor {}{}.weight has {} rows, which are no multiple of the {} heads that the "
                            "configuration asks for.",
                            name, products[0], width, heads));
        const auto ofHeads = inBlocksOf(width / heads);
        std::vector<UnitList::Wanted> slices;
        for (std::size_t one = 0; one < 3; ++one)
            for (const auto* part : {".weight", ".bias"})
                slices.push_back({name + products[one] + part, 0, width, ofHeads});
        slices.push_back({name + products[3] + ".weight", 1, width, ofHeads});
        units_.divide(name + " heads", slices, /*interchangeable=*/true);
    }

    void rows(const std::string& weight, const char* of) {
        units_.divide(before(weight, ".weight") + of, {{weight, 0, units_.rowsOf(weight), inBlocksOf(1)}});
    }

    void ofText(const std::string& name, const ClipTextConfig& config) {
        if (name.ends_with(".token_embedding.weight")) rows(name, " tokens");
        if (name.ends_with(".position_embedding.weight")) rows(name, " positions");
        if (const auto in = before(name, ".q_proj.weight"); !in.empty())
            heads(in, {".q_proj", ".k_proj", ".v_proj", ".out_proj"}, static_cast<std::uint64_t>(config.layers.heads));
        if (const auto in = before(name, ".fc1.weight"); !in.empty()) neurons(in, in + ".fc1", in + ".fc2", 1);
    }

    void ofPicture(const std::string& name, std::uint64_t headCount) {
        if (const auto in = before(name, ".to_q.weight"); !in.empty())
            heads(in, {".to_q", ".to_k", ".to_v", ".to_out.0"}, headCount);
        // Gated: all values, then all gates.
        if (const auto in = before(name, ".net.0.proj.weight"); !in.empty())
            neurons(in, in + ".net.0.proj", in + ".net.2", 2);
        if (const auto in = before(name, ".conv1.weight"); !in.empty()) channels(in);
    }

    /// Between the convolutions of a residual block. They don't change places at will: the norm takes them in groups.
    void channels(const std::string& in) {
        const auto count = units_.rowsOf(in + ".conv1.weight");
        std::vector<UnitList::Wanted> slices;
        for (const auto* one : {".conv1", ".time_emb_proj", ".norm2"})
            for (const auto* part : {".weight", ".bias"}) slices.push_back({in + one + part, 0, count, inBlocksOf(1)});
        slices.push_back({in + ".conv2.weight", 1, count, inBlocksOf(1)});
        units_.divide(in + " channels", slices);
    }

    /// Of a U-Net's attention, by the block that it stands in; 0: in none.
    std::uint64_t headsOf(const std::string& name) const {
        const auto& levels = config_.unet.levels;
        const auto level = [&](std::string_view blocks) -> std::size_t {
            const auto digits = std::string_view(name).substr(blocks.size());
            std::size_t number = 0, length = 0;
            while (length < digits.size() && length < 4 && digits[length] >= '0' && digits[length] <= '9')
                number = 10 * number + static_cast<std::size_t>(digits[length++] - '0');
            return length == 0 ? levels.size() : number;
        };
        constexpr std::string_view kDown = "unet.down_blocks.", kMiddle = "unet.mid_block.", kUp = "unet.up_blocks.";
        std::size_t index = levels.size();
        if (name.starts_with(kMiddle)) index = levels.size() - 1;
        if (name.starts_with(kDown)) index = level(kDown);
        if (name.starts_with(kUp)) index = levels.size() - 1 - level(kUp);
        return index < levels.size() ? static_cast<std::uint64_t>(levels[index].heads) : 0;
    }

    const Layout& layout_;
    UnitList units_;
    const PipelineConfig& config_;
};

}  // namespace

std::vector<UnitGroup> pipelineGroups(const Layout& layout, const PipelineConfig& config) {
    return PipelineWalk(layout, config).all();
}

GenesPtr pipelineUnits(const Layout& layout, const PipelineConfig& config) {
    return genesOf(layout, pipelineGroups(layout, config));
}

}  // namespace mergarium
