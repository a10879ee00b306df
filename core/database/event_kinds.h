#pragma once

#include <string_view>

namespace mergarium {

// The kinds of events that decide a run's result beside its configuration; they are sealed (SealedPart::Events).

/// Of a step whose child a person had bred.
constexpr std::string_view kBredByHand = "bred by hand";
/// Of a step that a founder took which joined the run.
constexpr std::string_view kFounderJoined = "founder joined";
/// The run is gone on with otherwise; the text is the configuration that held before.
constexpr std::string_view kChanged = "changed";
/// Follows it where the archive became smaller; the text is who sat in which slot from then on.
constexpr std::string_view kReseated = "reseated";

constexpr bool decides(std::string_view kind) {
    return kind == kBredByHand || kind == kFounderJoined || kind == kChanged || kind == kReseated;
}

}  // namespace mergarium
