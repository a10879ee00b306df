#pragma once

#include "core/answers/answer_book.h"
#include "core/run/snapshot.h"
#include "ui/background/latest_worker.h"

#include <QObject>

#include <map>
#include <memory>
#include <string>

namespace mergarium {

/// Adds what members answer to snapshots of runs whose answers are found out rather than kept (AnswerBook), on a thread
/// of its own. Members that nobody shows any more are forgotten.
class AnswerLoader : public QObject {
    Q_OBJECT

public:
    /// Threads, database and resources of `place`.
    explicit AnswerLoader(RunPlace place, QObject* parent = nullptr);

    /// The snapshot with all answers that are known by now; the others are asked for, which it says, and `learnt`
    /// follows.
    SnapshotPtr completed(const SnapshotPtr& snapshot);

Q_SIGNALS:
    void learnt();

private:
    struct Known {
        /// The member as it was shown, and with its answers; these are null where they can't be found out.
        MemberPtr bare, whole;
    };
    struct Found {
        std::vector<Known> members;
        std::string problem;
    };

    void ask(std::vector<MemberPtr> members);
    static Found find(AnswerBook& book, const std::vector<MemberPtr>& members);
    void forgetAllBut(const SessionSnapshot& shown);

    const RunPlace place_;
    std::shared_ptr<const RunDescription> run_;
    /// Touched by the worker alone.
    std::shared_ptr<AnswerBook> book_;
    std::map<MemberId, Known> known_;
    std::string problem_;
    // Last: joined first.
    LatestWorker worker_;
};

}  // namespace mergarium
