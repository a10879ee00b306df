#pragma once

#include "core/founders/founders.h"
#include "core/genome/genome.h"
#include "core/networks/decoder/decoder.h"
#include "core/tasks/texts/question_files.h"

namespace mergarium {

/// A network that the models of a run are loaded into, one after the other. One thread at a time.
class ScoredDecoder {
public:
    /// What is frozen in the founders' layout is written once, for it is the same in every model. Throws
    /// std::runtime_error naming the tensor where the layout is none of such a network.
    ScoredDecoder(const DecoderConfig& config, const Founders& founders, torch::Device device,
                  WeightPrecision precision);

    void load(const Genome& genome);
    const Decoder& network() const { return network_; }

private:
    Decoder network_;
};

}  // namespace mergarium
