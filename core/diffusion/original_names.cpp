#include "core/diffusion/original_names.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace mergarium {
namespace {

using Form = OriginalForm;
using Texts = OriginalNumbering::Texts;

/// How the numbers of an original name become those of diffusers.
enum class Numbers : std::uint8_t { Same, Down, Downsampler, Up, UpsamplerAttending, Upsampler, FirstFromBelow };

/// What stands behind a prefix.
struct Tail {
    std::string_view original, modern;
    Form form = Form::Same;
    std::size_t third = 0;
};

constexpr std::array<Tail, 6> kResidual{{{"in_layers.0.", "norm1."},
                                         {"in_layers.2.", "conv1."},
                                         {"emb_layers.1.", "time_emb_proj."},
                                         {"out_layers.0.", "norm2."},
                                         {"out_layers.3.", "conv2."},
                                         {"skip_connection.", "conv_shortcut."}}};
constexpr std::array<Tail, 5> kVaeResidual{{{"norm1.", "norm1."},
                                            {"conv1.", "conv1."},
                                            {"norm2.", "norm2."},
                                            {"conv2.", "conv2."},
                                            {"nin_shortcut.", "conv_shortcut."}}};
constexpr std::array<Tail, 9> kVaeAttention{{{"norm.", "group_norm."},
                                             {"q.weight", "to_q.weight", Form::Convolution},
                                             {"q.bias", "to_q.bias"},
                                             {"k.weight", "to_k.weight", Form::Convolution},
                                             {"k.bias", "to_k.bias"},
                                             {"v.weight", "to_v.weight", Form::Convolution},
                                             {"v.bias", "to_v.bias"},
                                             {"proj_out.weight", "to_out.0.weight", Form::Convolution},
                                             {"proj_out.bias", "to_out.0.bias"}}};
constexpr std::array<Tail, 11> kOpenClipLayer{{{"ln_1.", "layer_norm1."},
                                               {"ln_2.", "layer_norm2."},
                                               {"attn.in_proj_weight", "self_attn.q_proj.weight", Form::Third, 0},
                                               {"attn.in_proj_weight", "self_attn.k_proj.weight", Form::Third, 1},
                                               {"attn.in_proj_weight", "self_attn.v_proj.weight", Form::Third, 2},
                                               {"attn.in_proj_bias", "self_attn.q_proj.bias", Form::Third, 0},
                                               {"attn.in_proj_bias", "self_attn.k_proj.bias", Form::Third, 1},
                                               {"attn.in_proj_bias", "self_attn.v_proj.bias", Form::Third, 2},
                                               {"attn.out_proj.", "self_attn.out_proj."},
                                               {"mlp.c_fc.", "mlp.fc1."},
                                               {"mlp.c_proj.", "mlp.fc2."}}};

/// `#` stands for a number. Without tails, whatever stands behind the prefix is the same in both.
struct Rule {
    std::string_view original, modern;
    Numbers numbers = Numbers::Same;
    std::span<const Tail> tails = {};
};

// Of several that fit, the first counts.
constexpr std::array<Rule, 17> kUnet{{
    {"input_blocks.0.0.", "conv_in."},
    {"time_embed.0.", "time_embedding.linear_1."},
    {"time_embed.2.", "time_embedding.linear_2."},
    {"label_emb.0.0.", "add_embedding.linear_1."},
    {"label_emb.0.2.", "add_embedding.linear_2."},
    {"input_blocks.#.0.op.", "down_blocks.#.downsamplers.0.conv.", Numbers::Downsampler},
    {"input_blocks.#.0.", "down_blocks.#.resnets.#.", Numbers::Down, kResidual},
    {"input_blocks.#.1.", "down_blocks.#.attentions.#.", Numbers::Down},
    {"middle_block.0.", "mid_block.resnets.0.", Numbers::Same, kResidual},
    {"middle_block.1.", "mid_block.attentions.0."},
    {"middle_block.2.", "mid_block.resnets.1.", Numbers::Same, kResidual},
    {"output_blocks.#.2.conv.", "up_blocks.#.upsamplers.0.conv.", Numbers::UpsamplerAttending},
    {"output_blocks.#.1.conv.", "up_blocks.#.upsamplers.0.conv.", Numbers::Upsampler},
    {"output_blocks.#.0.", "up_blocks.#.resnets.#.", Numbers::Up, kResidual},
    {"output_blocks.#.1.", "up_blocks.#.attentions.#.", Numbers::Up},
    {"out.0.", "conv_norm_out."},
    {"out.2.", "conv_out."},
}};

constexpr std::array<Rule, 18> kVae{{
    {"encoder.conv_in.", "encoder.conv_in."},
    {"encoder.down.#.block.#.", "encoder.down_blocks.#.resnets.#.", Numbers::Same, kVaeResidual},
    {"encoder.down.#.downsample.conv.", "encoder.down_blocks.#.downsamplers.0.conv."},
    {"encoder.mid.block_1.", "encoder.mid_block.resnets.0.", Numbers::Same, kVaeResidual},
    {"encoder.mid.attn_1.", "encoder.mid_block.attentions.0.", Numbers::Same, kVaeAttention},
    {"encoder.mid.block_2.", "encoder.mid_block.resnets.1.", Numbers::Same, kVaeResidual},
    {"encoder.norm_out.", "encoder.conv_norm_out."},
    {"encoder.conv_out.", "encoder.conv_out."},
    {"quant_conv.", "quant_conv."},
    {"post_quant_conv.", "post_quant_conv."},
    {"decoder.conv_in.", "decoder.conv_in."},
    {"decoder.mid.block_1.", "decoder.mid_block.resnets.0.", Numbers::Same, kVaeResidual},
    {"decoder.mid.attn_1.", "decoder.mid_block.attentions.0.", Numbers::Same, kVaeAttention},
    {"decoder.mid.block_2.", "decoder.mid_block.resnets.1.", Numbers::Same, kVaeResidual},
    {"decoder.up.#.block.#.", "decoder.up_blocks.#.resnets.#.", Numbers::FirstFromBelow, kVaeResidual},
    {"decoder.up.#.upsample.conv.", "decoder.up_blocks.#.upsamplers.0.conv.", Numbers::FirstFromBelow},
    {"decoder.norm_out.", "decoder.conv_norm_out."},
    {"decoder.conv_out.", "decoder.conv_out."},
}};

constexpr std::array<Tail, 1> kEmbedding{{{"", "weight"}}};
constexpr std::array<Tail, 1> kProjection{{{"", ".weight", Form::Transposed}}};
constexpr std::array<Rule, 5> kOpenClip{{
    {"token_embedding.", "text_model.embeddings.token_embedding."},
    {"positional_embedding", "text_model.embeddings.position_embedding.", Numbers::Same, kEmbedding},
    {"transformer.resblocks.#.", "text_model.encoder.layers.#.", Numbers::Same, kOpenClipLayer},
    {"ln_final.", "text_model.final_layer_norm."},
    {"text_projection", "text_projection", Numbers::Same, kProjection},
}};
/// transformers' own names.
constexpr std::array<Rule, 1> kClip{{{"", ""}}};

/// A component within the file.
struct Section {
    std::string_view original, modern;
    std::span<const Rule> rules;
    /// Those of text encoders stand in files of these kinds alone.
    std::optional<Texts> texts = {};
};
constexpr std::array<Section, 7> kSections{{
    {"model.diffusion_model.", "unet.", kUnet},
    {"first_stage_model.", "vae.", kVae},
    {"cond_stage_model.transformer.", "text_encoder.", kClip, Texts::Clip},
    {"cond_stage_model.model.", "text_encoder.", kOpenClip, Texts::OpenClip},
    {"conditioner.embedders.0.transformer.", "text_encoder.", kClip, Texts::Xl},
    {"conditioner.embedders.1.model.", "text_encoder_2.", kOpenClip, Texts::Xl},
    {"conditioner.embedders.0.model.", "text_encoder_2.", kOpenClip, Texts::XlRefiner},
}};

using Found = std::vector<std::int64_t>;

/// The length of what `pattern` matches at the beginning of `text`, with its numbers; absent: it doesn't match.
std::optional<std::size_t> matchPrefix(std::string_view pattern, std::string_view text, Found& numbers) {
    constexpr std::size_t kMostDigits = 5;
    numbers.clear();
    std::size_t at = 0;
    for (const char wanted : pattern) {
        if (wanted != '#') {
            if (at == text.size() || text[at++] != wanted) return std::nullopt;
            continue;
        }
        std::int64_t number = 0;
        const auto [end, error] = std::from_chars(text.data() + at, text.data() + text.size(), number);
        const auto digits = static_cast<std::size_t>(end - text.data()) - at;
        // As names write numbers: "01" is another name.
        if (error != std::errc() || number < 0 || digits > kMostDigits || (digits > 1 && text[at] == '0'))
            return std::nullopt;
        numbers.push_back(number);
        at += digits;
    }
    return at;
}

std::string filled(std::string_view pattern, const Found& numbers) {
    std::string text;
    std::size_t next = 0;
    for (const char c : pattern)
        if (c == '#')
            text += std::to_string(numbers.at(next++));
        else
            text += c;
    return text;
}

std::optional<Found> toModern(Numbers how, const Found& numbers, const OriginalNumbering& numbering) {
    const auto down = numbering.blocks, up = numbering.blocks + 1;
    const auto first = numbers.empty() ? 0 : numbers.front();
    switch (how) {
        case Numbers::Same: return numbers;
        case Numbers::Down:
            if (first < 1 || (first - 1) % up == down) return std::nullopt;
            return Found{(first - 1) / up, (first - 1) % up};
        case Numbers::Downsampler:
            if (first < 1 || first % up != 0) return std::nullopt;
            return Found{first / up - 1};
        case Numbers::Up: return Found{first / up, first % up};
        case Numbers::UpsamplerAttending:
        case Numbers::Upsampler:
            if (first % up != down || numbering.attendUp.contains(first / up) != (how == Numbers::UpsamplerAttending))
                return std::nullopt;
            return Found{first / up};
        case Numbers::FirstFromBelow: {
            if (first >= numbering.vaeLevels) return std::nullopt;
            auto flipped = numbers;
            flipped.front() = numbering.vaeLevels - 1 - first;
            return flipped;
        }
    }
    return std::nullopt;
}

std::optional<Found> toOriginal(Numbers how, const Found& numbers, const OriginalNumbering& numbering) {
    const auto down = numbering.blocks, up = numbering.blocks + 1;
    switch (how) {
        case Numbers::Down:
            if (numbers[1] >= down) return std::nullopt;
            return Found{1 + numbers[0] * up + numbers[1]};
        case Numbers::Downsampler: return Found{(numbers[0] + 1) * up};
        case Numbers::Up:
            if (numbers[1] >= up) return std::nullopt;
            return Found{numbers[0] * up + numbers[1]};
        case Numbers::UpsamplerAttending:
        case Numbers::Upsampler:
            if (numbering.attendUp.contains(numbers[0]) != (how == Numbers::UpsamplerAttending)) return std::nullopt;
            return Found{numbers[0] * up + down};
        default: return toModern(how, numbers, numbering);  // its own inverse
    }
}

/// Text encoders of 2.x as diffusers has them end before what the file has more.
bool isLeftOutOfText(const Section& section, std::string_view rest, const OriginalNumbering& numbering) {
    if (section.texts != Texts::OpenClip) return false;
    Found numbers;
    if (matchPrefix("transformer.resblocks.#.", rest, numbers)) return numbers[0] + 1 >= numbering.textLayers;
    return rest == "text_projection";
}

const Section* sectionOf(std::string_view original) {
    const auto found =
        std::ranges::find_if(kSections, [&](const auto& section) { return original.starts_with(section.original); });
    return found == kSections.end() ? nullptr : &*found;
}

}  // namespace

