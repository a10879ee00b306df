// core/evaluation/checkpoint_founders without any: models in files have readers of their own.
#include "core/evaluation/checkpoint_founders.h"
#include "core/founders/child_folder.h"

#include <stdexcept>

namespace mergarium {

std::filesystem::path founderCache(const std::filesystem::path&) { return {}; }
OpenedFounders openFounders(const std::vector<CheckpointFounder>&, const TensorRules&, const std::filesystem::path&,
                            const Announce&, Hashes) {
    throw std::runtime_error("There are no founders here.");
}
GramPtr gramOf(const OpenedFounders&, const std::filesystem::path&, const Announce&, std::size_t, GenesPtr) {
    throw std::runtime_error("There are no founders here.");
}

std::vector<std::size_t> leftOutOf(const Layout&, const FounderSource&) { return {}; }

}  // namespace mergarium
