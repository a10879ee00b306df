#pragma once

#include "core/founders/founders.h"
#include "core/genome/genome.h"

#include <torch/types.h>

namespace mergarium {

/// Writes what is frozen in the founders' layout, which is the same in every model, behind the parameters in `flat`: a
/// network's buffer of layout().extent() elements, of any floating type on any device.
void writeFrozen(const Founders& founders, const torch::Tensor& flat);

/// Writes a model's parameters to the beginning of such a buffer.
void writeGenome(const Genome& genome, const torch::Tensor& flat);

}  // namespace mergarium
