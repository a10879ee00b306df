#include "core/database/encoding.h"

#include "core/files/bytes.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace mergarium {
namespace {

constexpr std::byte kBits{'b'};
constexpr std::byte kFloats{'f'};

template <typename Number>
Blob pack(std::span<const Number> values) {
    ByteWriter out;
    out.numbers(values);
    return std::move(out).take();
}

template <typename Number>
std::vector<Number> unpack(std::span<const std::byte> blob) {
    ByteReader in(blob, "A stored list of numbers has a broken length.");
    auto values = in.numbers<Number>(blob.size() / sizeof(Number));
    in.close();
    return values;
}

}  // namespace

Blob packScores(std::span<const float> scores) {
    const bool binary =
        std::all_of(scores.begin(), scores.end(), [](float score) { return score == 0.0f || score == 1.0f; });
    if (!binary) {
        ByteWriter out;
        out.add({&kFloats, 1});
        out.numbers(scores);
        return std::move(out).take();
    }
    Blob blob(1 + (scores.size() + 7) / 8);
    blob[0] = kBits;
    for (std::size_t j = 0; j < scores.size(); ++j)
        if (scores[j] == 1.0f) blob[1 + j / 8] |= std::byte{1} << (j % 8);
    return blob;
}

Scores unpackScores(std::span<const std::byte> blob, std::size_t samples) {
    const bool bits = !blob.empty() && blob[0] == kBits && blob.size() == 1 + (samples + 7) / 8;
    if (!bits) {
        ByteReader in(blob, "A stored score list doesn't fit the run's number of samples.");
        if (in.take(1).front() != kFloats) in.refuse();
        auto scores = in.numbers<float>(samples);
        in.close();
        if (!std::ranges::all_of(scores, [](float score) { return score >= 0.0f && score <= 1.0f; }))
            throw std::runtime_error("A stored score lies outside of 0 to 1.");
        return Scores(std::move(scores));
    }
    std::vector<float> scores(samples);
    for (std::size_t j = 0; j < samples; ++j)
        scores[j] = (blob[1 + j / 8] >> (j % 8) & std::byte{1}) == std::byte{1} ? 1.0f : 0.0f;
    return Scores(std::move(scores));
}

Blob packNumbers(std::span<const float> values) { return pack(values); }
std::vector<float> unpackFloats(std::span<const std::byte> blob) { return unpack<float>(blob); }
Blob packNumbers(std::span<const double> values) { return pack(values); }
std::vector<double> unpackDoubles(std::span<const std::byte> blob) { return unpack<double>(blob); }
Blob packNumbers(std::span<const std::uint64_t> values) { return pack(values); }
std::vector<std::uint64_t> unpackIntegers(std::span<const std::byte> blob) { return unpack<std::uint64_t>(blob); }

Blob packTexts(std::span<const std::string> texts) {
    ByteWriter out;
    for (const auto& text : texts) out.text(text);
    return std::move(out).take();
}

std::vector<std::string> unpackTexts(std::span<const std::byte> blob) {
    ByteReader in(blob, "A stored list of answers is damaged.");
    std::vector<std::string> texts;
    while (in.left() > 0) texts.push_back(in.text());
    return texts;
}

}  // namespace mergarium
