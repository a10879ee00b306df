#include "core/diffusion/picture_requests.h"

#include "core/checkpoint/checkpoint.h"
#include "core/diffusion/scheduler_names.h"
#include "core/files/json.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <stdexcept>
#include <string_view>

namespace mergarium {
namespace {

constexpr JsonLimits kRequestsJson{.bytes = 16'000'000, .values = 1'000'000};
constexpr std::size_t kMostRequests = 100'000;

constexpr std::array<std::string_view, 12> kRequestKeys{"prompt", "negative",      "steps",     "guidance",
                                                        "width",  "height",        "scheduler", "seed",
                                                        "noise",  "original_size", "crop",      "target_size"};

/// One of the list's, and where it stands.
class RequestKeys {
public:
    RequestKeys(const nlohmann::json& object, const std::filesystem::path& path, std::size_t index)
        : object_(object), path_(path), index_(index) {
        if (!object.is_object()) refuse("is no object");
        for (const auto& [key, value] : object.items())
            if (std::ranges::find(kRequestKeys, key) == kRequestKeys.end())
                refuse(fmt::format("has the key '{}', which is none", key));
    }

    [[noreturn]] void refuse(std::string_view why) const {
        throw std::runtime_error(fmt::format("{}: request {} {}.", path_.string(), index_, why));
    }
    /// Null: absent.
    const nlohmann::json* find(const char* key) const {
        const auto found = object_.find(key);
        return found == object_.end() || found->is_null() ? nullptr : &*found;
    }
    std::optional<std::string> text(const char* key) const {
        const auto* found = find(key);
        if (!found) return std::nullopt;
        if (!found->is_string()) refuse(fmt::format("has a '{}' that is no text", key));
        return found->get<std::string>();
    }
    std::int64_t whole(const char* key, std::int64_t least, std::int64_t most, std::int64_t otherwise) const {
        const auto* found = find(key);
        return found ? wholeIn(*found, key, least, most) : otherwise;
    }
    std::uint64_t seed(std::uint64_t otherwise) const {
        const auto* found = find("seed");
        if (!found) return otherwise;
        if (!found->is_number_unsigned()) refuse("has a 'seed' that is no whole number from 0");
        return found->get<std::uint64_t>();
    }
    double number(const char* key, double otherwise) const {
        const auto* found = find(key);
        if (!found) return otherwise;
        if (!found->is_number()) refuse(fmt::format("has a '{}' that is no number", key));
        return found->get<double>();
    }
    std::optional<std::array<std::int64_t, 2>> pair(const char* key) const {
        constexpr std::int64_t kMost = 1'000'000;
        const auto* found = find(key);
        if (!found) return std::nullopt;
        if (!found->is_array() || found->size() != 2)
            refuse(fmt::format("has a '{}' that is no list of two numbers, height before width", key));
        return std::array{wholeIn((*found)[0], key, 0, kMost), wholeIn((*found)[1], key, 0, kMost)};
    }

    std::vector<float> noise() const {
        const auto* found = find("noise");
        if (!found) return {};
        const auto named = [&](const char* key) {
            if (!found->is_object() || !found->contains(key) || !(*found)[key].is_string())
                refuse("has a 'noise' that is no {\"file\": ..., \"tensor\": ...}");
            return (*found)[key].get<std::string>();
        };
        std::filesystem::path file = named("file");
        const auto beside = path_.parent_path() / file;
        if (file.is_relative() && std::filesystem::exists(beside)) file = beside;
        const auto name = named("tensor");
        const auto checkpoint = Checkpoint::open(file);
        const auto* tensor = checkpoint->find(name);
        if (!tensor || !isFloating(tensor->dtype))
            refuse(fmt::format("takes its noise from a tensor '{}', which {} has not, or not as floating numbers", name,
                               file.string()));
        constexpr std::uint64_t kMostNumbers = 1 << 28;
        if (tensor->count > kMostNumbers) refuse("has a 'noise' larger than any picture's");
        std::vector<float> numbers(tensor->count);
        toFloats(tensor->dtype, tensor->bytes, numbers);
        checkpoint->check();
        return numbers;
    }

private:
    std::int64_t wholeIn(const nlohmann::json& value, const char* key, std::int64_t least, std::int64_t most) const {
        // Larger ones than 2^63 are unsigned and would come out negative.
        const bool fits = value.is_number_integer() &&
                          (!value.is_number_unsigned() || value.get<std::uint64_t>() <= std::uint64_t(most));
        if (!fits || value.get<std::int64_t>() < least)
            refuse(fmt::format("has a '{}' that is no whole number from {} to {}", key, least, most));
        return value.get<std::int64_t>();
    }

    const nlohmann::json& object_;
    const std::filesystem::path& path_;
    std::size_t index_;
};

PictureRequest requestOf(const RequestKeys& keys, const PictureRequest& usual, const SchedulerConfig& own) {
    constexpr std::int64_t kMostSteps = 1'000'000;
    constexpr std::int64_t kMostSide = 1 << 20;
    auto request = usual;
    const auto prompt = keys.text("prompt");
    if (!prompt) keys.refuse("has no 'prompt'");
    request.prompt = *prompt;
    if (const auto negative = keys.text("negative")) request.negative = *negative;
    request.steps = keys.whole("steps", 1, kMostSteps, usual.steps);
    request.guidance = keys.number("guidance", usual.guidance);
    request.width = keys.whole("width", 1, kMostSide, usual.width);
    request.height = keys.whole("height", 1, kMostSide, usual.height);
    request.seed = keys.seed(usual.seed);
    if (const auto name = keys.text("scheduler")) {
        try {
            request.scheduler = schedulerNamed(*name, own);
        } catch (const std::runtime_error&) {
            keys.refuse(fmt::format("has a 'scheduler' '{}', which is none", *name));
        }
    }
    request.noise = keys.noise();
    request.originalSize = keys.pair("original_size");
    request.crop = keys.pair("crop");
    request.targetSize = keys.pair("target_size");
    return request;
}

}  // namespace

PictureRequest usualRequest(const PipelineConfig& config) { return {.guidance = config.isXl() ? 5.0 : 7.5}; }

std::vector<PictureRequest> readPictureRequests(const std::filesystem::path& path, const PictureRequest& usual,
                                                const SchedulerConfig& own) {
    const auto list = readJson(path, kRequestsJson);
    if (!list.is_array() || list.empty() || list.size() > kMostRequests)
        throw std::runtime_error(fmt::format("{}: this is no list of 1 to {} requests.", path.string(), kMostRequests));
    std::vector<PictureRequest> requests;
    for (std::size_t i = 0; i < list.size(); ++i)
        requests.push_back(requestOf(RequestKeys(list[i], path, i), usual, own));
    return requests;
}

}  // namespace mergarium
