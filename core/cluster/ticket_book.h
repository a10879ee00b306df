#pragma once

#include "core/cluster/messages/ticket.h"
#include "core/cluster/messages/ticket_result.h"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace mergarium {

/// Which tickets were handed out, and what came of them: the first result counts, and those that come later are
/// compared with it. Not for several threads.
class TicketBook {
public:
    /// So large a share of the tickets, in [0, 1], is handed out a second time to be checked by another worker.
    explicit TicketBook(double checked) : checked_(checked) {}

    /// Returns its digest.
    std::string handOut(Ticket ticket);
    /// Nobody waits for what is open any more.
    void drop();
    /// Takes the result out; absent while there is none.
    std::optional<TicketResult> collect(const std::string& digest);

    enum class Arrival { First, Same, Differs, Stray };
    struct Taken {
        Arrival arrival = Arrival::Stray;
        /// To be handed out for another worker, to check the result.
        std::optional<Ticket> check = std::nullopt;
        /// Whose result came first, where others differ.
        std::string first = {};
    };
    Taken take(TicketResult result);

    /// Those that nothing has come of yet.
    std::vector<const Ticket*> unanswered() const;

    struct Counts {
        /// Results that are used, those that came again and were the same, and those that differed.
        std::uint64_t used = 0, same = 0, differing = 0;
        /// Tickets handed out to be checked, and those of them that were checked by another worker.
        std::uint64_t toCheck = 0, checked = 0;
    };
    const Counts& counts() const { return counts_; }

private:
    struct OpenTicket {
        Ticket ticket;
        std::optional<TicketResult> result;
    };
    /// What is remembered of a ticket once something has come of it, or nobody waits for it.
    struct PastTicket {
        /// Empty: it was dropped.
        std::string result;
        std::string worker;
        bool toCheck = false;
    };
    void remember(const std::string& digest, PastTicket past);
    bool isToCheck(const Ticket& ticket, const std::string& digest) const;

    double checked_;
    std::unordered_map<std::string, OpenTicket> open_;
    std::unordered_map<std::string, PastTicket> past_;
    /// In the order in which they are forgotten.
    std::deque<std::string> pastOnes_;
    Counts counts_;
};

}  // namespace mergarium
