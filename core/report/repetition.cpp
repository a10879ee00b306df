#include "core/report/repetition.h"

#include "core/configuration/short_yaml.h"
#include "core/fields/yaml.h"
#include "core/founders/founder_names.h"
#include "core/text/words.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

namespace mergarium {
namespace {

template <typename... Cases>
struct OneOf : Cases... {
    using Cases::operator()...;
};

/// As a shell takes it for one word.
std::string shellWord(const std::string& text) {
    const bool plain = !text.empty() && text.front() != '-' && std::ranges::all_of(text, [](unsigned char letter) {
        return std::isalnum(letter) || letter == '.' || letter == '_' || letter == '-' || letter == '=';
    });
    if (plain) return text;
    std::string word = text.starts_with('-') ? "'./" : "'";
    for (const char letter : text) word += letter == '\'' ? std::string("'\\''") : std::string(1, letter);
    return word + "'";
}

/// What makes `to` of `from`, but for the budget.
std::vector<Override> parametersThatDiffer(const RunConfiguration& from, RunConfiguration to) {
    to.evaluations = from.evaluations;
    return overridesFrom(from, to);
}

std::string wordsOf(const ParametersChanged& change) {
    const auto were = parametersThatDiffer(change.after, change.before);
    std::string text;
    for (const auto& [key, value] : parametersThatDiffer(change.before, change.after)) {
        const auto was = std::ranges::find(were, key, &Override::key);
        text += fmt::format("{}{}{} became {}", text.empty() ? "" : "; ", key,
                            was == were.end() ? "" : fmt::format(", which was {},", was->value), value);
    }
    const auto slots = traitsOf(change.after.strategy).slots;
    if (slots < traitsOf(change.before.strategy).slots)
        text += fmt::format("; of the archive's members the strongest {} stayed", words::count(slots));
    return text;
}

std::string wordsOf(const Intervention& one, std::size_t founders) {
    const auto member = founders + one.step;
    return std::visit(
        OneOf{[](const ParametersChanged& change) { return "after it: " + wordsOf(change); },
              [&](const Parentage& of) { return fmt::format("#{} was bred by hand: {}", member, wordsOf(of)); },
              [&](const FounderDescription& founder) {
                  const auto whose = founder.hash.empty() ? "" : fmt::format(" (contents {})", founder.hash);
                  return fmt::format("#{} joined: the founder {}{}", member, founder.name, whose);
              }},
        one.what);
}

/// Whole arguments to a line, which goes on in the next one.
std::string broken(const std::string& command, const std::vector<std::string>& arguments) {
    constexpr std::size_t kWidth = 100;
    std::string text = command;
    std::size_t column = command.size();
    for (const auto& argument : arguments) {
        if (column + 1 + argument.size() > kWidth) {
            text += " \\\n   ";
            column = 3;
        }
        text += ' ' + argument;
        column += 1 + argument.size();
    }
    return text;
}

using Arguments = std::vector<std::string>;

Arguments settings(const std::vector<Override>& overrides) {
    Arguments arguments;
    for (const auto& one : overrides) arguments.push_back("--set " + shellWord(one.key + '=' + one.value));
    return arguments;
}

Arguments argumentsOf(const Parentage& parentage) {
    const auto& splice = parentage.splice;
    Arguments arguments{fmt::format("{} {}", parentage.first.value, parentage.second.value)};
    for (const auto split : splice.splits) arguments.push_back(fmt::format("--split {}", split));
    if (!splice.chromosomes) arguments.push_back(fmt::format("--ratio {}", splice.ratio));
    for (std::size_t index = 0; index < splice.cuts.size(); ++index) {
        const auto& [splits, ratio] = splice.cuts[index];
        Value::List places;
        for (const auto split : splits) places.emplace_back(std::to_string(split));
        Value cut{Value::Map{}}, chromosome{Value::Map{}};
        cut.at("splits") = Value(std::move(places));
        cut.at("ratio") = Value(fmt::format("{}", ratio));
        chromosome.at(splice.chromosomes->names()[index]) = std::move(cut);
        arguments.push_back("--chromosome " + shellWord(toInlineYaml(chromosome)));
    }
    arguments.push_back(fmt::format("--interpolation {}", nameOf(splice.interpolation)));
    arguments.push_back("--admit");
    return arguments;
}

Arguments argumentsOf(const FounderDescription& founder) {
    const auto model = founder.source.base.empty() ? founder.name : textOf(founder.source);
    return {"--add-founder " + shellWord(words::visible(model))};
}

/// The run once more, stopped wherever something was done to it. Whatever a run is stopped by, its budget being used up
/// is as good: one that is extended goes on as if it had always had the larger one.
class Repetition {
public:
    explicit Repetition(const ReportedRun& reported) : run_(*reported.run), todo_(reported.interventions) {
        end_ = run_.evaluations > 0 ? run_.evaluations : run_.budget;
        const auto first = todo_.empty() ? std::nullopt : std::optional(stopBefore(0));
        const auto& now = run_.run->configuration;
        const auto& then = configurationAtFirst();
        byBudget_ = first != 0u && traitsOf(then.strategy).plansByBudget.empty();
        auto arguments = settings(parametersThatDiffer(now, then));
        goTo(first.value_or(end_), now.evaluations, arguments);
        commands_ = broken("mergarium-cli run run.yaml --db repeated.db", arguments);
        for (std::size_t i = 0; i < todo_.size(); ++i) add(i);
        if (done_ < end_) resume(end_, {});
    }

