#include "core/store/birth_pages.h"
#include "core/store/run_catalog.h"
#include "tests/support/stopped_run.h"
#include "tests/support/suite.h"

#include <fmt/format.h>

#include <QTest>

#include <algorithm>

using namespace mergarium;
using test::exec;

namespace {

const char* nameOf(BirthOutcome outcome) {
    switch (outcome) {
        case BirthOutcome::Any: return "any outcome";
        case BirthOutcome::Accepted: return "accepted";
        case BirthOutcome::Rejected: return "rejected";
        case BirthOutcome::Failed: return "failed";
        case BirthOutcome::ByHand: return "by hand";
    }
    return "";
}

const char* nameOf(BirthPart part) {
    switch (part) {
        case BirthPart::Any: return "with";
        case BirthPart::Parent: return "of";
        case BirthPart::ChildOrReplaced: return "in or out";
    }
    return "";
}

/// What a query means, without SQL.
bool passes(const Pairing& birth, const BirthQuery& query) {
    if (birth.step < query.first || birth.step > query.last) return false;
    const bool failed = !birth.failure.empty();
    if (query.outcome == BirthOutcome::Accepted && !birth.accepted) return false;
    if (query.outcome == BirthOutcome::Rejected && (birth.accepted || failed)) return false;
    if (query.outcome == BirthOutcome::Failed && !failed) return false;
    if (query.outcome == BirthOutcome::ByHand && birth.origin == BirthOrigin::Search) return false;
    if (!query.member) return true;
    const bool parent = birth.first == *query.member || birth.second == *query.member;
    const bool inOrOut = birth.child == *query.member || birth.replaced == query.member;
    return (query.part != BirthPart::ChildOrReplaced && parent) || (query.part != BirthPart::Parent && inOrOut);
}

std::vector<Pairing> expected(std::vector<Pairing> births, const BirthQuery& query) {
    std::erase_if(births, [&](const auto& birth) { return !passes(birth, query); });
    if (query.order == BirthOrder::Train) std::ranges::stable_sort(births, {}, &Pairing::childTrain);
    return births;
}

QString told(const std::vector<Pairing>& births) {
    std::string text;
    for (const auto& birth : births)
        text += fmt::format("{} {} {} {} {} {} {} {} {} {}\n", static_cast<int>(birth.origin), birth.step,
                            birth.first.value, birth.second.value, birth.child.value, birth.childTrain, birth.accepted,
                            birth.replaced.value_or(MemberId{}).value, birth.scored.value_or(9999), birth.failure);
    return QString::fromStdString(text);
}

std::vector<Pairing> all(const BirthPages& pages) { return pages.page(0, 1'000'000); }

}  // namespace

class BirthPagesTest : public QObject, private test::StoppedRun {
    Q_OBJECT

    std::vector<Pairing> births_;

    QString complaintOf(const std::filesystem::path& database, const BirthQuery& query = {}) {
        try {
            BirthPages pages(database, {1});
            pages.find(query);
            (void)all(pages);
            return {};
        } catch (const StoreError& error) {
            return QString::fromUtf8(error.what());
        }
    }

private Q_SLOTS:
    void initTestCase() {
        make();
        // Some that failed, and two that scored the same.
        exec(good_,
             "UPDATE births SET failure = 'The program ended.' WHERE slot IS NULL AND step % 3 = 0;"
             "UPDATE births SET train = 0.5 WHERE step IN (9, 12);"
             "INSERT INTO events (run, step, time, kind) VALUES (1, 5, 0, 'bred by hand'), (1, 14, 0, 'founder "
             "joined'), "
             "(1, 20, 0, 'resumed')");
        births_ = RunCatalog(good_).births({1});
        QCOMPARE(births_.size(), test::kStopped);
        for (const auto outcome :
             {BirthOutcome::Accepted, BirthOutcome::Rejected, BirthOutcome::Failed, BirthOutcome::ByHand})
            QVERIFY(!expected(births_, {.outcome = outcome}).empty());
    }

