#include "core/cluster/ticket_book.h"

#include <algorithm>
#include <charconv>
#include <utility>

namespace mergarium {
namespace {

constexpr std::size_t kMostPast = 16'384;

}  // namespace

std::string TicketBook::handOut(Ticket ticket) {
    auto digest = ticket.digest();
    open_[digest] = {std::move(ticket), std::nullopt};
    past_.erase(digest);
    return digest;
}

void TicketBook::drop() {
    for (const auto& [digest, open] : open_)
        if (!open.result) remember(digest, {});
    open_.clear();
}

std::optional<TicketResult> TicketBook::collect(const std::string& digest) {
    const auto found = open_.find(digest);
    if (found == open_.end() || !found->second.result) return std::nullopt;
    auto result = std::move(found->second.result);
    open_.erase(found);
    return result;
}

TicketBook::Taken TicketBook::take(TicketResult result) {
    if (const auto open = open_.find(result.ticket); open != open_.end() && !open->second.result) {
        auto& [ticket, kept] = open->second;
        // A score is no answer to what was asked for a test, nor the other way round.
        const bool fits = std::holds_alternative<Failed>(result.outcome) ||
                          std::holds_alternative<Scored>(result.outcome) == (ticket.asked == Asked::Scores);
        if (!fits || result.step != ticket.step) return {};
        const bool check = isToCheck(ticket, result.ticket);
        remember(result.ticket, {result.digest(), result.worker, check});
        Taken taken{.arrival = Arrival::First};
        if (check) {
            ++counts_.toCheck;
            taken.check = ticket;
            taken.check->except = result.worker;
        }
        ++counts_.used;
        kept = std::move(result);
        return taken;
    }
    const auto past = past_.find(result.ticket);
    if (past == past_.end()) return {};
    if (past->second.result.empty()) return {.arrival = Arrival::Same};
    const bool same = past->second.result == result.digest();
    ++(same ? counts_.same : counts_.differing);
    if (past->second.toCheck && past->second.worker != result.worker) {
        past->second.toCheck = false;
        ++counts_.checked;
    }
    return {.arrival = same ? Arrival::Same : Arrival::Differs, .check = std::nullopt, .first = past->second.worker};
}

std::vector<const Ticket*> TicketBook::unanswered() const {
    std::vector<const Ticket*> all;
    for (const auto& [digest, open] : open_)
        if (!open.result) all.push_back(&open.ticket);
    std::ranges::sort(all, {}, [](const Ticket* ticket) { return ticket->step; });
    return all;
}

void TicketBook::remember(const std::string& digest, PastTicket past) {
    if (past_.insert_or_assign(digest, std::move(past)).second) pastOnes_.push_back(digest);
    while (pastOnes_.size() > kMostPast) {
        past_.erase(pastOnes_.front());
        pastOnes_.pop_front();
    }
}

/// By the ticket alone: the same ones in every sitting.
bool TicketBook::isToCheck(const Ticket& ticket, const std::string& digest) const {
    if (ticket.asked != Asked::Scores || checked_ <= 0.0) return false;
    std::uint32_t drawn = 0;
    std::from_chars(digest.data(), digest.data() + 8, drawn, 16);
    return static_cast<double>(drawn) < checked_ * 4294967296.0;
}

}  // namespace mergarium
