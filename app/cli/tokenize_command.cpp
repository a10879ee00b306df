#include "app/cli/commands.h"
#include "app/cli/exit_code.h"
#include "core/tokenization/tokenizer.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <iostream>
#include <stdexcept>
#include <string>

namespace mergarium::cli {
namespace {

std::string textOf(const std::string& line, std::size_t number) {
    const auto value = nlohmann::json::parse(line, nullptr, false);
    if (!value.is_string())
        throw std::runtime_error(fmt::format("stdin: line {}: not a JSON string in UTF-8.", number));
    return value.get<std::string>();
}

}  // namespace

int tokenize(const Options& options) {
    const auto tokenizer = Tokenizer::open(options.folder);
    const auto specialTokens = options.noSpecial ? SpecialTokens::Leave : SpecialTokens::Add;
    nlohmann::ordered_json document{{"ids", nlohmann::json::array()}, {"decoded", nlohmann::json::array()}};
    std::string line;
    for (std::size_t number = 1; std::getline(std::cin, line); ++number) {
        const auto ids = tokenizer->encode(textOf(line, number), specialTokens);
        document["ids"].push_back(ids);
        document["decoded"].push_back(tokenizer->decode(ids, true));
    }
    fmt::print("{}\n", document.dump());
    return kSuccess;
}

}  // namespace mergarium::cli
