#pragma once

#include "core/store/birth_pages.h"

#include <QString>

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <stop_token>
#include <vector>

namespace mergarium {

/// Births of one page of what was found, in ascending order.
using BirthPage = std::vector<Pairing>;

/// What a table wants to know of its births. Each look says everything that is wanted, so the latest will do.
struct BirthLook {
    BirthQuery query;
    bool descending = true;
    /// The rows that are seen, from the top of the table on.
    std::uint64_t row = 0;
    std::uint64_t rows = 0;
    /// The birth in the first of them, to be found again where others come between.
    std::optional<std::uint64_t> top;
    /// Which birth's row is asked for, and which row is to be gone to.
    std::optional<std::uint64_t> marked, sought;
    /// What is known already: how many births were found, and pages of them.
    std::uint64_t known = 0;
    std::set<std::uint64_t> pages;
};

struct BirthSight {
    static constexpr std::uint64_t kPage = 256;

    BirthLook look;
    /// Another look took its place before it came to an end; nothing else is said.
    bool stopped = false;
    /// One sentence; empty where everything could be read.
    QString problem;
    /// How many births are stored, and how many were found.
    std::uint64_t stored = 0;
    std::uint64_t count = 0;
    /// By number; page p begins at position p * kPage.
    std::map<std::uint64_t, BirthPage> pages;
    /// Rows, as the look counts them.
    std::optional<std::uint64_t> top, marked, sought;
};

/// Where a table's looks are answered: on a worker's thread, with a connection that stays open.
class BirthDesk {
public:
    BirthDesk(std::filesystem::path database, RunId run) : database_(std::move(database)), run_(run) {}

    /// Never throws: what goes wrong is the sight's problem.
    BirthSight answer(const BirthLook& look, const std::stop_token& stop);

private:
    void read(BirthSight& sight);
    /// Absent where that birth isn't among those that were found.
    std::optional<std::uint64_t> rowOf(const BirthSight& sight, std::uint64_t step) const;

    std::filesystem::path database_;
    RunId run_;
    std::optional<BirthPages> births_;
};

/// The row at a position, and the other way round.
inline std::uint64_t turned(std::uint64_t place, std::uint64_t count, bool descending) {
    return descending ? count - 1 - place : place;
}

}  // namespace mergarium
