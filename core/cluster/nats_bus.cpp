// The only file that knows NATS's library (libnats 3.4 and later).
#include "core/cluster/message_bus.h"

#include "core/files/text_file.h"

#include <fmt/format.h>

#include <nats/nats.h>

#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <string_view>
#include <thread>

namespace mergarium {
namespace {

constexpr std::int64_t kNanoseconds = 1'000'000;
constexpr std::int64_t kAnswerTime = 5000;
/// What nobody comes for any more is forgotten.
constexpr std::int64_t kKept = std::int64_t{24} * 3600 * 1000 * kNanoseconds;
constexpr std::int64_t kKeptQueue = std::int64_t{3600} * 1000 * kNanoseconds;
/// How long a lost connection may go unnoticed where the other side has vanished.
constexpr std::int64_t kPing = 5000;
constexpr std::size_t kMostCredentials = 65'536;

template <typename Type, auto Destroy>
struct Destroyer {
    void operator()(Type* object) const { Destroy(object); }
};
template <typename Type, auto Destroy>
using Owned = std::unique_ptr<Type, Destroyer<Type, Destroy>>;
using Message = Owned<natsMsg, &natsMsg_Destroy>;
using Subscription = Owned<natsSubscription, &natsSubscription_Destroy>;

/// Behind the fifth point of an acknowledgment's subject: $JS.ACK.STREAM.CONSUMER.DELIVERIES, where it has no domain.
std::uint64_t deliveriesIn(std::string_view reply) {
    if (!reply.starts_with("$JS.ACK.")) return 0;
    const auto points = std::ranges::count(reply, '.');
    // With a domain and an account there are two more in front, and one behind.
    int skipped = points >= 10 ? 6 : 4;
    for (; skipped > 0; --skipped) reply.remove_prefix(std::min(reply.find('.'), reply.size() - 1) + 1);
    std::uint64_t number = 0;
    for (const char digit : reply.substr(0, std::min<std::size_t>(reply.find('.'), 9))) {
        if (digit < '0' || digit > '9') return 0;
        number = 10 * number + static_cast<std::uint64_t>(digit - '0');
    }
    return number;
}

BusMessage taken(natsMsg* message) {
    const auto text = [](const char* words) { return std::string(words ? words : ""); };
    const auto* data = reinterpret_cast<const std::byte*>(natsMsg_GetData(message));
    const auto size = static_cast<std::size_t>(std::max(0, natsMsg_GetDataLength(message)));
    BusMessage one{.subject = text(natsMsg_GetSubject(message)),
                   .bytes = std::vector<std::byte>(data, data + size),
                   .reply = text(natsMsg_GetReply(message))};
    one.deliveries = deliveriesIn(one.reply);
    return one;
}

[[noreturn]] void refuseConnection(natsStatus status, const ServerAddress& address) {
    const auto where = inWords(address);
    if (status == NATS_CONNECTION_AUTH_FAILED || status == NATS_NOT_PERMITTED)
        throw std::runtime_error(fmt::format("The NATS server {} doesn't let us in: check the credentials.", where));
    if (status == NATS_SSL_ERROR || status == NATS_SECURE_CONNECTION_REQUIRED ||
        status == NATS_SECURE_CONNECTION_WANTED)
        throw std::runtime_error(fmt::format(
            "The NATS server {} is not reached by TLS: check the address (tls://) and the certificates (--tls-ca).",
            where));
    throw ServerNotThere(
        fmt::format("No NATS server answers at {} ({}): start one with nats-server -js, or correct the address.", where,
                    natsStatus_GetText(status)));
}

void addCredentials(natsOptions* options, const ServerAddress& address) {
    if (address.credentials.empty()) return;
    auto text = readFile(address.credentials, kMostCredentials);
    if (text.find("-----BEGIN NATS USER JWT-----") != text.npos) {
        natsOptions_SetUserCredentialsFromFiles(options, address.credentials.c_str(), nullptr);
        return;
    }
    text.resize(std::min(text.find_first_of("\r\n"), text.size()));
    if (text.empty())
        throw std::runtime_error(
            fmt::format("{}: there are no credentials in it: it should be a .creds file, or one line with "
                        "USER:PASSWORD or a token.",
                        address.credentials.string()));
    if (const auto colon = text.find(':'); colon != text.npos)
        natsOptions_SetUserInfo(options, text.substr(0, colon).c_str(), text.substr(colon + 1).c_str());
    else
        natsOptions_SetToken(options, text.c_str());
}

}  // namespace

class Inbox::Source {
public:
    /// Of what arrives by itself.
    explicit Source(Subscription subscription) : subscription_(std::move(subscription)) {}
    /// Of what is asked for, on `subject`, to be sent to `inbox`.
    Source(Subscription subscription, natsConnection* connection, std::string subject, std::string inbox)
        : subscription_(std::move(subscription)),
          connection_(connection),
          subject_(std::move(subject)),
          inbox_(std::move(inbox)) {}

