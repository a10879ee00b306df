#pragma once

#include "core/founders/founders.h"
#include "core/genome/genome.h"
#include "core/networks/decoder/decoder.h"
#include "core/networks/devices/model_loader.h"
#include "core/tasks/texts/question_files.h"

#include <memory>

namespace mergarium {

/// A network that the models of a run are loaded into, one after the other. One thread at a time.
class ScoredDecoder {
public:
    /// Throws std::runtime_error naming the tensor where the founders' layout is none of such a network.
    ScoredDecoder(const DecoderConfig& config, const Founders& founders, const ScoringDevice& device,
                  WeightPrecision precision);

    void load(const Genome& genome) { loader_.load(genome); }
    const Decoder& network() const { return network_; }

private:
    Decoder network_;
    ModelLoader loader_;
};

}  // namespace mergarium
