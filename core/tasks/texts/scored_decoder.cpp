#include "core/tasks/texts/scored_decoder.h"

namespace mergarium {

ScoredDecoder::ScoredDecoder(const DecoderConfig& config, const Founders& founders, const ScoringDevice& device,
                             WeightPrecision precision)
    : network_(config, founders.layout(), device.torch, Decoder::Kernels::Best,
               precision == WeightPrecision::BFloat16 ? Decoder::WeightType::BF16 : Decoder::WeightType::Device),
      loader_(founders, network_.flat(), device) {}

}  // namespace mergarium
