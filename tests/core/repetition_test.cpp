#include "core/export/export_model.h"
#include "core/report/stored_report.h"
#include "core/store/run_catalog.h"
#include "tests/support/command_line.h"
#include "tests/support/new_databases.h"
#include "tests/support/suite.h"

#include <QFileInfo>
#include <QTemporaryDir>
#include <QTest>

using namespace mergarium;
using test::finish;
using test::stepTo;

namespace {

/// What a report's blocks of one kind say after the block that says `heading`, a line each.
template <typename Block>
std::string textBehind(const Report& report, const std::string& heading) {
    bool behind = false;
    for (const auto& block : report.blocks) {
        const auto* head = std::get_if<ReportHeading>(&block);
        behind = behind || (head && head->text == heading);
        if (const auto* found = std::get_if<Block>(&block); behind && found) return found->text;
    }
    return {};
}

std::string changesIn(const Report& report) {
    std::string text;
    for (const auto& block : report.blocks)
        if (const auto* table = std::get_if<ReportTable>(&block); table && table->columns[0].name == "Step")
            for (const auto& row : table->rows) text += row[0] + ": " + row[1] + '\n';
    return text;
}

std::string saidIn(const Report& report) {
    std::string text;
    for (const auto& block : report.blocks)
        if (const auto* paragraph = std::get_if<ReportParagraph>(&block)) text += paragraph->text + '\n';
    return text;
}

}  // namespace

/// What a report says of how a run is repeated: that it is true.
class RepetitionTest : public QObject, test::NewDatabases {
    Q_OBJECT

    static Report reportOn(const RunPlace& place) { return storedReport(place.database, {1}, place.resources, "v"); }

    /// Does what the report says, in `folder`.
    static std::string repeated(const Report& report, const QTemporaryDir& folder) {
        QFile file(folder.filePath("run.yaml"));
        if (!file.open(QFile::WriteOnly)) return "not written";
        file.write(QByteArray::fromStdString(textBehind<ReportListing>(report, "Configuration")));
        file.close();
        QProcess shell;
        auto environment = QProcessEnvironment::systemEnvironment();
        environment.insert("PATH", QFileInfo(MERGARIUM_CLI).path() + ':' + environment.value("PATH"));
        shell.setProcessEnvironment(environment);
        shell.setWorkingDirectory(folder.path());
        const auto commands = textBehind<ReportListing>(report, "How to repeat it");
        shell.start("sh", {"-e", "-c", QString::fromStdString(commands)});
        const auto ended = test::endOf(shell);
        if (ended.code != 0) return (ended.errors + commands.c_str()).toStdString();
        return RunCatalog(folder.filePath("repeated.db").toStdString()).snapshot({1}).archiveHash;
    }

    static void breedAndAdmit(RunLoop& loop, std::vector<std::uint64_t> splits, double ratio) {
        const std::atomic<bool> never = false;
        std::vector<MemberId> members;
        for (const auto& member : loop.snapshot(Phase::Paused).members)
            if (member) members.push_back(member->id);
        loop.breedByHand({members.at(1), members.at(0), {.splits = std::move(splits), .ratio = ratio}}, never);
        loop.admitByHand();
    }

    void exportTo(const QTemporaryDir& folder, const char* name) {
        const auto place = newPlace();
        const auto last = finish(*RunLoop::begin(test::shortRun(40), place));
        exportModel({.database = place.database,
                     .run = {1},
                     .member = last.members[*bestSlot(last.members)]->id,
                     .folder = folder.filePath(name).toStdString()});
    }

private Q_SLOTS:
    void theCommandsRepeatARunThatWasLeftToItself_data() {
        QTest::addColumn<int>("stop");
        QTest::newRow("finished") << 40;
        QTest::newRow("stopped") << 25;
    }
    void theCommandsRepeatARunThatWasLeftToItself() {
        QFETCH(int, stop);
        const auto place = newPlace();
        const auto loop = RunLoop::begin(test::shortRun(40), place);
        stepTo(*loop, static_cast<std::uint64_t>(stop));
        loop->store(loop->isFinished() ? Phase::Finished : Phase::Stopped);
        const auto report = reportOn(place);
        QCOMPARE(changesIn(report), std::string());
        const QTemporaryDir folder;
        QCOMPARE(repeated(report, folder), loop->snapshot(Phase::Stopped).archiveHash);
    }

