#include "core/tasks/causal_lm/questions.h"

#include "core/files/fingerprint.h"
#include "core/files/json.h"
#include "core/files/text_file.h"
#include "core/text/chat_template.h"

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

/// Turns lines of JSON into questions, as one task's settings say.
class Reader {
public:
    Reader(const CausalLmSettings& settings, const Chat& chat)
        : settings_(settings), prompt_(settings.prompt), chat_(chat) {}

    std::vector<Question> read(const std::filesystem::path& path, std::uint32_t file) const {
        LineReader lines(path, kLine.bytes);
        std::vector<Question> questions;
        std::size_t bytes = 0;
        for (std::string_view line; lines.next(line);) {
            if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
            if (questions.size() == kMostQuestions)
                lines.refuse(fmt::format("more than {} questions are too many", kMostQuestions));
            try {
                questions.push_back(questionOf(parseJson(line, kLine), file, lines.place()));
            } catch (const JsonError& error) {
                lines.refuse(fmt::format("{}, at byte {}", error.what(), error.byte));
            } catch (const std::exception& error) {
                throw std::runtime_error(fmt::format("{}: {}", lines.place(), error.what()));
            }
            bytes += questions.back().prompt.size();
            for (const auto& choice : questions.back().choices) bytes += choice.size();
            if (bytes > kMostQuestionBytes)
                lines.refuse(
                    fmt::format("questions of more than {} MiB in all are too many", kMostQuestionBytes >> 20));
            if (settings_.files[file].limit != 0 && questions.size() == settings_.files[file].limit) break;
        }
        if (questions.empty()) throw std::runtime_error(fmt::format("{}: it holds no questions.", path.string()));
        return questions;
    }

private:
    Question questionOf(const nlohmann::json& fields, std::uint32_t file, const std::string& place) const {
        if (!fields.is_object()) throw std::invalid_argument("this is not a JSON object.");
        Question question{
            .prompt = chat_.around(prompt_.fill(fields)), .reference = {}, .choices = {}, .file = file, .place = place};
        if (question.prompt.empty()) throw std::invalid_argument("the prompt is empty.");
        if (settings_.scoring == QuestionScoring::MultipleChoice)
            addChoices(question, fields);
        else
            question.reference = textOf(fields, settings_.reference);
        return question;
    }

    static const nlohmann::json& field(const nlohmann::json& fields, const std::string& name) {
        const auto found = fields.find(name);
        if (found == fields.end()) throw std::invalid_argument(fmt::format("the field '{}' is missing.", name));
        return *found;
    }

    static std::string textOf(const nlohmann::json& fields, const std::string& name) {
        const auto& value = field(fields, name);
        if (value.is_string()) return value.get<std::string>();
        if (value.is_number()) return value.dump();
        throw std::invalid_argument(fmt::format("the field '{}' is neither a text nor a number.", name));
    }

    void addChoices(Question& question, const nlohmann::json& fields) const {
        const auto& listed = field(fields, settings_.choices);
        const auto& choices = listed.is_object() && listed.contains("text") ? listed["text"] : listed;
        if (!choices.is_array() || choices.size() < 2 ||
            !std::ranges::all_of(choices, [](const auto& one) { return one.is_string(); }))
            throw std::invalid_argument(
                fmt::format("the field '{}' is no list of at least two texts.", settings_.choices));
        for (const auto& one : choices) question.choices.push_back(one.template get<std::string>());

        const auto& reference = field(fields, settings_.reference);
        std::size_t right = question.choices.size();
        if (reference.is_number_unsigned()) {
            right = reference.get<std::size_t>();
        } else if (reference.is_string()) {
            const auto text = reference.get<std::string>();
            right = static_cast<std::size_t>(std::ranges::find(question.choices, text) - question.choices.begin());
            if (right == question.choices.size() && text.size() == 1 && text[0] >= 'A' && text[0] <= 'Z')
                right = static_cast<std::size_t>(text[0] - 'A');
        }
        if (right >= question.choices.size())
            throw std::invalid_argument(fmt::format(
                "the field '{}' names none of the choices: give its number from 0, its letter, or its text.",
                settings_.reference));
        question.right = right;
        question.reference = question.choices[right];
    }

    const CausalLmSettings& settings_;
    PlaceholderTemplate prompt_;
    const Chat& chat_;
};

}  // namespace

QuestionSet readQuestions(const CausalLmSettings& settings, const Chat& chat) {
    QuestionSet set;
    const Reader reader(settings, chat);
    for (std::uint32_t file = 0; file < settings.files.size(); ++file) {
        const auto& named = settings.files[file];
        set.files.push_back(named.name.empty() ? named.train.stem().string() : named.name);
        set.weights.push_back(named.weight);
        auto train = reader.read(named.train, file);
        std::vector<Question> test;
        if (!named.test.empty()) {
            test = reader.read(named.test, file);
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
