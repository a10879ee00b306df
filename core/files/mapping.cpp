#include "core/files/mapping.h"

#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <mutex>
#include <new>
#include <system_error>

namespace mergarium {

/// A mapping as the signal's handler finds it: numbers alone, read without a lock.
struct Mapping::Guarded {
    /// 0: free; kTaken: about to be filled.
    std::atomic<std::uintptr_t> begin = 0;
    std::atomic<std::uintptr_t> end = 0;
    std::atomic<int> protection = 0;
    std::atomic<bool> broken = false;
};

namespace {

using Guarded = Mapping::Guarded;

constexpr std::uintptr_t kTaken = 1;

/// Never freed, since the handler may be reading it.
struct Table {
    std::array<Guarded, 256> rows;
    std::atomic<Table*> next = nullptr;
};

static_assert(std::atomic<std::uintptr_t>::is_always_lock_free && std::atomic<Table*>::is_always_lock_free);

Table table;
std::uintptr_t page = 4096;
struct sigaction before;

/// The row of an address; null where it is in none of our mappings.
Guarded* rowOf(std::uintptr_t address) {
    for (auto* part = &table; part; part = part->next.load(std::memory_order_acquire))
        for (auto& row : part->rows) {
            const auto begin = row.begin.load(std::memory_order_acquire);
            if (begin > kTaken && begin <= address && address < row.end.load(std::memory_order_relaxed)) return &row;
        }
    return nullptr;
}

Guarded& freeRow() {
    for (auto* part = &table;;) {
        for (auto& row : part->rows)
            if (auto free = std::uintptr_t{0}; row.begin.compare_exchange_strong(free, kTaken)) return row;
        auto* next = part->next.load(std::memory_order_acquire);
        if (!next) {
            auto* const more = new Table;
            if (part->next.compare_exchange_strong(next, more))
                next = more;
            else
                delete more;
        }
        part = next;
    }
}

/// What comes from elsewhere is not ours to mend.
void passOn(int signal, siginfo_t* what, void* context) {
    if (before.sa_flags & SA_SIGINFO) return before.sa_sigaction(signal, what, context);
    if (before.sa_handler != SIG_DFL && before.sa_handler != SIG_IGN) return before.sa_handler(signal);
    // The instruction is tried again and ends the process; a signal that somebody sent has to be sent again.
    ::signal(signal, SIG_DFL);
    if (what->si_code <= 0) ::raise(signal);
}

/// Puts zeros where the file has nothing any more, from the page that was touched to the mapping's end. Only what may
/// be done in a signal handler.
void onSignal(int signal, siginfo_t* what, void* context) {
    const int reason = errno;
    const auto address = reinterpret_cast<std::uintptr_t>(what->si_addr);
    auto* const row = what->si_code > 0 ? rowOf(address) : nullptr;
    if (!row) return passOn(signal, what, context);
    row->broken.store(true, std::memory_order_release);
    const auto from = address - address % page;
    const auto* zeros = ::mmap(reinterpret_cast<void*>(from), row->end.load(std::memory_order_relaxed) - from,
                               row->protection.load(std::memory_order_relaxed),
                               MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_NORESERVE, -1, 0);
    errno = reason;
    if (zeros == MAP_FAILED) passOn(signal, what, context);
}

/// Nested on the stack of whoever touched the page, or on that thread's own stack for signals.
void handleSignal() {
    static std::once_flag once;
    std::call_once(once, [] {
        page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
        struct sigaction action {};
        action.sa_sigaction = &onSignal;
        action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESTART;
        ::sigemptyset(&action.sa_mask);
        // The one before is known before ours can be called.
        ::sigaction(SIGBUS, nullptr, &before);
        ::sigaction(SIGBUS, &action, nullptr);
    });
}

}  // namespace

Mapping::Mapping(int descriptor, std::size_t size, Access access) {
    if (size == 0) return;
    handleSignal();
    const int protection = access == Access::Read ? PROT_READ : PROT_READ | PROT_WRITE;
    auto& row = freeRow();
    auto* start = ::mmap(nullptr, size, protection, MAP_SHARED, descriptor, 0);
    if (start == MAP_FAILED) {
        const int reason = errno;
        row.begin = 0;
        throw std::system_error(reason, std::generic_category());
    }
    const auto begin = reinterpret_cast<std::uintptr_t>(start);
    row.end = begin + (size + page - 1) / page * page;
    row.protection = protection;
    row.broken = false;
    row.begin.store(begin, std::memory_order_release);
    bytes_ = {static_cast<std::byte*>(start), size};
    guarded_ = &row;
}

Mapping::~Mapping() {
    if (!guarded_) return;
    // Before the addresses can be another mapping's.
    guarded_->begin.store(0, std::memory_order_release);
    ::munmap(bytes_.data(), bytes_.size());
}

bool Mapping::isBroken() const { return guarded_ && guarded_->broken.load(std::memory_order_acquire); }

}  // namespace mergarium