std::vector<OriginalPart> diffusersNames(std::string_view original, const OriginalNumbering& numbering) {
    const auto* section = sectionOf(original);
    if (!section) return {};
    const auto rest = original.substr(section->original.size());
    if (isLeftOutOfText(*section, rest, numbering)) return {};
    Found numbers;
    for (const auto& rule : section->rules) {
        const auto length = matchPrefix(rule.original, rest, numbers);
        if (!length) continue;
        const auto modern = toModern(rule.numbers, numbers, numbering);
        if (!modern) continue;
        const auto begin = std::string(section->modern) + filled(rule.modern, *modern);
        const auto behind = rest.substr(*length);
        if (rule.tails.empty()) return {{.name = begin + std::string(behind)}};
        std::vector<OriginalPart> parts;
        for (const auto& tail : rule.tails) {
            const bool whole = tail.original.empty() || !tail.original.ends_with('.');
            if (whole ? behind != tail.original : !behind.starts_with(tail.original)) continue;
            parts.push_back({begin + std::string(tail.modern) + std::string(behind.substr(tail.original.size())),
                             tail.form, tail.third});
        }
        return parts;
    }
    return {};
}

std::optional<OriginalPart> originalName(std::string_view name, const OriginalNumbering& numbering) {
    Found numbers;
    for (const auto& section : kSections) {
        if (!name.starts_with(section.modern) || (section.texts && section.texts != numbering.texts)) continue;
        const auto rest = name.substr(section.modern.size());
        for (const auto& rule : section.rules) {
            const auto length = matchPrefix(rule.modern, rest, numbers);
            if (!length) continue;
            const auto original = toOriginal(rule.numbers, numbers, numbering);
            if (!original) continue;
            const auto begin = std::string(section.original) + filled(rule.original, *original);
            const auto behind = rest.substr(*length);
            if (rule.tails.empty()) return OriginalPart{.name = begin + std::string(behind)};
            for (const auto& tail : rule.tails) {
                if (tail.modern.ends_with('.') ? !behind.starts_with(tail.modern) : behind != tail.modern) continue;
                return OriginalPart{begin + std::string(tail.original) + std::string(behind.substr(tail.modern.size())),
                                    tail.form, tail.third};
            }
        }
    }
    return std::nullopt;
}

