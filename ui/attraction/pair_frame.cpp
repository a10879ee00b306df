#include "ui/attraction/pair_frame.h"

#include "core/archive/coverage.h"
#include "ui/attraction/attraction_frame.h"
#include "ui/members/member_text.h"
#include "ui/session/run_text.h"
#include "ui/theme/translation.h"

#include <algorithm>
#include <numeric>

namespace mergarium {
namespace {

bool drawsByAttraction(const SessionSnapshot& snapshot) {
    return snapshot.run && traitsOf(snapshot.run->configuration.strategy).attraction;
}

}  // namespace

PairFramePtr makePairFrame(const SnapshotPtr& snapshot, MemberId first, MemberId second) {
    auto frame = std::make_shared<PairFrame>();
    frame->snapshot = snapshot;
    frame->first = first;
    frame->second = second;
    const auto a = slotOf(*snapshot, first), b = slotOf(*snapshot, second);
    if (!a || !b) return frame;
    frame->live = true;

    const auto rows = scoreRows(*snapshot);
    const auto niches = nichesOf(*snapshot);
    std::vector<double> drawn(rows.size());
    attractions(rows[*a], rows, niches.worth, drawn);
    frame->attraction = drawn[*b];
    frame->attractions = std::accumulate(drawn.begin(), drawn.end(), 0.0);
    frame->fitness = *a < snapshot->fitness.size() ? snapshot->fitness[*a] : 0.0;
    frame->fitnesses = std::accumulate(snapshot->fitness.begin(), snapshot->fitness.end(), 0.0);
    frame->members =
        static_cast<std::size_t>(std::ranges::count_if(rows, [](const auto& row) { return !row.empty(); }));

    for (const auto& [sample, value] : attractionTerms(rows[*a], rows[*b], niches.worth))
        frame->terms.push_back({.sample = sample,
                                .first = rows[*a][sample],
                                .second = rows[*b][sample],
                                .value = value,
                                .share = frame->attraction > 0.0 ? value / frame->attraction : 0.0});
    // Row by row, so that a row stays in the cache.
    for (const auto& row : rows)
        for (auto& term : frame->terms) term.solvers += !row.empty() && row[term.sample] >= kSolved;
    return frame;
}

QString pairText(const PairFrame& frame) {
    const auto first = memberText(frame.first), second = memberText(frame.second);
    if (!frame.live) {
        const auto gone = [&](MemberId id) { return !slotOf(*frame.snapshot, id); };
        if (gone(frame.first) && gone(frame.second))
            return tr("%1 and %2 have left the archive, so what drew them together isn't known here.")
                .arg(first, second);
        return tr("%1 has left the archive, so what drew the two together isn't known here.")
            .arg(gone(frame.first) ? first : second);
    }
    const auto chance = [](double part, double whole) { return percentNumber(whole > 0.0 ? part / whole : 0.0); };
    QStringList parts;
    if (drawsByAttraction(*frame.snapshot))
        parts << tr("%1 is drawn as parent 1 with probability %2 % (fitness %3 of %4 in all), and then %5 as parent 2 "
                    "with probability %6 % (g = %7 of %8).")
                     .arg(first, chance(frame.fitness, frame.fitnesses), fitnessText(frame.fitness),
                          fitnessText(frame.fitnesses), second, chance(frame.attraction, frame.attractions),
                          numberText(frame.attraction, 2), numberText(frame.attractions, 2));
    else
        parts << tr("g(%1, %2) = %3. This run doesn't draw by it.").arg(first, second, numberText(frame.attraction, 2));
    parts << (frame.terms.empty()
                  ? tr("%1 can do nothing that %2 can't.").arg(second, first)
                  : tr("%1 does better than %2 on %3 samples:").arg(second, first, countText(frame.terms.size())));
    return parts.join(' ');
}

}  // namespace mergarium
