#include "core/tasks/command/sample_file.h"

#include "core/files/fingerprint.h"
#include "core/files/json.h"
#include "core/files/text_file.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <initializer_list>
#include <map>
#include <optional>
#include <stdexcept>
#include <string_view>

namespace mergarium {
namespace {

using Json = nlohmann::json;

constexpr JsonLimits kSample{.bytes = 16 << 20, .values = 1'000'000};
/// All are in memory, and every member of an archive has a score for each.
constexpr std::size_t kMostSamples = 1'000'000;
constexpr std::size_t kMostBytes = 1 << 30;
constexpr const char* kSpace = " \t\r";

Json objectOf(std::string_view text, const LineReader& lines) {
    try {
        auto object = parseJson(text, kSample);
        if (object.is_object()) return object;
    } catch (const JsonError& error) {
        lines.refuse(fmt::format("{}, at byte {}; every line must be one sample like {}", error.what(), error.byte,
                                 R"({"question": "1+1=", "reference": "2"})"));
    }
    lines.refuse(
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
    LineReader lines(path, kSample.bytes);
    SampleFile file;
    file.set.groupNoun = "group";
    Groups groups;
    std::size_t bytes = 0;
    for (std::string_view text; lines.next(text);) {
        const auto begin = text.find_first_not_of(kSpace);
        if (begin == std::string::npos) continue;
        const auto line = text.substr(begin, text.find_last_not_of(kSpace) + 1 - begin);
        const auto object = objectOf(line, lines);
        if (file.objects.size() == kMostSamples)
            lines.refuse(fmt::format("more than {} samples are too many", kMostSamples));
        bytes += line.size();
        if (bytes > kMostBytes)
            lines.refuse(fmt::format("samples of more than {} MiB in all are too many", kMostBytes >> 20));
        file.set.groups.push_back(
            groups.numberOf(textOf(object, {"group"}).value_or(path.stem().string()), file.set.groupNames));
        file.set.texts.push_back({questionOf(object, line), textOf(object, {"reference", "answer"}).value_or("")});
        file.objects.push_back(numbered(line, object, file.objects.size()));
    }
    if (file.objects.empty())
        throw std::runtime_error(
            fmt::format("{}: there are no samples in this file; write one JSON object per line.", path.string()));
    Fingerprint contents;
    for (const auto& object : file.objects) contents.add(object);
    file.set.hash = contents.hex();
    return file;
}

}  // namespace mergarium