std::optional<OriginalNumbering> originalNumbering(std::span<const std::string> originals) {
    OriginalNumbering numbering;
    Found numbers;
    std::int64_t firstDown = 0, lastInput = 0, upLevels = 0, layers = 0;
    bool unet = false;
    std::set<std::int64_t> attending;
    for (const auto& name : originals) {
        const std::string_view text = name;
        if (matchPrefix("model.diffusion_model.input_blocks.#.", text, numbers)) {
            unet = true;
            lastInput = std::max(lastInput, numbers[0]);
            if (matchPrefix("model.diffusion_model.input_blocks.#.0.op.", text, numbers) &&
                (firstDown == 0 || numbers[0] < firstDown))
                firstDown = numbers[0];
        } else if (matchPrefix("model.diffusion_model.output_blocks.#.1.transformer_blocks.", text, numbers)) {
            attending.insert(numbers[0]);
        } else if (matchPrefix("first_stage_model.decoder.up.#.", text, numbers)) {
            upLevels = std::max(upLevels, numbers[0] + 1);
        } else if (matchPrefix("cond_stage_model.model.transformer.resblocks.#.", text, numbers)) {
            layers = std::max(layers, numbers[0] + 1);
        }
        if (text.starts_with("cond_stage_model.model.")) numbering.texts = Texts::OpenClip;
        if (text.starts_with("conditioner.embedders.1.")) numbering.texts = Texts::Xl;
        if (text.starts_with("conditioner.embedders.0.model.")) numbering.texts = Texts::XlRefiner;
    }
    if (!unet) return std::nullopt;
    numbering.blocks = std::max<std::int64_t>(1, firstDown > 0 ? firstDown - 1 : lastInput);
    for (const auto block : attending) numbering.attendUp.insert(block / (numbering.blocks + 1));
    if (upLevels > 0) numbering.vaeLevels = upLevels;
    numbering.textLayers = layers;
    return numbering;
}

