#pragma once

#include "core/checkpoint/layout.h"
#include "core/founders/founder_source.h"

#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace mergarium {

/// A file that stands beside the tensors of a model: its configuration, tokenizer, chat templates, pooling.
struct Companion {
    std::filesystem::path folder;
    /// Its name within the folder, "1_Pooling/config.json" where it lies deeper.
    std::string name;
};

/// What lies beside a founder's tensors: every file of its folder but for ModelOpt's hf_quant_config.json, and those of
/// the subfolders that modules.json (sentence-transformers) or transformers name. An adapter that brings a tokenizer
/// brings all of its files: the base's stay behind. Of a pipeline: companionsOfPipeline. In order of name. Open them
/// with openBeneath. Throws std::runtime_error where modules.json is no list of modules.
std::vector<Companion> companionsOf(const FounderSource& founder);

/// Whether a configuration that names no element type gets one.
enum class ElementType { Named, AsGiven };

/// config.json of a model with these tensors that is otherwise like the founder: it names their element type, the size
/// of their vocabulary, and whether the layout's head is the embedding, and no quantisation but that of tensors of fp8
/// with a scale beside them. Absent where the founder's own file says so already, or it has none. A head that is left
/// out altogether is the embedding from then on. Absent for a pipeline, whose configurations stay.
std::optional<std::string> childConfiguration(const FounderSource& founder, std::span<const TensorDescription> tensors,
                                              const Layout& layout, ElementType type = ElementType::Named);

/// What the files of models that are otherwise like the founder say of themselves: what its own do, but for hashes of
/// its contents and what Mergarium wrote there.
std::map<std::string, std::string> childMetadata(const FounderSource& founder);

/// What their files are called before ".safetensors": "diffusion_pytorch_model" where the founder's are, as diffusers
/// looks for them, else "model".
std::string childStem(const FounderSource& founder);

/// Whether models of this layout that are otherwise like the founder tie their heads.
bool tiedIn(const Layout& layout, const FounderSource& founder);

/// The founder's tensors that are in no part of the layout since they were left out of the merge, as indexes: what
/// reads the founder's configuration looks for them. A head that is the embedding is not among them.
std::vector<std::size_t> leftOutOf(const Layout& layout, const FounderSource& founder);

}  // namespace mergarium
