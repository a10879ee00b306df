#include "core/configuration/command_line.h"
#include "tests/support/suite.h"
#include "tests/support/tensor_files.h"

#include <QTest>

using namespace mergarium;

namespace {

using Words = std::vector<std::string>;

std::vector<Preset> twoPresets() {
    RunConfiguration digits;
    digits.name = "digits";
    RunConfiguration short_ = digits;
    short_.evaluations = 100;
    return {{"digits", {}, digits}, {"short", {}, short_}};
}

RunConfiguration parsedLine(const std::string& line) { return parseCommandLine(line, twoPresets()); }
std::string complaintAt(const std::string& line) {
    return test::messageOf([&] { parsedLine(line); });
}

}  // namespace

class CommandWordsTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void wordsAreSplitAsAShellDoes() {
        QCOMPARE(shellWords("a  b\tc\n"), (Words{"a", "b", "c"}));
        QCOMPARE(shellWords("'a b'\"c d\"e ''"), (Words{"a bc de", ""}));
        QCOMPARE(shellWords("'it'\\''s' \"q\\\"\\\\x\\y\" a\\ b"), (Words{"it's", "q\"\\x\\y", "a b"}));
        QCOMPARE(shellWords("a \\\n  b"), (Words{"a", "b"}));
        QCOMPARE(shellWords("$HOME `x` $(y)"), (Words{"$HOME", "`x`", "$(y)"}));
        QVERIFY(shellWords("  ").empty());
        QCOMPARE(test::messageOf([] { shellWords("a 'b"); }),
                 std::string("The command line has a ' that is not closed."));
    }

    void commandLinesAreTold_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<bool>("is");
        QTest::newRow("plain") << "mergarium-cli run digits" << true;
        QTest::newRow("prompt and path") << " $ build/release/app/mergarium-cli run digits" << true;
        QTest::newRow("yaml") << "name: mergarium-cli run" << false;
        QTest::newRow("other program") << "mergarium-clip run" << false;
        QTest::newRow("nothing") << "" << false;
    }
    void commandLinesAreTold() {
        QFETCH(QString, text);
        QFETCH(bool, is);
        QCOMPARE(isCommandLine(text.toStdString()), is);
    }

    void optionsBecomeParameters() {
        const auto run = parsedLine(
            "$ mergarium-cli run short --seed 7 --evaluations=50 --device cpu --db x.db --json "
            "--lanes 2 --set strategy.alpha=0.5 --set 'name=it is'");
        QCOMPARE(run.seed, 7u);
        QCOMPARE(run.evaluations, 50u);
        QCOMPARE(run.device, std::string("cpu"));
        QCOMPARE(run.name, std::string("it is"));
        QCOMPARE(traitsOf(run.strategy).competition.alpha, 0.5);
        QCOMPARE(parsedLine("mergarium-cli run short").evaluations, 100u);
    }

    void whatIsWrongIsOneSentence() {
        QCOMPARE(complaintAt("mergarium-cli list"),
                 std::string("The command line is not one of mergarium-cli run; paste one that is."));
        QCOMPARE(complaintAt("mergarium-cli run --seed 1"),
                 std::string("The command line names no preset and no file."));
        QCOMPARE(complaintAt("mergarium-cli run digits other"),
                 std::string("'other' is one name too many after 'digits'."));
        QCOMPARE(complaintAt("mergarium-cli run digits --sed 1"),
                 std::string("The command line's option --sed is not one of run."));
        QCOMPARE(complaintAt("mergarium-cli run digits --seed"),
                 std::string("The command line's option --seed has no value."));
        QVERIFY(complaintAt("mergarium-cli run digits --set strategy.alhpa=1").find("alhpa") != std::string::npos);
        QVERIFY(complaintAt("mergarium-cli run nowhere.yaml").find("nowhere.yaml") != std::string::npos);
    }

    void theNearestPresetIsNamed() {
        auto run = twoPresets()[1].configuration;
        QCOMPARE(commandLineOf(run, twoPresets()), std::string("mergarium-cli run short"));
        run.name = "it's";
        QCOMPARE(commandLineOf(run, twoPresets()), std::string("mergarium-cli run short --set 'name=\"it'\\''s\"'"));
    }
};

MERGARIUM_SUITE(CommandWordsTest)
#include "command_words_test.moc"
