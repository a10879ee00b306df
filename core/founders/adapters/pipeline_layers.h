#pragma once

#include "core/founders/adapters/lora.h"

#include <map>
#include <string>
#include <string_view>

namespace mergarium {

/// The layers of a base that is a pipeline, found by the names that adapters' files give them: with a part
/// ("lora_te2_", "unet.") for the component, under diffusers' names or, in the U-Net, original ones.
class PipelineLayers {
public:
    /// Of another base: finds nothing.
    explicit PipelineLayers(const LoraBase& base);

    /// `flat`: `layer` has underscores for dots. Null: there is none.
    const TensorDescription* find(std::string_view part, const std::string& layer, bool flat) const;

private:
    const LoraBase& base_;
    /// By flat names with their component; of originals without.
    std::map<std::string, const TensorDescription*> flat_, originals_;
};

}  // namespace mergarium
