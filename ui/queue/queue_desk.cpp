#include "ui/queue/queue_desk.h"

#include "core/database/patiently.h"
#include "core/evaluation/experiment.h"
#include "core/text/words.h"
#include "ui/session/run_text.h"

#include <algorithm>
#include <exception>
#include <utility>

namespace mergarium {

QueueDesk::QueueDesk(Workbench& workbench, const Workplace& place, QObject* parent)
    : QObject(parent), workbench_(workbench), database_(place.database), trusted_(place.trusted) {
    connect(&workbench_, &Workbench::liveChanged, this, &QueueDesk::noticeLive);
    connect(&workbench_, &Workbench::ended, this, &QueueDesk::noticeEnd);
}

void QueueDesk::look() {
    change([](const auto&) {});
}

void QueueDesk::change(Change what) {
    struct Answer {
        std::optional<std::vector<QueuedRun>> waiting;
        QString problem;
    };
    ++pending_;
    worker_.run(
        [database = database_, what = std::move(what)] {
            Answer answer;
            try {
                patiently([&] { what(database); });
                answer.waiting = patiently([&] { return queueIn(database); });
            } catch (const std::exception& error) {
                answer.problem = QString::fromStdString(words::failure(error, "the queue"));
            }
            return answer;
        },
        [this](Answer answer) {
            --pending_;
            if (!answer.problem.isEmpty()) Q_EMIT said({.kind = Message::Kind::Error, .sentence = answer.problem});
            receive(answer.waiting ? *std::move(answer.waiting) : state_.waiting);
        });
}

void QueueDesk::receive(std::vector<QueuedRun> waiting) {
    std::erase_if(waiting, [this](const auto& one) { return done_.contains(one.entry); });
    state_.waiting = std::move(waiting);
    Q_EMIT changed(state_);
    beginNext();
}

void QueueDesk::withConsent(const RunConfiguration& configuration, const QString& action,
                            const std::function<void()>& then) {
    const auto program = programOf(configuration);
    if (!program || trusted_.contains(*program)) return then();
    Q_EMIT said({.kind = Message::Kind::Warning,
                 .sentence = programQuestion(*program),
                 .action = action,
                 .carryOut = [this, program = *program, then] {
                     try {
                         trusted_.add(program);
                     } catch (const std::runtime_error& error) {
                         Q_EMIT said({.kind = Message::Kind::Error, .sentence = QString::fromUtf8(error.what())});
                         return;
                     }
                     then();
                 }});
}

void QueueDesk::add(const RunConfiguration& configuration) {
    withConsent(configuration, tr("Approve and queue"), [this, configuration] {
        state_.isGoing = true;
        change([configuration](const auto& database) { enqueue(database, configuration); });
        Q_EMIT said({.sentence = tr("%1 is in the queue, and begins when those before it have ended.")
                                     .arg(QString::fromStdString(configuration.name))});
    });
}

void QueueDesk::remove(std::int64_t entry) {
    const auto* one = find(entry);
    if (!one) return;
    Q_EMIT said({.sentence = tr("%1 was taken out of the queue.").arg(QString::fromStdString(one->configuration.name)),
                 .action = tr("Undo"),
                 .carryOut = [this, configuration = one->configuration] {
                     change([configuration](const auto& database) { enqueue(database, configuration); });
                 }});
    change([entry](const auto& database) { dequeue(database, entry); });
}

void QueueDesk::move(std::int64_t entry, int towards) {
    change([entry, towards](const auto& database) { moveInQueue(database, entry, towards); });
}

void QueueDesk::retry(std::int64_t entry) {
    const auto* one = find(entry);
    if (!one) return;
    withConsent(one->configuration, tr("Approve"),
                [this, entry] { change([entry](const auto& database) { setQueueTrouble(database, entry, {}); }); });
}

void QueueDesk::start() {
    state_.isGoing = true;
    follows_ = true;
    Q_EMIT changed(state_);
    beginNext();
}

void QueueDesk::hold() {
    state_.isGoing = false;
    Q_EMIT changed(state_);
}

void QueueDesk::beginNext() {
    if (!state_.isGoing || pending_ > 0 || state_.begun || workbench_.isComputing()) return;
    const auto next = std::ranges::find_if(state_.waiting, [](const auto& one) { return one.trouble.empty(); });
    if (next == state_.waiting.end()) return hold();
    if (const auto program = programOf(next->configuration); program && !trusted_.contains(*program))
        return passOver(next->entry, programQuestion(*program).toStdString());
    state_.begun = next->entry;
    workbench_.start(next->configuration,
                     std::exchange(follows_, false) ? Workbench::Showing::TheRun : Workbench::Showing::WhatIsShown);
    Q_EMIT changed(state_);
}

void QueueDesk::noticeLive(const SnapshotPtr& live) {
    if (!state_.begun || !live || !live->run) return;
    takeOut(*std::exchange(state_.begun, std::nullopt));
}

void QueueDesk::takeOut(std::int64_t entry) {
    done_.insert(entry);
    change([entry](const auto& database) { dequeue(database, entry); });
}

void QueueDesk::noticeEnd(const SnapshotPtr& last) {
    follows_ = workbench_.latest() == last && !workbench_.isLookingBack();
    // What a person wants next comes first, and the workbench begins it once this has returned.
    QMetaObject::invokeMethod(
        this, [this, last] { settle(*last); }, Qt::QueuedConnection);
}

void QueueDesk::settle(const SessionSnapshot& last) {
    const auto entry = std::exchange(state_.begun, std::nullopt);
    // Where it made room for another it goes on waiting.
    if (!entry || (last.phase == Phase::Stopped && workbench_.isComputing())) {
        Q_EMIT changed(state_);
        return beginNext();
    }
    // A short one may end before it is seen going on.
    if (last.run && last.phase != Phase::Failed) return takeOut(*entry);
    passOver(*entry, last.phase == Phase::Failed ? last.message : tr("It was stopped before it began.").toStdString());
}

void QueueDesk::passOver(std::int64_t entry, const std::string& trouble) {
    if (const auto* one = find(entry))
        Q_EMIT said(
            {.kind = Message::Kind::Warning,
             .sentence = tr("%1 could not begin, and is passed over: %2")
                             .arg(QString::fromStdString(one->configuration.name), QString::fromStdString(trouble))});
    change([entry, trouble](const auto& database) { setQueueTrouble(database, entry, trouble); });
}

const QueuedRun* QueueDesk::find(std::int64_t entry) const {
    const auto one = std::ranges::find(state_.waiting, entry, &QueuedRun::entry);
    return one == state_.waiting.end() ? nullptr : &*one;
}

}  // namespace mergarium
