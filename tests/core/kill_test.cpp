#include "core/export/export_model.h"
#include "core/session/stored_session.h"
#include "core/store/run_catalog.h"
#include "tests/support/suite.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QRandomGenerator>
#include <QTemporaryDir>
#include <QTest>

using namespace mergarium;

// A real process, killed at any moment, is gone on from to what one left alone comes to.
class KillTest : public QObject {
    Q_OBJECT

    static constexpr const char* kEvaluations = "3000";

    static QByteArray outputOf(QProcess& process, const QStringList& arguments, int milliseconds) {
        process.setProgram(MERGARIUM_CLI);
        process.setArguments(arguments);
        process.start();
        if (!process.waitForFinished(milliseconds)) {
            process.kill();
            process.waitForFinished(-1);
            return {};
        }
        return process.readAllStandardOutput();
    }

    static QString hashIn(const QByteArray& text) {
        return QJsonDocument::fromJson(text).object()["archive_hash"].toString();
    }

    static int momentsIn(const QString& database) {
        if (!QFile::exists(database)) return 0;
        int moments = 0;
        try {
            for (const auto& run : RunCatalog(database.toStdString()).runs())
                moments += 1 + (run.evaluations > 0) + (run.phase == Phase::Finished);
        } catch (const std::runtime_error&) {
            // The file is being made.
        }
        return moments;
    }

private Q_SLOTS:
    void killedAtTwentyRandomMomentsItEndsAsOneLeftAlone_data() {
        QTest::addColumn<QStringList>("settings");
        QTest::addColumn<QString>("lanes");
        QTest::newRow("from specialists, as published") << QStringList{"digits-specialists"} << "1";
        QTest::newRow("from scratch, with mutation and many splits")
            << QStringList{"digits-scratch", "--set", "strategy.splits=16"} << "1";
        QTest::newRow("eight offspring at a time in three lanes")
            << QStringList{"digits-specialists", "--set", "strategy.offspring=8"} << "3";
    }

