#include "tests/support/runs.h"
#include "tests/support/suite.h"

#include <QTemporaryDir>
#include <QTest>

#include <fstream>
#include <set>

using namespace mergarium;

namespace {

struct Recorded {
    std::string preset;
    std::uint64_t seed = 0;
    std::uint64_t evaluations = 0;
    std::string archiveHash;
};

std::vector<Recorded> recorded() {
    std::ifstream stream(MERGARIUM_TEST_DATA "/presets/archive_hashes.txt");
    std::vector<Recorded> lines;
    for (Recorded line; stream >> line.preset >> line.seed >> line.evaluations >> line.archiveHash;)
        lines.push_back(line);
    return lines;
}

}  // namespace

// What the presets that ship come to, bit for bit: no change of structure may change a result.
class PresetHashesTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void everyPresetThatShipsIsRecorded() {
        std::set<std::string> presets, known{"gsm8k"};  // whose models are too large to ship
        for (const auto& entry : std::filesystem::directory_iterator(test::kResources / "presets"))
            presets.insert(entry.path().stem().string());
        for (const auto& line : recorded()) known.insert(line.preset);
        QCOMPARE(known, presets);
    }

    void aPresetGivesTheRecordedArchive_data() {
        QTest::addColumn<int>("line");
        const auto lines = recorded();
        for (std::size_t i = 0; i < lines.size(); ++i)
            QTest::addRow("%s, seed %d", lines[i].preset.c_str(), static_cast<int>(lines[i].seed))
                << static_cast<int>(i);
    }
    void aPresetGivesTheRecordedArchive() {
        QFETCH(int, line);
        const auto expected = recorded()[static_cast<std::size_t>(line)];
        auto configuration = readConfiguration(test::kResources / "presets" / (expected.preset + ".yaml"));
        configuration.seed = expected.seed;
        configuration.evaluations = expected.evaluations;
        QTemporaryDir folder;
        const auto last = test::runToItsEnd(configuration, folder.filePath("runs.db").toStdString());
        QCOMPARE(last.archiveHash, expected.archiveHash);
    }
};

MERGARIUM_SUITE(PresetHashesTest)
#include "preset_hashes_test.moc"
