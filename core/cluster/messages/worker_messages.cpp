#include "core/cluster/messages/worker_messages.h"

#include "core/cluster/messages/message_head.h"
#include "core/cluster/messages/ticket.h"

#include <algorithm>
#include <cmath>

namespace mergarium {
namespace {

constexpr std::string_view kAliveKind = "MRGALIVE", kApplicationKind = "MRGAPPLY", kAdmittanceKind = "MRGADMIT",
                           kLifeKind = "MRGLIFES", kPartKind = "MRGPARTW";
constexpr std::string_view kNoMessage = "This is no message of this version of Mergarium.";
constexpr std::size_t kLongestWords = 1024;

/// Words for people, which may be empty.
std::string wordsIn(ByteReader& in) {
    auto text = in.text();
    if (text.size() > kLongestWords) in.refuse();
    return text;
}

std::string nameIn(ByteReader& in) {
    auto text = in.text();
    if (!isPlainName(text)) in.refuse();
    return text;
}

std::string digestIn(ByteReader& in) {
    auto text = in.text();
    if (!isDigest(text)) in.refuse();
    return text;
}

/// A part of a subject.
std::string keyIn(ByteReader& in) {
    auto text = in.text();
    const auto isPlain = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z'); };
    if (text.empty() || text.size() > 64 || !std::ranges::all_of(text, isPlain)) in.refuse();
    return text;
}

std::string_view cut(std::string_view words) { return words.substr(0, kLongestWords); }

}  // namespace

std::vector<std::byte> encode(const RunIsAlive& message) {
    auto out = beginMessage(kAliveKind);
    out.text(message.key);
    out.text(message.offer);
    return std::move(out).take();
}

RunIsAlive decodeAlive(std::span<const std::byte> bytes) {
    ByteReader in(bytes, kNoMessage);
    readHead(in, kAliveKind);
    RunIsAlive message;
    message.key = keyIn(in);
    message.offer = digestIn(in);
    in.close();
    return message;
}

std::vector<std::byte> encode(const WorkerApplication& message) {
    auto out = beginMessage(kApplicationKind);
    out.text(message.worker);
    out.text(message.offer);
    out.text(message.device);
    out.text(message.processor);
    return std::move(out).take();
}

WorkerApplication decodeApplication(std::span<const std::byte> bytes) {
    ByteReader in(bytes, kNoMessage);
    readHead(in, kApplicationKind);
    WorkerApplication message;
    message.worker = nameIn(in);
    message.offer = digestIn(in);
    message.device = nameIn(in);
    message.processor = nameIn(in);
    in.close();
    return message;
}

std::vector<std::byte> encode(const Admittance& message) {
    auto out = beginMessage(kAdmittanceKind);
    out.text(cut(message.refusal));
    return std::move(out).take();
}

Admittance decodeAdmittance(std::span<const std::byte> bytes) {
    ByteReader in(bytes, kNoMessage);
    readHead(in, kAdmittanceKind);
    Admittance message{.refusal = wordsIn(in)};
    in.close();
    return message;
}

std::vector<std::byte> encode(const SignOfLife& message) {
    auto out = beginMessage(kLifeKind);
    out.text(message.worker);
    out.text(message.device);
    out.text(message.processor);
    out.text(cut(message.state));
    out.number(message.tickets);
    out.number(message.rate);
    return std::move(out).take();
}

SignOfLife decodeSignOfLife(std::span<const std::byte> bytes) {
    ByteReader in(bytes, kNoMessage);
    readHead(in, kLifeKind);
    SignOfLife message;
    message.worker = nameIn(in);
    message.device = wordsIn(in);
    message.processor = nameIn(in);
    message.state = wordsIn(in);
    message.tickets = in.number<std::uint64_t>();
    message.rate = in.number<double>();
    in.close();
    if (!std::isfinite(message.rate) || message.rate < 0.0) in.refuse();
    return message;
}

std::vector<std::byte> encode(const PartWanted& message) {
    auto out = beginMessage(kPartKind);
    out.text(message.offer);
    out.number(message.file);
    out.number(message.begin);
    out.number(message.size);
    return std::move(out).take();
}

PartWanted decodePartWanted(std::span<const std::byte> bytes) {
    ByteReader in(bytes, kNoMessage);
    readHead(in, kPartKind);
    PartWanted message;
    message.offer = digestIn(in);
    message.file = in.number<std::uint64_t>();
    message.begin = in.number<std::uint64_t>();
    message.size = in.number<std::uint64_t>();
    in.close();
    if (message.size > kMostPart) in.refuse();
    return message;
}

}  // namespace mergarium
