#include "core/files/json.h"
#include "tests/support/suite.h"
#include "tests/support/tensor_files.h"

#include <nlohmann/json.hpp>

#include <QTemporaryDir>
#include <QTest>

#include <cmath>
#include <filesystem>
#include <limits>

using namespace mergarium;
using test::messageOf;

namespace {

constexpr JsonLimits kSmall{.bytes = 1000, .values = 20, .depth = 3};

nlohmann::json parsed(std::string_view text) { return parseJson(text, kSmall); }

}  // namespace

class JsonTest : public QObject {
    Q_OBJECT

    QTemporaryDir temporary_;
    std::filesystem::path folder_ = temporary_.path().toStdString();

private Q_SLOTS:
    void readsWhatTheLibraryReads_data() {
        QTest::addColumn<QString>("text");
        for (const char* text :
             {"null", "true", " [1, -2, 3.5e3, \"\\u00e4\\ud83d\\ude00\", false, null] ", "{}", "[]", "[[], {}, [{}]]",
              "{\"b\": {\"c\": [1]}, \"a\": \"\", \"\": 18446744073709551615}", "0.1"})
            QTest::newRow(text) << text;
    }
    void readsWhatTheLibraryReads() {
        QFETCH(QString, text);
        const auto bytes = text.toStdString();
        QVERIFY(parsed(bytes) == nlohmann::json::parse(bytes));
    }

    void pythonsNumbersAreReadWhereTheyAreAskedFor() {
        constexpr JsonLimits kPython{.bytes = 1000, .values = 20, .depth = 3, .pythonNumbers = true};
        const auto value = parseJson(
            "{\"NaN\": NaN, \"a\": [Infinity,-Infinity, 0.0, 0.0000e0], \"b\": "
            "\"\\\"NaN, Infinity\"}",
            kPython);
        QVERIFY(std::isnan(value["NaN"].get<double>()));
        QCOMPARE(value["a"][0].get<double>(), std::numeric_limits<double>::infinity());
        QCOMPARE(value["a"][1].get<double>(), -std::numeric_limits<double>::infinity());
        QVERIFY(value["a"][2] == 0.0 && value["a"][3] == 0.0);
        QCOMPARE(value["b"].get<std::string>(), std::string("\"NaN, Infinity"));
        QVERIFY(std::isnan(parseJson("NaN", kPython).get<double>()));
        for (const char* text :
             {"-NaN", "+Infinity", "1Infinity", "Infinity2", "NaN.0", "infinity", "[Infinit]", "NaNN"})
            QVERIFY2(messageOf([&] { parseJson(text, kPython); }) == "this is not valid JSON", text);
        QVERIFY(messageOf([&] { parsed("[NaN]"); }) == "this is not valid JSON");
        try {
            parseJson("[Infinity,\n NaN, x]", kPython);
            QFAIL("it was read");
        } catch (const JsonError& error) {
            QCOMPARE(error.line, std::size_t{2});
            QCOMPARE(error.byte, std::size_t{7});
        }
    }

    void settingsAreWrittenAsPythonWritesThem() {
        nlohmann::ordered_json value{
            {"b", {1, 2.5, "\u00e4\""}}, {"a", nlohmann::ordered_json::object()}, {"c", nullptr}};
        QCOMPARE(settingsText(value), value.dump(2));
        value["a"]["limit"] = {0.0, std::numeric_limits<double>::infinity()};
        QVERIFY(settingsText(value).find("\"limit\": [\n      0.0,\n      Infinity\n    ]") != std::string::npos);
    }

