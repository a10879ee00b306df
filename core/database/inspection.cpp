#include "core/database/inspection.h"

#include "core/database/store_error.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <utility>
#include <vector>

namespace mergarium {

std::string_view nameOf(SealedPart part) {
    switch (part) {
        case SealedPart::Description: return "description";
        case SealedPart::Standing: return "standing";
        case SealedPart::ProgressCurve: return "curve";
        case SealedPart::Tests: return "tests";
        case SealedPart::Answers: return "answers";
        case SealedPart::Checkpoint: return "checkpoint";
        case SealedPart::Events: return "changes on its way";
    }
    return {};
}

std::string Inspection::sentence() const {
    if (isWhole()) return {};
    std::vector<std::string> what;
    if (birthsBroken) what.push_back(fmt::format("its births after step {}", wholeUntil));
    for (const auto part : broken) what.push_back(fmt::format("its {}", nameOf(part)));
    return fmt::format("not everything is as it was stored ({}); {}.", fmt::join(what, ", "),
                       canGoBack()
                           ? fmt::format("it can be gone on with from step {}, up to which it is whole", wholeUntil)
                           : std::string("it can't be gone on with: restore the database from a copy"));
}

RunDamaged::RunDamaged(const std::filesystem::path& database, RunId run, Inspection found)
    : StoreError(fmt::format("{}: run {}: {}", database.string(), run.value, found.sentence())),
      found_(std::move(found)) {}

}  // namespace mergarium
