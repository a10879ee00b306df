#include "core/networks/model_config.h"

#include "core/families/families.h"
#include "core/files/refusal.h"
#include "core/founders/network_names.h"

namespace mergarium {

Layout layoutOf(const FounderSource& model) {
    Layout layout;
    for (const auto& tensor : model.tensors()) layout.append(tensor.name, tensor.shape, tensor.dtype);
    return layout;
}

DecoderConfig configOf(const FounderSource& model) {
    const auto& base = model.base();
    if (base.folder().empty()) refuse(base.path(), "there is no config.json beside it; name the model's folder");
    auto config = withNamesOf(decoderConfigIn(base.folder()), layoutOf(model));
    const auto embedding = config.nameOf(config.names.embedding) + ".weight";
    const auto* own = base.find(embedding);
    const auto adapted = model.indexOf(embedding);
    // Shapes are compared with what is asked for later.
    if (own && adapted)
        if (const auto& shape = model.tensors()[*adapted].shape; !shape.empty() && shape != own->shape)
            config.vocabulary = shape.front();
    if (config.labels.empty()) config.tied = model.tiedEmbeddings();
    return config;
}

void requireLanguageModel(const DecoderConfig& config, const FounderSource& model) {
    if (!config.labels.empty())
        refuse(
            model.base().path(),
            "it is a classifier of texts, which has no words to say; ask it with a task of kind text-classification");
}

}  // namespace mergarium