    void refusesWithThePlace_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("what");
        QTest::addColumn<int>("line");
        QTest::addColumn<int>("byte");
        const auto row = [](const char* name, const QString& text, const char* what, int line, int byte) {
            QTest::newRow(name) << text << what << line << byte;
        };
        row("empty", "", "this is not valid JSON", 1, 1);
        row("cut off", "{\"a\":\n[1,", "this is not valid JSON", 2, 3);
        row("behind a zero byte", QString("{}\n") + QChar(0) + "x", "this is not valid JSON", 2, 1);
        row("two", "{} {}", "this is not valid JSON", 1, 4);
        row("a word", "[1,\n\n yes]", "this is not valid JSON", 3, 2);
        row("a line's end in a text", "[\"a\n\"]", "this is not valid JSON", 1, 4);
        row("beyond every number", "[1e999]", "this number is larger than a number can be", 1, 7);
        row("a key twice", "{\"a\": 1,\n \"b\": {\"a\": 1}, \"a\": 2}", "the key 'a' occurs twice", 2, 19);
        row("too deep", "[[[\n [", "this is nested more than 3 deep", 2, 2);
        row("many lists", "[" + QString("[],").repeated(20), "there are more than the 20 values that it may have", 1,
            59);
        row("many values", "{\"a\": [" + QString("1,").repeated(20),
            "there are more than the 20 values that it may have", 1, 45);
        row("long", QString(1001, ' '), "1001 bytes are more than the 1000 that it may have", 1, 1);
    }
    void refusesWithThePlace() {
        QFETCH(QString, text);
        QFETCH(QString, what);
        QFETCH(int, line);
        QFETCH(int, byte);
        try {
            parsed(text.toStdString());
            QFAIL("it was read");
        } catch (const JsonError& error) {
            QCOMPARE(QString(error.what()), what);
            QCOMPARE(error.line, static_cast<std::size_t>(line));
            QCOMPARE(error.byte, static_cast<std::size_t>(byte));
        }
    }

    void textThatIsNoUtf8IsRefused() {
        QCOMPARE(messageOf([] { parsed("[\"\xff\"]"); }), std::string("this is not valid JSON: the text isn't UTF-8"));
    }

    // 26 seconds with the library's callback.
    void manyEmptyObjectsTakeLinearTime() {
        std::string text = "{";
        for (int i = 0; i < 100'000; ++i) text += (i > 0 ? ",\"" : "\"") + std::to_string(i) + "\":{}";
        QElapsedTimer timer;
        timer.start();
        QCOMPARE(parseJson(text + "}", kSettingsJson).size(), 100'000u);
        test::writeText(folder_ / "many.json", text + "}");
        QCOMPARE(readOrderedJsonObject(folder_ / "many.json", kSettingsJson).size(), 100'000u);
        QVERIFY2(timer.elapsed() < 5000, qPrintable(QString::number(timer.elapsed())));
    }

    void aFilesMistakeIsToldWithItsPlace() {
        const auto path = folder_ / "broken.json";
        test::writeText(path, "{\n\"a\": 1,\n}");
        QCOMPARE(messageOf([&] { readJson(path, kSmall); }),
                 path.string() + ", line 3, byte 1: this is not valid JSON.");
        test::writeText(path, "[1]");
        QCOMPARE(readJson(path, kSmall), nlohmann::json({1}));
        QCOMPARE(messageOf([&] { readJsonObject(path, kSmall); }), path.string() + ": this is not a JSON object.");
        test::writeText(path, std::string(1001, ' '));
        QVERIFY(messageOf([&] { readJson(path, kSmall); }).find("1001 bytes are too much") != std::string::npos);
    }

    void aFileMayBeginWithAByteOrderMark() {
        const auto path = folder_ / "marked.json";
        test::writeText(path, "\xEF\xBB\xBF{\"a\": 1}");
        QCOMPARE(readJson(path, kSmall)["a"].get<int>(), 1);
        QVERIFY_EXCEPTION_THROWN(parsed("\xEF\xBB\xBF{}"), JsonError);
    }

    void theOrderOfAFileIsKept() {
        const auto path = folder_ / "ordered.json";
        test::writeText(path, R"({"b": 1, "a": {"d": [1, 3], "c": 2}})");
        QCOMPARE(readOrderedJsonObject(path, kSmall).dump(), R"({"b":1,"a":{"d":[1,3],"c":2}})");
        test::writeText(path, R"({"b": 1, "b": 2})");
        QVERIFY(messageOf([&] { readOrderedJsonObject(path, kSmall); }).find("'b' occurs twice") != std::string::npos);
    }
};

MERGARIUM_SUITE(JsonTest)
#include "json_test.moc"
