#include "ui/trial/trial_runner.h"

#include "core/progress/progress.h"
#include "core/text/words.h"
#include "ui/background/latest_worker.h"
#include "ui/session/run_text.h"

#include <QTimer>

#include <exception>
#include <utility>

namespace mergarium {
namespace {

/// Between two looks at how far it is, in milliseconds.
constexpr int kTrialLook = 100;

}  // namespace

Trier trierIn(const Workplace& workplace) {
    return {.all =
                [workplace](const RunConfiguration& configuration, const std::atomic<bool>& abandon,
                            const Announce& announce) {
                    return tryFounders(configuration,
                                       {.database = workplace.database,
                                        .resources = workplace.resources,
                                        .threads = workplace.threads,
                                        .abandon = &abandon,
                                        .mayStart = [trusted = workplace.trusted](
                                                        const Program& program) { return trusted.contains(program); }},
                                       samplesPerGroup(configuration), announce);
                },
            .isQuick = isQuickToTry};
}

TrialRunner::TrialRunner(Trier trier, QObject* parent)
    : QObject(parent), trier_(std::move(trier)), clock_(new QTimer(this)), worker_(new LatestWorker(this)) {
    clock_->setInterval(kTrialLook);
    connect(clock_, &QTimer::timeout, this, &TrialRunner::look);
}

TrialRunner::~TrialRunner() { cancel(); }

void TrialRunner::start(const RunConfiguration& configuration, If condition) {
    cancel();
    if (!trier_.all) return;
    abandon_ = std::make_shared<std::atomic<bool>>(false);
    mailbox_ = std::make_shared<Mailbox>();
    clock_->start();
    worker_->run(
        [trier = trier_, configuration, condition, abandon = abandon_, mailbox = mailbox_]() -> TrialOutcome {
            try {
                if (*abandon || (condition == If::Quick && !trier.isQuick(configuration))) return {};
                const auto announce = [&](std::string_view what, std::uint64_t done, std::uint64_t total) {
                    const auto doing = QString::fromUtf8(what.data(), static_cast<qsizetype>(what.size()));
                    const std::lock_guard lock(mailbox->mutex);
                    mailbox->text =
                        total > 0 ? tr("%1: %2 %").arg(doing).arg(100 * std::min(done, total) / total) : doing;
                    return !*abandon;
                };
                return {std::make_shared<const Trial>(trier.all(configuration, *abandon, announce)), {}};
            } catch (const Cancelled&) {
                return {};
            } catch (const std::exception& error) {
                return {nullptr, QString::fromStdString(words::failure(error, "this trial"))};
            }
        },
        [this](const TrialOutcome& outcome) {
            clock_->stop();
            abandon_.reset();
            Q_EMIT ended(outcome);
        });
}

void TrialRunner::cancel() {
    if (!abandon_) return;
    *abandon_ = true;
    abandon_.reset();
    clock_->stop();
    worker_->forget();
}

void TrialRunner::look() {
    QString text;
    {
        const std::lock_guard lock(mailbox_->mutex);
        text = std::exchange(mailbox_->text, QString());
    }
    if (!text.isEmpty()) Q_EMIT progressed(text);
}

}  // namespace mergarium
