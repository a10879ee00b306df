#include "tests/bench/many_digits.h"

#include "core/startup/paths.h"
#include "core/tasks/digits/digits.h"

#include <fmt/format.h>
#include <fmt/os.h>

#include <algorithm>
#include <random>
#include <vector>

namespace mergarium::bench {
namespace {

/// Added to a pixel of 0 to 16, up or down.
constexpr unsigned kNoise = 3;

LabelledSamples shippedDigits() {
    auto digits = readDigits(digitsFile(findResources()));
    auto& all = digits.train;
    all.values.insert(all.values.end(), digits.test.values.begin(), digits.test.values.end());
    all.labels.insert(all.labels.end(), digits.test.labels.begin(), digits.test.labels.end());
    return all;
}

}  // namespace

void makeManyDigits(const std::filesystem::path& folder, std::size_t train) {
    namespace fs = std::filesystem;
    for (const auto& entry : fs::directory_iterator(findResources()))
        if (entry.path().filename() != "data") fs::create_symlink(entry.path(), folder / entry.path().filename());
    fs::create_directory(folder / "data");

    const auto shipped = shippedDigits();
    std::mt19937 random(1);
    // zlib reads plain text as it is.
    auto file = fmt::output_file(digitsFile(folder).string());
    for (std::size_t digit = 0; digit < (train * 5 + 3) / 4; ++digit) {
        const auto from = digit % shipped.size();
        for (std::size_t pixel = 0; pixel < shipped.features; ++pixel) {
            const int noise = static_cast<int>(random() % (2 * kNoise + 1)) - static_cast<int>(kNoise);
            const int value = static_cast<int>(shipped.values[from * shipped.features + pixel]);
            file.print("{},", digit < shipped.size() ? value : std::clamp(value + noise, 0, 16));
        }
        file.print("{}\n", shipped.labels[from]);
    }
}

}  // namespace mergarium::bench
