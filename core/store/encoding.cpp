#include "core/store/encoding.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <stdexcept>

namespace mergarium {
namespace {

static_assert(std::endian::native == std::endian::little, "blobs are stored as they lie in memory");

constexpr std::byte kBits{'b'};
constexpr std::byte kFloats{'f'};

template <typename Number>
Blob pack(std::span<const Number> values) {
    const auto bytes = std::as_bytes(values);
    return {bytes.begin(), bytes.end()};
}

template <typename Number>
std::vector<Number> unpack(std::span<const std::byte> blob) {
    if (blob.size() % sizeof(Number) != 0) throw std::runtime_error("A stored list of numbers has a broken length.");
    std::vector<Number> values(blob.size() / sizeof(Number));
    if (!blob.empty()) std::memcpy(values.data(), blob.data(), blob.size());
    return values;
}

}  // namespace

Blob packScores(std::span<const float> scores) {
    const bool binary =
        std::all_of(scores.begin(), scores.end(), [](float score) { return score == 0.0f || score == 1.0f; });
    if (!binary) {
        Blob blob{kFloats};
        const auto bytes = std::as_bytes(scores);
        blob.insert(blob.end(), bytes.begin(), bytes.end());
        return blob;
    }
    Blob blob(1 + (scores.size() + 7) / 8);
    blob[0] = kBits;
    for (std::size_t j = 0; j < scores.size(); ++j)
        if (scores[j] == 1.0f) blob[1 + j / 8] |= std::byte{1} << (j % 8);
    return blob;
}

Scores unpackScores(std::span<const std::byte> blob, std::size_t samples) {
    const bool bits = !blob.empty() && blob[0] == kBits && blob.size() == 1 + (samples + 7) / 8;
    const bool floats = !blob.empty() && blob[0] == kFloats && blob.size() == 1 + samples * sizeof(float);
    if (floats) return Scores(unpack<float>(blob.subspan(1)));
    if (!bits) throw std::runtime_error("A stored score list doesn't fit the run's number of samples.");
    std::vector<float> scores(samples);
    for (std::size_t j = 0; j < samples; ++j)
        scores[j] = (blob[1 + j / 8] >> (j % 8) & std::byte{1}) == std::byte{1} ? 1.0f : 0.0f;
    return Scores(std::move(scores));
}

Blob packNumbers(std::span<const float> values) { return pack(values); }
std::vector<float> unpackFloats(std::span<const std::byte> blob) { return unpack<float>(blob); }
Blob packNumbers(std::span<const std::uint64_t> values) { return pack(values); }
std::vector<std::uint64_t> unpackIntegers(std::span<const std::byte> blob) { return unpack<std::uint64_t>(blob); }

Blob packTexts(std::span<const std::string> texts) {
    Blob blob;
    for (const auto& text : texts) {
        const std::uint64_t size = text.size();
        for (const auto part : {std::as_bytes(std::span(&size, 1)), std::as_bytes(std::span(text))})
            blob.insert(blob.end(), part.begin(), part.end());
    }
    return blob;
}

std::vector<std::string> unpackTexts(std::span<const std::byte> blob) {
    std::vector<std::string> texts;
    while (!blob.empty()) {
        std::uint64_t size = 0;
        if (blob.size() < sizeof size) throw std::runtime_error("A stored list of answers is damaged.");
        std::memcpy(&size, blob.data(), sizeof size);
        blob = blob.subspan(sizeof size);
        if (size > blob.size()) throw std::runtime_error("A stored list of answers is damaged.");
        texts.emplace_back(reinterpret_cast<const char*>(blob.data()), size);
        blob = blob.subspan(size);
    }
    return texts;
}

}  // namespace mergarium
