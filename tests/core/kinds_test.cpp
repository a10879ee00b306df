#include "core/fields/kinds.h"
#include "core/search/kinds.h"
#include "core/tasks/kinds.h"

#include <QtTest>

#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>

using namespace mergarium;
namespace fs = std::filesystem;

// docs/extending.md promises that a kind of strategy or task is its own folder and one entry in one list.
class KindsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void kindsAreNamedInTheirFolderAndTheirListAlone_data() {
        QTest::addColumn<QString>("settings");
        QTest::addColumn<QString>("kind");
        QTest::addColumn<QString>("home");
        const auto row = [](const char* settings, std::string_view kind, const char* home) {
            QTest::newRow(settings) << settings << QString::fromUtf8(kind.data(), static_cast<qsizetype>(kind.size()))
                                    << home;
        };
        row("M2n2Settings", M2n2Settings::kKind, "core/search/m2n2");
        row("GaSettings", GaSettings::kKind, "core/search/m2n2");
        row("RandomPairingSettings", RandomPairingSettings::kKind, "core/search/m2n2");
        row("MapElitesSettings", MapElitesSettings::kKind, "core/search/map_elites");
        row("CmaEsSearchSettings", CmaEsSearchSettings::kKind, "core/search/cma_es");
        row("RatioSearchSettings", RatioSearchSettings::kKind, "core/search/ratio_search");
        row("DigitsSettings", DigitsSettings::kKind, "core/tasks/digits");
        row("CausalLmSettings", CausalLmSettings::kKind, "core/tasks/causal_lm");
        row("CommandSettings", CommandSettings::kKind, "core/tasks/command");
    }

    void kindsAreNamedInTheirFolderAndTheirListAlone() {
        QFETCH(QString, settings);
        QFETCH(QString, kind);
        QFETCH(QString, home);
        const std::regex names("\\b" + settings.toStdString() + "\\b|\"" + kind.toStdString() + "\"");
        const auto list = home.toStdString().substr(0, home.lastIndexOf('/')) + "/kinds.h";
        const fs::path root = MERGARIUM_SOURCE_DIR;
        std::set<std::string> found;
        for (const char* folder : {"core", "ui", "app"})
            for (const auto& entry : fs::recursive_directory_iterator(root / folder)) {
                const auto extension = entry.path().extension();
                if (extension != ".h" && extension != ".cpp") continue;
                std::ifstream stream(entry.path());
                std::ostringstream text;
                text << stream.rdbuf();
                if (!std::regex_search(text.str(), names)) continue;
                const auto path = entry.path().lexically_relative(root).string();
                found.insert(path.starts_with(home.toStdString() + "/") ? home.toStdString() : path);
            }
        QCOMPARE(found, (std::set<std::string>{home.toStdString(), list}));
    }

    void everyKindIsListedHere() {
        // A kind that is added to its list is added to the table above.
        QCOMPARE(kKindCount<StrategySettings>, std::size_t{6});
        QCOMPARE(kKindCount<TaskSettings>, std::size_t{3});
    }

    void kindsHaveDifferentNames() {
        const auto strategies = kindNames<StrategySettings>();
        QCOMPARE(std::set(strategies.begin(), strategies.end()).size(), strategies.size());
        const auto tasks = kindNames<TaskSettings>();
        QCOMPARE(std::set(tasks.begin(), tasks.end()).size(), tasks.size());
    }
};

QTEST_APPLESS_MAIN(KindsTest)
#include "kinds_test.moc"
