#include "core/drafts/drafts.h"
#include "core/drafts/run_queue.h"
#include "core/store/pending_deletions.h"
#include "core/store/run_claim.h"
#include "tests/support/stopped_run.h"
#include "tests/support/suite.h"

#include <QTemporaryDir>
#include <QTest>

using namespace mergarium;
using test::exec;
namespace fs = std::filesystem;

namespace {

QStringList namesIn(const std::vector<QueuedRun>& queue) {
    QStringList names;
    for (const auto& one : queue) names << QString::fromStdString(one.configuration.name);
    return names;
}

QList<qint64> listed(const fs::path& database) {
    QList<qint64> runs;
    for (const auto& run : RunCatalog(database).runs()) runs << run.id.value;
    return runs;
}

template <typename Work>
QString refusal(Work work) {
    try {
        work();
    } catch (const StoreError& error) {
        return QString::fromUtf8(error.what());
    }
    return "not refused";
}

}  // namespace

// Drafts, the queue and deletions that can be undone: what the window keeps in the database beside runs.
class KeptForTheWindowTest : public QObject {
    Q_OBJECT

    QTemporaryDir folder_;
    int files_ = 0;

    fs::path newPath() { return folder_.filePath(QString("%1.db").arg(++files_)).toStdString(); }
    fs::path withRuns(int count) {
        const auto database = newPath();
        for (int run = 0; run < count; ++run) test::runToItsEnd(test::shortRun(5), database);
        return database;
    }

private Q_SLOTS:
    void theQueueKeepsItsOrder() {
        const auto database = newPath();
        QVERIFY(queueIn(database).empty());
        for (const char* name : {"a", "b", "c"}) enqueue(database, test::shortRun(100, name));
        auto queue = queueIn(database);
        QCOMPARE(namesIn(queue), QStringList({"a", "b", "c"}));
        QCOMPARE(queue[1].configuration, test::shortRun(100, "b"));
        moveInQueue(database, queue[2].entry, -1);
        QCOMPARE(namesIn(queueIn(database)), QStringList({"a", "c", "b"}));
        moveInQueue(database, queue[0].entry, 1);
        QCOMPARE(namesIn(queueIn(database)), QStringList({"c", "a", "b"}));
        moveInQueue(database, queue[2].entry, -1);  // first already
        moveInQueue(database, queue[1].entry, 1);   // last already
        moveInQueue(database, 999, 1);
        QCOMPARE(namesIn(queueIn(database)), QStringList({"c", "a", "b"}));
        dequeue(database, queue[0].entry);
        dequeue(database, queue[0].entry);
        QCOMPARE(namesIn(queueIn(database)), QStringList({"c", "b"}));
        enqueue(database, test::shortRun(100, "d"));
        QCOMPARE(namesIn(queueIn(database)), QStringList({"c", "b", "d"}));
        setQueueTrouble(database, queue[1].entry, "no such model");
        QCOMPARE(queueIn(database)[1].trouble, std::string("no such model"));
    }

    void placesOfOthersMayBeAnything() {
        const auto database = newPath();
        for (const char* name : {"a", "b", "c"}) enqueue(database, test::shortRun(100, name));
        exec(database, "UPDATE queue SET place = 9223372036854775807");
        const auto queue = queueIn(database);
        QCOMPARE(namesIn(queue), QStringList({"a", "b", "c"}));
        moveInQueue(database, queue[0].entry, 1);
        QCOMPARE(namesIn(queueIn(database)), QStringList({"b", "a", "c"}));
    }

    void anEntryThatCantBeReadIsThereWithItsTrouble() {
        const auto database = newPath();
        for (const char* name : {"a", "b", "c", "d"}) enqueue(database, test::shortRun(100, name));
        exec(database, "UPDATE queue SET configuration = 'strategy: [' WHERE entry = 1");
        exec(database, "UPDATE queue SET configuration = x'00ff' WHERE entry = 2");
        exec(database, "UPDATE queue SET configuration = printf('%.*c', 2000000, 'x') WHERE entry = 3");
        const auto queue = queueIn(database);
        QCOMPARE(queue.size(), std::size_t{4});
        QVERIFY(!queue[0].trouble.empty());
        QCOMPARE(queue[1].trouble,
                 std::string("the database is damaged: queue, entry 2: configuration is not a text."));
        QCOMPARE(queue[2].trouble, std::string("the database is damaged: queue, entry 3: configuration has 2000000 "
                                               "bytes, and may have 1048576 at most."));
        QCOMPARE(queue[3].trouble, std::string());
        for (const auto& one : queue) dequeue(database, one.entry);
        QVERIFY(queueIn(database).empty());
    }

