#include "core/tasks/texts/question_set.h"

#include "core/files/fingerprint.h"
#include "core/files/json.h"
#include "core/files/text_file.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <stdexcept>

namespace mergarium {
namespace {

constexpr JsonLimits kLine{.bytes = 16 << 20, .values = 1'000'000};
/// All are in memory, and every member of an archive has a score for each.
constexpr std::size_t kMostQuestions = 1'000'000;
constexpr std::size_t kMostQuestionBytes = 1 << 30;

std::vector<Question> readFile(const std::filesystem::path& path, std::uint32_t file, std::uint64_t limit,
                               const QuestionOf& questionOf) {
    LineReader lines(path, kLine.bytes);
    std::vector<Question> questions;
    std::size_t bytes = 0;
    for (std::string_view line; lines.next(line);) {
        if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
        if (questions.size() == kMostQuestions)
            lines.refuse(fmt::format("more than {} questions are too many", kMostQuestions));
        try {
            const auto fields = parseJson(line, kLine);
            if (!fields.is_object()) throw std::invalid_argument("this is not a JSON object.");
            questions.push_back(questionOf(fields));
            if (questions.back().prompt.empty()) throw std::invalid_argument("the prompt is empty.");
        } catch (const JsonError& error) {
            lines.refuse(fmt::format("{}, at byte {}", error.what(), error.byte));
        } catch (const std::exception& error) {
            throw std::runtime_error(fmt::format("{}: {}", lines.place(), error.what()));
        }
        questions.back().file = file;
        questions.back().place = lines.place();
        bytes += questions.back().prompt.size();
        for (const auto& choice : questions.back().choices) bytes += choice.size();
        if (bytes > kMostQuestionBytes)
            lines.refuse(fmt::format("questions of more than {} MiB in all are too many", kMostQuestionBytes >> 20));
        if (limit != 0 && questions.size() == limit) break;
    }
    if (questions.empty()) throw std::runtime_error(fmt::format("{}: it holds no questions.", path.string()));
    return questions;
}

}  // namespace

const nlohmann::json& fieldOf(const nlohmann::json& fields, const std::string& name) {
    const auto found = fields.find(name);
    if (found == fields.end()) throw std::invalid_argument(fmt::format("the field '{}' is missing.", name));
    return *found;
}

std::string textOf(const nlohmann::json& fields, const std::string& name) {
    const auto& value = fieldOf(fields, name);
    if (value.is_string()) return value.get<std::string>();
    if (value.is_number()) return value.dump();
    throw std::invalid_argument(fmt::format("the field '{}' is neither a text nor a number.", name));
}

QuestionSet readQuestionSet(std::span<const QuestionFile> files, const QuestionOf& questionOf) {
    QuestionSet set;
    for (std::uint32_t file = 0; file < files.size(); ++file) {
        const auto& named = files[file];
        set.files.push_back(named.name.empty() ? named.train.stem().string() : named.name);
        set.weights.push_back(named.weight);
        auto train = readFile(named.train, file, named.limit, questionOf);
        std::vector<Question> test;
        if (!named.test.empty()) {
            test = readFile(named.test, file, named.limit, questionOf);
        } else {
            const auto held = static_cast<std::ptrdiff_t>(named.heldOut * static_cast<double>(train.size()));
            if (held == static_cast<std::ptrdiff_t>(train.size()))
                throw std::runtime_error(
                    fmt::format("{}: held_out leaves no question to evolve on.", named.train.string()));
            test.assign(std::make_move_iterator(train.end() - held), std::make_move_iterator(train.end()));
            train.erase(train.end() - held, train.end());
        }
        std::ranges::move(train, std::back_inserter(set.train));
        std::ranges::move(test, std::back_inserter(set.test));
    }
    return set;
}

SampleSet samplesOf(const QuestionSet& questions) {
    SampleSet samples;
    samples.groupNoun = "file";
    samples.groupNames = questions.files;
    const bool weighted = std::ranges::any_of(questions.weights, [](double weight) { return weight != 1.0; });
    Fingerprint contents;
    for (const auto& question : questions.train) {
        contents.add(question.prompt);
        contents.add(question.reference);
        for (const auto& choice : question.choices) contents.add(choice);
        samples.groups.push_back(question.file);
        samples.texts.push_back({question.prompt, question.reference});
        if (weighted) samples.weights.push_back(questions.weights[question.file]);
    }
    samples.hash = contents.hex();
    return samples;
}

}  // namespace mergarium
