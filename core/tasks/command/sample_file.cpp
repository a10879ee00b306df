#include "core/tasks/command/sample_file.h"

#include "core/files/fingerprint.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cerrno>
#include <fstream>
#include <initializer_list>
#include <map>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <system_error>

namespace mergarium {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kLongestLine = 16 << 20;
constexpr std::size_t kMostSamples = 10'000'000;
constexpr int kDeepest = 100;
constexpr const char* kSpace = " \t\r\n";

[[noreturn]] void refuse(const std::filesystem::path& path, std::size_t line, std::string_view what) {
    throw std::runtime_error(fmt::format("{}, line {}: {}.", path.string(), line, what));
}

Json objectOf(std::string_view text, const std::filesystem::path& path, std::size_t line) {
    const auto watch = [&](int depth, Json::parse_event_t, Json&) {
        if (depth > kDeepest) refuse(path, line, fmt::format("this sample is nested more than {} deep", kDeepest));
        return true;
    };
    try {
        auto object = Json::parse(text, watch);
        if (object.is_object()) return object;
    } catch (const Json::exception&) {
    }
    refuse(path, line,
           R"(this is not a JSON object; every line must be one sample like {"question": "1+1=", "reference": "2"})");
}

/// The first of these fields that is there, as text.
std::optional<std::string> textOf(const Json& object, std::initializer_list<const char*> fields) {
    for (const auto* field : fields) {
        const auto found = object.find(field);
        if (found == object.end() || found->is_null()) continue;
        return found->is_string() ? found->get<std::string>() : found->dump();
    }
    return std::nullopt;
}

std::string questionOf(const Json& object, std::string_view line) {
    const auto question = textOf(object, {"question", "prompt"});
    const auto image = textOf(object, {"image"});
    if (question && image) return *question + '\n' + *image;
    return question ? *question : image ? *image : std::string(line);
}

std::string numbered(std::string_view line, const Json& object, std::size_t index) {
    if (object.contains("index")) return std::string(line);
    return fmt::format(R"({{"index": {}{}{})", index, object.empty() ? "" : ", ", line.substr(1));
}

/// Gives each group a number when it is first seen.
class Groups {
public:
    std::uint32_t numberOf(const std::string& name, std::vector<std::string>& names) {
        const auto [place, isNew] = numbers_.try_emplace(name, static_cast<std::uint32_t>(names.size()));
        if (isNew) names.push_back(name);
        return place->second;
    }

private:
    std::map<std::string, std::uint32_t> numbers_;
};

}  // namespace

SampleFile readSampleFile(const std::filesystem::path& path) {
    std::error_code error;
    if (std::filesystem::is_directory(path, error))
        throw std::runtime_error(fmt::format("{}: this is a folder, not a file of samples.", path.string()));
    std::ifstream stream(path);
    if (!stream)
        throw std::runtime_error(
            fmt::format("{}: can't be opened for reading: {}.", path.string(), std::generic_category().message(errno)));

    SampleFile file;
    file.set.groupNoun = "group";
    Groups groups;
    std::string text;
    for (std::size_t number = 1; std::getline(stream, text); ++number) {
        if (text.size() > kLongestLine)
            refuse(path, number, fmt::format("{} bytes are too much for one sample", text.size()));
        const auto begin = text.find_first_not_of(kSpace);
        if (begin == std::string::npos) continue;
        const auto line = std::string_view(text).substr(begin, text.find_last_not_of(kSpace) + 1 - begin);
        const auto object = objectOf(line, path, number);
        if (file.objects.size() == kMostSamples)
            refuse(path, number, fmt::format("more than {} samples are too many", kMostSamples));
        file.set.groups.push_back(
            groups.numberOf(textOf(object, {"group"}).value_or(path.stem().string()), file.set.groupNames));
        file.set.texts.push_back({questionOf(object, line), textOf(object, {"reference", "answer"}).value_or("")});
        file.objects.push_back(numbered(line, object, file.objects.size()));
    }
    if (stream.bad()) throw std::runtime_error(fmt::format("{}: can't be read to its end.", path.string()));
    if (file.objects.empty())
        throw std::runtime_error(
            fmt::format("{}: there are no samples in this file; write one JSON object per line.", path.string()));
    Fingerprint contents;
    for (const auto& object : file.objects) contents.add(object);
    file.set.hash = contents.hex();
    return file;
}

}  // namespace mergarium