    void killedAtTwentyRandomMomentsItEndsAsOneLeftAlone() {
        QFETCH(QStringList, settings);
        QFETCH(QString, lanes);
        QTemporaryDir folder;
        const auto alone = folder.filePath("alone.db");
        const auto killed = folder.filePath("killed.db");
        const QStringList run = QStringList{"run"} + settings +
                                QStringList{"--evaluations", kEvaluations, "--threads", "1", "--json", "--db"};
        QProcess process;
        const auto expected = hashIn(outputOf(process, run + QStringList{alone, "--lanes", "1"}, 300'000));
        QCOMPARE(expected.size(), 64);

        QRandomGenerator random(1);
        int kills = 0;
        bool stored = false;
        QString hash;
        while (hash.isEmpty()) {
            const auto arguments = (stored ? QStringList{"resume", "1", "--threads", "1", "--json", "--db", killed}
                                           : run + QStringList{killed}) +
                                   QStringList{"--lanes", lanes};
            // Twenty times after a while that lets some work be done, then to the end.
            const int patience = kills < 20 ? 150 + random.bounded(250) : 300'000;
            hash = hashIn(outputOf(process, arguments, patience));
            if (!hash.isEmpty()) break;
            ++kills;
            QVERIFY(kills <= 20);
            if (!stored && QFile::exists(killed)) {
                try {
                    stored = !RunCatalog(killed.toStdString()).runs().empty();
                } catch (const std::runtime_error&) {
                    // Killed while the file was being made.
                }
            }
        }
        QCOMPARE(hash, expected);
        QVERIFY2(kills >= 3, qPrintable(QString("killed %1 times only").arg(kills)));
    }

    // Killed before the founder has joined, as soon as it has, and again and again behind that.
    void aRunThatAFounderJoinedEndsAsOneLeftAlone() {
        QTemporaryDir folder;
        QProcess process;
        const auto begin = [&](const QString& database) {
            const QStringList run{
                "run", "digits-specialists", "--evaluations", "300", "--threads", "1", "--lanes", "1", "--json",
                "--db"};
            return outputOf(process, run + QStringList{database}, 300'000);
        };
        const auto alone = folder.filePath("alone.db"), killed = folder.filePath("killed.db");
        QVERIFY(!begin(alone).isEmpty() && QFile::copy(alone, killed));
        const auto last = RunCatalog(alone.toStdString()).snapshot({1});
        const auto model = folder.filePath("model");
        exportModel({.database = alone.toStdString(),
                     .run = {1},
                     .member = last.members[*bestSlot(last.members)]->id,
                     .folder = model.toStdString()});

        const QStringList resume{"resume", "1", "--threads", "1", "--lanes", "1", "--json", "--db"};
        const QStringList extend{"--evaluations", kEvaluations}, join{"--add-founder", model};
        const auto expected = hashIn(outputOf(process, resume + QStringList{alone} + extend + join, 300'000));
        QCOMPARE(expected.size(), 64);

        const auto now = [&] { return RunCatalog(killed.toStdString()).snapshot({1}); };
        // What a person would type again.
        const auto arguments = [&] {
            const auto stands = now();
            auto words = resume + QStringList{killed};
            if (stands.budget < QString(kEvaluations).toULongLong()) words += extend;
            if (stands.run->founders.size() < 3) words += join;
            return words;
        };
        process.start(MERGARIUM_CLI, arguments());
        process.waitForStarted(-1);
        process.kill();
        process.waitForFinished(-1);
        int kills = 0;
        for (int i = 0; i < 4; ++i) {
            const auto before = now().evaluations;
            process.start(MERGARIUM_CLI, arguments());
            while (now().evaluations == before && !process.waitForFinished(2)) {
            }
            process.kill();
            process.waitForFinished(-1);
            kills += process.exitStatus() == QProcess::CrashExit ? 1 : 0;
        }
        QVERIFY2(kills >= 2, qPrintable(QString("killed %1 times only").arg(kills)));
        QCOMPARE(now().run->founders.size(), std::size_t{3});
        QCOMPARE(now().run->founders.back().joined, std::uint64_t{301});
        if (now().phase != Phase::Finished) outputOf(process, arguments(), 300'000);
        QCOMPARE(QString::fromStdString(now().archiveHash), expected);
    }

    void aSweepKilledAgainAndAgainEndsWithTheSameTable() {
        QTemporaryDir folder;
        QFile plan(folder.filePath("plan.yaml"));
        QVERIFY(plan.open(QIODevice::WriteOnly));
        plan.write(
            "{name: killed, base: digits-scratch, set: {budget.evaluations: 600}, seeds: 2,\n"
            " arms: {m2n2: {}, map-elites: {strategy: {kind: map-elites, mutation: 0.01}}, cma-es: {strategy: {kind: "
            "cma-es}}}}\n");
        plan.close();
        const QStringList sweep{"sweep", plan.fileName(), "--threads", "1", "--json", "--db"};
        QProcess process;
        const auto expected =
            outputOf(process, sweep + QStringList{folder.filePath("alone.db"), "--jobs", "1"}, 300'000);
        QVERIFY(expected.contains("best_test_mean"));

        const auto killed = folder.filePath("killed.db");
        const auto arguments = sweep + QStringList{killed, "--jobs", "2"};
        // Runs that are stored, that have got somewhere, and that have ended: killed at every fourth of these moments.
        int kills = 0;
        for (int moment = 1; moment <= 16; moment += 4) {
            process.start(MERGARIUM_CLI, arguments);
            while (momentsIn(killed) < moment && !process.waitForFinished(2)) {
            }
            process.kill();
            process.waitForFinished(-1);
            kills += process.exitStatus() == QProcess::CrashExit ? 1 : 0;
        }
        QVERIFY2(kills >= 3, qPrintable(QString("killed %1 times only").arg(kills)));
        QCOMPARE(outputOf(process, arguments, 300'000), expected);
    }
};

MERGARIUM_SUITE(KillTest)
#include "kill_test.moc"
