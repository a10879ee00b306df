#include "core/cluster/messages/ticket.h"

#include "core/cluster/messages/message_head.h"
#include "core/files/fingerprint.h"

#include <algorithm>

namespace mergarium {
namespace {

constexpr std::string_view kTicketKind = "MRGTICKT";
constexpr std::string_view kNoTicket = "This is no ticket of this version of Mergarium.";

}  // namespace

bool isDigest(std::string_view text) {
    return text.size() == 64 &&
           std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

bool isPlainName(std::string_view text) {
    return !text.empty() && text.size() <= 128 &&
           std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; });
}

std::string Ticket::digest() const {
    Fingerprint fingerprint;
    fingerprint.add(std::string_view(offer));
    fingerprint.add(step);
    fingerprint.add(std::uint64_t{static_cast<std::uint8_t>(asked)});
    fingerprint.add(genome);
    return fingerprint.hex();
}

std::vector<std::byte> encode(const Ticket& ticket) {
    auto out = beginMessage(kTicketKind);
    out.text(ticket.offer);
    out.number(ticket.step);
    out.number(static_cast<std::uint8_t>(ticket.asked));
    out.text(ticket.except);
    writeBytes(out, ticket.genome);
    return std::move(out).take();
}

Ticket decodeTicket(std::span<const std::byte> bytes) {
    ByteReader in(bytes, kNoTicket);
    readHead(in, kTicketKind);
    Ticket ticket;
    ticket.offer = in.text();
    ticket.step = in.number<std::uint64_t>();
    ticket.asked = readEnum<Asked>(in, 2);
    ticket.except = in.text();
    ticket.genome = readBytes(in);
    in.close();
    if (!isDigest(ticket.offer) || (!ticket.except.empty() && !isPlainName(ticket.except)) || ticket.genome.empty())
        in.refuse();
    return ticket;
}

}  // namespace mergarium
