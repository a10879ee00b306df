#include "core/tasks/command/sample_file.h"
#include "tests/support/suite.h"
#include "tests/support/tensor_files.h"

#include <QTemporaryDir>
#include <QTest>

#include <filesystem>

using namespace mergarium;
using test::messageOf;

class SampleFileTest : public QObject {
    Q_OBJECT

    QTemporaryDir temporary_;
    std::filesystem::path folder_ = temporary_.path().toStdString();

    std::filesystem::path write(const std::string& name, const std::string& text) const {
        test::writeText(folder_ / name, text);
        return folder_ / name;
    }

private Q_SLOTS:
    void samplesAreShownByGroupAndText() {
        const auto file = readSampleFile(write("samples.jsonl",
                                               "{\"group\": \"sums\", \"question\": \"1+1=\", \"reference\": \"2\"}\n"
                                               "\n"
                                               "{\"group\": \"sums\", \"prompt\": \"2+2=\", \"answer\": 4}\n"
                                               "{\"group\": \"cats\", \"image\": \"cat.png\"}\n"));
        QCOMPARE(file.set.groupNames, (std::vector<std::string>{"sums", "cats"}));
        QCOMPARE(file.set.groups, (std::vector<std::uint32_t>{0, 0, 1}));
        QCOMPARE(file.set.texts[1].question, std::string("2+2="));
        QCOMPARE(file.set.texts[1].reference, std::string("4"));
        QCOMPARE(file.set.texts[2].question, std::string("cat.png"));
        const auto bare = readSampleFile(write("bare.jsonl", "{}\n{\"x\": 1}"));
        QCOMPARE(bare.set.groupNames, std::vector<std::string>{"bare"});
        QCOMPARE(bare.set.texts[1].question, std::string("{\"x\": 1}"));
        QCOMPARE(bare.objects, (std::vector<std::string>{"{\"index\": 0}", "{\"index\": 1, \"x\": 1}"}));
    }

    // It would stand within the evaluator's question.
    void aByteOrderMarkIsNoPartOfTheFirstSample() {
        const auto file = readSampleFile(write("marked.jsonl", "\xEF\xBB\xBF{\"x\": 1}\n{\"x\": 2}\n"));
        QCOMPARE(file.objects, (std::vector<std::string>{R"({"index": 0, "x": 1})", R"({"index": 1, "x": 2})"}));
    }

    void aFieldThatOccursTwiceIsRefused() {
        const auto message = messageOf([&] { readSampleFile(write("twice.jsonl", "{\"x\": 1, \"x\": 2}\n")); });
        QVERIFY2(message.find("twice.jsonl, line 1: the key 'x' occurs twice, at byte") != std::string::npos,
                 message.c_str());
    }

    void theHashIsThatOfTheSamplesAndNotOfTheirSpacing() {
        const auto hashOf = [&](const char* text) { return readSampleFile(write("samples.jsonl", text)).set.hash; };
        const auto hash = hashOf("{\"a\": 1}\n{\"a\": 2}\n");
        QCOMPARE(hash.size(), 64u);
        QCOMPARE(hashOf("{\"a\": 1}\n\n  {\"a\": 2}"), hash);
        QVERIFY(hashOf("{\"a\": 1}\n{\"a\": 3}\n") != hash);
        QVERIFY(hashOf("{\"a\": 2}\n{\"a\": 1}\n") != hash);
    }

    void filesOfSamplesThatCantBeUsedAreRefusedByLine_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("reason");
        QTest::newRow("empty") << ""
                               << "samples.jsonl: there are no samples in this file";
        QTest::newRow("blank") << "\n \n"
                               << "samples.jsonl: there are no samples in this file";
        QTest::newRow("broken") << "{}\n\n{\"a\": \n"
                                << "samples.jsonl, line 3: this is not valid JSON, at byte 5";
        QTest::newRow("no object") << "{}\n[1]\n"
                                   << "samples.jsonl, line 2: this is not a JSON object";
        QTest::newRow("two on a line") << "{} {}\n"
                                       << "samples.jsonl, line 1: this is not valid JSON, at byte 4";
        QTest::newRow("nested deep") << "{\"a\": " + QString(1000, '[')
                                     << "samples.jsonl, line 1: this is nested more than 100 deep";
    }
    void filesOfSamplesThatCantBeUsedAreRefusedByLine() {
        QFETCH(QString, text);
        QFETCH(QString, reason);
        const auto path = write("samples.jsonl", text.toStdString());
        const auto message = messageOf([&] { readSampleFile(path); });
        QVERIFY2(QString::fromStdString(message).contains(reason), message.c_str());
        QVERIFY(messageOf([&] { readSampleFile(folder_ / "nothing"); }).ends_with("nothing: there is no such file."));
        QVERIFY(messageOf([&] { readSampleFile(folder_); }).ends_with("this is a folder, not a file."));
    }
};

MERGARIUM_SUITE(SampleFileTest)
#include "sample_file_test.moc"
