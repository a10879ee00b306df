#include "ui/session/run_text.h"

#include "core/text/words.h"

#include <QCoreApplication>

namespace mergarium {
namespace {

QString tr(const char* text) { return QCoreApplication::translate("mergarium::RunText", text); }

}  // namespace

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

bool hasEnded(Phase phase) { return phase == Phase::Finished || phase == Phase::Stopped || phase == Phase::Failed; }

bool isResumable(Phase phase) {
    return phase == Phase::Stopped || phase == Phase::Interrupted || phase == Phase::Failed;
}

}  // namespace mergarium
