#include "ui/session/run_text.h"

#include "core/text/words.h"
#include "ui/theme/translation.h"

#include <algorithm>

namespace mergarium {
QString countText(std::uint64_t count) { return QString::fromStdString(words::count(count)); }

QString evaluationsText(std::uint64_t evaluations, std::uint64_t budget) {
    return tr("%1 of %2").arg(countText(evaluations), countText(budget));
}

QString percentText(double share) {
    return share > 0.0 ? tr("%1 %").arg(100.0 * share, 0, 'f', 1) : QStringLiteral("\u2013");
}

QString durationText(double seconds) { return QString::fromStdString(words::duration(seconds)); }

QString bytesText(double bytes) { return QString::fromStdString(words::bytes(bytes)); }

QString phaseText(Phase phase) {
    switch (phase) {
        case Phase::Preparing: return tr("Preparing");
        case Phase::Running: return tr("Running");
        case Phase::Paused: return tr("Paused");
        case Phase::Finished: return tr("Finished");
        case Phase::Stopped: return tr("Stopped");
        case Phase::Interrupted: return tr("Interrupted");
        case Phase::Failed: return tr("Failed");
    }
    return {};
}

QString runName(const SessionSnapshot& snapshot) {
    return snapshot.run ? QString::fromStdString(snapshot.run->configuration.name) : tr("The run");
}

QString finishText(const SessionSnapshot& snapshot) {
    const auto slot = bestSlot(snapshot.members);
    if (!slot) return tr("%1 has finished.").arg(runName(snapshot));
    const auto& best = *snapshot.members[*slot];
    const auto begin = tr("%1 has finished: member #%2 is the best in training with %3")
                           .arg(runName(snapshot))
                           .arg(best.id.value)
                           .arg(percentText(best.scores.mean()));
    const auto test = *slot < snapshot.test.size() ? snapshot.test[*slot] : std::nullopt;
    if (!test) return tr("%1; nothing was held out to test it on.").arg(begin);
    return tr("%1, and scores %2 on what was held out.").arg(begin, percentText(*test));
}

QString awaitedAnswersText(const SessionSnapshot& snapshot) {
    const bool known = std::ranges::any_of(
        snapshot.members, [](const MemberPtr& member) { return member && member->answers != nullptr; });
    if (known || !snapshot.answersAwaited) return {};
    return tr("The members' answers are being computed; they will appear in the table above.");
}

bool hasEnded(Phase phase) { return phase == Phase::Finished || phase == Phase::Stopped || phase == Phase::Failed; }

bool isResumable(Phase phase) {
    return phase == Phase::Stopped || phase == Phase::Interrupted || phase == Phase::Failed;
}

QString programQuestion(const Program& program) {
    return QObject::tr("A program would be started that you have not approved on this machine: %1 (in %2).")
        .arg(QString::fromStdString(inWords(program)), QString::fromStdString(program.folder.string()));
}

}  // namespace mergarium
