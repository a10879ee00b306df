#include "app/cli/commands.h"
#include "app/cli/exit_code.h"
#include "app/cli/json_output.h"
#include "core/checkpoint/model_place.h"
#include "core/files/json.h"
#include "core/files/text_file.h"
#include "core/tasks/causal_lm/chat.h"
#include "core/tokenization/tokenizer.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <unistd.h>

#include <string>
#include <string_view>

namespace mergarium::cli {
namespace {

constexpr JsonLimits kLine{.bytes = 64 << 20, .values = 1};

std::string textOf(std::string_view line, const LineReader& lines) {
    try {
        if (const auto value = parseJson(line, kLine); value.is_string()) return value.get<std::string>();
    } catch (const JsonError&) {
    }
    lines.refuse("this is not a JSON string in UTF-8");
}

}  // namespace

int tokenize(const Options& options) {
    const auto folder = placeOfModel(options.folder);
    const auto tokenizer = Tokenizer::open(folder);
    const auto specialTokens = options.noSpecial ? SpecialTokens::Leave : specialTokensOf(options.chat);
    const Chat chat(options.chat, options.system, folder);
    const bool asks = options.chat != Options().chat || !options.system.empty();
    nlohmann::ordered_json document{{"ids", nlohmann::json::array()}, {"decoded", nlohmann::json::array()}};
    LineReader lines(STDIN_FILENO, "stdin", kLine.bytes);
    for (std::string_view line; lines.next(line);) {
        const auto prompt = chat.around(textOf(line, lines));
        const auto ids = tokenizer->encode(prompt, specialTokens);
        if (asks) document["prompts"].push_back(prompt);
        document["ids"].push_back(ids);
        document["decoded"].push_back(tokenizer->decode(ids, true));
    }
    printLine(document);
    return kSuccess;
}

}  // namespace mergarium::cli