    void everyQueryFindsWhatItMeans_data() {
        QTest::addColumn<int>("outcome");
        QTest::addColumn<int>("part");
        QTest::addColumn<quint64>("member");
        QTest::addColumn<bool>("byScore");
        const auto late = std::ranges::find_if(births_, [](const auto& birth) { return birth.replaced.has_value(); });
        QVERIFY(late != births_.end());
        for (const auto outcome : {BirthOutcome::Any, BirthOutcome::Accepted, BirthOutcome::Rejected,
                                   BirthOutcome::Failed, BirthOutcome::ByHand})
            for (const auto part : {BirthPart::Any, BirthPart::Parent, BirthPart::ChildOrReplaced})
                for (const auto member :
                     {std::uint64_t{0}, std::uint64_t{1}, births_.back().first.value, late->replaced->value,
                      births_[4].child.value, std::uint64_t{999'999'999}, ~std::uint64_t{0}})
                    for (const bool byScore : {false, true})
                        QTest::newRow(qPrintable(QString("%1, %2 #%3%4")
                                                     .arg(nameOf(outcome), nameOf(part))
                                                     .arg(member)
                                                     .arg(byScore ? ", by score" : "")))
                            << static_cast<int>(outcome) << static_cast<int>(part) << quint64{member} << byScore;
    }
    void everyQueryFindsWhatItMeans() {
        QFETCH(int, outcome);
        QFETCH(int, part);
        QFETCH(quint64, member);
        QFETCH(bool, byScore);
        BirthQuery query{.outcome = static_cast<BirthOutcome>(outcome),
                         .part = static_cast<BirthPart>(part),
                         .order = byScore ? BirthOrder::Train : BirthOrder::Step};
        if (member > 0) query.member = MemberId{member};
        BirthPages pages(good_, {1});
        for (const auto& [first, last] :
             {std::pair(std::uint64_t{1}, ~std::uint64_t{0}), {8, 31}, {0, 0}, {40, 400}, {30, 20}}) {
            query.first = first;
            query.last = last;
            QVERIFY(pages.find(query));
            const auto right = expected(births_, query);
            QCOMPARE(pages.count(), right.size());
            QCOMPARE(told(all(pages)), told(right));
        }
    }

    void aPageIsAPartOfTheWhole() {
        BirthPages pages(good_, {1});
        for (const auto& query : {BirthQuery{}, BirthQuery{.order = BirthOrder::Train}, BirthQuery{.first = 7}}) {
            QVERIFY(pages.find(query));
            const auto right = expected(births_, query);
            QCOMPARE(told(pages.page(5, 4)), told({right.begin() + 5, right.begin() + 9}));
            QCOMPARE(told(pages.page(right.size() - 2, 100)), told({right.end() - 2, right.end()}));
            QVERIFY(pages.page(right.size(), 3).empty());
            QVERIFY(pages.page(~std::uint64_t{0}, 3).empty());
            QVERIFY(pages.page(0, 0).empty());
        }
    }

