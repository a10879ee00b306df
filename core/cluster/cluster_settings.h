#pragma once

#include "core/cluster/message_bus.h"
#include "core/cluster/server_address.h"

#include <string>

namespace mergarium {

/// How a run has its models scored by workers. Changes no result, unless kinds of processors are mixed.
struct ClusterSettings {
    ServerAddress server;
    /// Of this program, which the workers' must be.
    std::string version;
    /// Workers whose processors may give other last bits are let in, too.
    bool mixed = false;
    /// So large a share of the models, in [0, 1], is scored twice, by two workers, and compared.
    double checked = 0.0;
    /// How long a worker may say nothing before what it was given goes to another one.
    Milliseconds silence{15'000};
};

/// Of one sitting of a run: nobody else's messages are taken for its own.
std::string newKey();
/// The queues of a sitting of a run.
Queue ticketsOf(const std::string& key, Milliseconds silence);
Queue resultsOf(const std::string& key);
/// Where a run's own program listens, for `what`.
std::string subjectTo(const std::string& key, const std::string& what);
inline constexpr const char *kAskOffer = "ask.offer", *kAskToHelp = "ask.to-help", *kAskPart = "ask.part",
                            *kSayAlive = "ask.life";
/// Where runs say that they are being computed.
inline constexpr const char* kAliveSubject = "mergarium.alive";

}  // namespace mergarium
