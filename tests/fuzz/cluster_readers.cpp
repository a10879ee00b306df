#include "tests/fuzz/cluster_readers.h"

#include "core/cluster/messages/run_offer.h"
#include "core/cluster/messages/ticket.h"
#include "core/cluster/messages/ticket_result.h"
#include "core/cluster/messages/worker_messages.h"
#include "core/files/text_file.h"
#include "tests/fuzz/database_reader.h"

#include <algorithm>
#include <span>
#include <stdexcept>
#include <string>

namespace mergarium::fuzz {
namespace {

constexpr std::size_t kMostBytes = 1 << 26;

/// What was read is written as it was.
template <typename Decode>
bool reads(std::span<const std::byte> bytes, const Decode& decode) {
    try {
        const auto message = decode(bytes);
        const auto again = encode(message);
        require(std::ranges::equal(again, bytes));
        return true;
    } catch (const std::runtime_error&) {
        return false;
    }
}

}  // namespace

void readTicketMessage(const std::filesystem::path& path) {
    const auto text = readFile(path, kMostBytes);
    const auto bytes = std::as_bytes(std::span(text));
    if (reads(bytes, &decodeOffer)) {
        for (const auto& model : decodeOffer(bytes).models)
            for (const auto& file : model.base.files)
                require(!(std::filesystem::path("a") / file.name).lexically_normal().string().starts_with(".."));
        return;
    }
    if (reads(bytes, &decodeAlive)) return;
    require(isDigest(decodeTicket(bytes).digest()));
    require(reads(bytes, &decodeTicket));
}

void readResultMessage(const std::filesystem::path& path) {
    constexpr std::size_t kSamples = 3;
    const auto text = readFile(path, kMostBytes);
    const auto bytes = std::as_bytes(std::span(text));
    if (reads(bytes, &decodeApplication) || reads(bytes, &decodeAdmittance) || reads(bytes, &decodeSignOfLife) ||
        reads(bytes, &decodePartWanted))
        return;
    const auto result = decodeResult(bytes, kSamples);
    if (const auto* scored = std::get_if<Scored>(&result.outcome)) {
        require(scored->scores.size() == kSamples);
        for (const auto score : scored->scores.values()) require(score >= 0.0f && score <= 1.0f);
        require(!scored->answers || scored->answers->size() == kSamples);
        require(!scored->pictures || scored->pictures->size() == kSamples);
    }
    require(decodeResult(encode(result, kMostBytes), kSamples).digest() == result.digest());
}

}  // namespace mergarium::fuzz
