#include "core/founders/founder_names.h"

#include "core/checkpoint/model_place.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>
#include <span>
#include <stdexcept>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace mergarium {
namespace {

namespace fs = std::filesystem;

std::optional<double> numberIn(std::string_view text) {
    double number = 0.0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (text.empty() || error != std::errc() || end != text.data() + text.size() || !std::isfinite(number))
        return std::nullopt;
    return number;
}

/// "lora*0.7" -> lora, 0.7; the whole text and 1 where no number stands behind the last *.
std::pair<std::string, double> unweighted(const std::string& text) {
    const auto star = text.rfind('*');
    if (star == text.npos || star == 0) return {text, 1.0};
    const auto weight = numberIn(std::string_view(text).substr(star + 1));
    return weight ? std::pair(text.substr(0, star), *weight) : std::pair(text, 1.0);
}

std::vector<std::string> partsOf(const std::string& text) {
    std::vector<std::string> parts{""};
    for (const char letter : text) {
        if (letter == '+')
            parts.emplace_back();
        else
            parts.back() += letter;
    }
    return parts;
}

/// Takes the longest sum of parts that `isThere` from the front, or the first part.
template <typename IsThere>
std::string taken(std::span<const std::string>& parts, IsThere isThere) {
    for (auto count = parts.size(); count > 0; --count) {
        auto joined = fmt::format("{}", fmt::join(parts.first(count), "+"));
        if (count > 1 && !isThere(joined)) continue;
        parts = parts.subspan(count);
        return joined;
    }
    return {};
}

std::string escaped(const fs::path& path) {
    std::string text;
    for (const char letter : path.string()) {
        if (letter == '+' || letter == '*' || letter == '\\') text += '\\';
        text += letter;
    }
    return text;
}

}  // namespace

CheckpointFounder founderNamed(const std::string& text, const std::function<fs::path(const std::string&)>& place) {
    const auto placed = [&](const std::string& path) { return place ? place(path) : placeOfModel(path); };
    const auto isThere = [&](const std::string& path) {
        std::error_code error;
        return !path.empty() && fs::exists(placed(path), error);
    };
    const auto all = partsOf(text);
    if (all.size() == 1 || std::ranges::find(all, "") != all.end() || isThere(text))
        return {.base = placed(text), .adapter = {}};
    std::span<const std::string> parts(all);
    CheckpointFounder founder{.base = placed(taken(parts, isThere)), .adapter = {}};
    while (!parts.empty()) {
        const auto one =
            taken(parts, [&](const auto& path) { return isThere(path) || isThere(unweighted(path).first); });
        const auto [path, weight] = isThere(one) ? std::pair(one, 1.0) : unweighted(one);
        founder.adapter.add({.path = placed(path), .weight = weight});
    }
    return founder;
}

namespace {

/// By its name where that leads to it.
std::string shownAs(const fs::path& path) {
    try {
        if (const auto name = hubName(path); name && cachedModel(*name) == path) return *name;
    } catch (const std::runtime_error&) {
        // The name stands for several.
    }
    return path.string();
}

}  // namespace

std::string textOf(const CheckpointFounder& founder) {
    auto text = shownAs(founder.base);
    for (const auto& [path, weight] : founder.adapter.all())
        text += '+' + shownAs(path) + (weight == 1.0 ? "" : fmt::format("*{}", weight));
    return text;
}

std::string AdapterStack::text() const {
    if (all_.empty()) return {};
    if (auto path = all_.front().path.string(); all_.size() == 1 && all_.front().weight == 1.0 && path.front() != '+')
        return path;
    std::string text;
    for (const auto& [path, weight] : all_) text += fmt::format("+{}*{}", escaped(path), weight);
    return text;
}

AdapterStack AdapterStack::parse(const std::string& text) {
    if (!text.starts_with('+')) return AdapterStack(text);
    AdapterStack stack;
    const auto refuse = [&] { throw std::runtime_error(fmt::format("'{}' names no adapters.", text)); };
    for (std::size_t at = 0; at < text.size();) {
        if (text[at++] != '+') refuse();
        std::string path;
        for (; at < text.size() && text[at] != '*' && text[at] != '+'; ++at) {
            if (text[at] == '\\' && ++at == text.size()) refuse();
            path += text[at];
        }
        const auto begin = std::min(text.size(), at + 1);
        // A number may hold a + of its own.
        at = begin;
        while (at < text.size() && (text[at] != '+' || (at > begin && text[at - 1] == 'e'))) ++at;
        const auto weight = numberIn(std::string_view(text).substr(begin, at - begin));
        if (path.empty() || !weight) refuse();
        stack.add({.path = path, .weight = *weight});
    }
    return stack;
}

}  // namespace mergarium