    void aStepHasAPositionOrItsNeighbourHas() {
        BirthPages pages(good_, {1});
        QVERIFY(!pages.positionOf(1));
        for (const auto& query : {BirthQuery{}, BirthQuery{.first = 7, .last = 20},
                                  BirthQuery{.outcome = BirthOutcome::Accepted}, BirthQuery{.order = BirthOrder::Train},
                                  BirthQuery{.outcome = BirthOutcome::Failed, .order = BirthOrder::Train}}) {
            QVERIFY(pages.find(query));
            const auto found = all(pages);
            for (std::uint64_t step = 0; step < 60; ++step) {
                std::uint64_t right = 0;
                for (const auto& birth : found) right = std::max(right, birth.step);
                for (const auto& birth : found)
                    if (birth.step >= step) right = std::min(right, birth.step);
                // The smallest that doesn't lie before, or else the largest.
                for (const auto& birth : found)
                    if (birth.step >= step && (right < step || birth.step < right)) right = birth.step;
                QCOMPARE(found[*pages.positionOf(step)].step, right);
            }
        }
        QVERIFY(pages.find({.member = MemberId{999'999}}));
        QVERIFY(!pages.positionOf(3));
    }

    void whatIsStoredMeanwhileIsTakenIn_data() {
        QTest::addColumn<bool>("byScore");
        QTest::addColumn<int>("outcome");
        for (const bool byScore : {false, true})
            for (const auto outcome : {BirthOutcome::Any, BirthOutcome::Accepted})
                QTest::newRow(qPrintable(QString("%1%2").arg(nameOf(outcome), byScore ? ", by score" : "")))
                    << byScore << static_cast<int>(outcome);
    }
    void whatIsStoredMeanwhileIsTakenIn() {
        QFETCH(bool, byScore);
        QFETCH(int, outcome);
        const BirthQuery query{.outcome = static_cast<BirthOutcome>(outcome),
                               .order = byScore ? BirthOrder::Train : BirthOrder::Step};
        const auto copy = copyOfGood();
        exec(copy, "UPDATE runs SET evaluations = 20");
        BirthPages pages(copy, {1});
        QVERIFY(pages.find(query));
        const std::vector<Pairing> early(births_.begin(), births_.begin() + 20);
        QCOMPARE(told(all(pages)), told(expected(early, query)));
        exec(copy, "UPDATE runs SET evaluations = 45");
        QVERIFY(pages.find(query));
        QCOMPARE(told(all(pages)), told(expected(births_, query)));
        // A run can go back.
        exec(copy, "UPDATE runs SET evaluations = 20");
        QVERIFY(pages.find(query));
        QCOMPARE(told(all(pages)), told(expected(early, query)));
    }

    void whoReadsKeepsNobodyFromWriting() {
        const auto copy = copyOfGood();
        BirthPages pages(copy, {1});
        QVERIFY(pages.find({.order = BirthOrder::Train}));
        (void)all(pages);
        exec(copy, "PRAGMA busy_timeout = 0; UPDATE runs SET name = 'other'; PRAGMA wal_checkpoint(TRUNCATE)");
        QVERIFY(pages.find({}));
    }

    void whatWasStoppedFindsNothingUntilItIsAskedAgain() {
        const auto copy = copyOfGood();
        test::prolong(copy, 128 * test::kStopped);
        BirthPages pages(copy, {1});
        std::stop_source stopped;
        stopped.request_stop();
        const BirthQuery byScore{.order = BirthOrder::Train};
        QVERIFY(!pages.find(byScore, stopped.get_token()));
        QCOMPARE(pages.count(), 0u);
        QVERIFY(pages.find(byScore));
        QCOMPARE(pages.count(), 128 * test::kStopped);
    }

    void damagedRowsAreOneSentence_data() {
        QTest::addColumn<QString>("change");
        QTest::addColumn<bool>("byScore");
        QTest::addColumn<QString>("words");
        const auto row = [](const char* name, const char* change, bool byScore, const char* words) {
            QTest::newRow(name) << change << byScore << words;
        };
        row("train", "UPDATE births SET train = 1e30 WHERE step = 7", false, "births, step 7: train is 1e+30");
        row("train, by score", "UPDATE births SET train = 'a' WHERE step = 7", true,
            "births, step 7: train is not a number");
        row("slot", "UPDATE births SET slot = 'here' WHERE step = 7", false, "births, step 7: slot is not a whole");
        row("parent", "UPDATE births SET first = 1000 WHERE step = 7", false, "births, step 7: first is 1000");
        row("replaced", "UPDATE births SET replaced = -1 WHERE step = 7", false, "births, step 7: replaced is -1");
        row("scored", "UPDATE births SET scored = 5000 WHERE step = 7", false, "births, step 7: scored is 5000");
        row("failure", "UPDATE births SET failure = x'00' WHERE step = 7", false, "failure is not a text");
        row("missing", "DELETE FROM births WHERE step = 7", false, "the birth of step 7 is missing");
        row("beyond", "UPDATE runs SET evaluations = 40; UPDATE births SET step = 39.5 WHERE step = 39", true, "step");
        row("many", "UPDATE runs SET evaluations = 4611686018427387904, budget = 4611686018427387904", false,
            "doesn't fit");
        row("no run", "DELETE FROM runs", false, "there is no run 1");
    }
    void damagedRowsAreOneSentence() {
        QFETCH(QString, change);
        QFETCH(bool, byScore);
        QFETCH(QString, words);
        const auto copy = copyOfGood();
        exec(copy, change.toStdString());
        const auto complaint = complaintOf(copy, {.order = byScore ? BirthOrder::Train : BirthOrder::Step});
        QVERIFY2(complaint.contains(words), qPrintable(complaint));
        QVERIFY(complaint.contains(QString::fromStdString(copy.filename().string())));
        QVERIFY(!complaint.contains('\n'));
    }

    void moreEvaluationsThanTheFileCanHoldAreNotBelieved() {
        const auto copy = copyOfGood();
        BirthPages pages(copy, {1});
        exec(copy, "UPDATE runs SET evaluations = 4611686018427387904");
        QVERIFY_THROWS_EXCEPTION(StoreError, pages.find({}));
    }

    void aRunThatIsGoneIsSaid() {
        const auto copy = copyOfGood();
        BirthPages pages(copy, {1});
        QVERIFY(pages.find({}));
        deleteRun(copy, {1});
        QVERIFY_THROWS_EXCEPTION(StoreError, pages.find({}));
    }
};

MERGARIUM_SUITE(BirthPagesTest)
#include "birth_pages_test.moc"
