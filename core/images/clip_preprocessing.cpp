#include "core/images/clip_preprocessing.h"

#include "core/files/json.h"
#include "core/files/refusal.h"
#include "core/images/resize.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>

namespace mergarium {
namespace {

using Json = nlohmann::json;
using Size = std::array<std::size_t, 2>;

/// Pixels of a side that a network reads.
constexpr std::size_t kLongestSide = 4096;
constexpr int kBicubic = 3;

/// The values of one preprocessor_config.json.
class Settings {
public:
    explicit Settings(const std::filesystem::path& file) : file_(file), json_(readJsonObject(file, kSettingsJson)) {}

    const Json* find(const char* key) const {
        const auto found = json_.find(key);
        return found == json_.end() || found->is_null() ? nullptr : &*found;
    }
    [[noreturn]] void refuse(const char* key, const std::string& what) const {
        mergarium::refuse(file_, fmt::format("{} {}", key, what));
    }
    bool flag(const char* key) const {
        const auto* value = find(key);
        if (value && !value->is_boolean()) refuse(key, "is neither true nor false");
        return !value || value->get<bool>();
    }
    double number(const char* key, double otherwise) const {
        const auto* value = find(key);
        if (!value) return otherwise;
        if (!value->is_number() || !std::isfinite(value->get<double>())) refuse(key, "is not a number");
        return value->get<double>();
    }
    void colours(const char* key, std::array<double, 3>& values) const {
        const auto* list = find(key);
        if (!list) return;
        if (!list->is_array() || list->size() != 3) refuse(key, "is not a list of three numbers");
        for (std::size_t i = 0; i < 3; ++i) {
            if (!(*list)[i].is_number() || !std::isfinite((*list)[i].get<double>()))
                refuse(key, "is not a list of three numbers");
            values[i] = (*list)[i].get<double>();
        }
    }
    std::size_t side(const char* key, const Json& value) const {
        if (!value.is_number_unsigned() || value.get<std::uint64_t>() < 1 || value.get<std::uint64_t>() > kLongestSide)
            refuse(key, fmt::format("is not a whole number of pixels from 1 to {}", kLongestSide));
        return value.get<std::size_t>();
    }
    /// {"height": h, "width": w}, if that is what it is.
    std::optional<Size> sides(const char* key, const Json& value) const {
        if (!value.is_object() || !value.contains("height") || !value.contains("width")) return std::nullopt;
        return Size{side(key, value["width"]), side(key, value["height"])};
    }

private:
    std::filesystem::path file_;
    Json json_;
};

/// Where a picture of this size goes: the whole, and what is cut out of its middle.
struct Cut {
    Size whole{};
    ImageWindow window = {};
};

Cut cutOf(const Image& image, const ClipPreprocessing& preprocessing) {
    Cut cut{.whole = {image.width, image.height}};
    if (preprocessing.exactSize) {
        cut.whole = *preprocessing.exactSize;
    } else if (const auto edge = preprocessing.shortestEdge; edge > 0) {
        const auto [shorter, longer] = std::minmax(image.width, image.height);
        const auto length = static_cast<std::size_t>(static_cast<double>(edge * longer) / static_cast<double>(shorter));
        cut.whole = image.width <= image.height ? Size{edge, length} : Size{length, edge};
    }
    const auto [width, height] = preprocessing.crop.value_or(cut.whole);
    if (width > cut.whole[0] || height > cut.whole[1])
        throw std::runtime_error(
            fmt::format("A picture of {} x {} pixels is smaller than what CLIP reads of it, {} x "
                        "{}.",
                        cut.whole[0], cut.whole[1], width, height));
    if (width > kLongestSide || height > kLongestSide)
        throw std::runtime_error(fmt::format("A picture of {} x {} pixels is larger than CLIP reads.", width, height));
    cut.window = {
        .left = (cut.whole[0] - width) / 2, .top = (cut.whole[1] - height) / 2, .width = width, .height = height};
    return cut;
}

}  // namespace

ClipPreprocessing readClipPreprocessing(const std::filesystem::path& folder, std::size_t imageSize) {
    ClipPreprocessing read{.shortestEdge = imageSize, .crop = {{imageSize, imageSize}}};
    const auto file = folder / "preprocessor_config.json";
    if (!std::filesystem::exists(file)) return read;
    const Settings settings(file);
    if (!settings.flag("do_resize")) {
        read.shortestEdge = 0;
    } else if (const auto* size = settings.find("size")) {
        if (size->is_object() && size->contains("shortest_edge"))
            read.shortestEdge = settings.side("size", (*size)["shortest_edge"]);
        else if (size->is_number())
            read.shortestEdge = settings.side("size", *size);
        else if (!(read.exactSize = settings.sides("size", *size)))
            settings.refuse("size", "is neither a shortest_edge nor a height and a width");
    }
    if (settings.number("resample", kBicubic) != kBicubic)
        settings.refuse("resample", "isn't supported unless it is 3, bicubic");
    if (!settings.flag("do_center_crop")) {
        read.crop.reset();
    } else if (const auto* size = settings.find("crop_size")) {
        if (size->is_number()) {
            const auto side = settings.side("crop_size", *size);
            read.crop = {{side, side}};
        } else if (!(read.crop = settings.sides("crop_size", *size))) {
            settings.refuse("crop_size", "is neither a number nor a height and a width");
        }
    }
    read.scale = settings.flag("do_rescale") ? settings.number("rescale_factor", read.scale) : 1.0;
    if (settings.flag("do_normalize")) {
        settings.colours("image_mean", read.mean);
        settings.colours("image_std", read.deviation);
        if (std::ranges::any_of(read.deviation, [](double one) { return one == 0.0; }))
            settings.refuse("image_std", "has a 0, by which nothing can be divided");
    } else {
        read.mean = {0.0, 0.0, 0.0};
        read.deviation = {1.0, 1.0, 1.0};
    }
    return read;
}

Image cutForClip(const Image& image, const ClipPreprocessing& preprocessing) {
    const auto [whole, window] = cutOf(image, preprocessing);
    return resized(image, whole[0], whole[1], window);
}

std::vector<float> clipPixels(const Image& image, const ClipPreprocessing& preprocessing) {
    const auto cut = cutForClip(image, preprocessing);
    const auto area = cut.width * cut.height;
    std::vector<float> values(3 * area);
    for (std::size_t channel = 0; channel < 3; ++channel)
        for (std::size_t i = 0; i < area; ++i)
            values[channel * area + i] =
                static_cast<float>((cut.pixels[3 * i + channel] * preprocessing.scale - preprocessing.mean[channel]) /
                                   preprocessing.deviation[channel]);
    return values;
}

}  // namespace mergarium
