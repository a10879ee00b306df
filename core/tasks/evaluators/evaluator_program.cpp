#include "core/tasks/evaluators/evaluator_program.h"

#include "core/files/json.h"
#include "core/tasks/task.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cmath>
#include <utility>

namespace mergarium {
namespace {

using Json = nlohmann::json;

/// Of an answer: what fields of the program's own may hold, and the three that we know for each sample.
constexpr std::size_t kOwnValues = 100'000;
constexpr std::size_t kValuesPerSample = 4;
/// Of what a program wrote, as much as goes into a sentence.
constexpr std::size_t kQuoted = 1500;
/// For a program that was asked to end by closing its stdin.
constexpr std::chrono::milliseconds kGrace{2000};

/// On one line, in valid UTF-8.
std::string printable(std::string_view bytes) {
    std::string line;
    for (const char c : bytes) {
        const bool space = static_cast<unsigned char>(c) <= ' ';
        if (!space)
            line += c;
        else if (!line.empty() && line.back() != ' ')
            line += ' ';
    }
    if (line.ends_with(' ')) line.pop_back();
    return Json::parse(Json(line).dump(-1, ' ', false, Json::error_handler_t::replace)).get<std::string>();
}

std::string beginningOf(std::string_view bytes) {
    const bool cut = bytes.size() > kQuoted / 5;
    return printable(bytes.substr(0, kQuoted / 5)) + (cut ? " ..." : "");
}

std::string endOf(std::string_view bytes) {
    const bool cut = bytes.size() > kQuoted;
    return (cut ? "... " : "") + printable(cut ? bytes.substr(bytes.size() - kQuoted) : bytes);
}

Json parsed(std::string_view line, std::size_t samples) {
    try {
        return parseJson(line,
                         {.bytes = ChildProcess::kLongestLine, .values = kOwnValues + kValuesPerSample * samples});
    } catch (const JsonError& error) {
        throw ProcessFailure(fmt::format("gave an answer that can't be read: {}, at byte {}: {}", error.what(),
                                         error.byte, beginningOf(line)));
    }
}

float scoreOf(const Json& score, std::size_t sample) {
    if (!score.is_number())
        throw ProcessFailure(
            fmt::format("gave {} as score {}, which is no number", beginningOf(score.dump()), sample + 1));
    const auto value = score.get<double>();
    // Written so that NaN fails.
    if (!(value >= 0.0 && value <= 1.0))
        throw ProcessFailure(fmt::format("gave {} as score {}, but scores lie between 0 and 1", value, sample + 1));
    return static_cast<float>(value);
}

/// A list of one entry per sample under `key`; null when there is none.
const Json* listOf(const Json& answer, const char* key, std::size_t samples) {
    const auto found = answer.find(key);
    if (found == answer.end() || found->is_null()) return nullptr;
    if (!found->is_array()) throw ProcessFailure(fmt::format("gave '{}' that are no list", key));
    if (found->size() != samples)
        throw ProcessFailure(fmt::format("gave {} {} for {} samples", found->size(), key, samples));
    return &*found;
}

/// Adds the entries under `key`, each on a line of its own.
void addTexts(const Json& answer, const char* key, std::size_t samples, std::vector<std::string>& texts) {
    const auto* list = listOf(answer, key, samples);
    if (!list) return;
    texts.resize(samples);
    for (std::size_t j = 0; j < samples; ++j) {
        const auto& one = (*list)[j];
        if (one.is_null()) continue;
        if (!one.is_string()) throw ProcessFailure(fmt::format("gave {} that are no texts", key));
        if (!texts[j].empty()) texts[j] += '\n';
        texts[j] += one.get_ref<const std::string&>();
    }
}

}  // namespace

std::string requestLine(std::uint64_t id, const EvaluationRequest& request) {
    // A path may hold bytes that are no UTF-8, which JSON can't.
    const auto path = Json(request.checkpoint.string()).dump(-1, ' ', false, Json::error_handler_t::replace);
    auto line = fmt::format(R"({{"id": {}, "checkpoint": {}, "model": {}, "split": "{}", "count": {}, "samples": [)",
                            id, path, request.model, request.split, request.samples.size());
    for (std::size_t j = 0; j < request.samples.size(); ++j) {
        if (j > 0) line += ", ";
        line += request.samples[j];
    }
    return line += "]}";
}

EvaluatorReply readReply(std::string_view line, std::uint64_t id, std::size_t samples) {
    const auto answer = parsed(line, samples);
    if (!answer.is_object())
        throw ProcessFailure(fmt::format("gave an answer that is not a JSON object: {}", beginningOf(line)));
    const auto number = answer.find("id");
    if (number == answer.end()) throw ProcessFailure("gave an answer without the question's id");
    if (*number != Json(id))
        throw ProcessFailure(
            fmt::format("answered question {} when it was asked question {}", beginningOf(number->dump()), id));
    if (const auto error = answer.find("error"); error != answer.end() && !error->is_null())
        throw ProcessFailure(
            fmt::format("could not score the model: {}",
                        beginningOf(error->is_string() ? error->get_ref<const std::string&>() : error->dump())));
    const auto* scores = listOf(answer, "scores", samples);
    if (!scores) throw ProcessFailure("gave an answer without scores");

    EvaluatorReply reply;
    for (std::size_t j = 0; j < samples; ++j) reply.scores.push_back(scoreOf((*scores)[j], j));
    addTexts(answer, "texts", samples, reply.texts);
    addTexts(answer, "images", samples, reply.texts);
    return reply;
}

EvaluatorProgram::EvaluatorProgram(EvaluatorLaunch launch, const std::atomic<bool>* abandon)
    : launch_(std::move(launch)), limits_{std::chrono::duration<double>(launch_.timeout), abandon} {}

EvaluatorProgram::~EvaluatorProgram() {
    if (limits_.abandon && *limits_.abandon) return;
    finish();
}

void EvaluatorProgram::start() {
    if (process_) return;
    try {
        process_ = std::make_unique<ChildProcess>(launch_.program, launch_.folder);
    } catch (const ProcessFailure& failure) {
        throw EvaluationFailure(fmt::format("The evaluator {}.", failure.what()));
    }
}

void EvaluatorProgram::nextModel() {
    if (launch_.perModel && wasAsked_) finish();
    wasAsked_ = false;
}

EvaluatorReply EvaluatorProgram::ask(const EvaluationRequest& request) {
    start();
    wasAsked_ = true;
    const auto id = ++asked_;
    try {
        return readReply(process_->ask(requestLine(id, request), limits_), id, request.samples.size());
    } catch (const ProcessFailure& failure) {
        const auto said = endOf(process_->stderrTail());
        process_.reset();
        throw EvaluationFailure(said.empty()
                                    ? fmt::format("The evaluator {}, and wrote nothing on stderr.", failure.what())
                                    : fmt::format("The evaluator {}; its stderr ends with: {}", failure.what(), said));
    }
}

void EvaluatorProgram::finish() {
    if (process_) process_->finish(kGrace);
    process_.reset();
}

}  // namespace mergarium
