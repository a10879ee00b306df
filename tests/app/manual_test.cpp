#include "app/about/manual.h"
#include "app/about/value_kinds.h"
#include "app/about/version.h"
#include "tests/support/suite.h"

#include <QProcess>
#include <QRegularExpression>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>

using namespace mergarium;

namespace {

QString outputOf(const QString& program, const QStringList& arguments) {
    QProcess process;
    process.start(program, arguments);
    process.waitForFinished(-1);
    return process.exitCode() == 0 ? QString::fromUtf8(process.readAllStandardOutput()) : QString();
}

QString cli(const QStringList& arguments) { return outputOf(MERGARIUM_CLI, arguments); }

/// What `pattern` captures, wherever it is found.
QStringList captured(const QString& text, const char* pattern) {
    QStringList found;
    const QRegularExpression expression(pattern, QRegularExpression::MultilineOption);
    for (auto one = expression.globalMatch(text); one.hasNext();) found << one.next().captured(1);
    return found;
}

/// From the line that is `begin` to the next that is `end`.
QString partOf(const QString& text, const QString& begin, const QString& end) {
    const auto from = text.indexOf("\n" + begin + "\n");
    if (from < 0) return {};
    const auto start = from + begin.size() + 2;
    const auto to = text.indexOf("\n" + end, start);
    return text.mid(start, to < 0 ? -1 : to - start);
}

const ManualWords kWords{.presets = {"one", "two"}, .sweeps = {"broad"}, .keys = {"seed", "strategy.alpha"}};

}  // namespace

// What is written of the command line follows from the command line: nothing is missing in it.
class ManualTest : public QObject {
    Q_OBJECT

    QStringList commands_;
    QMap<QString, QStringList> options_;
    QString bash_;

private Q_SLOTS:
    // As the help has them, which is CLI11's own work.
    void initTestCase() {
        commands_ = captured(cli({"--help"}).section("Subcommands:", 1), "^  (\\w+) ");
        QVERIFY(commands_.size() > 10);
        for (const auto& command : commands_) {
            options_[command] = captured(cli({command, "--help"}), "^  (?:-\\w,)?(--[\\w-]+)");
            QVERIFY(options_[command].contains("--json"));
        }
        bash_ = cli({"manual", "bash"});
    }

    void everyCommandAndOptionIsWrittenOnce_data() {
        QTest::addColumn<QString>("form");
        QTest::addColumn<QString>("begin");
        QTest::addColumn<QString>("end");
        QTest::addColumn<QString>("option");
        QTest::newRow("manual page") << "man"
                                     << ".SS %1"
                                     << ".S"
                                     << "\\fB%1\\fR";
        QTest::newRow("bash") << "bash"
                              << "    %1)"
                              << "        ;;\n    "
                              << " %1 ";
        QTest::newRow("zsh") << "zsh"
                             << "    %1)"
                             << "      ;;\n    "
                             << "%1[";
    }
    void everyCommandAndOptionIsWrittenOnce() {
        QFETCH(QString, form);
        QFETCH(QString, begin);
        QFETCH(QString, end);
        QFETCH(QString, option);
        const auto text = cli({"manual", form});
        for (const auto& command : commands_) {
            auto part = partOf(text, begin.arg(command), end).replace("'; return", " '; return").replace("=[", "[");
            QVERIFY2(!part.isEmpty(), qPrintable(command));
            for (const auto& name : options_[command]) {
                // Said once in the manual page, of the program.
                if (form == "man" && name == "--help") continue;
                const auto written = option.arg(form == "man" ? QString(name).replace("-", "\\-") : name);
                QVERIFY2(part.count(written) == 1, qPrintable(command + " " + name));
            }
        }
    }

