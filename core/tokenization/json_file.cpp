#include "core/tokenization/json_file.h"

#include <fmt/format.h>

#include <fstream>
#include <stdexcept>

namespace mergarium::text {

nlohmann::json readJsonFile(const std::filesystem::path& file) {
    std::ifstream stream(file, std::ios::binary);
    if (!stream) throw std::runtime_error(fmt::format("{}: can't be read.", file.string()));
    try {
        return nlohmann::json::parse(stream);
    } catch (const nlohmann::json::parse_error& error) {
        throw std::runtime_error(fmt::format("{}: not JSON: mistake at byte {}.", file.string(), error.byte));
    }
}

}  // namespace mergarium::text
