#include "ui/niches/niche_frame.h"

#include "ui/members/member_text.h"
#include "ui/members/sole_solvers.h"
#include "ui/theme/theme.h"
#include "ui/theme/translation.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace mergarium {
namespace {

bool hasGroups(const SessionSnapshot& snapshot, std::size_t samples) {
    return snapshot.run && snapshot.run->samples && snapshot.run->samples->size() == samples;
}

/// The row with the largest share of a sample; rows.size() when nobody scores. As orderSamples sees it.
std::size_t ownerOf(ScoreRows rows, std::size_t sample) {
    std::size_t owner = rows.size();
    float best = 0.0f;
    for (std::size_t row = 0; row < rows.size(); ++row)
        if (rows[row][sample] > best) {
            best = rows[row][sample];
            owner = row;
        }
    return owner;
}

void keepSolvedAlone(std::vector<std::uint32_t>& samples, const NicheFrame& frame, ScoreRows scores) {
    const auto rank = rankOf(frame.rows, *frame.soleSolver);
    const auto alone = rank ? solvedAloneBy(*rank, scores) : std::vector<std::uint32_t>();
    std::erase_if(samples, [&](auto sample) { return !std::binary_search(alone.begin(), alone.end(), sample); });
}

/// Whether samples stand as they stood. Where no score decides that, new scores leave them where they are.
bool isOrderedAlike(const NicheRequest& request, const NicheFramePtr& previous) {
    if (!previous || !previous->samples || previous->order != request.order ||
        previous->soleSolver != request.soleSolver)
        return false;
    const bool byScores = request.order != SampleOrder::Group || request.soleSolver;
    return byScores ? previous->snapshot == request.snapshot
                    : request.snapshot->run && previous->snapshot->run == request.snapshot->run;
}

template <class KeyOf, class LabelOf>
std::vector<NicheSegment> segmentsBy(const std::vector<std::uint32_t>& samples, KeyOf keyOf, LabelOf labelOf) {
    std::vector<NicheSegment> segments;
    std::size_t current = 0;
    for (std::size_t position = 0; position < samples.size(); ++position) {
        const std::size_t key = keyOf(samples[position]);
        if (segments.empty() || key != current) segments.push_back({{position, position}, labelOf(key)});
        segments.back().positions.end = position + 1;
        current = key;
    }
    return segments;
}

std::vector<NicheSegment> segmentsOf(const NicheFrame& frame, ScoreRows scores) {
    if (frame.order == SampleOrder::Owner)
        return segmentsBy(
            *frame.samples, [&](std::size_t sample) { return ownerOf(scores, sample); },
            [&](std::size_t row) {
                return row < frame.rows.size() ? memberText(frame.rows[row].member->id) : tr("nobody");
            });
    if (frame.order == SampleOrder::Group && hasGroups(*frame.snapshot, scores.front().size())) {
        const auto& set = *frame.snapshot->run->samples;
        return segmentsBy(
            *frame.samples, [&](std::size_t sample) { return set.groups[sample]; },
            [&](std::size_t group) {
                return group < set.groupNames.size() ? QString::fromStdString(set.groupNames[group])
                                                     : QString::number(group);
            });
    }
    return {};
}

/// Absent members leave a row of the darkest colour; none is ranked.
QImage paint(const NicheRaster& raster, const NicheScale& scale) {
    constexpr std::size_t kShades = 1024;
    std::array<QRgb, kShades + 1> shades{};
    for (std::size_t i = 0; i <= kShades; ++i) shades[i] = scale.colorAt(static_cast<double>(i) / kShades);
    const auto bins = raster.bins.size();
    QImage image(static_cast<int>(bins), static_cast<int>(raster.rows), QImage::Format_RGB32);
    for (std::size_t row = 0; row < raster.rows; ++row) {
        auto* line = reinterpret_cast<QRgb*>(image.scanLine(static_cast<int>(row)));
        for (std::size_t bin = 0; bin < bins; ++bin)
            line[bin] = shades[static_cast<std::size_t>(std::lround(
                scale.place(static_cast<double>(raster.values[row * bins + bin])) * static_cast<double>(kShades)))];
    }
    return image;
}

}  // namespace

std::vector<std::span<const float>> NicheFrame::scores() const {
    std::vector<std::span<const float>> scores;
    for (const auto& row : rows) scores.push_back(row.member->scores.values());
    return scores;
}

NicheFramePtr makeNicheFrame(const NicheRequest& request, const NicheFramePtr& previous) {
    auto frame = std::make_shared<NicheFrame>();
    frame->snapshot = request.snapshot;
    frame->order = request.order;
    frame->binning = request.binning;
    frame->soleSolver = request.soleSolver;
    frame->rows = rankedMembers(*request.snapshot);
    if (frame->rows.empty()) return frame;

    const auto scores = frame->scores();
    const std::size_t count = scores.front().size();
    if (isOrderedAlike(request, previous)) {
        frame->samples = previous->samples;
        frame->segments = previous->segments;
    } else {
        const std::vector<std::uint32_t> ungrouped(hasGroups(*request.snapshot, count) ? 0 : count);
        const std::span<const std::uint32_t> groups =
            ungrouped.empty() ? request.snapshot->run->samples->groups : ungrouped;
        auto samples = orderSamples(request.order, scores, groups);
        if (request.soleSolver) keepSolvedAlone(samples, *frame, scores);
        frame->samples = std::make_shared<const std::vector<std::uint32_t>>(std::move(samples));
        frame->segments = segmentsOf(*frame, scores);
    }
    if (request.snapshot->run)
        frame->baseline =
            baselineOf(scores, count, traitsOf(request.snapshot->run->configuration.strategy).competition);
    const auto range = request.range.begin < request.range.end ? request.range : PositionRange{0, frame->sampleCount()};
    auto measure = request.measure;
    const auto reference = request.reference ? rankOf(frame->rows, *request.reference) : std::nullopt;
    if (measure == NicheMeasure::Difference && !reference) measure = NicheMeasure::Share;
    if (measure == NicheMeasure::Difference) frame->reference = request.reference;
    frame->raster = rasterize(scores, *frame->samples, range, request.width, request.binning, measure,
                              reference ? scores[*reference] : std::span<const float>(), frame->baseline);
    frame->scale = scaleOf(frame->raster, measure);
    frame->image = paint(frame->raster, frame->scale);
    frame->family = newestFamily(frame->rows);
    return frame;
}

QString groupText(const SessionSnapshot& snapshot, std::size_t sample) {
    if (!snapshot.run || !snapshot.run->samples || sample >= snapshot.run->samples->size()) return {};
    const auto& set = *snapshot.run->samples;
    const auto group = set.groups[sample];
    return group < set.groupNames.size() ? QString::fromStdString(set.groupNames[group]) : QString::number(group);
}

QString groupNoun(const SessionSnapshot& snapshot) {
    return snapshot.run && snapshot.run->samples ? QString::fromStdString(snapshot.run->samples->groupNoun)
                                                 : tr("class");
}

}  // namespace mergarium
