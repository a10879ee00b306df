#include "core/checkpoint/checkpoint.h"
#include "core/export/export_model.h"
#include "core/history/history.h"
#include "core/import/import_runs.h"
#include "core/session/stored_session.h"
#include "tests/support/new_databases.h"
#include "tests/support/stopped_run.h"
#include "tests/support/suite.h"
#include "tests/support/tensor_files.h"

#include <QTemporaryDir>
#include <QTest>

#include <atomic>
#include <cmath>

using namespace mergarium;
using test::finish;
using test::messageOf;
using test::stepTo;

namespace {

std::uint64_t stepsOf(RunLoop& loop) { return loop.snapshot(Phase::Running).evaluations; }

bool descendsFrom(const RunCatalog& catalog, const SessionSnapshot& last, MemberId founder) {
    return std::ranges::any_of(last.members, [&](const MemberPtr& member) {
        if (!member || member->id == founder) return false;
        const auto line = catalog.ancestry(last.run->id, member->id).line;
        return std::ranges::any_of(line, [&](const MemberPtr& one) { return one->id == founder; });
    });
}

}  // namespace

/// Founders that join a run that is going on.
class JoinedFoundersTest : public QObject, test::NewDatabases {
    Q_OBJECT

    QTemporaryDir files_;

    std::filesystem::path file(const std::string& name) const {
        return files_.filePath(QString::fromStdString(name)).toStdString();
    }

    /// A network that is better than the specialists, as it was exported from another run.
    std::filesystem::path network() {
        const auto folder = file("network");
        if (std::filesystem::exists(folder)) return folder;
        auto configuration = test::shortRun(120, "other");
        configuration.founders = OwnFounders{"specialists"};
        const auto place = newPlace();
        const auto last = finish(*RunLoop::begin(configuration, place));
        exportModel({.database = place.database,
                     .run = {1},
                     .member = last.members[*bestSlot(last.members)]->id,
                     .folder = folder});
        return folder;
    }

    /// A model of 64 parameters; where it is split into two tensors tells nothing of its numbers.
    std::filesystem::path model(const std::string& name, int factor) const {
        const auto path = file(name + ".safetensors");
        std::vector<float> values(64);
        for (std::size_t i = 0; i < values.size(); ++i)
            values[i] = static_cast<float>((static_cast<int>(i) * factor) % 13) - 6.1f;
        test::writeTensors(path, {test::tensorOf("w", DType::F32, {64}, values)});
        return path;
    }

    /// Of these models under a shell script that scores them by the bits of their files' checksums.
    RunConfiguration runOfFiles(std::vector<std::filesystem::path> models, const char* strategy) const {
        std::string samples;
        for (int sample = 0; sample < 12; ++sample) samples += "{\"question\": \"" + std::to_string(sample) + "\"}\n";
        test::writeText(file("samples.jsonl"), samples);
        std::vector<CheckpointFounder> founders;
        for (const auto& path : models) founders.push_back({.base = path, .adapter = {}});
        // Valid for any founders.
        auto configuration =
            parseConfiguration("{name: files, device: cpu, strategy: " + std::string(strategy) + "}", "test");
        configuration.evaluations = 30;
        configuration.founders = std::move(founders);
        configuration.task = CommandSettings{.program = {"sh", MERGARIUM_TEST_DATA "/evaluators/checksum.sh"},
                                             .folder = files_.path().toStdString(),
                                             .samples = file("samples.jsonl"),
                                             .batch = 12};
        return configuration;
    }

    RunConfiguration runOf(const QString& what, const char* strategy) {
        if (what == "files") return runOfFiles({model("a", 7), model("b", 11)}, strategy);
        if (what == "three files") return runOfFiles({model("a", 7), model("b", 11), model("c", 5)}, strategy);
        auto configuration =
            parseConfiguration("{name: digits, device: cpu, strategy: " + std::string(strategy) + "}", "test");
        configuration.evaluations = 60;
        return configuration;
    }

    CheckpointFounder newcomerFor(const QString& what) {
        return {.base = what == "digits" ? network() : model("newcomer", 4), .adapter = {}};
    }

