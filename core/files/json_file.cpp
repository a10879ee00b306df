#include "core/files/json_file.h"

#include "core/files/mapped_file.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <set>
#include <stdexcept>
#include <vector>

namespace mergarium {
namespace {

constexpr std::size_t kLargest = 256'000'000;
constexpr int kDeepest = 100;

[[noreturn]] void refuse(const std::filesystem::path& path, std::string_view what) {
    throw std::runtime_error(fmt::format("{}: {}.", path.string(), what));
}

}  // namespace

nlohmann::json readJsonFile(const std::filesystem::path& path) {
    using Event = nlohmann::json::parse_event_t;
    const auto file = MappedFile::open(path);
    const auto bytes = file->bytes();
    if (bytes.size() > kLargest)
        refuse(path, fmt::format("{} bytes are too much for a file of settings", bytes.size()));

    // The library would silently keep one of two values under the same key.
    std::vector<std::set<std::string>> keys;
    const auto watch = [&](int depth, Event event, nlohmann::json& value) {
        if (depth > kDeepest) refuse(path, fmt::format("it is nested more than {} deep", kDeepest));
        if (event == Event::object_start) keys.emplace_back();
        if (event == Event::object_end) keys.pop_back();
        if (event == Event::key && !keys.back().insert(value.get<std::string>()).second)
            refuse(path, fmt::format("the key '{}' occurs twice", value.get<std::string>()));
        return true;
    };
    const auto* text = reinterpret_cast<const char*>(bytes.data());
    try {
        auto json = nlohmann::json::parse(text, text + bytes.size(), watch);
        if (!json.is_object()) refuse(path, "not a JSON object");
        return json;
    } catch (const nlohmann::json::parse_error& error) {
        const auto line = 1 + std::count(text, text + std::min(error.byte, bytes.size()), '\n');
        refuse(path, fmt::format("not valid JSON from line {} on", line));
    } catch (const nlohmann::json::exception&) {  // a number beyond every type
        refuse(path, "not valid JSON");
    }
}

}  // namespace mergarium
