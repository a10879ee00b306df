#include "core/families/all_families.h"
#include "core/families/config_parts.h"

namespace mergarium {
namespace {

/// Qwen 3.5, its language model.
DecoderConfig readQwen35(const ConfigKeys& keys) { return gatedQwenConfig(keys, /*byKeyHead=*/false); }

}  // namespace

const ModelFamily kQwen35{.type = "qwen3_5_text", .architecture = "Qwen3_5ForCausalLM", .read = readQwen35};

}  // namespace mergarium
