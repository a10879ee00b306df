#pragma once

#include "core/search/strategy.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

namespace mergarium {

/// What a worker found out of a ticket.
struct TicketResult {
    /// Ticket::digest, and its step.
    std::string ticket;
    std::uint64_t step = 0;
    /// Who scored it, and on what kind of processor.
    std::string worker;
    std::string processor;
    /// How long that took, and how many tokens were read and written.
    double seconds = 0.0;
    std::uint64_t tokens = 0;
    /// The mean score on held-out samples, in [0, 1]; absent where there are none.
    using Tested = std::optional<double>;
    std::variant<Scored, Tested, Failed> outcome;

    /// SHA-256 of the outcome without pictures, hexadecimal: equal where two workers found the same.
    std::string digest() const;
};

/// Pictures are left out where the message would have more bytes than `largest`.
std::vector<std::byte> encode(const TicketResult& result, std::size_t largest);
/// Of a task with so many training samples. Throws std::runtime_error with one sentence for bytes that are no result of
/// this version: among others where scores, answers or pictures aren't one per sample, or a score isn't in [0, 1].
TicketResult decodeResult(std::span<const std::byte> bytes, std::size_t samples);

}  // namespace mergarium
