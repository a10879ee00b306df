#include "core/files/scratch_folder.h"
#include "tests/support/suite.h"

#include <QTemporaryDir>
#include <QTest>

#include <filesystem>

using namespace mergarium;

class ScratchFolderTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void scratchFoldersOfTheDeadAreRemovedAndOthersKept() {
        const QTemporaryDir temporary;
        const std::filesystem::path folder = temporary.path().toStdString();
        const auto dead = folder / ".mergarium-scratch-abcdef";
        const auto strange = folder / ".mergarium-scratch-of-mine";
        for (const auto& one : {dead, strange}) std::filesystem::create_directories(one / "inside");
        std::filesystem::path gone;
        {
            const ScratchFolder first(folder);
            gone = first.path();
            const ScratchFolder second(folder);
            QVERIFY(std::filesystem::exists(first.path()));
            QVERIFY(first.path() != second.path());
            QVERIFY(!std::filesystem::exists(dead));
            QVERIFY(std::filesystem::exists(strange / "inside"));
        }
        QVERIFY(!std::filesystem::exists(gone));
    }
};

MERGARIUM_SUITE(ScratchFolderTest)
#include "scratch_folder_test.moc"
