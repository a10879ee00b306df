#include "core/templates/library/filters.h"
#include "core/templates/library/methods.h"
#include "core/templates/values/json_text.h"
#include "core/templates/values/operators.h"
#include "core/templates/values/python_text.h"
#include "core/text/unicode.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace mergarium::jinja {
namespace {

template <std::string (*convert)(std::string_view)>
Value ofText(Tools& tools, const Value& value, const Arguments&) {
    const auto text = printed(tools.budget, value);
    tools.budget.take(3 * text.size());
    return makeText(tools.budget, convert(text));
}

std::string asItIs(std::string_view text) { return std::string(text); }

/// Jinja's, which isn't Python's: a capital where a word begins behind a space, - ( { [ or <.
std::string titled(std::string_view text) {
    std::string result;
    bool begins = true;
    for (std::size_t at = 0; at < text.size();) {
        const auto one = text::characterAt(text, at);
        const auto letter = text.substr(at, one.end - at);
        const bool divides = isSpace(one.code) || std::string_view("-({[<").find(letter) != std::string_view::npos;
        result += divides ? std::string(letter) : begins ? upperCase(letter) : lowerCase(letter);
        begins = divides;
        at = one.end;
    }
    return result;
}

std::string escapedForHtml(std::string_view text) {
    std::string result;
    for (const char letter : text) switch (letter) {
            case '&': result += "&amp;"; break;
            case '<': result += "&lt;"; break;
            case '>': result += "&gt;"; break;
            case '"': result += "&#34;"; break;
            case '\'': result += "&#39;"; break;
            default: result += letter;
        }
    return result;
}

Value trim(Tools& tools, const Value& value, const Arguments& given) {
    const Parameters parameters("trim", given, {"chars"});
    const auto characters = parameters.value("chars");
    const auto text = printed(tools.budget, value);
    if (!characters.isNone() && !characters.isText()) throw Fault("trim takes characters as a text");
    const auto of = characters.isText() ? std::optional<std::string_view>(characters.text()) : std::nullopt;
    return makeText(tools.budget, std::string(stripped(text, Side::Both, of)));
}

Value replace(Tools& tools, const Value& value, const Arguments& given) {
    const Parameters parameters("replace", given, {"old", "new", "count"}, 2);
    const auto most = parameters.whole("count", -1);
    return replacedText(tools, printed(tools.budget, value), parameters.text(tools, "old"),
                        parameters.text(tools, "new"), most < 0 ? kAll : static_cast<std::size_t>(most));
}

Value indent(Tools& tools, const Value& value, const Arguments& given) {
    const Parameters parameters("indent", given, {"width", "first", "blank"});
    const auto width = parameters.value("width");
    if (width.isWhole()) tools.budget.take(static_cast<std::size_t>(std::max<std::int64_t>(0, width.whole())));
    const auto space =
        width.isText()
            ? width.text()
            : std::string(static_cast<std::size_t>(std::max<std::int64_t>(0, parameters.whole("width", 4))), ' ');
    requireDefined(value);
    if (!value.isText()) throw Fault(fmt::format("texts are indented, and a {} is none", typeName(value)));
    const auto& text = value.text();
    tools.budget.goThrough(text.size());
    // Jinja's own trick: a line behind the last line end counts, too.
    const auto ended = text + "\n";
    const auto lines = splitLines(ended, false);
    std::string result = parameters.flag("first") ? space : std::string();
    for (std::size_t i = 0; i < lines.size(); ++i) {
        tools.budget.take(space.size() + lines[i].size());
        if (i > 0) result += '\n';
        if (i > 0 && (parameters.flag("blank") || !lines[i].empty())) result += space;
        result += lines[i];
    }
    return makeText(tools.budget, std::move(result));
}

/// As transformers writes it.
Value toJson(Tools& tools, const Value& value, const Arguments& given) {
    const Parameters parameters("tojson", given, {"ensure_ascii", "indent", "separators", "sort_keys"});
    JsonStyle style{.indent = {}, .sortKeys = parameters.flag("sort_keys"), .ascii = parameters.flag("ensure_ascii")};
    if (const auto width = parameters.value("indent"); width.isText()) {
        style.indent = width.text();
    } else if (!width.isNone()) {
        const auto spaces = std::clamp<std::int64_t>(parameters.whole("indent", 0), 0, 100);
        style.indent = std::string(static_cast<std::size_t>(spaces), ' ');
    }
    if (style.indent) style.betweenItems = ",";
    if (const auto separators = parameters.value("separators"); !separators.isNone()) {
        const auto* two = separators.items();
        if (!two || two->values.size() != 2 || !two->values[0].isText() || !two->values[1].isText())
            throw Fault("the separators of tojson are two texts");
        style.betweenItems = two->values[0].text();
        style.behindKey = two->values[1].text();
    }
    requireDefined(value);
    return makeText(tools.budget, jsonText(tools.budget, value, style));
}

Value otherwise(Tools&, const Value& value, const Arguments& given) {
    const Parameters parameters("default", given, {"default_value", "boolean"});
    const bool lacks = value.isUndefined() || (parameters.flag("boolean") && !isTrue(value));
    if (!lacks) return value;
    return parameters.find("default_value") ? parameters.value("default_value") : Value::text("");
}

std::optional<std::int64_t> truncated(double number) {
    if (!(std::abs(number) < 9.2e18)) return std::nullopt;
    return static_cast<std::int64_t>(number);
}

Value toWhole(Tools&, const Value& value, const Arguments& given) {
    const Parameters parameters("int", given, {"default", "base"});
    const auto base = parameters.whole("base", 10);
    requireDefined(value);
    std::optional<std::int64_t> number;
    if (value.isText()) {
        if (base >= 2 && base <= 36) number = wholeOf(value.text(), static_cast<int>(base));
        if (!number)
            if (const auto real = realOf(value.text())) number = truncated(*real);
    } else if (value.isNumber()) {
        number = value.isWhole() ? value.whole() : truncated(value.real());
    }
    if (number) return Value(*number);
    return parameters.find("default") ? parameters.value("default") : Value(std::int64_t{0});
}

Value toReal(Tools&, const Value& value, const Arguments& given) {
    const Parameters parameters("float", given, {"default"});
    requireDefined(value);
    if (value.isNumber()) return Value(value.real());
    if (value.isText())
        if (const auto number = realOf(value.text())) return Value(*number);
    return parameters.find("default") ? parameters.value("default") : Value(0.0);
}

Value absolute(Tools&, const Value& value, const Arguments&) {
    requireDefined(value);
    if (value.isReal()) return Value(std::abs(value.real()));
    if (!value.isNumber()) throw Fault(fmt::format("abs is of numbers, and not of a {}", typeName(value)));
    if (value.isBoolean()) return Value(std::int64_t{isTrue(value)});
    return value.whole() < 0 ? negative(value) : value;
}

Value rounded(Tools&, const Value& value, const Arguments& given) {
    const Parameters parameters("round", given, {"precision", "method"});
    requireDefined(value);
    if (!value.isNumber()) throw Fault(fmt::format("round is of numbers, and not of a {}", typeName(value)));
    const auto digits = static_cast<int>(std::clamp<std::int64_t>(parameters.whole("precision", 0), -300, 300));
    const auto method = parameters.value("method");
    const bool isCommon = !method.isText() || method.text() == "common";
    if (isCommon && !value.isReal() && digits >= 0) return value.isWhole() ? value : Value(std::int64_t{isTrue(value)});
    const double number = value.real();
    if (method.isText() && (method.text() == "ceil" || method.text() == "floor")) {
        const double scale = std::pow(10.0, digits);
        return Value((method.text() == "ceil" ? std::ceil(number * scale) : std::floor(number * scale)) / scale);
    }
    if (!isCommon) throw Fault("round knows the methods common, ceil and floor");
    if (digits >= 0) return Value(realOf(fmt::format("{:.{}f}", number, digits)).value_or(number));
    const double scale = std::pow(10.0, -digits);
    const double rounded = std::nearbyint(number / scale) * scale;
    return value.isReal() || !(std::abs(rounded) < 9e18) ? Value(rounded) : Value(static_cast<std::int64_t>(rounded));
}

Value format(Tools& tools, const Value& value, const Arguments& given) {
    if (!given.names.empty()) {
        std::vector<std::pair<Value, Value>> entries;
        for (const auto& [name, one] : given.names) entries.emplace_back(makeText(tools.budget, name), one);
        const auto all = makeMapping(tools.budget, std::move(entries));
        return makeText(tools.budget, formatted(tools.budget, printed(tools.budget, value), all));
    }
    const auto all = makeItems(tools.budget, given.places, Items::Kind::Tuple);
    return makeText(tools.budget, formatted(tools.budget, printed(tools.budget, value), all));
}

Value attribute(Tools& tools, const Value& value, const Arguments& given) {
    const Parameters parameters("attr", given, {"name"}, 1);
    const auto name = parameters.text(tools, "name");
    // Keys are no attributes here.
    if (value.isMapping() && !hasMethod(value, name)) return Value::undefined("a dict has no such attribute");
    return attributeOf(tools, value, name);
}

}  // namespace

const std::map<std::string_view, Filter>& plainFilters() {
    static const std::map<std::string_view, Filter> kFilters{{"abs", &absolute},
                                                             {"attr", &attribute},
                                                             {"capitalize", &ofText<&capitalized>},
                                                             {"d", &otherwise},
                                                             {"default", &otherwise},
                                                             {"e", &ofText<&escapedForHtml>},
                                                             {"escape", &ofText<&escapedForHtml>},
                                                             {"float", &toReal},
                                                             {"format", &format},
                                                             {"indent", &indent},
                                                             {"int", &toWhole},
                                                             {"lower", &ofText<&lowerCase>},
                                                             {"replace", &replace},
                                                             {"round", &rounded},
                                                             {"safe", &ofText<&asItIs>},
                                                             {"string", &ofText<&asItIs>},
                                                             {"title", &ofText<&titled>},
                                                             {"tojson", &toJson},
                                                             {"trim", &trim},
                                                             {"upper", &ofText<&upperCase>}};
    return kFilters;
}

}  // namespace mergarium::jinja