    void ask(Milliseconds patience) {
        if (!connection_ || Clock::now() < askedUntil_) return;
        const auto wanted = fmt::format("{{\"batch\": 1, \"expires\": {}}}", patience.count() * kNanoseconds);
        const auto status = natsConnection_PublishRequest(connection_, subject_.c_str(), inbox_.c_str(), wanted.data(),
                                                          static_cast<int>(wanted.size()));
        if (status == NATS_OK) askedUntil_ = Clock::now() + patience;
    }

    std::optional<BusMessage> next(Milliseconds patience) {
        const auto until = Clock::now() + patience;
        while (true) {
            if (patience.count() > 0) ask(patience);
            const auto left = std::chrono::duration_cast<Milliseconds>(until - Clock::now());
            natsMsg* found = nullptr;
            const auto status =
                natsSubscription_NextMsg(&found, subscription_.get(), std::max<std::int64_t>(0, left.count()));
            const Message message(found);
            if (status != NATS_OK && status != NATS_TIMEOUT)
                std::this_thread::sleep_for(std::min(patience, Milliseconds{100}));
            if (!found) return std::nullopt;
            if (connection_) askedUntil_ = {};
            // The server says that there is nothing.
            if (const char* none = nullptr; connection_ && natsMsgHeader_Get(found, "Status", &none) == NATS_OK) {
                if (Clock::now() >= until) return std::nullopt;
                continue;
            }
            return taken(found);
        }
    }

private:
    using Clock = std::chrono::steady_clock;
    Subscription subscription_;
    /// Null: nothing is asked for.
    natsConnection* connection_ = nullptr;
    std::string subject_, inbox_;
    Clock::time_point askedUntil_{};
};

Inbox::Inbox(std::unique_ptr<Source> source) : source_(std::move(source)) {}
Inbox::~Inbox() = default;
Inbox::Inbox(Inbox&&) noexcept = default;
Inbox& Inbox::operator=(Inbox&&) noexcept = default;
void Inbox::ask(Milliseconds patience) { source_->ask(patience); }
std::optional<BusMessage> Inbox::next(Milliseconds patience) { return source_->next(patience); }

struct MessageBus::Connection {
    Owned<natsConnection, &natsConnection_Destroy> nats;
    Owned<jsCtx, &jsCtx_Destroy> streams;
};

MessageBus::MessageBus(const ServerAddress& address, const std::string& name)
    : connection_(std::make_unique<Connection>()) {
    requireProtected(address);
    natsOptions* made = nullptr;
    if (natsOptions_Create(&made) != NATS_OK) throw std::runtime_error("NATS's library can't be used.");
    const Owned<natsOptions, &natsOptions_Destroy> options(made);
    natsOptions_SetURL(made, address.url.c_str());
    natsOptions_SetName(made, name.c_str());
    natsOptions_SetTimeout(made, kAnswerTime);
    natsOptions_SetMaxReconnect(made, -1);
    natsOptions_SetReconnectWait(made, 250);
    natsOptions_SetReconnectJitter(made, 100, 100);
    natsOptions_SetPingInterval(made, kPing);
    natsOptions_SetSendAsap(made, true);
    // A server that was started again may ask for credentials that it never asked for, or not know them yet.
    natsOptions_SetIgnoreDiscoveredServers(made, true);
    addCredentials(made, address);
    if (isEncrypted(address)) natsOptions_SetSecure(made, true);
    if (!address.authority.empty() && natsOptions_LoadCATrustedCertificates(made, address.authority.c_str()) != NATS_OK)
        throw std::runtime_error(fmt::format("{}: these are no certificates in PEM.", address.authority.string()));

    natsConnection* nats = nullptr;
    if (const auto status = natsConnection_Connect(&nats, made); status != NATS_OK) refuseConnection(status, address);
    connection_->nats.reset(nats);
    jsOptions waiting;
    jsOptions_Init(&waiting);
    waiting.Wait = kAnswerTime;
    jsCtx* streams = nullptr;
    natsConnection_JetStream(&streams, nats, &waiting);
    connection_->streams.reset(streams);
    jsAccountInfo* account = nullptr;
    jsErrCode code{};
    const auto status = js_GetAccountInfo(&account, streams, nullptr, &code);
    jsAccountInfo_Destroy(account);
    if (status != NATS_OK)
        throw std::runtime_error(
            fmt::format("The NATS server {} keeps no queues ({}): start it with JetStream (nats-server -js), and allow "
                        "it to this user.",
                        inWords(address), natsStatus_GetText(status)));
}

MessageBus::~MessageBus() = default;

bool MessageBus::isConnected() const {
    return natsConnection_Status(connection_->nats.get()) == NATS_CONN_STATUS_CONNECTED;
}

std::size_t MessageBus::largest() const {
    return static_cast<std::size_t>(std::max<std::int64_t>(0, natsConnection_GetMaxPayload(connection_->nats.get())));
}

void MessageBus::publish(const std::string& subject, std::span<const std::byte> bytes) const {
    natsConnection_Publish(connection_->nats.get(), subject.c_str(), bytes.data(), static_cast<int>(bytes.size()));
}

bool MessageBus::store(const std::string& subject, std::span<const std::byte> bytes) const {
    return js_Publish(nullptr, connection_->streams.get(), subject.c_str(), bytes.data(),
                      static_cast<int>(bytes.size()), nullptr, nullptr) == NATS_OK;
}

std::optional<std::vector<std::byte>> MessageBus::ask(const std::string& subject, std::span<const std::byte> bytes,
                                                      Milliseconds patience) const {
    natsMsg* found = nullptr;
    const auto status = natsConnection_Request(&found, connection_->nats.get(), subject.c_str(), bytes.data(),
                                               static_cast<int>(bytes.size()), patience.count());
    const Message answer(found);
    if (status != NATS_OK || !found) return std::nullopt;
    return std::move(taken(found).bytes);
}

Inbox MessageBus::listen(const std::string& subject) const {
    natsSubscription* made = nullptr;
    if (natsConnection_SubscribeSync(&made, connection_->nats.get(), subject.c_str()) != NATS_OK)
        throw std::runtime_error(fmt::format("The NATS server lets us not listen on {}.", subject));
    return Inbox(std::make_unique<Inbox::Source>(Subscription(made)));
}

bool MessageBus::open(const Queue& queue) const {
    jsStreamConfig stream;
    jsStreamConfig_Init(&stream);
    stream.Name = queue.stream.c_str();
    const char* subject = queue.allSubjects.c_str();
    stream.Subjects = &subject;
    stream.SubjectsLen = 1;
    stream.Retention = js_WorkQueuePolicy;
    stream.Storage = js_FileStorage;
    stream.MaxAge = kKept;
    jsErrCode code{};
    // One that is there already is the same.
    js_AddStream(nullptr, connection_->streams.get(), &stream, nullptr, &code);

    jsConsumerConfig consumer;
    jsConsumerConfig_Init(&consumer);
    consumer.Durable = queue.name.c_str();
    consumer.AckPolicy = js_AckExplicit;
    consumer.AckWait = queue.silence.count() * kNanoseconds;
    consumer.FilterSubject = queue.subject.c_str();
    consumer.MaxAckPending = 4096;
    consumer.InactiveThreshold = kKeptQueue;
    if (!queue.deliverTo.empty()) consumer.DeliverSubject = queue.deliverTo.c_str();
    return js_AddConsumer(nullptr, connection_->streams.get(), queue.stream.c_str(), &consumer, nullptr, &code) ==
           NATS_OK;
}

std::optional<Inbox> MessageBus::fetch(const Queue& queue) const {
    if (!left(queue)) return std::nullopt;
    natsInbox* name = nullptr;
    if (natsInbox_Create(&name) != NATS_OK) return std::nullopt;
    const std::string inbox(name);
    natsInbox_Destroy(name);
    natsSubscription* made = nullptr;
    if (natsConnection_SubscribeSync(&made, connection_->nats.get(), inbox.c_str()) != NATS_OK) return std::nullopt;
    return Inbox(std::make_unique<Inbox::Source>(
        Subscription(made), connection_->nats.get(),
        fmt::format("$JS.API.CONSUMER.MSG.NEXT.{}.{}", queue.stream, queue.name), inbox));
}

void MessageBus::remove(const Queue& queue) const {
    js_DeleteConsumer(connection_->streams.get(), queue.stream.c_str(), queue.name.c_str(), nullptr, nullptr);
    empty(queue);
}

void MessageBus::empty(const Queue& queue) const {
    jsOptions options;
    jsOptions_Init(&options);
    options.Wait = kAnswerTime;
    options.Stream.Purge.Subject = queue.subject.c_str();
    js_PurgeStream(connection_->streams.get(), queue.stream.c_str(), &options, nullptr);
}

std::optional<std::uint64_t> MessageBus::left(const Queue& queue) const {
    jsConsumerInfo* found = nullptr;
    const auto status = js_GetConsumerInfo(&found, connection_->streams.get(), queue.stream.c_str(), queue.name.c_str(),
                                           nullptr, nullptr);
    const Owned<jsConsumerInfo, &jsConsumerInfo_Destroy> info(found);
    if (status != NATS_OK || !found) return std::nullopt;
    return info->NumPending + static_cast<std::uint64_t>(std::max<std::int64_t>(0, info->NumAckPending));
}

void MessageBus::take(const BusMessage& message) const {
    publish(message.reply, std::as_bytes(std::span(std::string_view("+ACK"))));
}

void MessageBus::goOn(const std::string& reply) const {
    publish(reply, std::as_bytes(std::span(std::string_view("+WPI"))));
}

void MessageBus::giveBack(const BusMessage& message, Milliseconds after) const {
    const auto words =
        after.count() > 0 ? fmt::format("-NAK {{\"delay\": {}}}", after.count() * kNanoseconds) : std::string("-NAK");
    publish(message.reply, std::as_bytes(std::span(words)));
}

}  // namespace mergarium
