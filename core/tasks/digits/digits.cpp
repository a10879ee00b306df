#include "core/tasks/digits/digits.h"

#include "core/files/text_file.h"

#include <fmt/format.h>
#include <zlib.h>

#include <array>
#include <charconv>
#include <memory>
#include <new>
#include <stdexcept>
#include <string_view>

namespace mergarium {
namespace {

constexpr std::size_t kPixels = Digits::kSide * Digits::kSide;
constexpr int kBrightest = 16;
/// A small file unpacks to any number.
constexpr std::size_t kMostDigits = 1'000'000;

void parseLine(std::string_view line, std::string_view where, LabelledSamples& into) {
    const char* at = line.data();
    const char* const end = at + line.size();
    for (std::size_t column = 0; column <= kPixels; ++column) {
        int value = -1;
        const auto [next, error] = std::from_chars(at, end, value);
        const int largest = column < kPixels ? kBrightest : static_cast<int>(Digits::kClasses) - 1;
        const bool separated = column < kPixels ? next != end && *next == ',' : next == end;
        if (error != std::errc{} || value < 0 || value > largest || !separated)
            throw std::runtime_error(
                fmt::format("{}, column {}: expected a whole number from 0 to {}.", where, column + 1, largest));
        if (column < kPixels)
            into.values.push_back(static_cast<float>(value));
        else
            into.labels.push_back(value);
        at = next + (column < kPixels ? 1 : 0);
    }
}

}  // namespace

Digits readDigits(const std::filesystem::path& path) {
    auto opened = openRegularFile(path);
    const std::unique_ptr<gzFile_s, decltype(&gzclose)> file(gzdopen(opened.descriptor.number(), "rb"), &gzclose);
    if (!file) throw std::bad_alloc();
    opened.descriptor.release();

    LabelledSamples all{.features = kPixels, .values = {}, .labels = {}};
    std::array<char, 1024> buffer;
    while (gzgets(file.get(), buffer.data(), static_cast<int>(buffer.size()))) {
        std::string_view line(buffer.data());
        while (!line.empty() && (line.back() == '\n' || line.back() == '\r')) line.remove_suffix(1);
        if (all.size() == kMostDigits)
            throw std::runtime_error(fmt::format("{}: it holds more than {} digits.", path.string(), kMostDigits));
        if (!line.empty()) parseLine(line, fmt::format("{}, line {}", path.string(), all.size() + 1), all);
    }
    if (int status = Z_OK; gzerror(file.get(), &status), status != Z_OK && status != Z_STREAM_END)
        throw std::runtime_error(fmt::format("{}: the gzip stream is broken.", path.string()));
    if (all.size() < 2) throw std::runtime_error(fmt::format("{}: it holds no digits.", path.string()));

    const std::size_t trained = all.size() * 4 / 5;
    const auto pixelEnd = all.values.begin() + static_cast<std::ptrdiff_t>(trained * kPixels);
    const auto labelEnd = all.labels.begin() + static_cast<std::ptrdiff_t>(trained);
    return {.train = {kPixels, {all.values.begin(), pixelEnd}, {all.labels.begin(), labelEnd}},
            .test = {kPixels, {pixelEnd, all.values.end()}, {labelEnd, all.labels.end()}}};
}

SampleSet pictures(const LabelledSamples& digits) {
    SampleSet set;
    for (std::size_t digit = 0; digit < Digits::kClasses; ++digit) set.groupNames.push_back(std::to_string(digit));
    for (const auto label : digits.labels) set.groups.push_back(static_cast<std::uint32_t>(label));
    set.pictureWidth = set.pictureHeight = Digits::kSide;
    for (const float value : digits.values)
        set.pixels.push_back(static_cast<std::uint8_t>(value * 255.0f / static_cast<float>(kBrightest)));
    return set;
}

std::filesystem::path digitsFile(const std::filesystem::path& resources) {
    return resources / "data" / "digits.csv.gz";
}

}  // namespace mergarium
