#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mergarium {

/// What is wanted of a model: its scores on the training samples, or its mean score on those that are held out.
enum class Asked : std::uint8_t { Scores, Test };

/// One model that a worker is to score, for a run that was offered to it (RunOffer). What comes of it depends on the
/// ticket alone.
struct Ticket {
    /// RunOffer::digest: configuration, samples and founders' contents.
    std::string offer;
    std::uint64_t step = 0;
    Asked asked = Asked::Scores;
    /// The worker that scored it first and must not check itself; empty: anyone may.
    std::string except = {};
    /// Genome::pack, without what scoring doesn't take.
    std::vector<std::byte> genome;

    /// SHA-256 of everything but `except`, hexadecimal.
    std::string digest() const;
    bool operator==(const Ticket&) const = default;
};

/// Whether a text is a digest as they are written here: 64 hexadecimal digits in lower case.
bool isDigest(std::string_view text);
/// A name that is shown to people and logged: 1 to 128 printable characters of ASCII.
bool isPlainName(std::string_view text);

std::vector<std::byte> encode(const Ticket& ticket);
/// Throws std::runtime_error with one sentence for bytes that are no ticket of this version.
Ticket decodeTicket(std::span<const std::byte> bytes);

}  // namespace mergarium