    /// A line each.
    const std::string& commands() const { return commands_; }
    /// Their budgets stop the run wherever that is needed.
    bool stopsByItself() const { return byBudget_ || (todo_.empty() && end_ == run_.budget); }

private:
    const RunConfiguration& configurationAtFirst() const {
        for (const auto& one : todo_)
            if (const auto* change = std::get_if<ParametersChanged>(&one.what)) return change->before;
        return run_.run->configuration;
    }

    /// How many evaluations the run has when this is done to it; at the end when all is done.
    std::uint64_t stopBefore(std::size_t i) const {
        if (i == todo_.size()) return end_;
        return todo_[i].step - (std::holds_alternative<ParametersChanged>(todo_[i].what) ? 0 : 1);
    }

    void goTo(std::uint64_t step, std::uint64_t budget, Arguments& arguments) {
        if (byBudget_ && step != budget) arguments.push_back(fmt::format("--evaluations {}", step));
        done_ = step;
    }

    void resume(std::uint64_t to, Arguments arguments) {
        goTo(std::max(done_, to), done_, arguments);
        commands_ += '\n' + broken("mergarium-cli resume 1 --db repeated.db", arguments);
    }

    void add(std::size_t i) {
        const auto& one = todo_[i];
        if (done_ < stopBefore(i)) resume(stopBefore(i), {});
        const auto next = stopBefore(i + 1);
        std::visit(
            OneOf{[&](const ParametersChanged& change) {
                      resume(next, settings(parametersThatDiffer(change.before, change.after)));
                  },
                  [&](const FounderDescription& founder) { resume(std::max(next, one.step), argumentsOf(founder)); },
                  [&](const Parentage& parentage) {
                      auto arguments = argumentsOf(parentage);
                      goTo(one.step, done_, arguments);
                      commands_ += '\n' + broken("mergarium-cli breed 1 --db repeated.db", arguments);
                  }},
            one.what);
    }

    const SessionSnapshot& run_;
    const std::vector<Intervention>& todo_;
    std::uint64_t end_ = 0;
    std::uint64_t done_ = 0;
    bool byBudget_ = true;
    std::string commands_;
};

ReportTable tableOf(const ReportedRun& reported) {
    ReportTable table{.columns = {{"Step", true}, {"What was done from outside"}}, .rows = {}};
    const auto founders = foundersAtFirst(*reported.run->run);
    for (const auto& one : reported.interventions)
        table.rows.push_back({words::count(one.step), wordsOf(one, founders)});
    return table;
}

}  // namespace

std::string wordsOf(const Parentage& parentage) {
    const auto& splice = parentage.splice;
    const auto cutWords = [](const std::vector<std::uint64_t>& splits, double ratio) {
        auto text = fmt::format("ratio {:.2f}", ratio);
        if (splits.size() == 1) text += fmt::format(", split at {}", words::count(splits.front()));
        if (splits.size() > 1) text += fmt::format(", {} splits", words::count(splits.size()));
        return text;
    };
    auto text = fmt::format("#{} \u00d7 #{}", parentage.first.value, parentage.second.value);
    if (!splice.chromosomes) return text + ", " + cutWords(splice.splits, splice.ratio);
    for (std::size_t index = 0; index < splice.cuts.size(); ++index)
        text += fmt::format("; {}: {}", words::visible(splice.chromosomes->names()[index]),
                            cutWords(splice.cuts[index].splits, splice.cuts[index].ratio));
    return text;
}

void tellHowToRepeat(Report& report, const ReportedRun& reported) {
    const auto& run = *reported.run;
    const auto say = [&](std::string text) { report.blocks.push_back(ReportParagraph{std::move(text)}); };
    const auto list = [&](std::string text) { report.blocks.push_back(ReportListing{std::move(text)}); };
    const Repetition repetition(reported);
    const bool touched = !reported.interventions.empty();

    report.blocks.push_back(ReportHeading{"How to repeat it"});
    if (touched) {
        say("The run was not left to itself. The configuration above is the one that it ended with; what was done to "
            "it is kept with the run, and the commands below do it again at the same steps.");
        report.blocks.push_back(tableOf(reported));
    }
    say(fmt::format("Save the configuration above as run.yaml, put the founders where it says, and run it{}:",
                    touched ? ", in a new database" : ""));
    list(repetition.commands());
    std::string text =
        "The seed and the budget are in the configuration. On the same machine the repetition ends with the same "
        "archive, to the bit; on another one, numbers are rounded otherwise.";
    if (!repetition.stopsByItself())
        text += touched ? " No budget can stop this run where it was changed: run it in the window, pause it at the "
                          "steps above, and stop it there for each of the commands."
                        : fmt::format(" It was stopped after {} evaluations.", words::count(run.evaluations));
    else if (run.evaluations > 0 && run.evaluations < run.budget)
        text += fmt::format(" It had come to {} of its {} evaluations.", words::count(run.evaluations),
                            words::count(run.budget));
    if (!run.archiveHash.empty()) text += fmt::format(" The archive's hash is then {}.", run.archiveHash);
    if (toYaml(run.run->configuration).find("\n  program:") != std::string::npos)
        text +=
            " The configuration names a program that scores the models: look at it before you approve it with "
            "--trust-program.";
    say(std::move(text));
    say("From the run's own database, its archive and its best model:");
    const auto best = bestSlot(run.members);
    list(fmt::format(
        "mergarium-cli show {0} --db {1} --archive\n"
        "mergarium-cli export {0} {2} --db {1} --out best",
        run.run->id.value, shellWord(words::visible(reported.database)), best ? run.members[*best]->id.value : 1));
}

}  // namespace mergarium
