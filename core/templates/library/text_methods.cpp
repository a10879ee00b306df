#include "core/files/excerpt.h"
#include "core/templates/library/methods.h"
#include "core/templates/values/python_text.h"
#include "core/text/unicode.h"

#include <fmt/format.h>
#include <unicode/uchar.h>

#include <algorithm>
#include <optional>

namespace mergarium::jinja {
namespace {

/// An argument that is a text, or None.
std::optional<std::string_view> textOrNone(const Parameters& parameters, std::string_view name) {
    const auto* given = parameters.find(name);
    if (!given || given->isNone()) return std::nullopt;
    requireDefined(*given);
    if (!given->isText()) throw Fault(fmt::format("'{}' is a text, and no {}", name, typeName(*given)));
    return given->text();
}

std::string_view requiredText(const Parameters& parameters, std::string_view name) {
    const auto given = textOrNone(parameters, name);
    if (!given) throw Fault(fmt::format("'{}' is a text, and not None", name));
    return *given;
}

Value textsOf(Tools& tools, const std::vector<std::string_view>& parts, Items::Kind kind = Items::Kind::List) {
    std::vector<Value> values;
    for (const auto part : parts) values.push_back(makeText(tools.budget, std::string(part)));
    return makeItems(tools.budget, std::move(values), kind);
}

template <Side side>
Value strip(Tools& tools, const std::string& self, const Arguments& given) {
    const Parameters parameters("strip", given, {"chars"});
    return makeText(tools.budget, std::string(stripped(self, side, textOrNone(parameters, "chars"))));
}

template <bool fromEnd>
Value splitText(Tools& tools, const std::string& self, const Arguments& given) {
    const Parameters parameters("split", given, {"sep", "maxsplit"});
    const auto separator = textOrNone(parameters, "sep");
    if (separator && separator->empty()) throw Fault("a text can't be split at nothing");
    const auto most = parameters.whole("maxsplit", -1);
    const auto count = most < 0 ? kAll : static_cast<std::size_t>(most);
    tools.budget.take(self.size() * sizeof(std::string_view));
    return textsOf(tools, fromEnd ? splitFromEnd(self, separator, count) : split(self, separator, count));
}

/// Whether the text begins, or ends, with a text or any of a tuple.
template <bool (*holds)(std::string_view, std::string_view)>
Value beginsOrEnds(Tools& tools, const std::string& self, const Arguments& given) {
    const Parameters parameters("startswith or endswith", given, {"prefix"}, 1);
    const auto& what = *parameters.find("prefix");
    requireDefined(what);
    if (what.isText()) return Value(holds(self, what.text()));
    if (!what.items()) throw Fault(fmt::format("a text begins and ends with texts, and no {}", typeName(what)));
    tools.budget.step(what.items()->values.size());
    return Value(std::ranges::any_of(what.items()->values,
                                     [&](const auto& one) { return one.isText() && holds(self, one.text()); }));
}
bool begins(std::string_view text, std::string_view what) { return text.starts_with(what); }
bool ends(std::string_view text, std::string_view what) { return text.ends_with(what); }

template <std::string (*convert)(std::string_view)>
Value converted(Tools& tools, const std::string& self, const Arguments& given) {
    const Parameters parameters("the change of case", given, {});
    tools.budget.take(3 * self.size());
    return makeText(tools.budget, convert(self));
}

Value replaceIn(Tools& tools, const std::string& self, const Arguments& given) {
    const Parameters parameters("replace", given, {"old", "new", "count"}, 2);
    const auto most = parameters.whole("count", -1);
    return replacedText(tools, self, requiredText(parameters, "old"), requiredText(parameters, "new"),
                        most < 0 ? kAll : static_cast<std::size_t>(most));
}

Value joinTexts(Tools& tools, const std::string& self, const Arguments& given) {
    const Parameters parameters("join", given, {"iterable"}, 1);
    std::string text;
    bool first = true;
    requireDefined(*parameters.find("iterable"));
    for (const auto& one : elementsOf(tools.budget, *parameters.find("iterable"))) {
        requireDefined(one);
        if (!one.isText()) throw Fault(fmt::format("texts are joined, and a {} is none", typeName(one)));
        tools.budget.take(self.size() + one.text().size());
        if (!std::exchange(first, false)) text += self;
        text += one.text();
    }
    return makeText(tools.budget, std::move(text));
}

/// Where a text stands in it, counted in characters; -1, or a fault: nowhere.
template <bool last, bool must>
Value place(Tools& tools, const std::string& self, const Arguments& given) {
    const Parameters parameters("find", given, {"sub"}, 1);
    const auto what = requiredText(parameters, "sub");
    tools.budget.goThrough(self.size());
    auto at = findIn(self, what);
    if (last)
        for (auto next = at; next != std::string::npos; next = findIn(self, what, next + 1)) {
            at = next;
            tools.budget.step(1 + (self.size() - at) / 64);
        }
    if (at != std::string::npos) return Value::count(characterCount(std::string_view(self).substr(0, at)));
    if (must) throw Fault("a text doesn't hold what is looked for (index)");
    return Value(std::int64_t{-1});
}

Value countText(Tools& tools, const std::string& self, const Arguments& given) {
    tools.budget.goThrough(self.size());
    return Value::count(countIn(self, requiredText(Parameters("count", given, {"sub"}, 1), "sub")));
}

Value lines(Tools& tools, const std::string& self, const Arguments& given) {
    const Parameters parameters("splitlines", given, {"keepends"});
    tools.budget.take(self.size() * sizeof(std::string_view));
    return textsOf(tools, splitLines(self, parameters.flag("keepends")));
}

template <bool last>
Value partition(Tools& tools, const std::string& self, const Arguments& given) {
    const auto separator = requiredText(Parameters("partition", given, {"sep"}, 1), "sep");
    if (separator.empty()) throw Fault("a text can't be parted at nothing");
    const std::string_view text = self;
    const auto at = last ? text.rfind(separator) : findIn(text, separator);
    tools.budget.goThrough(text.size() * (last ? separator.size() : 1));
    if (at == text.npos) {
        if (last) return textsOf(tools, {"", "", text}, Items::Kind::Tuple);
        return textsOf(tools, {text, "", ""}, Items::Kind::Tuple);
    }
    return textsOf(tools, {text.substr(0, at), separator, text.substr(at + separator.size())}, Items::Kind::Tuple);
}

template <bool prefix>
Value removed(Tools& tools, const std::string& self, const Arguments& given) {
    const auto what = requiredText(Parameters("removeprefix", given, {"prefix"}, 1), "prefix");
    std::string_view text = self;
    if (prefix && text.starts_with(what)) text.remove_prefix(what.size());
    if (!prefix && text.ends_with(what)) text.remove_suffix(what.size());
    return makeText(tools.budget, std::string(text));
}

/// Whether it has characters, all of this kind.
template <typename Kind>
Value allAre(Tools& tools, const std::string& self, Kind kind) {
    tools.budget.goThrough(8 * self.size());
    for (std::size_t at = 0; at < self.size();) {
        const auto one = text::characterAt(self, at);
        if (!kind(static_cast<UChar32>(one.code))) return Value(false);
        at = one.end;
    }
    return Value(!self.empty());
}

template <std::string (*convert)(std::string_view)>
Value hasOnly(Tools& tools, const std::string& self, const Arguments&) {
    tools.budget.take(3 * self.size());
    return Value(convert(self) == self && upperCase(self) != lowerCase(self));
}

/// {} and {name} of `str.format`, without what may stand behind them.
Value formatBraces(Tools& tools, const std::string& self, const Arguments& given) {
    std::string text;
    std::size_t next = 0;
    for (std::size_t at = 0; at < self.size(); ++at) {
        const char letter = self[at];
        if (letter != '{' && letter != '}') {
            text += letter;
            continue;
        }
        if (at + 1 < self.size() && self[at + 1] == letter) {
            text += letter;
            ++at;
            continue;
        }
        const auto end = self.find('}', at);
        if (letter == '}' || end == std::string::npos) throw Fault("a format has a brace without the other");
        const auto name = std::string_view(self).substr(at + 1, end - at - 1);
        const auto place = name.empty() ? static_cast<std::int64_t>(next++) : wholeOf(name).value_or(-1);
        const Value* value = nullptr;
        if (place >= 0 && static_cast<std::size_t>(place) < given.places.size())
            value = &given.places[static_cast<std::size_t>(place)];
        for (const auto& [known, one] : given.names)
            if (known == name) value = &one;
        if (!value) throw Fault(fmt::format("a format has no value for {{{}}}", excerptOf(name, 40)));
        text += printed(tools.budget, *value);
        tools.budget.take(text.size() / 8);
        at = end;
    }
    return makeText(tools.budget, std::move(text));
}

}  // namespace

Value replacedText(Tools& tools, std::string_view text, std::string_view what, std::string_view by, std::size_t most) {
    tools.budget.goThrough(text.size());
    const auto count = std::min(most, countIn(text, what));
    tools.budget.take(text.size());
    if (by.size() > 0 && count > (std::size_t{1} << 40) / by.size()) tools.budget.take(std::size_t{1} << 60);
    tools.budget.take(count * by.size());
    return makeText(tools.budget, replaced(text, what, by, most));
}

const std::map<std::string_view, TextMethod>& textMethods() {
    static const std::map<std::string_view, TextMethod> kMethods{
        {"strip", &strip<Side::Both>},
        {"lstrip", &strip<Side::Left>},
        {"rstrip", &strip<Side::Right>},
        {"split", &splitText<false>},
        {"rsplit", &splitText<true>},
        {"splitlines", &lines},
        {"partition", &partition<false>},
        {"rpartition", &partition<true>},
        {"startswith", &beginsOrEnds<&begins>},
        {"endswith", &beginsOrEnds<&ends>},
        {"removeprefix", &removed<true>},
        {"removesuffix", &removed<false>},
        {"upper", &converted<&upperCase>},
        {"lower", &converted<&lowerCase>},
        {"title", &converted<&titleCase>},
        {"capitalize", &converted<&capitalized>},
        {"replace", &replaceIn},
        {"join", &joinTexts},
        {"find", &place<false, false>},
        {"rfind", &place<true, false>},
        {"index", &place<false, true>},
        {"rindex", &place<true, true>},
        {"count", &countText},
        {"format", &formatBraces},
        {"isspace",
         [](Tools& tools, const std::string& self, const Arguments&) {
             return allAre(tools, self, [](auto c) { return isSpace(static_cast<char32_t>(c)); });
         }},
        {"isdigit", [](Tools& tools, const std::string& self,
                       const Arguments&) { return allAre(tools, self, [](auto c) { return u_isdigit(c) != 0; }); }},
        {"isalpha", [](Tools& tools, const std::string& self,
                       const Arguments&) { return allAre(tools, self, [](auto c) { return u_isalpha(c) != 0; }); }},
        {"isalnum", [](Tools& tools, const std::string& self,
                       const Arguments&) { return allAre(tools, self, [](auto c) { return u_isalnum(c) != 0; }); }},
        {"isupper", &hasOnly<&upperCase>},
        {"islower", &hasOnly<&lowerCase>}};
    return kMethods;
}

}  // namespace mergarium::jinja
