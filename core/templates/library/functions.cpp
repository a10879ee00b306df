#include "core/files/excerpt.h"
#include "core/templates/library/tools.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace mergarium::jinja {
namespace {

/// As Jinja's sandbox.
constexpr std::int64_t kLongestRange = 100'000;

Value range(Tools& tools, const Arguments& given) {
    const auto count = given.places.size();
    if (count == 0 || count > 3 || !given.names.empty()) throw Fault("range takes one, two or three whole numbers");
    std::array<std::int64_t, 3> numbers{0, 0, 1};
    for (std::size_t i = 0; i < count; ++i) {
        requireDefined(given.places[i]);
        if (!given.places[i].isWhole()) throw Fault("range takes whole numbers");
        numbers[count == 1 ? 1 : i] = given.places[i].whole();
    }
    const auto [begin, end, step] = numbers;
    if (step == 0) throw Fault("the step of a range is zero");
    std::vector<Value> values;
    for (auto at = begin; step > 0 ? at < end : at > end;) {
        if (values.size() == static_cast<std::size_t>(kLongestRange))
            throw Fault(fmt::format("a range is longer than {}", kLongestRange));
        values.emplace_back(at);
        if (__builtin_add_overflow(at, step, &at)) break;
    }
    return makeItems(tools.budget, std::move(values));
}

/// The entries of dict(...) and namespace(...): of a mapping, or of pairs, then those given by name.
std::vector<std::pair<Value, Value>> entriesOf(Tools& tools, const Arguments& given, std::string_view of) {
    if (given.places.size() > 1) throw Fault(fmt::format("{} takes one argument without a name at most", of));
    std::vector<std::pair<Value, Value>> entries;
    if (!given.places.empty()) {
        requireDefined(given.places.front());
        if (given.places.front().isMapping()) {
            tools.budget.take(given.places.front().mapping().entries.size() * 2 * sizeof(Value));
            entries = given.places.front().mapping().entries;
        } else {
            for (const auto& pair : elementsOf(tools.budget, given.places.front())) {
                auto two = elementsOf(tools.budget, pair);
                if (two.size() != 2) throw Fault(fmt::format("{} is made of pairs", of));
                entries.emplace_back(std::move(two[0]), std::move(two[1]));
            }
        }
    }
    for (const auto& [name, value] : given.names) entries.emplace_back(makeText(tools.budget, name), value);
    return entries;
}

Value dict(Tools& tools, const Arguments& given) { return makeMapping(tools.budget, entriesOf(tools, given, "dict")); }

Value newSpace(Tools& tools, const Arguments& given) {
    Space space;
    for (auto& [name, value] : entriesOf(tools, given, "namespace")) {
        if (!name.isText()) throw Fault("the attributes of a namespace have names");
        space.attributes.emplace_back(name.text(), std::move(value));
    }
    tools.budget.take(sizeof(Space) + 64 * space.attributes.size());
    return Value(&tools.spaces.emplace_back(std::move(space)));
}

Value refusal(Tools& tools, const Arguments& given) {
    const Parameters parameters("raise_exception", given, {"message"});
    throw Fault(fmt::format("it refuses what it is asked: {}",
                            excerptOf(parameters.text(tools, "message", "for no reason that it tells"), 500)));
}

/// 26 July 2024: what the templates of Llama 3 write where they are told no date. A run must not depend on the day.
Value fixedDate(Tools& tools, const Arguments& given) {
    const Parameters parameters("strftime_now", given, {"format"}, 1);
    const auto format = parameters.text(tools, "format");
    std::string text;
    for (std::size_t at = 0; at < format.size(); ++at) {
        if (format[at] != '%' || at + 1 == format.size()) {
            text += format[at];
            continue;
        }
        const bool bare = format[++at] == '-' && at + 1 < format.size();
        const auto number = [&](int value) { return bare ? fmt::to_string(value) : fmt::format("{:02}", value); };
        switch (format[bare ? ++at : at]) {
            case 'a': text += "Fri"; break;
            case 'A': text += "Friday"; break;
            case 'b': text += "Jul"; break;
            case 'B': text += "July"; break;
            case 'd': text += number(26); break;
            case 'm': text += number(7); break;
            case 'y': text += number(24); break;
            case 'Y': text += "2024"; break;
            case 'H':
            case 'M':
            case 'S': text += number(0); break;
            case 'I': text += number(12); break;
            case 'p': text += "AM"; break;
            case 'j': text += "208"; break;
            case 'F': text += "2024-07-26"; break;
            case 'T': text += "00:00:00"; break;
            case '%': text += '%'; break;
            default:
                throw Fault(
                    fmt::format("strftime_now doesn't know '%{}'", excerptOf(std::string_view(format).substr(at, 1))));
        }
    }
    return makeText(tools.budget, std::move(text));
}

constexpr std::array<Function, 5> kFunctions{{{"range", &range},
                                              {"dict", &dict},
                                              {"namespace", &newSpace},
                                              {"raise_exception", &refusal},
                                              {"strftime_now", &fixedDate}}};

}  // namespace

const Function* functionNamed(std::string_view name) {
    const auto* found = std::ranges::find(kFunctions, name, &Function::name);
    return found == kFunctions.end() ? nullptr : found;
}

}  // namespace mergarium::jinja
