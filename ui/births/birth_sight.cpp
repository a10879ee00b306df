#include "ui/births/birth_sight.h"

#include "core/text/words.h"

#include <algorithm>
#include <exception>

namespace mergarium {

BirthSight BirthDesk::answer(const BirthLook& look, const std::stop_token& stop) {
    BirthSight sight{.look = look};
    try {
        if (!births_) births_.emplace(database_, run_);
        if (!births_->find(look.query, stop)) {
            sight.stopped = true;
            return sight;
        }
        sight.stored = births_->stored();
        sight.count = births_->count();
        read(sight);
    } catch (const std::exception& error) {
        sight.problem = QString::fromStdString(words::failure(error, "reading the births"));
    }
    return sight;
}

void BirthDesk::read(BirthSight& sight) {
    const auto& look = sight.look;
    if (sight.count == 0) return;
    if (look.marked) sight.marked = rowOf(sight, *look.marked);
    if (look.sought) sight.sought = turned(*births_->positionOf(*look.sought), sight.count, look.descending);
    const bool same = sight.count == look.known;
    if (look.top && !same) sight.top = rowOf(sight, *look.top);

    // What is seen, and as much again above and below.
    const auto want = [&](std::uint64_t row) {
        const auto last = sight.count - 1;
        const auto begin = std::min(last, row - std::min(row, look.rows));
        const auto end = std::min(last, row + 2 * look.rows);
        const auto one = turned(begin, sight.count, look.descending), other = turned(end, sight.count, look.descending);
        for (auto page = std::min(one, other) / BirthSight::kPage; page <= std::max(one, other) / BirthSight::kPage;
             ++page) {
            const bool whole = (page + 1) * BirthSight::kPage <= look.known;
            const bool stays = same || (look.query.order == BirthOrder::Step && whole);
            if (sight.pages.contains(page) || (stays && look.pages.contains(page))) continue;
            sight.pages[page] = births_->page(page * BirthSight::kPage, BirthSight::kPage);
        }
    };
    want(sight.top.value_or(look.row));
    if (sight.sought) want(*sight.sought);
    // Whoever looks at the latest births sees the next ones too.
    if (!same && look.query.order == BirthOrder::Step) want(turned(sight.count - 1, sight.count, look.descending));
}

std::optional<std::uint64_t> BirthDesk::rowOf(const BirthSight& sight, std::uint64_t step) const {
    const auto position = births_->positionOf(step);
    if (!position || births_->page(*position, 1).front().step != step) return {};
    return turned(*position, sight.count, sight.look.descending);
}

}  // namespace mergarium
