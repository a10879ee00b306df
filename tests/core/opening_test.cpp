#include "core/database/database.h"
#include "tests/support/suite.h"

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Transaction.h>
#include <QTest>

#include <latch>
#include <mutex>
#include <thread>

using namespace mergarium;

namespace {

/// `work(k)` on so many threads at once; the sentences of those that failed.
QStringList together(int threads, const std::function<void(int)>& work) {
    std::latch all(threads);
    std::mutex mutex;
    QStringList failures;
    {
        std::vector<std::jthread> running;
        for (int k = 0; k < threads; ++k)
            running.emplace_back([&, k] {
                all.arrive_and_wait();
                try {
                    work(k);
                } catch (const std::exception& error) {
                    const std::scoped_lock lock(mutex);
                    failures << QString::fromUtf8(error.what());
                }
            });
    }
    return failures;
}

}  // namespace

class OpeningTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void manyMayMakeTheSameFileAtOnce() {
        QTemporaryDir folder;
        for (int round = 0; round < 20; ++round) {
            const std::filesystem::path path = folder.filePath(QString("%1.db").arg(round)).toStdString();
            const auto failures = together(8, [&](int k) {
                auto database = openDatabase(path, Access::Write);
                SQLite::Transaction transaction(database, SQLite::TransactionBehavior::IMMEDIATE);
                database.exec("INSERT INTO drafts (kind, name, text, changed, open) VALUES ('run', '', '', " +
                              std::to_string(k) + ", 0)");
                transaction.commit();
            });
            QCOMPARE(failures.join(" "), QString());
            auto database = openDatabase(path, Access::Read);
            QCOMPARE(database.execAndGet("SELECT count(*) FROM drafts").getInt(), 8);
        }
    }

    void whoeverFindsANewFileCanReadIt() {
        QTemporaryDir folder;
        for (int round = 0; round < 20; ++round) {
            const std::filesystem::path path = folder.filePath(QString("%1.db").arg(round)).toStdString();
            const auto failures = together(8, [&](int k) {
                if (k % 2 == 0) {
                    (void)openDatabase(path, Access::Write);
                } else {
                    while (!std::filesystem::exists(path)) std::this_thread::yield();
                    (void)openDatabase(path, Access::Read);
                }
            });
            QCOMPARE(failures.join(" "), QString());
        }
    }
};

MERGARIUM_SUITE(OpeningTest)
#include "opening_test.moc"
