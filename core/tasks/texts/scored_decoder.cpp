#include "core/tasks/texts/scored_decoder.h"

#include "core/tasks/flat_buffer.h"

namespace mergarium {

ScoredDecoder::ScoredDecoder(const DecoderConfig& config, const Founders& founders, torch::Device device,
                             WeightPrecision precision)
    : network_(config, founders.layout(), device, Decoder::Kernels::Best,
               precision == WeightPrecision::BFloat16 ? Decoder::WeightType::BF16 : Decoder::WeightType::Device) {
    writeFrozen(founders, network_.flat());
}

void ScoredDecoder::load(const Genome& genome) { writeGenome(genome, network_.flat()); }

}  // namespace mergarium
