#include "tests/fuzz/mutation.h"
#include "tests/fuzz/readers.h"
#include "tests/support/suite.h"

#include <QTest>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

#include <sys/resource.h>

using namespace mergarium::fuzz;

namespace {

std::string contentOf(const std::filesystem::path& path) {
    std::ifstream stream(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
}

/// In kilobytes, of this process so far.
long mostMemory() {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss;
}

}  // namespace

// Thousands more by hand: build/release/tests/fuzz/mutate.
class MutatedFilesTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyReaderBearsWhatBecomesOfItsSeeds_data() {
        QTest::addColumn<QString>("name");
        for (const auto& reader : readers())
            QTest::newRow(std::string(reader.name).c_str()) << QString::fromStdString(std::string(reader.name));
    }
    void everyReaderBearsWhatBecomesOfItsSeeds() {
        QFETCH(QString, name);
        const auto& reader = readerNamed(name.toStdString());
        std::vector<std::filesystem::path> seeds;
        for (const auto& entry :
             std::filesystem::directory_iterator(std::filesystem::path(MERGARIUM_CORPUS) / reader.name))
            seeds.push_back(entry.path());
        std::sort(seeds.begin(), seeds.end());
        QVERIFY(!seeds.empty());

        Bench bench;
        std::size_t read = 0;
        for (const auto& seed : seeds) read += bench.run(reader, contentOf(seed)) == Bench::Outcome::Read ? 1 : 0;
        QVERIFY2(read > 0, "all seeds are refused");
        const auto before = mostMemory();
        for (std::uint64_t number = 0; number < 200; ++number) {
            const auto bytes = mutated(contentOf(seeds[number % seeds.size()]), number);
            QElapsedTimer timer;
            timer.start();
            try {
                bench.run(reader, bytes);
            } catch (const std::exception& error) {
                QFAIL(qPrintable(QString("mutation %1: %2").arg(number).arg(error.what())));
            }
            QVERIFY2(timer.elapsed() < 5000, qPrintable(QString("mutation %1").arg(number)));
        }
        QVERIFY(mostMemory() - before < 1'000'000);
    }
};

MERGARIUM_SUITE(MutatedFilesTest)
#include "mutated_files_test.moc"
