#include "core/modules/module.h"
#include "core/parallel/parallel_for.h"
#include "tests/support/suite.h"

#include <QTest>

#include <algorithm>
#include <atomic>
#include <stdexcept>
#include <string>
#include <vector>

using namespace mergarium;

class ParallelTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void cleanup() { setParallelThreads(1); }

    void stretchesTileTheRange_data() {
        QTest::addColumn<std::size_t>("threads");
        QTest::addColumn<std::size_t>("count");
        for (const std::size_t threads : {1, 2, 3, 8})
            for (const std::size_t count : {0, 1, 2, 7, 1000})
                QTest::addRow("%zu threads, %zu items", threads, count) << threads << count;
    }
    void stretchesTileTheRange() {
        QFETCH(std::size_t, threads);
        QFETCH(std::size_t, count);
        setParallelThreads(threads);
        QCOMPARE(parallelThreads(), threads);
        std::vector<std::atomic<int>> visits(count);
        std::atomic<std::size_t> calls = 0;
        parallelFor(count, [&](std::size_t first, std::size_t last) {
            ++calls;
            for (; first < last; ++first) ++visits[first];
        });
        QVERIFY(std::ranges::all_of(visits, [](const auto& times) { return times == 1; }));
        QVERIFY(calls <= std::min(threads, count));
    }

    void anExceptionOfAnyStretchComesOut() {
        setParallelThreads(2);
        for (const std::size_t culprit : {0, 99})
            QVERIFY_EXCEPTION_THROWN(parallelFor(100,
                                                 [&](std::size_t first, std::size_t last) {
                                                     if (first <= culprit && culprit < last)
                                                         throw std::runtime_error("disk");
                                                 }),
                                     std::runtime_error);
    }

    void withinAStretchThereIsOneThread() {
        setParallelThreads(2);
        std::atomic<int> inner = 0;
        parallelFor(2, [&](std::size_t first, std::size_t last) {
            for (; first < last; ++first) parallelFor(10, [&](std::size_t, std::size_t) { ++inner; });
        });
        QCOMPARE(inner.load(), 2);
    }

    void aModuleThatIsNotThereIsNamed() {
        try {
            Module("mergarium_nothing.so");
            QFAIL("it was loaded");
        } catch (const std::runtime_error& error) {
            QVERIFY(std::string(error.what()).find("mergarium_nothing.so: this part of Mergarium can't be loaded") !=
                    std::string::npos);
        }
    }
};

MERGARIUM_SUITE(ParallelTest)
#include "parallel_test.moc"
