#include "core/answers/answer_book.h"
#include "core/history/history.h"
#include "core/session/stored_session.h"
#include "tests/support/new_databases.h"
#include "tests/support/suite.h"

#include <QTest>

#include <algorithm>
#include <set>

using namespace mergarium;
using test::finish;
using test::stepTo;

/// What members answer where nobody keeps it.
class AnswerBookTest : public QObject, test::NewDatabases {
    Q_OBJECT

    static RunConfiguration digits(const char* strategy) {
        auto configuration = parseConfiguration("{device: cpu, strategy: " + std::string(strategy) + "}", "test");
        configuration.name = "test";
        configuration.evaluations = 60;
        return configuration;
    }

    /// Right where the member scores, and only there; digits everywhere.
    static void check(const Member& member, const std::vector<std::string>& answers, const SampleSet& samples) {
        QCOMPARE(answers.size(), samples.size());
        for (std::size_t sample = 0; sample < samples.size(); ++sample) {
            const bool right = answers[sample] == samples.groupNames[samples.groups[sample]];
            QCOMPARE(right, member.scores[sample] == 1.0f);
            QVERIFY(answers[sample].size() == 1 && answers[sample] >= "0" && answers[sample] <= "9");
        }
    }

private Q_SLOTS:
    void everyMemberOfARunIsAskedAgain() {
        const auto place = newPlace();
        const auto loop = RunLoop::begin(digits("{archive: 8}"), place);
        stepTo(*loop, 40);
        const auto live = loop->snapshot(Phase::Paused);
        QVERIFY(AnswerBook::isFor(*live.run));
        AnswerBook book(place, live.run);
        for (const auto& member : live.members) check(*member, *book.answersOf(*member), *live.run->samples);
        // Losers don't all say the same.
        std::set<std::string> said;
        for (const auto& member : live.members)
            for (std::size_t sample = 0; sample < 50; ++sample)
                if (member->scores[sample] == 0.0f) said.insert((*book.answersOf(*member))[sample]);
        QVERIFY(said.size() > 3);
        loop->store(Phase::Stopped);
        const auto stored = storedSnapshot(place.database, {1}, place.resources);
        AnswerBook other(place, stored->run);
        for (const auto& member : stored->members) QCOMPARE(*other.answersOf(*member), *book.answersOf(*member));
    }

    // They are bred again, also with noise.
    void membersWhoseParametersArentStoredAreAskedToo_data() {
        QTest::addColumn<QString>("strategy");
        QTest::newRow("mixtures") << "{archive: 6}";
        QTest::newRow("mutation") << "{archive: 6, mutation: 0.01}";
    }
    void membersWhoseParametersArentStoredAreAskedToo() {
        QFETCH(QString, strategy);
        const auto place = newPlace();
        finish(*RunLoop::begin(digits(strategy.toUtf8().constData()), place));
        const auto stored = storedSnapshot(place.database, {1}, place.resources);
        History history(place.database, stored);
        AnswerBook book(place, stored->run);
        const auto past = history.at(25);
        for (const auto& member : past->members) check(*member, *book.answersOf(*member), *stored->run->samples);
    }

    void whyNobodyCanBeAskedIsSaid() {
        auto place = newPlace();
        const auto last = finish(*RunLoop::begin(digits("{kind: cma-es, archive: 6}"), place));
        Member bare = *last.members.front();
        bare.genome = nullptr;
        AnswerBook book(place, last.run);
        if (bare.born > 0) QVERIFY_EXCEPTION_THROWN((void)book.answersOf(bare), std::runtime_error);
        place.resources = "/nowhere";
        AnswerBook nowhere(place, last.run);
        QVERIFY_EXCEPTION_THROWN((void)nowhere.answersOf(*last.members.back()), std::runtime_error);
        RunDescription language;
        language.configuration.task = CausalLmSettings{};
        QVERIFY(!AnswerBook::isFor(language));
    }
};

MERGARIUM_SUITE(AnswerBookTest)
#include "answer_book_test.moc"
