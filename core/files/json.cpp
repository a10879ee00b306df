#include "core/files/json.h"

#include "core/files/beneath.h"
#include "core/files/excerpt.h"
#include "core/files/text_file.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <limits>
#include <map>
#include <optional>
#include <type_traits>
#include <unordered_set>
#include <utility>
#include <vector>

namespace mergarium {
namespace {

using Ordered = nlohmann::ordered_json;

/// Walks over a text and leaves word of how far it came, which the library doesn't tell its events.
class Cursor {
public:
    using iterator_category = std::input_iterator_tag;
    using value_type = char;
    using difference_type = std::ptrdiff_t;
    using pointer = const char*;
    using reference = const char&;

    Cursor(const char* at, const char** seen) : at_(at), seen_(seen) {}
    const char& operator*() const { return *at_; }
    Cursor& operator++() {
        *seen_ = ++at_;
        return *this;
    }
    bool operator==(const Cursor& other) const { return at_ == other.at_; }

private:
    const char* at_;
    const char** seen_;
};

/// Python's names of numbers that JSON has not, and what is read in their place: as long, so that every place in the
/// text stays where it is.
struct PythonNumber {
    std::string_view name, placeholder;
    double value;
};
constexpr std::array<PythonNumber, 2> kPythonNumbers{
    {{"NaN", "0.0", std::numeric_limits<double>::quiet_NaN()},
     {"Infinity", "0.0000e0", std::numeric_limits<double>::infinity()}}};

/// Whether a number may stand between these two characters.
bool standsAlone(std::string_view before, std::string_view behind) {
    constexpr std::string_view kSpace = " \t\r\n";
    return (before.empty() || (std::string(kSpace) + ",:[").find(before.back()) != std::string::npos) &&
           (behind.empty() || (std::string(kSpace) + ",]}").find(behind.front()) != std::string::npos);
}

/// A text with placeholders for Python's numbers, and where each ends.
struct PythonText {
    std::string text;
    std::map<std::size_t, double> values;

    explicit PythonText(std::string_view original) : text(original) {
        bool quoted = false;
        for (std::size_t at = 0; at < text.size(); ++at) {
            if (text[at] == '"') quoted = !quoted;
            if (quoted && text[at] == '\\') ++at;
            if (!quoted && (text[at] == 'N' || text[at] == 'I')) at = replace(at);
        }
    }

private:
    /// Returns the last place that is done.
    std::size_t replace(std::size_t at) {
        const std::string_view whole(text);
        for (const auto& [name, placeholder, value] : kPythonNumbers) {
            if (!whole.substr(at).starts_with(name)) continue;
            const auto end = at + name.size();
            const bool negative = name == "Infinity" && at > 0 && text[at - 1] == '-';
            if (!standsAlone(whole.substr(0, at - (negative ? 1 : 0)), whole.substr(end))) return at;
            text.replace(at, name.size(), placeholder);
            values[end] = negative ? -value : value;
            return end - 1;
        }
        return at;
    }
};

/// Builds the value from the parser's events. The library's own way of looking at each event (its parser callback)
/// walks over the parent again at every object's end, which takes quadratic time.
template <typename Json>
class Builder final : public nlohmann::json_sax<Json> {
public:
    using Events = nlohmann::json_sax<Json>;
    using typename Events::binary_t;
    using typename Events::number_float_t;
    using typename Events::number_integer_t;
    using typename Events::number_unsigned_t;
    using typename Events::string_t;

    /// `seen` is what Cursor leaves word in, `begin` where its text begins; `python` the text's numbers of Python's.
    Builder(const JsonLimits& limits, const char* begin, const char* const& seen, const PythonText* python)
        : limits_(limits), begin_(begin), seen_(seen), python_(python) {}

    Json value;
    /// Empty if the text is JSON.
    std::string problem;

    bool null() override { return add(Json(nullptr)); }
    bool boolean(bool truth) override { return add(Json(truth)); }
    bool number_integer(number_integer_t number) override { return add(Json(number)); }
    bool number_unsigned(number_unsigned_t number) override { return add(Json(number)); }
    bool number_float(number_float_t number, const string_t&) override {
        if (python_) {
            // One character behind a number is read with it, unless the text ends there.
            const auto at = static_cast<std::size_t>(seen_ - begin_);
            for (const auto end : {at - 1, at})
                if (const auto found = python_->values.find(end); found != python_->values.end())
                    return add(Json(found->second));
        }
        return add(Json(number));
    }
    bool string(string_t& text) override { return add(Json(std::move(text))); }
    bool binary(binary_t&) override { return fail("there are bytes that are no text"); }
    bool start_object(std::size_t) override { return add(Json::object(), true); }
    bool end_object() override { return close(); }
    bool start_array(std::size_t) override { return add(Json::array(), true); }
    bool end_array() override { return close(); }

    bool key(string_t& name) override {
        auto& object = open_.back()->template get_ref<typename Json::object_t&>();
        bool isNew = false;
        if constexpr (std::is_same_v<Json, Ordered>) {
            // Its own way to add a key looks at all others.
            isNew = keys_.back().insert(name).second;
            if (isNew) static_cast<typename Json::object_t::Container&>(object).emplace_back(name, nullptr);
            slot_ = &object.back().second;
        } else {
            const auto [place, added] = object.try_emplace(name, nullptr);
            isNew = added;
            slot_ = &place->second;
        }
        return isNew || fail(fmt::format("the key '{}' occurs twice", excerptOf(name)));
    }

    bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception& error) override {
        const std::string_view what = error.what();
        if (what.find("number overflow") != what.npos) return fail("this number is larger than a number can be");
        return fail(what.find("UTF-8") != what.npos ? "this is not valid JSON: the text isn't UTF-8"
                                                    : "this is not valid JSON");
    }

private:
    bool fail(std::string what) {
        problem = std::move(what);
        return false;
    }

    bool add(Json&& one, bool opens = false) {
        if (++values_ > limits_.values)
            return fail(fmt::format("there are more than the {} values that it may have", limits_.values));
        if (opens && open_.size() == limits_.depth)
            return fail(fmt::format("this is nested more than {} deep", limits_.depth));
        Json* place = open_.empty() ? &value : slot_;
        if (!open_.empty() && open_.back()->is_array())
            place = &open_.back()->template get_ref<typename Json::array_t&>().emplace_back();
        *place = std::move(one);
        if (!opens) return true;
        open_.push_back(place);
        if constexpr (std::is_same_v<Json, Ordered>) keys_.emplace_back();
        return true;
    }

    bool close() {
        open_.pop_back();
        if constexpr (std::is_same_v<Json, Ordered>) keys_.pop_back();
        return true;
    }

    const JsonLimits& limits_;
    const char* begin_;
    const char* const& seen_;
    const PythonText* python_;
    std::size_t values_ = 0;
    /// Lists and objects not closed yet, outermost first.
    std::vector<Json*> open_;
    /// For the value of the key last read.
    Json* slot_ = nullptr;
    std::vector<std::unordered_set<std::string>> keys_;
};

template <typename Json>
Json parse(std::string_view original, const JsonLimits& limits) {
    std::optional<PythonText> python;
    std::string_view text = original;
    if (text.size() > limits.bytes)
        throw JsonError(fmt::format("{} bytes are more than the {} that it may have", text.size(), limits.bytes), 1, 1);
    // The library would pass over it, but it is part of the text here.
    if (withoutByteOrderMark(text).size() != text.size())
        throw JsonError("this is not valid JSON: it begins with a byte order mark", 1, 1);
    if (limits.pythonNumbers) text = python.emplace(original).text;
    // The library takes a zero byte for the end, and would not look at what is behind it.
    const auto size = std::min(text.find('\0'), text.size());
    const char* const begin = text.data();
    const char* const end = begin + size;
    const char* seen = begin;
    Builder<Json> builder(limits, begin, seen, python ? &*python : nullptr);
    if (Json::sax_parse(Cursor(begin, &seen), Cursor(end, &seen), &builder) && builder.problem.empty()) {
        if (size == text.size()) return std::move(builder.value);
        seen = end + 1;
    }
    // The last byte seen ends what is wrong, or is already the one behind it.
    const auto before = text.substr(0, static_cast<std::size_t>(std::max(seen - begin, std::ptrdiff_t{1}) - 1));
    const auto line = static_cast<std::size_t>(std::ranges::count(before, '\n'));
    throw JsonError(builder.problem.empty() ? "this is not valid JSON" : builder.problem, line + 1,
                    before.size() - (line == 0 ? 0 : before.rfind('\n') + 1) + 1);
}

template <typename Json>
Json read(const std::filesystem::path& path, const std::string& text, const JsonLimits& limits) {
    try {
        return parse<Json>(withoutByteOrderMark(text), limits);
    } catch (const JsonError& error) {
        throw std::runtime_error(
            fmt::format("{}, line {}, byte {}: {}.", path.string(), error.line, error.byte, error.what()));
    }
}

/// `line` begins a line of the value's own indentation.
void write(const Ordered& value, const std::string& line, std::string& text) {
    if (value.is_number_float() && !std::isfinite(value.get<double>())) {
        const auto number = value.get<double>();
        text += std::isnan(number) ? "NaN" : number > 0 ? "Infinity" : "-Infinity";
    } else if (!value.is_structured() || value.empty()) {
        text += value.dump(-1, ' ', false, Ordered::error_handler_t::replace);
    } else {
        const bool object = value.is_object();
        text += object ? "{" : "[";
        bool first = true;
        for (const auto& [key, one] : value.items()) {
            text += (std::exchange(first, false) ? "" : ",") + line + "  ";
            if (object) text += Ordered(key).dump(-1, ' ', false, Ordered::error_handler_t::replace) + ": ";
            write(one, line + "  ", text);
        }
        text += line + (object ? "}" : "]");
    }
}

template <typename Json>
Json readObject(const std::filesystem::path& path, const JsonLimits& limits) {
    auto json = read<Json>(path, readBeneath(path, limits.bytes), limits);
    if (!json.is_object()) throw std::runtime_error(fmt::format("{}: this is not a JSON object.", path.string()));
    return json;
}

}  // namespace

nlohmann::json parseJson(std::string_view text, const JsonLimits& limits) {
    return parse<nlohmann::json>(text, limits);
}

nlohmann::json readJson(const std::filesystem::path& path, const JsonLimits& limits) {
    return read<nlohmann::json>(path, readFile(path, limits.bytes), limits);
}

nlohmann::json readJsonObject(const std::filesystem::path& path, const JsonLimits& limits) {
    return readObject<nlohmann::json>(path, limits);
}

nlohmann::json readSettings(const std::filesystem::path& path) {
    return read<nlohmann::json>(path, readBeneath(path, kSettingsJson.bytes), kSettingsJson);
}

std::string settingsText(const nlohmann::ordered_json& value) {
    std::string text;
    write(value, "\n", text);
    return text;
}

nlohmann::ordered_json readOrderedJsonObject(const std::filesystem::path& path, const JsonLimits& limits) {
    return readObject<Ordered>(path, limits);
}

}  // namespace mergarium
