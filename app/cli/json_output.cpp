#include "app/cli/json_output.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace mergarium::cli {

void print(const nlohmann::ordered_json& document) {
    fmt::print("{}\n", document.dump(2, ' ', false, nlohmann::json::error_handler_t::replace));
}

void printLine(const nlohmann::ordered_json& document) {
    fmt::print("{}\n", document.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

}  // namespace mergarium::cli
