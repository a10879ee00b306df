#include "core/fields/kinds.h"
#include "core/search/kinds.h"
#include "core/tasks/kinds.h"
#include "tests/support/suite.h"

#include <QTest>

#include <cctype>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

using namespace mergarium;
namespace fs = std::filesystem;

namespace {

/// Every source file of the program, by its path from the root.
const std::map<std::string, std::string>& sources() {
    static const auto all = [] {
        const fs::path root = MERGARIUM_SOURCE_DIR;
        std::map<std::string, std::string> files;
        for (const char* folder : {"core", "ui", "app"}) {
            if (!fs::exists(root / folder)) continue;
            for (const auto& entry : fs::recursive_directory_iterator(root / folder)) {
                const auto extension = entry.path().extension();
                if (extension != ".h" && extension != ".cpp") continue;
                std::ifstream stream(entry.path());
                std::ostringstream text;
                text << stream.rdbuf();
                files[entry.path().lexically_relative(root).string()] = text.str();
            }
        }
        return files;
    }();
    return all;
}

/// As a word of its own.
bool names(const std::string& text, const std::string& word) {
    const auto isPart = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; };
    for (auto at = text.find(word); at != std::string::npos; at = text.find(word, at + 1))
        if ((at == 0 || !isPart(text[at - 1])) && !isPart(text[at + word.size()])) return true;
    return false;
}

}  // namespace

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
        row("TextClassificationSettings", TextClassificationSettings::kKind, "core/tasks/text_classification");
        row("TextToImageSettings", TextToImageSettings::kKind, "core/tasks/text_to_image");
        row("CommandSettings", CommandSettings::kKind, "core/tasks/command");
    }

    void kindsAreNamedInTheirFolderAndTheirListAlone() {
        QFETCH(QString, settings);
        QFETCH(QString, kind);
        QFETCH(QString, home);
        const auto list = home.toStdString().substr(0, home.lastIndexOf('/')) + "/kinds.h";
        const auto quoted = '"' + kind.toStdString() + '"';
        std::set<std::string> found;
        for (const auto& [path, text] : sources())
            if (names(text, settings.toStdString()) || text.find(quoted) != std::string::npos)
                found.insert(path.starts_with(home.toStdString() + "/") ? home.toStdString() : path);
        // A score of pictures is called as the task whose programs it has.
        if (kind == "command") found.erase("core/tasks/text_to_image/text_to_image_settings.cpp");
        QCOMPARE(found, (std::set<std::string>{home.toStdString(), list}));
    }

    void everyKindIsListedHere() {
        // A kind that is added to its list is added to the table above.
        QCOMPARE(kKindCount<StrategySettings>, std::size_t{6});
        QCOMPARE(kKindCount<TaskSettings>, std::size_t{5});
    }

    void kindsHaveDifferentNames() {
        const auto strategies = kindNames<StrategySettings>();
        QCOMPARE(std::set(strategies.begin(), strategies.end()).size(), strategies.size());
        const auto tasks = kindNames<TaskSettings>();
        QCOMPARE(std::set(tasks.begin(), tasks.end()).size(), tasks.size());
    }
};

MERGARIUM_SUITE(KindsTest)
#include "kinds_test.moc"