    // Every kind of change, some at neighbouring steps and some at the same one.
    void theCommandsRepeatWhatWasDoneToARun() {
        const QTemporaryDir folder;
        exportTo(folder, "network");
        const auto place = newPlace();
        auto loop = RunLoop::begin(test::shortRun(60), place);
        const auto goOn = [&](std::uint64_t at, GoingOn how) {
            stepTo(*loop, at);
            loop->store(Phase::Stopped);
            loop.reset();
            loop = RunLoop::goOn({1}, place, nullptr, how);
        };
        goOn(10, {.changes = {{"strategy.alpha", "0.3"}}});
        stepTo(*loop, 19);
        breedAndAdmit(*loop, {100, 5000}, 0.3);
        breedAndAdmit(*loop, {}, 1.0 / 3.0);
        goOn(29, {.changes = {{"strategy.archive", "7"}},
                  .founder = CheckpointFounder{folder.filePath("network").toStdString(), {}}});
        goOn(30, {.evaluations = 70, .changes = {{"strategy.archive", "9"}, {"strategy.splits", "4"}}});
        goOn(30, {.changes = {{"strategy.ratio", "{beta: 0.3}"}}});
        const auto expected = finish(*loop).archiveHash;

        const auto report = reportOn(place);
        const auto changes = changesIn(report);
        for (const auto* line : {"10: after it: strategy.alpha, which was 1, became 0.3\n",
                                 "20: #22 was bred by hand: ", ", 2 splits\n21: #23 was bred by hand: ", "ratio 0.33\n",
                                 "29: after it: strategy.archive, which was 20, became 7; of the archive's members the "
                                 "strongest 7 stayed\n",
                                 "30: #32 joined: the founder network",
                                 "30: after it: strategy.archive, which was 7, became 9; strategy.splits"})
            QVERIFY2(changes.find(line) != std::string::npos, changes.c_str());
        QCOMPARE(repeated(report, folder), expected);
    }

    // Where no budget can stop it the window has to.
    void whatNoBudgetStopsIsStoppedByHand() {
        auto configuration = parseConfiguration("strategy: {kind: brute-force, ratio: grid, archive: 8}", "test");
        configuration.evaluations = 30;
        configuration.device = "cpu";
        const auto place = newPlace();
        auto loop = RunLoop::begin(configuration, place);
        stepTo(*loop, 10);
        loop->store(Phase::Stopped);
        loop.reset();
        finish(*RunLoop::goOn({1}, place, nullptr, {.changes = {{"strategy.archive", "5"}}}));
        const auto report = reportOn(place);
        const auto commands = textBehind<ReportListing>(report, "How to repeat it");
        QVERIFY2(commands.find("--evaluations") == std::string::npos, commands.c_str());
        QVERIFY2(commands.find("--set strategy.archive=5") != std::string::npos, commands.c_str());
        QVERIFY(saidIn(report).find("pause it at the steps above") != std::string::npos);
    }

    void aChildIsBredBehindTheBudgetOnlyToBeAdmitted() {
        const auto place = newPlace();
        const auto last = finish(*RunLoop::begin(test::shortRun(10), place));
        const auto number = [&](std::size_t slot) { return QString::number(last.members[slot]->id.value); };
        const auto database = QString::fromStdString(place.database.string());
        const QStringList breed{"breed", "1", number(0), number(1), "--db", database, "--evaluations", "11"};
        QCOMPARE(test::cli(breed).code, 2);
        QCOMPARE(RunCatalog(place.database).snapshot({1}).budget, std::uint64_t{10});
        const auto admitted = test::cli(breed + QStringList{"--admit", "--json"});
        QVERIFY2(admitted.code == 0, admitted.errors);
        QCOMPARE(admitted.json()["member"], 13);
        QCOMPARE(RunCatalog(place.database).snapshot({1}).evaluations, std::uint64_t{11});
    }
};

MERGARIUM_SUITE(RepetitionTest)
#include "repetition_test.moc"
