#include "ui/attraction/attraction_frame.h"

#include "core/mating/attraction.h"
#include "ui/members/member_text.h"
#include "ui/theme/theme.h"
#include "ui/theme/translation.h"

#include <algorithm>

namespace mergarium {

Niches nichesOf(const SessionSnapshot& snapshot) {
    const auto rows = scoreRows(snapshot);
    std::size_t samples = 0;
    for (const auto& row : rows) samples = std::max(samples, row.size());
    const auto rule = snapshot.run ? traitsOf(snapshot.run->configuration.strategy).competition : CompetitionRule{};
    const auto weights = snapshot.run ? std::span(snapshot.run->sampleWeights) : std::span<const double>();
    Niches niches;
    shareNiches(rows, samples, rule, niches, weights);
    return niches;
}

AttractionFramePtr makeAttractionFrame(const SnapshotPtr& snapshot) {
    auto frame = std::make_shared<AttractionFrame>();
    const auto rows = scoreRows(*snapshot);
    std::vector<std::size_t> slots;
    for (std::size_t slot = 0; slot < rows.size(); ++slot)
        if (!rows[slot].empty()) slots.push_back(slot);
    frame->present = slots.size();
    if (slots.empty()) return frame;

    const auto niches = nichesOf(*snapshot);

    const auto fitnessOf = [&](std::size_t slot) {
        return slot < snapshot->fitness.size() ? snapshot->fitness[slot] : 0.0;
    };
    std::sort(slots.begin(), slots.end(), [&](std::size_t a, std::size_t b) {
        if (fitnessOf(a) != fitnessOf(b)) return fitnessOf(a) > fitnessOf(b);
        return snapshot->members[a]->id < snapshot->members[b]->id;
    });
    slots.resize(std::min(slots.size(), AttractionFrame::kMostMembers));

    const std::size_t count = slots.size();
    std::vector<std::span<const float>> shown;
    for (const auto slot : slots) {
        shown.push_back(rows[slot]);
        frame->members.push_back(snapshot->members[slot]->id);
        frame->fitness.push_back(fitnessOf(slot));
    }
    frame->values = attractionMatrix(shown, niches.worth);
    frame->largest = *std::max_element(frame->values.begin(), frame->values.end());

    frame->image = QImage(static_cast<int>(count), static_cast<int>(count), QImage::Format_RGB32);
    for (std::size_t a = 0; a < count; ++a) {
        auto* line = reinterpret_cast<QRgb*>(frame->image.scanLine(static_cast<int>(a)));
        for (std::size_t b = 0; b < count; ++b)
            line[b] = magnitude(frame->largest > 0.0 ? frame->at(a, b) / frame->largest : 0.0);
    }
    return frame;
}

QString attractionText(const AttractionFrame& frame, std::size_t a, std::size_t b) {
    const auto first = memberText(frame.members[a]);
    if (a == b) return tr("%1 is not attracted to itself.").arg(first);
    const auto second = memberText(frame.members[b]);
    double all = 0.0;
    for (std::size_t other = 0; other < frame.members.size(); ++other) all += frame.at(a, other);
    const auto value = numberText(frame.at(a, b), 2);
    if (all <= 0.0) return tr("%1 is attracted to nobody: no other member solves what it doesn't.").arg(first);
    if (frame.present > frame.members.size()) return tr("%1 is attracted to %2 by g = %3.").arg(first, second, value);
    return tr("%1 is attracted to %2 by g = %3: as parent 1 it would draw %2 with probability %4 %.")
        .arg(first, second, value, percentNumber(frame.at(a, b) / all));
}

}  // namespace mergarium
