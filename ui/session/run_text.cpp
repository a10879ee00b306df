#include "ui/session/run_text.h"

#include <QCoreApplication>
#include <QLocale>

#include <cmath>

namespace mergarium {
namespace {

QString tr(const char* text) { return QCoreApplication::translate("mergarium::RunText", text); }

// The texts are English, and so are their numbers, whatever the desktop's locale.
const QLocale& locale() {
    static const QLocale english(QLocale::English, QLocale::UnitedStates);
    return english;
}

}  // namespace

QString countText(std::uint64_t count) { return locale().toString(static_cast<qulonglong>(count)); }

QString evaluationsText(std::uint64_t evaluations, std::uint64_t budget) {
    return tr("%1 of %2").arg(countText(evaluations), countText(budget));
}

QString percentText(double share) {
    return share > 0.0 ? tr("%1 %").arg(locale().toString(100.0 * share, 'f', 1)) : QStringLiteral("\u2013");
}

QString durationText(double seconds) {
    const auto whole = static_cast<qulonglong>(std::llround(std::ceil(std::max(seconds, 0.0))));
    if (whole < 60) return tr("%1 s").arg(whole);
    if (whole < 3600) return tr("%1 min %2 s").arg(whole / 60).arg(whole % 60);
    if (whole < 86'400) return tr("%1 h %2 min").arg(whole / 3600).arg(whole % 3600 / 60);
    return tr("%1 d %2 h").arg(whole / 86'400).arg(whole % 86'400 / 3600);
}

QString bytesText(double bytes) {
    return locale().formattedDataSize(static_cast<qint64>(bytes), 1, QLocale::DataSizeSIFormat);
}

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
