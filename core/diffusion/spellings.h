#pragma once

#include <string>
#include <string_view>

namespace mergarium {

/// A tensor of a pipeline as files of 2023 and later call it: text encoders' with "text_model.", attention of the VAE's
/// to_q, to_k, to_v and to_out.0. `name` with its component.
std::string modernName(std::string_view name);

/// Whether a tensor of this modern name is a matrix that files may hold as a 1x1 convolution.
bool isMatrixOfVae(std::string_view name);

}  // namespace mergarium