    RunPlace place() {
        auto place = newPlace();
        place.mayStart = test::anyProgram;
        return place;
    }

    /// Stopped at `step`, without a founder yet.
    RunPlace stopped(const RunConfiguration& configuration, std::uint64_t step) {
        const auto here = place();
        const auto loop = RunLoop::begin(configuration, here);
        stepTo(*loop, step);
        loop->store(Phase::Stopped);
        return here;
    }

    static std::unique_ptr<RunLoop> join(const RunPlace& place, const CheckpointFounder& founder) {
        return RunLoop::goOn({1}, place, nullptr, {.founder = founder});
    }

private Q_SLOTS:
    void aRunIsRepeatedWithTheFounderThatJoined_data() {
        QTest::addColumn<QString>("what");
        QTest::addColumn<QString>("strategy");
        QTest::newRow("digits") << "digits"
                                << "{kind: m2n2, archive: 6}";
        QTest::newRow("mutation") << "digits"
                                  << "{kind: m2n2, archive: 6, mutation: 0.001}";
        QTest::newRow("within a block") << "digits"
                                        << "{kind: m2n2, archive: 6, offspring: 8}";
        QTest::newRow("an empty place") << "digits"
                                        << "{kind: m2n2, archive: 60}";
        QTest::newRow("map-elites") << "digits"
                                    << "{kind: map-elites, cells: 6}";
        QTest::newRow("files") << "files"
                               << "{kind: m2n2, archive: 8}";
        QTest::newRow("files within a block") << "files"
                                              << "{kind: m2n2, archive: 8, offspring: 6, splits: 3}";
        QTest::newRow("three files") << "three files"
                                     << "{kind: m2n2, archive: 8, interpolation: slerp-per-side}";
    }
    void aRunIsRepeatedWithTheFounderThatJoined() {
        QFETCH(QString, what);
        QFETCH(QString, strategy);
        const auto configuration = runOf(what, strategy.toUtf8().constData());
        const auto founder = newcomerFor(what);
        constexpr std::uint64_t kStep = 13;

        const auto here = stopped(configuration, kStep);
        auto loop = join(here, founder);
        const auto joined = loop->snapshot(Phase::Paused);
        QCOMPARE(joined.evaluations, kStep + 1);
        const auto first = foundersAtFirst(*joined.run);
        const MemberId id{first + kStep + 1};
        QCOMPARE(joined.run->founders.size(), first + 1);
        QCOMPARE(joined.run->founders.back().id, id);
        QCOMPARE(joined.run->founders.back().joined, kStep + 1);
        QVERIFY(std::ranges::any_of(joined.members, [&](const auto& one) { return one && one->id == id; }));
        const auto expected = finish(*loop);
        QVERIFY(descendsFrom(RunCatalog(here.database), expected, id));
        QVERIFY(RunCatalog(here.database).inspect({1}).isWhole());

        // Killed at once, and some steps later, before the next checkpoint.
        for (const std::uint64_t later : {kStep + 1, kStep + 10}) {
            const auto killed = stopped(configuration, kStep);
            {
                const auto going = join(killed, founder);
                stepTo(*going, later);
                going->store(Phase::Paused);
            }
            const auto again = RunLoop::goOn({1}, killed);
            QCOMPARE(stepsOf(*again), later);
            QCOMPARE(finish(*again).archiveHash, expected.archiveHash);
        }
    }

    // Whoever had no part in it is what it was: the founder's coming changes nothing of older models, to the bit.
    void olderModelsStayWhatTheyWere() {
        for (const char* what : {"files", "three files"}) {
            const auto configuration = runOf(what, "{kind: m2n2, archive: 5, offspring: 4, splits: 2}");
            const auto here = place();
            const auto before = [&] {
                const auto loop = RunLoop::begin(configuration, here);
                stepTo(*loop, 18);
                loop->store(Phase::Stopped);
                return loop->snapshot(Phase::Stopped);
            }();
            // Within a block there is no checkpoint: all are bred again, with one founder more beside them.
            const auto after = join(here, newcomerFor(what))->snapshot(Phase::Paused);
            std::size_t same = 0;
            for (const auto& member : after.members) {
                if (!member || member->born == 19) continue;
                const auto recipe = member->genome->recipe();
                QCOMPARE(recipe->founders, foundersAtFirst(*after.run));
                const auto is = [&](const auto& one) { return one && one->id == member->id; };
                const auto was = std::ranges::find_if(before.members, is);
                QVERIFY(was != before.members.end());
                QVERIFY(*(*was)->genome->recipe() == *recipe);
                ++same;
            }
            QVERIFY(same > 1);
        }
    }

