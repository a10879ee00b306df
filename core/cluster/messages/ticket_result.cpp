#include "core/cluster/messages/ticket_result.h"

#include "core/cluster/messages/message_head.h"
#include "core/cluster/messages/ticket.h"
#include "core/files/fingerprint.h"

#include <algorithm>
#include <cmath>
#include <memory>

namespace mergarium {
namespace {

constexpr std::string_view kResultKind = "MRGRESLT";
constexpr std::string_view kNoResult = "This is no result of this version of Mergarium.";
constexpr std::size_t kLongestFailure = 4096;

bool isScore(double value) { return value >= 0.0 && value <= 1.0; }

void writeScored(ByteWriter& out, const Scored& scored, bool withPictures) {
    const auto scores = scored.scores.values();
    out.number(std::uint64_t{scores.size()});
    out.numbers(scores);
    out.number(std::uint64_t{scored.answers ? scored.answers->size() : 0});
    if (scored.answers)
        for (const auto& answer : *scored.answers) out.text(answer);
    if (!scored.pictures || !withPictures) return out.number(std::uint64_t{0});
    out.number(std::uint64_t{scored.pictures->size()});
    for (const auto& picture : *scored.pictures) {
        out.number(picture.width);
        out.number(picture.height);
        writeBytes(out, picture.bytes);
    }
}

/// One per sample, or none.
std::uint64_t countIn(ByteReader& in, std::size_t samples) {
    const auto count = in.number<std::uint64_t>();
    if (count != 0 && count != samples) in.refuse();
    return count;
}

Scored readScored(ByteReader& in, std::size_t samples) {
    if (in.number<std::uint64_t>() != samples) in.refuse();
    auto scores = in.numbers<float>(samples);
    if (!std::ranges::all_of(scores, [](float score) { return isScore(score); })) in.refuse();
    Scored scored{.scores = Scores(std::move(scores))};
    // A text takes eight bytes at least, and a picture sixteen.
    if (const auto count = countIn(in, samples)) {
        if (count > in.left() / 8) in.refuse();
        std::vector<std::string> answers;
        for (std::uint64_t j = 0; j < count; ++j) answers.push_back(in.text());
        scored.answers = std::make_shared<const std::vector<std::string>>(std::move(answers));
    }
    if (const auto count = countIn(in, samples)) {
        if (count > in.left() / 16) in.refuse();
        std::vector<EncodedPicture> pictures(count);
        for (auto& picture : pictures) {
            picture.width = in.number<std::uint32_t>();
            picture.height = in.number<std::uint32_t>();
            picture.bytes = readBytes(in);
        }
        keepWithinBounds(pictures);
        scored.pictures = std::make_shared<const std::vector<EncodedPicture>>(std::move(pictures));
    }
    return scored;
}

void writeOutcome(ByteWriter& out, const TicketResult& result, bool withPictures) {
    out.number(static_cast<std::uint8_t>(result.outcome.index()));
    if (const auto* scored = std::get_if<Scored>(&result.outcome)) writeScored(out, *scored, withPictures);
    if (const auto* tested = std::get_if<TicketResult::Tested>(&result.outcome)) {
        out.number(static_cast<std::uint8_t>(tested->has_value()));
        out.number(tested->value_or(0.0));
    }
    if (const auto* failed = std::get_if<Failed>(&result.outcome)) out.text(failed->why.substr(0, kLongestFailure));
}

std::vector<std::byte> encoded(const TicketResult& result, bool withPictures) {
    auto out = beginMessage(kResultKind);
    out.text(result.ticket);
    out.number(result.step);
    out.text(result.worker);
    out.text(result.processor);
    out.number(result.seconds);
    out.number(result.tokens);
    writeOutcome(out, result, withPictures);
    return std::move(out).take();
}

}  // namespace

std::string TicketResult::digest() const {
    ByteWriter out;
    writeOutcome(out, *this, false);
    Fingerprint fingerprint;
    fingerprint.add(std::move(out).take());
    return fingerprint.hex();
}

std::vector<std::byte> encode(const TicketResult& result, std::size_t largest) {
    auto bytes = encoded(result, true);
    return bytes.size() <= largest ? bytes : encoded(result, false);
}

TicketResult decodeResult(std::span<const std::byte> bytes, std::size_t samples) {
    ByteReader in(bytes, kNoResult);
    readHead(in, kResultKind);
    TicketResult result;
    result.ticket = in.text();
    result.step = in.number<std::uint64_t>();
    result.worker = in.text();
    result.processor = in.text();
    result.seconds = in.number<double>();
    result.tokens = in.number<std::uint64_t>();
    switch (in.number<std::uint8_t>()) {
        case 0: result.outcome = readScored(in, samples); break;
        case 1: {
            const auto known = readEnum<std::uint8_t>(in, 2);
            const auto score = in.number<double>();
            if (!isScore(score)) in.refuse();
            result.outcome = known ? TicketResult::Tested(score) : TicketResult::Tested();
            break;
        }
        case 2: {
            auto why = in.text();
            if (why.empty() || why.size() > kLongestFailure) in.refuse();
            result.outcome = Failed{std::move(why)};
            break;
        }
        default: in.refuse();
    }
    in.close();
    if (!isDigest(result.ticket) || !isPlainName(result.worker) || !isPlainName(result.processor) ||
        !std::isfinite(result.seconds) || result.seconds < 0.0)
        in.refuse();
    return result;
}

}  // namespace mergarium
