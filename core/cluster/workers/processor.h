#pragma once

#include <string>

namespace mergarium {

/// What decides the last bits of scores on this machine, as far as it can be known: the processor's make and model and
/// its vector instructions, or the GPU, and the version of what multiplies matrices (empty: Mergarium does so itself).
/// `device` as Experiment::device. Printable ASCII.
std::string processorKind(const std::string& device, const std::string& library);

/// The name of this machine; "machine" where it has none that is plain.
std::string hostName();

}  // namespace mergarium