    void aLookBackHasTheFounderFromItsStepOn_data() {
        QTest::addColumn<QString>("what");
        QTest::newRow("digits") << "digits";
        QTest::newRow("files") << "files";
    }
    void aLookBackHasTheFounderFromItsStepOn() {
        QFETCH(QString, what);
        const auto here = stopped(runOf(what, "{kind: m2n2, archive: 5, splits: 2}"), 9);
        const auto loop = join(here, newcomerFor(what));
        std::map<std::uint64_t, SessionSnapshot> shown;
        const std::atomic<bool> never = false;
        for (shown[10] = loop->snapshot(Phase::Running); !loop->isFinished();) {
            loop->step(never);
            shown[stepsOf(*loop)] = loop->snapshot(Phase::Running);
        }
        loop->store(Phase::Finished);
        History history(here.database, storedSnapshot(here.database, {1}, here.resources));
        for (const auto& [step, live] : shown) {
            const auto past = history.at(step);
            QCOMPARE(past->members.size(), live.members.size());
            QCOMPARE(past->fitness, live.fitness);
            for (std::size_t slot = 0; slot < live.members.size(); ++slot) {
                QCOMPARE(past->members[slot]->id, live.members[slot]->id);
                QVERIFY2(past->members[slot]->genome, history.whyNoGenomes().c_str());
                QVERIFY(*past->members[slot]->genome->recipe() == *live.members[slot]->genome->recipe());
            }
        }
        QCOMPARE(history.at(9)->accepted + 1, history.at(10)->accepted);
        QCOMPARE(history.at(10)->pairings.back().origin, BirthOrigin::Founder);
        QCOMPARE(history.at(9)->pairings.back().origin, BirthOrigin::Search);
    }

    void whatDescendsFromItIsExported() {
        const auto here = stopped(runOf("files", "{kind: m2n2, archive: 8, splits: 2}"), 9);
        const auto last = finish(*join(here, newcomerFor("files")));
        const RunCatalog catalog(here.database);
        std::size_t mixed = 0;
        for (const auto& member : last.members) {
            const auto folder = file("out-" + std::to_string(member->id.value));
            exportModel({.database = here.database, .run = {1}, .member = member->id, .folder = folder});
            std::vector<float> written(64), parameters(64);
            const auto model = Checkpoint::open(folder);
            toFloats(DType::F32, model->find("w")->bytes, written);
            member->genome->materialize(parameters);
            QVERIFY(written == parameters);
            mixed += member->genome->recipe()->founders == 3;
        }
        QVERIFY(mixed > 0);
    }

    void whatIsStoredTellsOfIt() {
        const auto here = stopped(runOf("digits", "{kind: m2n2, archive: 6}"), 13);
        const auto last = finish(*join(here, newcomerFor("digits")));
        const auto check = [&](const std::filesystem::path& database, RunId run) {
            const auto stored = RunCatalog(database).snapshot(run);
            const auto &live = last.run->founders.back(), &kept = stored.run->founders.back();
            QCOMPARE(stored.run->founders.size(), std::size_t{3});
            QCOMPARE(kept.id, live.id);
            QCOMPARE(kept.name, std::string("network"));
            QCOMPARE(kept.train, live.train);
            QCOMPARE(kept.test, live.test);
            QCOMPARE(kept.hash, live.hash);
            QVERIFY(kept.test > 0.0);
        };
        check(here.database, {1});
        const auto births = RunCatalog(here.database).births({1});
        QCOMPARE(std::ranges::count(births, BirthOrigin::Founder, &Pairing::origin), 1);
        QCOMPARE(births[13].origin, BirthOrigin::Founder);
        // Nobody needs the file any more, nor the database.
        const auto other = newPlace();
        finish(*RunLoop::begin(test::shortRun(5), other));
        const std::vector<RunId> runs{{1}};
        const auto imported = importRuns(other.database, here.database, runs);
        QCOMPARE(imported.refused, std::vector<std::string>{});
        check(other.database, imported.runs.front());
        const auto extended = RunLoop::goOn(imported.runs.front(), other, nullptr, {.evaluations = 70});
        QCOMPARE(finish(*extended).archiveHash,
                 finish(*RunLoop::goOn({1}, here, nullptr, {.evaluations = 70})).archiveHash);
    }

