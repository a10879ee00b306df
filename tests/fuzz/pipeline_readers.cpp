#include "tests/fuzz/pipeline_readers.h"

#include "core/checkpoint/pipeline_root.h"
#include "core/diffusion/component_configs.h"
#include "core/diffusion/original_names.h"
#include "core/diffusion/spellings.h"
#include "core/files/json.h"
#include "core/files/text_file.h"
#include "tests/fuzz/database_reader.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace mergarium::fuzz {
namespace {

void checkUnet(const nlohmann::json& json) {
    const auto config = unetConfigOf(json, "fuzz");
    require(!config.levels.empty() && config.levels.size() <= kMostLevels &&
            config.upDepths.size() == config.levels.size());
    for (const auto& level : config.levels)
        require(level.heads > 0 && level.channels % level.heads == 0 && level.channels % config.groups == 0 &&
                level.depth >= 0 && level.depth <= kMostBlocks);
    require(!config.hasAdditional() || config.additionalWidth > 6 * config.sizeEmbedding);
}

void checkScheduler(const nlohmann::json& json) {
    const auto config = schedulerConfigOf(json, "fuzz", SchedulerKind::DpmSolver2M);
    require(config.trainSteps > 0 && config.stepsOffset < config.trainSteps);
    require(config.trainedBetas.empty() || std::cmp_equal(config.trainedBetas.size(), config.trainSteps));
}

}  // namespace

void readComponent(const std::filesystem::path& path) {
    const auto json = readJsonObject(path, kSettingsJson);
    int read = 0;
    for (const auto& check : {+[](const nlohmann::json& one) { checkUnet(one); },
                              +[](const nlohmann::json& one) {
                                  const auto config = vaeConfigOf(one, "fuzz");
                                  require(config.factor() > 0 && config.groups > 0);
                              },
                              +[](const nlohmann::json& one) {
                                  const auto config = clipTextConfigOf(one, "fuzz");
                                  require(config.layers.width % config.layers.heads == 0 && config.positions > 0);
                              },
                              +[](const nlohmann::json& one) {
                                  const auto config = clipConfigOf(one, "fuzz");
                                  require(config.vision.patchSize <= config.vision.imageSize);
                              },
                              +[](const nlohmann::json& one) { checkScheduler(one); }}) {
        try {
            check(json);
            ++read;
        } catch (const nlohmann::json::exception&) {
            throw;
        } catch (const std::runtime_error&) {
        }
    }
    if (read == 0) throw std::runtime_error("It is no component's configuration.");
}

void readModelIndex(const std::filesystem::path& path) {
    for (const auto& component : pipelineComponents(path.parent_path()))
        require(component.name.find('/') == std::string::npos && !component.name.starts_with('.'));
}

void readOriginalNames(const std::filesystem::path& path) {
    std::istringstream lines(readFile(path, 1 << 20));
    std::vector<std::string> names;
    for (std::string line; std::getline(lines, line);) names.push_back(line);
    const auto numbering = originalNumbering(names).value_or(OriginalNumbering{});
    require(numbering.blocks > 0 && numbering.vaeLevels > 0);
    for (const auto& name : names) {
        modernName(name);
        const auto parts = diffusersNames(name, numbering);
        require(parts.size() <= 3);
        for (const auto& part : parts) {
            require(modernName(modernName(part.name)) == modernName(part.name));
            // A component that the file hasn't is in no section of its own.
            if (const auto back = originalName(part.name, numbering)) require(back->third < 3);
        }
    }
    numberingOf(names);
}

}  // namespace mergarium::fuzz
