#include <QtTest>

#include <filesystem>
#include <fstream>
#include <regex>

// On Debian Qt, libtorch and SQLite all sit in /usr/include, so the compiler would not object to a layer reaching
// across.
class IncludeRulesTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void layersIncludeOnlyWhatTheyMay_data() {
        QTest::addColumn<QString>("folder");
        QTest::addColumn<QString>("forbidden");
        QTest::newRow("core has no Qt") << "core"
                                        << "[<\"](Q[A-Za-z]+(/|>)|Qt|qcustomplot)";
        QTest::newRow("core doesn't know ui or app") << "core"
                                                     << "\"(ui|app)/";
        QTest::newRow("ui has no libtorch") << "ui"
                                            << "[<\"](torch|ATen|c10|caffe2)/";
        for (const auto& entry : std::filesystem::directory_iterator(MERGARIUM_SOURCE_DIR "/core"))
            if (entry.is_directory() && entry.path().filename() != "networks") {
                const auto folder = QString("core/%1").arg(entry.path().filename().c_str());
                QTest::addRow("%s starts without libtorch", qPrintable(folder))
                    << folder << "[<\"](torch|ATen|c10|caffe2)/";
            }
        QTest::newRow("app starts without libtorch") << "app"
                                                     << "[<\"](torch|ATen|c10|caffe2)/";
        QTest::newRow("ui has no SQL") << "ui"
                                       << "[<\"](sqlite3|SQLiteCpp|QtSql|QSql)";
        QTest::newRow("ui doesn't know app") << "ui"
                                             << "\"app/";
        QTest::newRow("networks and tasks don't know the archive") << "core/networks"
                                                                   << "\"core/(archive|search|store|session)/";
        QTest::newRow("SQL stays in the store") << "core/session"
                                                << "[<\"](sqlite3|SQLiteCpp)";
        QTest::newRow("the archive knows no tasks") << "core/archive"
                                                    << "\"core/(tasks|networks|search|store|session|mating)/";
    }

    void layersIncludeOnlyWhatTheyMay() {
        QFETCH(QString, folder);
        QFETCH(QString, forbidden);
        const std::regex rule("^\\s*#\\s*include\\s*" + forbidden.toStdString());
        int read = 0;
        for (const auto& entry :
             std::filesystem::recursive_directory_iterator(MERGARIUM_SOURCE_DIR "/" + folder.toStdString())) {
            const auto extension = entry.path().extension();
            if (extension != ".h" && extension != ".cpp") continue;
            ++read;
            std::ifstream stream(entry.path());
            std::string line;
            for (int number = 1; std::getline(stream, line); ++number)
                QVERIFY2(!std::regex_search(line, rule),
                         qPrintable(QString("%1:%2: %3").arg(entry.path().c_str()).arg(number).arg(line.c_str())));
        }
        QVERIFY(read > 0 || folder == "ui");
    }
};

QTEST_APPLESS_MAIN(IncludeRulesTest)
#include "include_rules_test.moc"