    void aRunThatGoesBackBehindItLosesIt() {
        const auto here = stopped(runOf("digits", "{kind: m2n2, archive: 6}"), 13);
        {
            const auto loop = join(here, newcomerFor("digits"));
            stepTo(*loop, 30);
            loop->store(Phase::Stopped);
        }
        test::exec(here.database, "UPDATE births SET fitness = fitness + 1 WHERE step = 14");
        const auto loop = RunLoop::goOn({1}, here, nullptr, {.damaged = IfDamaged::GoBack});
        QCOMPARE(stepsOf(*loop), std::uint64_t{13});
        QCOMPARE(loop->snapshot(Phase::Paused).run->founders.size(), std::size_t{2});
        loop->store(Phase::Paused);
        // What is stored of it can't be changed unnoticed.
        const auto again = stopped(runOf("digits", "{kind: m2n2, archive: 6}"), 13);
        finish(*join(again, newcomerFor("digits")));
        test::exec(again.database, "UPDATE joined_founders SET name = 'another'");
        const auto found = RunCatalog(again.database).inspect({1});
        QVERIFY(!found.isWhole() && !found.canGoBack());
        QVERIFY(found.sentence().find("changes on its way") != std::string::npos);
        // And what can't be true is refused.
        test::exec(again.database, "UPDATE joined_founders SET step = 15");
        QVERIFY(messageOf([&] { (void)RunCatalog(again.database).snapshot({1}); }).find("joined_founders") !=
                std::string::npos);
    }

    void whyAFounderCantJoinIsSaid() {
        const auto founder = newcomerFor("digits");
        const auto objection = [&](const char* strategy, const CheckpointFounder& who) {
            const auto here = stopped(runOf("digits", strategy), 13);
            const auto sentence = messageOf([&] { (void)join(here, who); });
            // Nothing of it was stored.
            if (RunCatalog(here.database).snapshot({1}).run->founders.size() != 2) return std::string("it joined");
            return finish(*RunLoop::goOn({1}, here)).evaluations == 60 ? sentence : std::string("it can't go on");
        };
        QCOMPARE(objection("{kind: brute-force, archive: 6}", founder),
                 std::string("No founder can join run 1: its strategy has plans for the founders that it began with; "
                             "start a new one."));
        QVERIFY(objection("{}", {.base = model("small", 3), .adapter = {}}).find("small.safetensors") !=
                std::string::npos);
        QVERIFY(objection("{}", {.base = file("missing"), .adapter = {}}).find("missing") != std::string::npos);
        // Of two equals the one that was there stays.
        const auto here = stopped(runOf("digits", "{kind: map-elites, cells: 6}"), 13);
        {
            const auto loop = join(here, founder);
            loop->store(Phase::Stopped);
        }
        QVERIFY(messageOf([&] { (void)join(here, founder); }).find("a better member sits") != std::string::npos);
        const auto over = stopped(runOf("digits", "{}"), 60);
        QCOMPARE(messageOf([&] { (void)RunLoop::goOn({1}, over, nullptr, {.founder = founder}); }),
                 std::string("A founder that joins run 1 takes one evaluation, and its budget of 60 is used up; extend "
                             "the run as well."));
        QCOMPARE(stepsOf(*RunLoop::goOn({1}, over, nullptr, {.evaluations = 70, .founder = founder})),
                 std::uint64_t{61});
    }
};

MERGARIUM_SUITE(JoinedFoundersTest)
#include "joined_founders_test.moc"
