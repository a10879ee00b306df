#include "ui/sweep/sweep_outlook.h"

#include "core/configuration/yaml.h"
#include "core/evaluation/preflight.h"
#include "core/fields/yaml.h"
#include "core/text/words.h"
#include "ui/session/run_text.h"
#include "ui/theme/translation.h"

#include <algorithm>
#include <exception>
#include <stdexcept>
#include <vector>

namespace mergarium {
namespace {

/// Why a run of the sweep can't be scored: founders or questions that are missing or don't fit. Looked at once for all
/// arms that share them.
std::optional<std::string> troubleAhead(const Sweep& sweep) {
    std::vector<const RunConfiguration*> seen;
    for (const auto& arm : sweep.arms) {
        const auto& one = arm.configuration;
        const auto same = [&](const RunConfiguration* other) {
            return other->task == one.task && other->founders == one.founders && other->tensors == one.tensors &&
                   other->device == one.device;
        };
        if (std::ranges::any_of(seen, same)) continue;
        seen.push_back(&one);
        if (const auto refusal = preflight(one).refusal) return arm.name + ": " + *refusal;
    }
    return std::nullopt;
}

QString countOf(std::size_t count, const QString& one, const QString& many) {
    return QStringLiteral("%1 %2").arg(countText(count), count == 1 ? one : many);
}

}  // namespace

SweepOutlook outlookOf(const SweepFile& file, const SweepPlace& place) {
    SweepOutlook outlook;
    try {
        outlook.draft = parseDraft(file.text, file.source);
        auto sweep = parseSweep(file.text, file.source, file.folder, place.resources);
        outlook.stored = std::make_shared<const SweepProgress>(SweepSession(sweep, place).progress());
        if (const auto trouble = troubleAhead(sweep)) throw std::runtime_error(*trouble);
        outlook.sweep = std::make_shared<const Sweep>(std::move(sweep));
    } catch (const std::exception& error) {
        outlook.refusal = QString::fromStdString(words::failure(error, "this sweep"));
    }
    return outlook;
}

SweepFile readSweepFile(const std::filesystem::path& path) {
    auto text = readYamlText(path);
    if (text.find('\0') != text.npos) throw std::runtime_error(path.string() + ": this is not the text of a sweep.");
    SweepFile read{.text = std::move(text), .folder = path.parent_path(), .source = path.filename().string()};
    try {
        readConfiguration(path);
        read.text = toYaml(
            SweepDraft{.name = path.stem().string() + " sweep", .base = std::filesystem::absolute(path).string()});
    } catch (const std::exception&) {
        // No run configuration: a sweep, or what will be refused as one.
    }
    return read;
}

QString progressText(const SweepProgress& progress) {
    auto text = tr("%1 of %2 runs   %3 evaluations")
                    .arg(countText(progress.finished), countText(progress.runs),
                         evaluationsText(progress.evaluations, progress.budget));
    if (progress.evaluationsPerSecond && progress.secondsLeft)
        text += tr("   %1/s   %2 left")
                    .arg(countText(static_cast<std::uint64_t>(*progress.evaluationsPerSecond + 0.5)),
                         durationText(*progress.secondsLeft));
    if (progress.failed > 0) text += tr("   %1 failed").arg(countText(progress.failed));
    return text;
}

QString planText(const Sweep& sweep, const SweepProgress& stored) {
    const auto runs = countOf(stored.runs, tr("run"), tr("runs"));
    auto text = tr("%1 and %2: %3, %4 evaluations in all")
                    .arg(countOf(sweep.arms.size(), tr("arm"), tr("arms")),
                         countOf(sweep.seeds.size(), tr("seed"), tr("seeds")), runs, countText(stored.budget));
    if (stored.finished == stored.runs)
        text += tr("; everything is stored");
    else if (stored.evaluations > 0)
        text += tr("; stored are %1 and %2 evaluations")
                    .arg(countOf(stored.finished, tr("run"), tr("runs")), countText(stored.evaluations));
    return text + '.';
}

}  // namespace mergarium
