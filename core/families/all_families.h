#pragma once

#include "core/families/families.h"

namespace mergarium {

extern const ModelFamily kLlama, kMistral, kMixtral, kQwen2, kQwen2Moe, kQwen3, kQwen3Moe, kGemma, kGemma2, kGemma3,
    kPhi, kPhi3, kGpt2, kGptNeox, kOlmo2, kOlmoe, kGranite, kCohere, kCohere2, kStablelm, kStarcoder2, kFalcon,
    kSmollm3, kGlm4, kDeepseekV2, kQwen35, kQwen3Next;

}  // namespace mergarium
