#include "tests/fuzz/database_reader.h"

#include "core/drafts/drafts.h"
#include "core/drafts/run_queue.h"
#include "core/history/history.h"
#include "core/store/birth_pages.h"
#include "core/store/run_catalog.h"

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <optional>

namespace mergarium::fuzz {
namespace {

namespace fs = std::filesystem;

/// Page by page, as the table of births asks for them.
void turnPages(const fs::path& path, RunId run) {
    BirthPages births(path, run);
    for (const auto& query : {BirthQuery{},
                              {.outcome = BirthOutcome::Accepted, .order = BirthOrder::Train},
                              {.outcome = BirthOutcome::Failed},
                              {.outcome = BirthOutcome::ByHand},
                              {.member = MemberId{1}, .part = BirthPart::Parent, .first = 2}}) {
        require(births.find(query));
        const auto count = births.count();
        require(count <= births.stored());
        constexpr std::size_t kMost = 20;
        for (const auto position : {std::uint64_t{0}, count / 2, count}) {
            const auto page = births.page(position, kMost);
            require(page.size() == std::min<std::uint64_t>(kMost, count - position));
            if (!page.empty() && query.order == BirthOrder::Step)
                require(births.positionOf(page.front().step) == std::optional(position));
        }
    }
}

/// The run as it was, as the track of time asks for it.
void lookBack(const fs::path& path, const SessionSnapshot& latest) {
    History history(path, std::make_shared<const SessionSnapshot>(latest));
    history.refresh();
    const auto accepted = history.acceptedSteps();
    require(std::is_sorted(accepted.begin(), accepted.end()));
    for (const auto step : {std::uint64_t{0}, history.evaluations() / 2, history.evaluations()}) {
        const auto then = history.at(step);
        require(then->evaluations == step);
        for (const auto& member : then->members) {
            if (!member) continue;
            for (const auto score : member->scores.values()) require(score >= 0.0f && score <= 1.0f);
            if (member->genome) require(member->genome->length() == latest.run->layout.length());
        }
    }
}

}  // namespace

void require(bool holds) {
    if (!holds) std::abort();
}

void readDatabase(const fs::path& path) {
    struct Beside {
        ~Beside() {
            for (const char* end : {"-wal", "-shm", "-journal"}) fs::remove(path.string() + end);
        }
        fs::path path;
    } beside{path};
    const RunCatalog catalog(path);
    for (const auto& draft : draftsIn(path)) require(draft.text.size() <= kMostDraftBytes);
    require(queueIn(path).size() <= kMostQueued);
    for (const auto& run : catalog.runs()) {
        if (!run.damage.empty()) continue;
        (void)catalog.inspect(run.id);
        const auto point = catalog.resumePoint(run.id);
        const auto length = point.snapshot.run->layout.length();
        for (const auto& birth : point.births)
            if (birth.child && birth.child->parentage)
                for (const auto split : birth.child->parentage->splice.splits) require(split < length);
        for (const auto& member : point.snapshot.members) {
            if (!member) continue;
            for (const auto score : member->scores.values()) require(score >= 0.0f && score <= 1.0f);
            if (member->genome) require(member->genome->length() == length);
        }
        require(catalog.births(run.id).size() <= point.snapshot.evaluations);
        turnPages(path, run.id);
        lookBack(path, point.snapshot);
    }
}

}  // namespace mergarium::fuzz
