#include "core/tokenization/clip/prompt_tokenizer.h"
#include "tests/support/json_file.h"
#include "tests/support/message_of.h"
#include "tests/support/suite.h"

#include <QTemporaryDir>
#include <QTest>

using namespace mergarium;
using namespace mergarium::test;
namespace fs = std::filesystem;

// CLIP's tokenizers, against transformers.
class PromptTokenizerTest : public QObject {
    Q_OBJECT

    using Ids = std::vector<std::int32_t>;
    const fs::path data_ = MERGARIUM_TEST_DATA "/t2i";
    QTemporaryDir folder_;

    fs::path copyOf(const fs::path& from, const std::vector<const char*>& files) const {
        const fs::path to = folder_.filePath("tokenizer").toStdString();
        fs::remove_all(to);
        fs::create_directories(to);
        for (const auto* file : files)
            if (fs::exists(from / file)) fs::copy(from / file, to / file);
        return to;
    }

private Q_SLOTS:
    void transformersIsMetInEveryCase_data() {
        QTest::addColumn<QString>("tokenizer");
        QTest::addColumn<bool>("fast");
        QTest::addColumn<bool>("second");
        for (const bool fast : {true, false}) {
            QTest::addRow("sd15 %d", fast) << "sd15/pipeline/tokenizer" << fast << false;
            QTest::addRow("sdxl %d", fast) << "sdxl/pipeline/tokenizer" << fast << false;
            QTest::addRow("sdxl 2 %d", fast) << "sdxl/pipeline/tokenizer_2" << fast << true;
        }
    }
    void transformersIsMetInEveryCase() {
        QFETCH(QString, tokenizer);
        QFETCH(bool, fast);
        QFETCH(bool, second);
        const auto from = data_ / tokenizer.toStdString();
        const auto read = PromptTokenizer::open(
            fast ? from
                 : copyOf(from, {"vocab.json", "merges.txt", "tokenizer_config.json", "special_tokens_map.json"}));
        const auto cases = readJson(data_ / "clip_tokenizer_cases.json");
        QCOMPARE(cases.size(), std::size_t{185});
        for (const auto& one : cases) {
            const auto text = one["text"].get<std::string>();
            const auto where = one["text"].dump();
            auto ids = one["ids"].get<Ids>();
            if (!second) QVERIFY2(read.tokenizer().encode(text, SpecialTokens::Add) == ids, where.c_str());
            const bool cut = ids.size() > 77;
            if (cut) ids.resize(76), ids.push_back(1099);
            if (second && one.contains("second")) ids = one["second"].get<Ids>();
            ids.resize(77, second ? 0 : 1099);
            const auto prompt = read.encode(text);
            QVERIFY2(prompt.ids == ids, where.c_str());
            if (!second) QVERIFY2(prompt.isCut() == cut, where.c_str());
        }
    }

    void aTextIsCutBetweenItsBeginningAndItsEnd() {
        const auto tokenizer = PromptTokenizer::open(data_ / "sdxl/pipeline/tokenizer_2");
        const auto whole = tokenizer.encode("a a a", 5);
        QCOMPARE(whole.ids, (Ids{1098, 320, 320, 320, 1099}));
        QVERIFY(!whole.isCut());
        const auto cut = tokenizer.encode("a a a a", 5);
        QCOMPARE(cut.ids, whole.ids);
        QCOMPARE(cut.tokens, std::size_t{6});
        QVERIFY(cut.isCut());
        QCOMPARE(tokenizer.encode("a", 5).ids, (Ids{1098, 320, 1099, 0, 0}));
    }

    void tokensThatAFolderAddsAreFound() {
        const auto place = copyOf(data_ / "sd15/pipeline/tokenizer", {"vocab.json", "merges.txt"});
        std::ofstream(place / "added_tokens.json") << R"({"<cat-toy>": 1100})";
        const auto tokenizer = PromptTokenizer::open(place);
        QCOMPARE(tokenizer.encode("a <cat-toy> a", 6).ids, (Ids{1098, 320, 1100, 320, 1099, 1099}));
    }

    void whatIsNotClipsIsRefused() {
        const auto place = copyOf(data_ / "sd15/pipeline/tokenizer", {"vocab.json", "merges.txt"});
        std::ofstream(place / "tokenizer_config.json") << R"({"tokenizer_class": "GPT2Tokenizer"})";
        auto message = messageOf([&] { PromptTokenizer::open(place); });
        QVERIFY2(message.find("vocab.json") != std::string::npos && message.find("CLIP") != std::string::npos,
                 message.c_str());
        std::ofstream(place / "tokenizer_config.json") << R"({"pad_token": "<none>"})";
        message = messageOf([&] { PromptTokenizer::open(place); });
        // A token that isn't in the vocabulary is added to it, as in transformers.
        QCOMPARE(message, std::string("nothing was thrown"));
        std::ofstream(place / "tokenizer_config.json") << R"({"eos_token": "<none>"})";
        message = messageOf([&] { PromptTokenizer::open(place); });
        QVERIFY2(message.find("<none>") != std::string::npos, message.c_str());
        std::ofstream(place / "tokenizer_config.json") << "{}";
        std::ofstream(place / "merges.txt") << "#version: 0.2\nzz yy\n";
        message = messageOf([&] { PromptTokenizer::open(place); });
        QVERIFY2(message.find("merge 1") != std::string::npos, message.c_str());
        QVERIFY(messageOf([&] {
                    PromptTokenizer::open(MERGARIUM_TEST_DATA "/tokenizers/llama3");
                }).find("not CLIP's tokenizer") != std::string::npos);
    }
};

MERGARIUM_SUITE(PromptTokenizerTest)
#include "prompt_tokenizer_test.moc"
