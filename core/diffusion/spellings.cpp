#include "core/diffusion/spellings.h"

#include <array>
#include <utility>

namespace mergarium {
namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kVaeOf2022{
    {{"query.", "to_q."}, {"key.", "to_k."}, {"value.", "to_v."}, {"proj_attn.", "to_out.0."}}};

/// Empty: it is no tensor of the VAE's attention.
std::string_view behindVaeAttention(std::string_view name) {
    for (const std::string_view begin : {"vae.encoder.mid_block.attentions.0.", "vae.decoder.mid_block.attentions.0."})
        if (name.starts_with(begin)) return name.substr(begin.size());
    return {};
}

std::string joined(std::string_view a, std::string_view b, std::string_view c) {
    return std::string(a) + std::string(b) + std::string(c);
}

}  // namespace

std::string modernName(std::string_view name) {
    for (const std::string_view component : {"text_encoder.", "text_encoder_2."}) {
        if (!name.starts_with(component)) continue;
        const auto rest = name.substr(component.size());
        for (const std::string_view part : {"embeddings.", "encoder.layers.", "final_layer_norm."})
            if (rest.starts_with(part)) return joined(component, "text_model.", rest);
    }
    const auto rest = behindVaeAttention(name);
    for (const auto& [old, modern] : kVaeOf2022)
        if (rest.starts_with(old))
            return joined(name.substr(0, name.size() - rest.size()), modern, rest.substr(old.size()));
    return std::string(name);
}

bool isMatrixOfVae(std::string_view name) {
    const auto rest = behindVaeAttention(name);
    return rest.starts_with("to_") && rest.ends_with(".weight");
}

}  // namespace mergarium
