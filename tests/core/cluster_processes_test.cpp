#include "core/store/run_catalog.h"
#include "tests/support/command_line.h"
#include "tests/support/nats_server.h"
#include "tests/support/suite.h"

#include <QRandomGenerator>
#include <QTemporaryDir>
#include <QTest>

#include <memory>
#include <vector>

using namespace mergarium;
using namespace mergarium::test;

namespace {

/// A program that is killed with this object.
class Killed {
public:
    explicit Killed(const QStringList& arguments) { process.start(MERGARIUM_CLI, arguments); }
    ~Killed() {
        process.kill();
        process.waitForFinished(-1);
    }
    QProcess process;
};

}  // namespace

// Runs and workers as processes of their own, killed as machines kill them. tests/reliability/workers does so for
// longer.
class ClusterProcessesTest : public QObject {
    Q_OBJECT

    QTemporaryDir folder_;

    QStringList runInto(const QString& database) const {
        return {"run",
                "digits-specialists",
                "--set",
                "strategy.offspring=8",
                "--evaluations",
                "600",
                "--threads",
                "1",
                "--json",
                "--db",
                folder_.filePath(database)};
    }
    QStringList workerAt(const std::string& url) const {
        return {"work", QString::fromStdString(url), "--threads", "1", "--cache", folder_.filePath("cache")};
    }
    std::string hashAlone() const { return cli(runInto("alone.db") + QStringList{"--lanes", "1"}).hash(); }

private Q_SLOTS:
    void initTestCase() {
        if (NatsServer::program().isEmpty()) QSKIP("nats-server isn't installed: apt-get install nats-server");
        qputenv("OMP_WAIT_POLICY", "PASSIVE");
    }
    void init() {
        for (const char* name : {"alone.db", "killed.db"}) QFile::remove(folder_.filePath(name));
    }

    void killedAtRandomMomentsItEndsAsOneLeftAlone() {
        const auto alone = hashAlone();
        NatsServer server;
        QVERIFY(server.start());
        const QStringList distant{"--workers", QString::fromStdString(server.url()), "--patience", "2"};
        const auto killed = folder_.filePath("killed.db");
        std::vector<std::unique_ptr<Killed>> workers;
        for (int k = 0; k < 2; ++k) workers.push_back(std::make_unique<Killed>(workerAt(server.url())));
        QRandomGenerator random(7);
        auto run = std::make_unique<Killed>(runInto("killed.db") + distant);
        bool stored = false;
        // A worker, the run and the server in turn, twice.
        for (int kill = 0; kill < 6; ++kill) {
            run->process.waitForFinished(300 + static_cast<int>(random.bounded(700)));
            if (run->process.state() == QProcess::NotRunning) break;
            if (kill % 3 == 0) {
                workers[random.bounded(2u)] = std::make_unique<Killed>(workerAt(server.url()));
            } else if (kill % 3 == 1) {
                run.reset();
                try {
                    stored = stored || (QFile::exists(killed) && !RunCatalog(killed.toStdString()).runs().empty());
                } catch (const std::runtime_error&) {
                    // Killed while the file was being made.
                }
                if (!stored) QFile::remove(killed);
                const QStringList goOn{"resume", "1", "--threads", "1", "--json", "--db", killed};
                run = std::make_unique<Killed>((stored ? goOn : runInto("killed.db")) + distant);
            } else {
                server.kill();
                QVERIFY(server.start());
            }
        }
        const auto ended = endOf(run->process);
        QVERIFY2(ended.code == 0, ended.errors.constData());
        QCOMPARE(ended.hash(), alone);
    }

    void workersInAnotherNetworkScoreARun() {
        QProcess probe;
        probe.start("unshare", {"-rn", "true"});
        if (!probe.waitForFinished(-1) || probe.exitStatus() != QProcess::NormalExit || probe.exitCode() != 0)
            QSKIP("networks of its own aren't permitted here (unshare -rn)");
        QProcess process;
        process.start("unshare", QStringList{"-rn", MERGARIUM_SOURCE_DIR "/tests/support/two_networks.sh",
                                             MERGARIUM_CLI, NatsServer::program(), folder_.path(), "digits-specialists",
                                             "--set", "strategy.offspring=8", "--evaluations", "600"});
        const auto ended = endOf(process);
        if (ended.code == 77) QSKIP("networks of its own can't be made here (ip link add type veth)");
        QVERIFY2(ended.code == 0, ended.errors.constData());
        QCOMPARE(ended.hash(), hashAlone());
    }

    void anOpenServerElsewhereIsRefused() {
        for (const QStringList& command : {QStringList{"run", "digits-specialists", "--workers",
                                                       "nats://example.org:4222", "--db", folder_.filePath("none.db")},
                                           QStringList{"work", "nats://example.org:4222"}}) {
            const auto ended = cli(command);
            QCOMPARE(ended.code, 2);
            QVERIFY2(ended.errors.contains("anybody could take part"), ended.errors.constData());
        }
        QVERIFY(!QFile::exists(folder_.filePath("none.db")));
    }
};

MERGARIUM_SUITE(ClusterProcessesTest)
#include "cluster_processes_test.moc"
