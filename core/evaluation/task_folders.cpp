#include "core/evaluation/task_folders.h"

#include "core/founders/founder_source.h"

#include <variant>
#include <vector>

namespace mergarium {

TaskFolders foldersOf(const RunConfiguration& configuration, const std::filesystem::path& resources) {
    const auto* founders = std::get_if<std::vector<CheckpointFounder>>(&configuration.founders);
    return {
        .resources = resources,
        .tokenizer = founders && !founders->empty() ? tokenizerFolderOf(founders->front()) : std::filesystem::path()};
}

}  // namespace mergarium
