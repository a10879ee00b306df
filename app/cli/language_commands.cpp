#include "app/cli/commands.h"
#include "app/cli/exit_code.h"
#include "app/cli/json_output.h"
#include "app/cli/say.h"
#include "core/compute/networks.h"
#include "core/files/json.h"
#include "core/files/scratch_place.h"
#include "core/founders/founder_names.h"
#include "core/founders/founder_source.h"
#include "core/tasks/causal_lm/chat.h"
#include "core/tokenization/tokenizer.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <stdexcept>

namespace mergarium::cli {
namespace {

using TokenLists = std::vector<std::vector<std::int32_t>>;

FounderSourcePtr modelOf(const Options& options) {
    return openFounder(founderNamed(options.checkpoint), scratchPlace());
}

std::unique_ptr<LanguageModel> open(const Options& options, const FounderSource& model) {
    return openNetworks(options.device.value_or("auto"), options.threads)->languageModel(model);
}

/// A JSON list of lists of token ids, each known to the network.
TokenLists readIds(const std::string& path, const DecoderConfig& config) {
    const auto document = readJson(path, {.bytes = 100'000'000, .values = 10'000'000});
    if (!document.is_array() || document.empty())
        throw std::runtime_error(fmt::format("{}: is no JSON list of lists of token ids.", path));
    TokenLists texts;
    for (std::size_t i = 0; i < document.size(); ++i) {
        const auto refuse = [&](const std::string& why) {
            throw std::runtime_error(fmt::format("{}: list {} {}.", path, i + 1, why));
        };
        if (!document[i].is_array() || document[i].empty()) refuse("is no list of at least one token id");
        if (static_cast<std::int64_t>(document[i].size()) > config.context)
            refuse(
                fmt::format("has {} tokens, more than the model's context of {}", document[i].size(), config.context));
        auto& text = texts.emplace_back();
        for (const auto& id : document[i]) {
            if (!id.is_number_integer() || id.get<std::int64_t>() < 0 || id.get<std::int64_t>() >= config.vocabulary)
                refuse(fmt::format("has the token id {}, where the vocabulary ends at {}", id.dump(),
                                   config.vocabulary - 1));
            text.push_back(id.get<std::int32_t>());
        }
    }
    return texts;
}

/// The folder's tokenizer; null where it has none.
std::shared_ptr<const Tokenizer> tokenizerIn(const std::filesystem::path& folder) {
    const bool there =
        std::filesystem::exists(folder / "tokenizer.json") || std::filesystem::exists(folder / "tokenizer.model");
    return there ? Tokenizer::open(folder) : nullptr;
}

/// The prompts of the command line, by the folder's tokenizer where they are a text.
TokenLists promptsOf(const Options& options, const FounderSource& model, const Tokenizer* tokenizer,
                     const DecoderConfig& config) {
    if (!options.ids.empty()) return readIds(options.ids, config);
    if (!tokenizer)
        throw std::runtime_error(fmt::format(
            "{}: there is no tokenizer.json or tokenizer.model; give token ids with --ids.", options.checkpoint));
    const Chat chat(options.chat, options.system, model.tokenizerFolder());
    auto tokens = tokenizer->encode(chat.around(options.prompt), specialTokensOf(options.chat));
    for (const auto token : tokens)
        if (token >= config.vocabulary)
            throw std::runtime_error(
                fmt::format("{}: the tokenizer's token {} lies outside the model's vocabulary of {}; "
                            "it is another model's.",
                            options.checkpoint, token, config.vocabulary));
    return {std::move(tokens)};
}

}  // namespace

int logprobs(const Options& options) {
    const auto network = open(options, *modelOf(options));
    const auto texts = readIds(options.ids, network->config());
    auto logits = nlohmann::ordered_json::array();
    auto logProbabilities = nlohmann::ordered_json::array();
    for (const auto& text : texts) {
        const auto reading = network->read(text);
        logits.push_back(reading.lastLogits);
        logProbabilities.push_back(reading.logProbabilities);
        if (!options.json) say("{:.4f}\n", fmt::join(reading.logProbabilities, " "));
    }
    if (options.json) print({{"last_logits", std::move(logits)}, {"token_logprobs", std::move(logProbabilities)}});
    return kSuccess;
}

int generate(const Options& options) {
    const auto model = modelOf(options);
    const auto network = open(options, *model);
    const auto tokenizer = tokenizerIn(model->tokenizerFolder());
    const GenerationRequest request{.prompts = promptsOf(options, *model, tokenizer.get(), network->config()),
                                    .maximumNewTokens = options.newTokens,
                                    .temperature = options.temperature,
                                    .seed = options.seed.value_or(0),
                                    .stopTokens = network->config().endTokens};
    auto ids = nlohmann::ordered_json::array();
    auto texts = nlohmann::ordered_json::array();
    for (const auto& continuation : network->generate(request)) {
        ids.push_back(continuation.tokens);
        if (tokenizer) texts.push_back(tokenizer->decode(continuation.tokens, /*skipSpecial=*/true));
        if (options.json) continue;
        if (tokenizer)
            say("{}\n", texts.back().get<std::string>());
        else
            say("{}\n", fmt::join(continuation.tokens, " "));
    }
    if (options.json) print({{"new_ids", std::move(ids)}, {"text", std::move(texts)}});
    return kSuccess;
}

}  // namespace mergarium::cli
