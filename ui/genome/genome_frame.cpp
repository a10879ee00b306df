#include "ui/genome/genome_frame.h"

#include "ui/genome/chromosome_painter.h"
#include "ui/members/member_text.h"
#include "ui/theme/theme.h"
#include "ui/theme/translation.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <stdexcept>
#include <unordered_map>

namespace mergarium {
namespace {

/// Which row of a frame shows a member.
using RowsByMember = std::unordered_map<const Member*, std::size_t>;

RowsByMember rowsByMember(const GenomeFrame& frame) {
    RowsByMember rows;
    for (std::size_t row = 0; row < frame.rows.size(); ++row) rows.emplace(frame.rows[row].member.get(), row);
    return rows;
}

bool sameBins(const GenomeFrame& frame, const GenomeFramePtr& previous) {
    return previous && previous->snapshot->run == frame.snapshot->run && previous->bins == frame.bins &&
           previous->reference == frame.reference && previous->magnitudes == frame.magnitudes;
}

/// Half the sum of the differences: how much of the one mixture is not in the other.
double distance(std::span<const float> a, std::span<const float> b) {
    double sum = 0.0;
    for (std::size_t founder = 0; founder < a.size(); ++founder)
        sum += std::abs(static_cast<double>(a[founder] - b[founder]));
    return sum / 2.0;
}

/// Of all founders, also of those that joined after the member's own.
std::vector<float> paintedBy(const Recipe& recipe, const GenomeFrame& frame) {
    return contributions(widened(recipe, frame.founders.size()), frame.bins);
}

/// `reference`: the contributions that distances are taken from; empty for the founders' own colours.
void paintRow(const GenomeFrame& frame, const Member& member, std::span<const float> reference, QRgb* pixels) {
    const auto* recipe = recipeOf(member);
    if (!recipe || recipe->founders == 0) {
        std::fill_n(pixels, frame.bins.size(), qRgba(0, 0, 0, 0));
        return;
    }
    const auto painted = paintedBy(*recipe, frame);
    const auto founders = painted.size() / frame.bins.size();
    for (std::size_t bin = 0; bin < frame.bins.size(); ++bin) {
        const auto mixture = std::span(painted).subspan(bin * founders, founders);
        pixels[bin] = reference.empty() ? frame.colors->mixture(mixture)
                                        : magnitude(distance(mixture, reference.subspan(bin * founders, founders)));
    }
}

/// Of the frame's reference; empty without one.
std::vector<float> referenceOf(const GenomeFrame& frame) {
    if (!frame.reference) return {};
    return paintedBy(*recipeOf(*frame.rows[*rankOf(frame.rows, *frame.reference)].member), frame);
}

void paint(GenomeFrame& frame, const GenomeFramePtr& previous) {
    frame.image =
        QImage(static_cast<int>(frame.bins.size()), static_cast<int>(frame.rows.size()), QImage::Format_ARGB32);
    const auto reference = referenceOf(frame);
    const auto before = sameBins(frame, previous) ? rowsByMember(*previous) : RowsByMember();
    for (std::size_t row = 0; row < frame.rows.size(); ++row) {
        auto* pixels = reinterpret_cast<QRgb*>(frame.image.scanLine(static_cast<int>(row)));
        const auto& member = frame.rows[row].member;
        if (const auto found = before.find(member.get()); found != before.end()) {
            std::memcpy(pixels, previous->image.constScanLine(static_cast<int>(found->second)),
                        frame.bins.size() * sizeof(QRgb));
        } else {
            paintRow(frame, *member, reference, pixels);
            ++frame.paintedRows;
        }
    }
}

/// A database may hold patterns that don't fit its tensors.
ChromosomesPtr chromosomesOfRun(const RunDescription& run) {
    try {
        return chromosomesOf(traitsOf(run.configuration.strategy).chromosomes, run.layout);
    } catch (const std::runtime_error&) {
        return nullptr;
    }
}

}  // namespace

const Recipe* recipeOf(const Member& member) { return member.genome ? member.genome->recipe() : nullptr; }

QString whyNothingIsPainted(const SessionSnapshot& snapshot) {
    bool dense = false;
    for (const auto& member : snapshot.members) {
        if (!member) continue;
        if (recipeOf(*member)) return {};
        dense = dense || member->genome;
    }
    if (dense || (snapshot.run && traitsOf(snapshot.run->configuration.strategy).mutation > 0.0))
        return tr(
            "There is nothing to paint: the members of this run are plain parameter vectors. Mutation changes every "
            "parameter, so "
            "none is a mixture of founders any more. Runs without mutation are painted here.");
    return tr(
        "There is nothing to paint yet: what is stored of this run doesn't hold its members' recipes. Resume the run, "
        "and they "
        "are bred again from their parents and painted.");
}

GenomeFramePtr makeGenomeFrame(const GenomeRequest& request, const GenomeFramePtr& previous) {
    auto frame = std::make_shared<GenomeFrame>();
    frame->snapshot = request.snapshot;
    if (!request.snapshot->run) return frame;
    frame->rows = request.rows.empty() ? rankedMembers(*request.snapshot) : request.rows;
    frame->present = frame->rows.size();
    frame->rows.resize(std::min(frame->rows.size(), GenomeFrame::kMostMembers));
    if (frame->rows.empty()) return frame;

    if (previous && previous->layers && previous->snapshot->run == request.snapshot->run) {
        frame->loci = previous->loci;
        frame->layers = previous->layers;
        frame->colors = previous->colors;
        frame->founders = previous->founders;
        frame->chromosomes = previous->chromosomes;
    } else {
        const auto& run = *request.snapshot->run;
        frame->loci = std::make_shared<const Layout>(lociLayoutOf(run));
        frame->layers = std::make_shared<const std::vector<Layer>>(layersOf(*frame->loci));
        frame->colors = std::make_shared<const FounderColors>(run.founders.size());
        for (const auto& founder : run.founders) frame->founders.push_back(QString::fromStdString(founder.name));
        frame->chromosomes = chromosomesOfRun(run);
    }
    const VectorRange all{0, frame->layout().length()};
    const auto range = request.range.begin < request.range.end
                           ? VectorRange{request.range.begin, std::min(request.range.end, all.end)}
                           : all;
    frame->bins = binsOf(range, request.width);
    if (frame->chromosomes) frame->chromosomeShares = chromosomeShares(*frame->chromosomes, frame->bins);
    if (const auto row = request.reference ? rankOf(frame->rows, *request.reference) : std::nullopt)
        if (const auto* recipe = recipeOf(*frame->rows[*row].member); recipe && recipe->founders > 0)
            frame->reference = request.reference;
    paint(*frame, previous);
    frame->family = newestFamily(frame->rows);
    if (!request.rows.empty()) frame->child = request.child;
    return frame;
}

}  // namespace mergarium