    void draftsAreKeptInPlaceOfWhatTheyWere() {
        const auto database = newPath();
        QVERIFY(draftsIn(database).empty());
        const auto run = keepDraft(database, {.kind = DraftKind::Run, .name = "mine", .text = "seed: 7", .open = true});
        const auto sweep =
            keepDraft(database, {.kind = DraftKind::Sweep, .name = "all", .text = "arms: [", .open = true});
        QCOMPARE(
            keepDraft(database, {.id = run, .kind = DraftKind::Run, .name = "mine", .text = "seed: 8", .open = true}),
            run);
        auto drafts = draftsIn(database);
        QCOMPARE(drafts.size(), std::size_t{2});
        const auto& kept = drafts[0].id == run ? drafts[0] : drafts[1];
        QCOMPARE(kept.text, std::string("seed: 8"));
        QVERIFY(kept.open);
        QCOMPARE(kept.changed.size(), std::size_t{16});

        const auto other = keepDraft(database, {.kind = DraftKind::Run, .name = "other", .text = "", .open = true});
        for (const auto& one : draftsIn(database)) QCOMPARE(one.open, one.id != run);
        removeDraft(database, other);
        QCOMPARE(draftsIn(database).size(), std::size_t{2});
        QCOMPARE(keepDraft(database, {.id = other, .kind = DraftKind::Run, .name = "other", .text = ""}), other);
        QCOMPARE(draftsIn(database).size(), std::size_t{3});
        (void)sweep;
    }

    void draftsOfOthersAreBounded() {
        const auto database = newPath();
        for (const char* name : {"a", "b", "c", "d"}) keepDraft(database, {.name = name, .text = "seed: 1"});
        exec(database, "UPDATE drafts SET kind = 'virus' WHERE name = 'a'");
        exec(database, "UPDATE drafts SET text = printf('%.*c', 2000000, 'x') WHERE name = 'b'");
        exec(database, "UPDATE drafts SET changed = -1 WHERE name = 'c'");
        const auto drafts = draftsIn(database);
        QCOMPARE(drafts.size(), std::size_t{1});
        QCOMPARE(drafts[0].name, std::string("d"));
        QVERIFY(refusal([&] {
                    keepDraft(database, {.name = "e", .text = std::string(kMostDraftBytes + 1, 'x')});
                }).contains("larger than a megabyte"));
    }

    void deletedRunsAreListedNoMoreAndComeBack() {
        const auto database = withRuns(4);
        const RunClaim window;
        const RunId some[] = {{1}, {3}};
        markDeleted(database, some, window.text());
        QCOMPARE(listed(database), QList<qint64>({4, 2}));
        undelete(database, some);
        QCOMPARE(listed(database), QList<qint64>({4, 3, 2, 1}));
        removeDeleted(database, window.text());
        QCOMPARE(listed(database), QList<qint64>({4, 3, 2, 1}));

        markDeleted(database, some, window.text());
        removeDeleted(database, window.text());
        undelete(database, some);
        QCOMPARE(listed(database), QList<qint64>({4, 2}));
        QVERIFY_EXCEPTION_THROWN(RunCatalog(database).snapshot({1}), StoreError);
        QVERIFY(RunCatalog(database).inspect({2}).isWhole());
    }

    void whatACrashedWindowDeletedGoesWithTheNext() {
        const auto database = withRuns(2);
        const RunId first[] = {{1}}, second[] = {{2}};
        const RunClaim other;
        markDeleted(database, first, "999999999 1 1");
        markDeleted(database, second, other.text());
        const RunClaim window;
        removeDeleted(database, window.text());
        QVERIFY_EXCEPTION_THROWN(RunCatalog(database).snapshot({1}), StoreError);
        // Another window may still undo it.
        undelete(database, second);
        QCOMPARE(listed(database), QList<qint64>({2}));
    }

    void ofSeveralEitherAllAreDeletedOrNone() {
        const auto database = withRuns(2);
        const RunClaim window;
        const RunId some[] = {{1}, {9}};
        QVERIFY(refusal([&] { markDeleted(database, some, window.text()); }).endsWith("there is no run 9."));
        QCOMPARE(listed(database), QList<qint64>({2, 1}));
        const auto going =
            RunLoop::begin(test::shortRun(5), {.database = database, .resources = test::kResources, .threads = 1});
        const RunId others[] = {{1}, {3}};
        QVERIFY(refusal([&] { markDeleted(database, others, window.text()); }).contains("run 3 is going on"));
        QCOMPARE(listed(database), QList<qint64>({3, 2, 1}));
    }

    void whatIsBeingDeletedIsNotGoneOnWith() {
        const auto database = test::stoppedRun(newPath());
        const RunClaim window;
        const RunId one[] = {{1}};
        markDeleted(database, one, window.text());
        QVERIFY(refusal([&] {
                    RunLoop::goOn({1}, {.database = database, .resources = test::kResources, .threads = 1});
                }).contains("run 1 is being deleted"));
        undelete(database, one);
        QVERIFY(RunLoop::goOn({1}, {.database = database, .resources = test::kResources, .threads = 1}));
    }

    void aDatabaseThatIsNotThereIsNotMade() {
        const auto database = newPath();
        removeDeleted(database, "");
        QVERIFY(queueIn(database).empty());
        QVERIFY(!fs::exists(database));
    }
};

MERGARIUM_SUITE(KeptForTheWindowTest)
#include "kept_for_the_window_test.moc"
