#pragma once

#include "core/cluster/server_address.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

namespace mergarium {

using Milliseconds = std::chrono::milliseconds;

struct BusMessage {
    std::string subject;
    std::vector<std::byte> bytes;
    /// Where an answer goes, or what it is taken in by (MessageBus::take); empty: nowhere.
    std::string reply;
    /// How often it has been handed out, this time included; 0 outside of queues.
    std::uint64_t deliveries = 0;
};

/// Messages that arrive on a subject, or out of a queue. Of one thread.
class Inbox {
public:
    class Source;
    explicit Inbox(std::unique_ptr<Source> source);
    ~Inbox();
    Inbox(Inbox&&) noexcept;
    Inbox& operator=(Inbox&&) noexcept;

    /// The next one, waited for so long, or not at all; absent when there is none, and while the server isn't there.
    std::optional<BusMessage> next(Milliseconds patience);
    /// Of a queue that is fetched from: asks for the next one already, to be waited for so long. Whoever does so takes
    /// it soon, since it is handed out to nobody else meanwhile.
    void ask(Milliseconds patience);

private:
    std::unique_ptr<Source> source_;
};

/// A queue that the server keeps on its disk: messages published on `subject` wait in it until somebody has taken them
/// in. One that was handed out and isn't taken in, nor said to be worked on, for `silence` is handed out again.
struct Queue {
    /// The store of all queues of its kind.
    std::string stream;
    /// Everything that goes there: "mergarium.tickets.*"
    std::string allSubjects;
    std::string name;
    std::string subject;
    Milliseconds silence{15'000};
    /// Where its messages are sent by themselves; empty: they are fetched.
    std::string deliverTo = {};
};

/// No server answers at an address; it may be started yet.
class ServerNotThere : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// A connection to a NATS server with JetStream; connects again by itself when it is lost. All that knows NATS's
/// library is behind it. Any thread.
class MessageBus {
public:
    /// `name` is what the server calls it. Throws ServerNotThere, or std::runtime_error with one sentence: it
    /// lets us not in, or has no JetStream.
    MessageBus(const ServerAddress& address, const std::string& name);
    ~MessageBus();

    bool isConnected() const;
    /// The most bytes that one message may have.
    std::size_t largest() const;

    /// To whoever listens; nobody may, and while the server isn't there it is kept for a while. What is published on a
    /// queue's subject is in the queue.
    void publish(const std::string& subject, std::span<const std::byte> bytes) const;
    /// Into a queue: true once the server has stored it.
    bool store(const std::string& subject, std::span<const std::byte> bytes) const;
    /// The answer; absent when there is none in this time.
    std::optional<std::vector<std::byte>> ask(const std::string& subject, std::span<const std::byte> bytes,
                                              Milliseconds patience) const;
    /// What is published on a subject, which may have wildcards, from now on.
    Inbox listen(const std::string& subject) const;

    /// False when the server didn't do so.
    bool open(const Queue& queue) const;
    /// Absent when the server or the queue isn't there.
    std::optional<Inbox> fetch(const Queue& queue) const;
    /// With all that waits in it.
    void remove(const Queue& queue) const;
    void empty(const Queue& queue) const;
    /// How many messages wait, or are handed out and not taken in; absent when the server or the queue isn't there.
    std::optional<std::uint64_t> left(const Queue& queue) const;

    /// Of a message out of a queue: it is done with; is being worked on; goes to somebody else, after a while.
    void take(const BusMessage& message) const;
    void goOn(const std::string& reply) const;
    void giveBack(const BusMessage& message, Milliseconds after = Milliseconds{0}) const;

private:
    struct Connection;
    std::unique_ptr<Connection> connection_;
};

}  // namespace mergarium