OriginalNumbering numberingOf(std::span<const std::string> names) {
    OriginalNumbering numbering;
    Found numbers;
    std::int64_t blocks = 0, upLevels = 0, layers = 0;
    bool first = false, second = false;
    for (const auto& name : names) {
        const std::string_view text = name;
        if (matchPrefix("unet.down_blocks.0.resnets.#.", text, numbers)) blocks = std::max(blocks, numbers[0] + 1);
        if (matchPrefix("unet.up_blocks.#.attentions.#.", text, numbers)) numbering.attendUp.insert(numbers[0]);
        if (matchPrefix("vae.decoder.up_blocks.#.", text, numbers)) upLevels = std::max(upLevels, numbers[0] + 1);
        if (matchPrefix("text_encoder.text_model.encoder.layers.#.", text, numbers))
            layers = std::max(layers, numbers[0] + 1);
        first = first || text.starts_with("text_encoder.");
        second = second || text.starts_with("text_encoder_2.");
    }
    // As many as OpenCLIP's has, and CLIP's hasn't: so diffusers' own conversion tells them apart.
    constexpr std::int64_t kOpenClipLayers = 23;
    if (second) {
        numbering.texts = first ? Texts::Xl : Texts::XlRefiner;
    } else if (layers >= kOpenClipLayers) {
        numbering.texts = Texts::OpenClip;
        numbering.textLayers = layers + 1;
    }
    if (blocks > 0) numbering.blocks = blocks;
    if (upLevels > 0) numbering.vaeLevels = upLevels;
    return numbering;
}

}  // namespace mergarium
