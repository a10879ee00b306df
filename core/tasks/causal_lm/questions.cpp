#include "core/tasks/causal_lm/questions.h"

#include "core/text/chat_template.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <stdexcept>

namespace mergarium {
namespace {

/// Turns JSON objects into questions, as one task's settings say.
class Reader {
public:
    Reader(const CausalLmSettings& settings, const Chat& chat)
        : settings_(settings), prompt_(settings.prompt), chat_(chat) {}

    Question questionOf(const nlohmann::json& fields) const {
        Question question{.prompt = chat_.around(prompt_.fill(fields)), .reference = {}, .choices = {}, .place = {}};
        if (settings_.scoring == QuestionScoring::MultipleChoice)
            addChoices(question, fields);
        else
            question.reference = textOf(fields, settings_.reference);
        return question;
    }

private:
    void addChoices(Question& question, const nlohmann::json& fields) const {
        const auto& listed = fieldOf(fields, settings_.choices);
        const auto& choices = listed.is_object() && listed.contains("text") ? listed["text"] : listed;
        if (!choices.is_array() || choices.size() < 2 ||
            !std::ranges::all_of(choices, [](const auto& one) { return one.is_string(); }))
            throw std::invalid_argument(
                fmt::format("the field '{}' is no list of at least two texts.", settings_.choices));
        for (const auto& one : choices) question.choices.push_back(one.template get<std::string>());

        const auto& reference = fieldOf(fields, settings_.reference);
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
    const Reader reader(settings, chat);
    return readQuestionSet(settings.files, [&](const nlohmann::json& fields) { return reader.questionOf(fields); });
}

}  // namespace mergarium