    void bashCompletes_data() {
        QTest::addColumn<QString>("line");
        QTest::addColumn<QString>("completions");
        QTest::newRow("a command") << "re"
                                   << "resume report rebuild";
        QTest::newRow("an option") << "run --ev"
                                   << "--evaluations";
        QTest::newRow("a preset") << "run digits-specialists-n"
                                  << "digits-specialists-no-attraction digits-specialists-no-split-point";
        QTest::newRow("a sweep") << "compare paper-s"
                                 << "paper-scratch paper-specialists";
        QTest::newRow("a word of an option") << "merge --interpolation slerp-per-"
                                             << "slerp-per-side slerp-per-tensor";
        QTest::newRow("a word after =") << "merge --dtype = b"
                                        << "bf16";
        QTest::newRow("a key") << "run --set strategy.archiv"
                               << "strategy.archive=";
        QTest::newRow("no value of a key") << "run --set strategy.archive = "
                                           << "";
        QTest::newRow("a file") << "run --db runs"
                                << "runs.db";
        QTest::newRow("a folder") << "tokenize ru"
                                  << "rules";
        QTest::newRow("nothing for a number") << "run --seed ru"
                                              << "";
    }
    void bashCompletes() {
        QFETCH(QString, line);
        QFETCH(QString, completions);
        const QTemporaryDir folder;
        QDir(folder.path()).mkdir("rules");
        QFile(folder.filePath("runs.db")).open(QIODevice::WriteOnly);
        QProcess bash;
        bash.setWorkingDirectory(folder.path());
        const auto script =
            cli({"manual", "bash"}) +
            "COMP_WORDS=(mergarium-cli \"$@\"); COMP_CWORD=$#; _mergarium_cli; echo \"${COMPREPLY[*]}\"";
        bash.start("bash", QStringList{"--norc", "-c", script, "bash"} + line.split(' '));
        QVERIFY(bash.waitForFinished(-1));
        QCOMPARE(QString::fromUtf8(bash.readAllStandardError()), QString());
        QCOMPARE(QString::fromUtf8(bash.readAllStandardOutput()).trimmed(), completions);
    }

    void zshReadsItsCompletion() {
        const auto zsh = QStandardPaths::findExecutable("zsh");
        if (zsh.isEmpty()) QSKIP("zsh isn't installed");
        const QTemporaryDir folder;
        QFile file(folder.filePath("_mergarium-cli"));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(cli({"manual", "zsh"}).toUtf8());
        file.close();
        QCOMPARE(QProcess::execute(zsh, {"-n", file.fileName()}), 0);
    }

    void valuesAreAlternatives() {
        const auto kinds = kindsOf("PRESET|FILE", kWords);
        QVERIFY(kinds.files && !kinds.folders && !kinds.keys);
        QCOMPARE(kinds.words, kWords.presets);
        QCOMPARE(kindsOf("N|auto", kWords).words, std::vector<std::string>{"auto"});
        QVERIFY(kindsOf("KEY=VALUE", kWords).keys);
        QVERIFY(kindsOf("TEXT", kWords).words.empty());
    }

    void nothingInAHelpTextIsMarkup() {
        const Manual manual{.program = "tool",
                            .version = "1",
                            .summary = "Does it.",
                            .entries = {{.names = {"--odd"}, .value = "N", .help = ".sp a\\b it's [x]: y"}}};
        QVERIFY(manPage(manual).find("\n\\&.sp a\\eb it\\(aqs [x]: y.\n") != std::string::npos);
        QVERIFY(zshCompletion(manual, kWords).find("--odd=[.sp a\\\\b it'\\''s \\[x\\]\\: y]:N: '") !=
                std::string::npos);
    }

    void theCommandThatWritesManualsIsLeftOut() {
        QVERIFY(!commands_.contains("manual"));
        QVERIFY(!bash_.contains("manual)"));
        QVERIFY(cli({"manual", "html"}).isEmpty());
    }

    void theVersionNamesWhatComputesAndStores() {
        const auto lines = cli({"--version"}).split('\n');
        const QRegularExpression first("^mergarium-cli " + QString::fromStdString(versionNumber()) +
                                       " \\(commit ([0-9a-f]{12}(-dirty)?|unknown)\\)$");
        QVERIFY2(first.match(lines.front()).hasMatch(), qPrintable(lines.front()));
        QVERIFY(lines.filter(QRegularExpression("^libtorch +[0-9]+\\.[0-9]")).size() == 1);
        QVERIFY(lines.filter(QRegularExpression("^BLAS +.")).size() == 1);
        QVERIFY(lines.filter(QRegularExpression("^SQLite +3\\.")).size() == 1);
    }
};

MERGARIUM_SUITE(ManualTest)
#include "manual_test.moc"
