#include "core/templates/values/json_text.h"

#include "core/templates/values/python_text.h"
#include "core/text/unicode.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

namespace mergarium::jinja {
namespace {

std::string escaped(std::string_view text, bool ascii) {
    std::string result = "\"";
    for (std::size_t at = 0; at < text.size();) {
        const auto one = text::characterAt(text, at);
        const auto code = static_cast<std::uint32_t>(one.code);
        constexpr std::string_view kLetters = "\"\\\b\f\n\r\t", kEscapes = "\"\\bfnrt";
        const auto known = code < 0x80 ? kLetters.find(static_cast<char>(code)) : kLetters.npos;
        if (known != kLetters.npos)
            result.append(1, '\\').append(1, kEscapes[known]);
        else if (code < 0x20 || (ascii && code > 0x7e && code < 0x10000))
            result += fmt::format("\\u{:04x}", code);
        else if (ascii && code >= 0x10000)
            result += fmt::format("\\u{:04x}\\u{:04x}", 0xd800 + ((code - 0x10000) >> 10), 0xdc00 + (code & 0x3ff));
        else
            result += text.substr(at, one.end - at);
        at = one.end;
    }
    return result + '"';
}

std::string jsonNumber(double number) {
    if (std::isnan(number)) return "NaN";
    if (std::isinf(number)) return number < 0 ? "-Infinity" : "Infinity";
    return floatText(number);
}

class Writer {
public:
    Writer(Budget& budget, const JsonStyle& style) : budget_(budget), style_(style) {}

    void write(const Value& value) {
        budget_.step();
        if (value.isNone())
            put("null");
        else if (const auto* flag = value.get<bool>())
            put(*flag ? "true" : "false");
        else if (value.isWhole())
            put(fmt::to_string(value.whole()));
        else if (value.isReal())
            put(jsonNumber(value.real()));
        else if (value.isText())
            put(escaped(value.text(), style_.ascii));
        else if (value.isMapping())
            object(value.mapping());
        else if (value.items() && value.items()->isSequence())
            array(*value.items());
        else
            throw Fault(fmt::format("a {} can't be written as JSON", typeName(value)));
    }

    std::string text;

private:
    void put(std::string_view part) {
        budget_.take(part.size());
        budget_.goThrough(part.size());
        text += part;
    }
    void newLine() {
        if (!style_.indent) return;
        put("\n");
        for (std::size_t i = 0; i < level_; ++i) put(*style_.indent);
    }
    template <typename Each>
    void within(char begin, char end, std::size_t count, const Each& each) {
        put(std::string_view(&begin, 1));
        ++level_;
        for (std::size_t i = 0; i < count; ++i) {
            if (i > 0) put(style_.betweenItems);
            newLine();
            each(i);
        }
        --level_;
        if (count > 0) newLine();
        put(std::string_view(&end, 1));
    }
    void array(const Items& items) {
        within('[', ']', items.values.size(), [&](std::size_t i) { write(items.values[i]); });
    }
    void object(const Mapping& mapping) {
        std::vector<const std::pair<Value, Value>*> entries;
        for (const auto& entry : mapping.entries) entries.push_back(&entry);
        if (style_.sortKeys)
            std::ranges::stable_sort(entries,
                                     [&](const auto* a, const auto* b) { return isLess(budget_, a->first, b->first); });
        within('{', '}', entries.size(), [&](std::size_t i) {
            put(escaped(keyText(entries[i]->first), style_.ascii));
            put(style_.behindKey);
            write(entries[i]->second);
        });
    }
    std::string keyText(const Value& key) {
        if (key.isText()) return key.text();
        if (key.isNone()) return "null";
        if (const auto* flag = key.get<bool>()) return *flag ? "true" : "false";
        if (key.isWhole()) return fmt::to_string(key.whole());
        if (key.isReal()) return jsonNumber(key.real());
        throw Fault(fmt::format("a {} can't be a key in JSON", typeName(key)));
    }

    Budget& budget_;
    const JsonStyle& style_;
    std::size_t level_ = 0;
};

}  // namespace

std::string jsonText(Budget& budget, const Value& value, const JsonStyle& style) {
    Writer writer(budget, style);
    writer.write(value);
    return std::move(writer.text);
}

Value valueOf(Budget& budget, const nlohmann::ordered_json& json) {
    using Type = nlohmann::ordered_json::value_t;
    switch (json.type()) {
        case Type::boolean: return Value(json.get<bool>());
        case Type::number_integer: return Value(json.get<std::int64_t>());
        case Type::number_unsigned:
            if (json.get<std::uint64_t>() > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
                throw Fault("a whole number is too large for 64 bits");
            return Value(json.get<std::int64_t>());
        case Type::number_float: return Value(json.get<double>());
        case Type::string: return makeText(budget, json.get<std::string>());
        case Type::array: {
            std::vector<Value> values;
            for (const auto& one : json) values.push_back(valueOf(budget, one));
            return makeItems(budget, std::move(values));
        }
        case Type::object: {
            std::vector<std::pair<Value, Value>> entries;
            for (const auto& [key, one] : json.items())
                entries.emplace_back(makeText(budget, key), valueOf(budget, one));
            return makeMapping(budget, std::move(entries));
        }
        default: return Value();
    }
}

}  // namespace mergarium::jinja
