// Whole tokenizers, against what Hugging Face and SentencePiece make of the same files, and files that are no such
// thing.
#include "tests/support/example_tokenizers.h"
#include "tests/support/suite.h"

#include <QTest>

#include <atomic>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

using namespace mergarium;
using namespace mergarium::test;

namespace {

const std::filesystem::path kData = MERGARIUM_TEST_DATA "/tokenizers";
const std::filesystem::path kSentencePiece = MERGARIUM_TEST_DATA "/tokenizer_model";

Json readJson(const std::filesystem::path& file) { return Json::parse(std::ifstream(file)); }

/// Fields of a serialized protocol buffer.
std::string field(int number, const std::string& bytes) {
    const auto tag = static_cast<unsigned>(number << 3 | 2);
    std::string text;
    if (tag < 0x80)
        text = {static_cast<char>(tag)};
    else
        text = {static_cast<char>((tag & 0x7F) | 0x80), static_cast<char>(tag >> 7)};
    return text + static_cast<char>(bytes.size()) + bytes;
}
std::string flag(int number, bool value) { return {static_cast<char>(number << 3), static_cast<char>(value)}; }

/// A unigram model of <unk>, <s>, </s>, a space, a, b, and some of them together, without byte fallback.
std::string smallSentencePieceModel(bool prefix, bool removed, const std::string& unknown) {
    std::string model;
    const auto piece = [&](const char* name, float score, int type) {
        std::string bytes(sizeof score, '\0');
        std::memcpy(bytes.data(), &score, sizeof score);
        model += field(1, field(1, name) + '\x15' + bytes + std::string{'\x18', static_cast<char>(type)});
    };
    piece("<unk>", 0, 2);
    piece("<s>", 0, 3);
    piece("</s>", 0, 3);
    for (const auto& [name, score] : {std::pair("\u2581", -2.0f),
                                      {"a", -3.0f},
                                      {"b", -3.0f},
                                      {"\u2581a", -1.0f},
                                      {"\u2581b", -1.5f},
                                      {"ab", -2.0f}})
        piece(name, score, 1);
    model += field(2, flag(3, true) + (unknown.empty() ? "" : field(44, unknown)));
    return model + field(3, field(1, "identity") + flag(3, prefix) + flag(4, removed) + flag(5, true));
}

}  // namespace

class TokenizerTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void theReferenceIsMetInEveryCase_data() {
        QTest::addColumn<QString>("family");
        for (const auto& entry : std::filesystem::directory_iterator(kData)) {
            const auto name = entry.path().filename().string();
            QTest::newRow(name.c_str()) << QString::fromStdString(name);
        }
    }
    void theReferenceIsMetInEveryCase() {
        QFETCH(QString, family);
        const auto folder = kData / family.toStdString();
        const auto tokenizer = Tokenizer::open(folder);
        const auto expected = readJson(folder / "expected.json");
        QVERIFY(expected["cases"].size() >= 60);
        for (const auto& one : expected["cases"]) {
            const auto text = one["text"].get<std::string>();
            const auto ids = tokenizer->encode(text, SpecialTokens::Add);
            const auto plain = tokenizer->encode(text, SpecialTokens::Leave);
            const auto where = one["text"].dump();
            QVERIFY2(ids == one["ids"].get<Ids>(), where.c_str());
            QVERIFY2(plain == one["ids_no_special"].get<Ids>(), where.c_str());
            QVERIFY2(tokensOf(*tokenizer, text, SpecialTokens::Add) == one["tokens"].get<Tokens>(), where.c_str());
            QVERIFY2(tokenizer->decode(ids, false) == one["decoded"], where.c_str());
            QVERIFY2(tokenizer->decode(ids, true) == one["decoded_skip_special"], where.c_str());
            QVERIFY2(tokenizer->decode(plain, false) == one["decoded_no_special_ids"], where.c_str());
        }
        for (const auto& one : expected["decode_only"]) {
            const auto ids = one["ids"].get<Ids>();
            QVERIFY2(tokenizer->decode(ids, false) == one["decoded"], one["ids"].dump().c_str());
            QVERIFY2(tokenizer->decode(ids, true) == one["decoded_skip_special"], one["ids"].dump().c_str());
        }
    }

    void sentencePieceModelsAreEncodedByTheirLibrary() {
#if defined(__SANITIZE_ADDRESS__)
        QSKIP("the module can't be loaded beside the sanitizer");
#endif
        const auto folder = kSentencePiece;
        const auto tokenizer = Tokenizer::open(folder);
        const auto cases = readJson(folder / "expected.json");
        QVERIFY(cases.size() >= 10);
        for (const auto& one : cases) {
            const auto text = one["text"].get<std::string>();
            const auto ids = one["ids"].get<Ids>();
            auto withBegin = ids;
            withBegin.insert(withBegin.begin(), 1);
            QVERIFY2(tokenizer->encode(text, SpecialTokens::Leave) == ids, text.c_str());
            QVERIFY2(tokenizer->encode(text, SpecialTokens::Add) == withBegin, text.c_str());
            QVERIFY2(tokenizer->decode(withBegin, true) == one["decoded"], text.c_str());
        }
        QCOMPARE(tokenizer->vocabularySize(), 600u);
        QCOMPARE(tokensOf(*tokenizer, "e</s>e"), (Tokens{"\u2581e", "</s>", "e"}));
    }

    void theConfigurationBesideASentencePieceModelIsObeyed() {
#if defined(__SANITIZE_ADDRESS__)
        QSKIP("the module can't be loaded beside the sanitizer");
#endif
        std::ostringstream model;
        model << std::ifstream(kSentencePiece / "tokenizer.model", std::ios::binary).rdbuf();
        const auto opens = [&](const char* configuration) {
            Folder folder("tokenizer.model", model.str());
            folder.write("tokenizer_config.json", configuration);
            return Tokenizer::open(folder.path());
        };
        const auto tokenizer =
            opens(R"({"add_bos_token": false, "add_eos_token": true, "eos_token": {"content": "<end>"},
            "added_tokens_decoder": {"600": {"content": "<end>", "special": true}}})");
        QCOMPARE(tokensOf(*tokenizer, "e<end>", SpecialTokens::Add), (Tokens{"\u2581e", "<end>", "<end>"}));
        QCOMPARE(tokenizer->idOf("<end>"), 600);
        QCOMPARE(tokenizer->decode(tokenizer->encode("e<end>", SpecialTokens::Add), true), "e");
        QCOMPARE(tokensOf(*opens(R"({"legacy": true})"), "e</s>e"), (Tokens{"\u2581e", "</s>", "\u2581e"}));
        QVERIFY_EXCEPTION_THROWN(opens(R"({"add_eos_token": true, "eos_token": "<none>"})"), std::runtime_error);
        QVERIFY_EXCEPTION_THROWN(opens(R"({"added_tokens_decoder": {"5": {"content": "<end>"}}})"), std::runtime_error);
    }

    void sentencePieceModelsAreDecodedAsByTheirLibrary_data() {
        QTest::addColumn<bool>("prefix");
        QTest::addColumn<bool>("removed");
        QTest::addColumn<QString>("unknown");
        QTest::addColumn<QStringList>("decoded");
        // What spm_decode of SentencePiece 0.1.97 makes of kIds below.
        QTest::newRow("spaces stay") << false << false << QString()
                                     << QStringList{"  a", " \u2047 a", "  \u2047 ", " a", " a a"};
        QTest::newRow("a space is put before")
            << true << false << QString() << QStringList{" a", " \u2047 a", " \u2047 ", "a", "a a"};
        QTest::newRow("spaces are removed")
            << false << true << QString() << QStringList{"a", " \u2047 a", " \u2047 ", "a", "a a"};
        QTest::newRow("both") << true << true << QString() << QStringList{"a", " \u2047 a", " \u2047 ", "a", "a a"};
        QTest::newRow("another text for the unknown")
            << true << false << "?!" << QStringList{" a", "?!a", "?!", "a", "a a"};
    }
    void sentencePieceModelsAreDecodedAsByTheirLibrary() {
#if defined(__SANITIZE_ADDRESS__)
        QSKIP("the module can't be loaded beside the sanitizer");
#endif
        QFETCH(bool, prefix);
        QFETCH(bool, removed);
        QFETCH(QString, unknown);
        QFETCH(QStringList, decoded);
        const std::vector<Ids> kIds{{3, 6}, {0, 4}, {3, 0}, {1, 6, 2}, {6, 1, 6}};
        Folder folder("tokenizer.model", smallSentencePieceModel(prefix, removed, unknown.toStdString()));
        const auto tokenizer = Tokenizer::open(folder.path());
        QStringList texts;
        for (const auto& ids : kIds) texts << QString::fromStdString(tokenizer->decode(ids, true));
        QCOMPARE(texts, decoded);
        // Where the configuration names the unknown token, it is special, as in transformers.
        folder.write("tokenizer_config.json", R"({"unk_token": "<unk>"})");
        QCOMPARE(Tokenizer::open(folder.path())->decode(Ids{4, 0}, true), "a");
    }

    void brokenTextIsEncodedAsItsRepairedForm() {
        const auto tokenizer = Tokenizer::open(kData / "gpt2");
        QCOMPARE(tokenizer->encode("a\xff"
                                   "b",
                                   SpecialTokens::Add),
                 tokenizer->encode("a\ufffdb", SpecialTokens::Add));
    }

    void oneTokenizerServesManyThreads() {
        const auto tokenizer = Tokenizer::open(kData / "llama3");
        const auto expected = tokenizer->encode("The quick brown fox, 1234567!", SpecialTokens::Add);
        std::atomic<int> equal = 0;
        {
            std::vector<std::jthread> threads;
            for (int i = 0; i < 4; ++i)
                threads.emplace_back([&] {
                    for (int k = 0; k < 50; ++k)
                        equal += tokenizer->encode("The quick brown fox, 1234567!", SpecialTokens::Add) == expected;
                });
        }
        QCOMPARE(equal.load(), 200);
    }

    void whatIsNotKnownIsRefusedByName_data() {
        QTest::addColumn<QString>("tokenizer");
        QTest::addColumn<QString>("named");
        const auto row = [](const char* name, const Json& tokenizer, const char* named) {
            QTest::newRow(name) << QString::fromStdString(tokenizer.dump()) << named;
        };
        row("model", {{"model", {{"type", "WordPiece"}, {"vocab", Json::object()}}}}, "model: the type 'WordPiece'");
        row("no model", Json::object(), "'model' is missing");
        row("normalizer", with(letters(), "normalizer", {{"type", "Nmt"}}), "normalizer: the type 'Nmt'");
        row("table", with(letters(), "normalizer", {{"type", "Precompiled"}, {"precompiled_charsmap", "AAQAAEE="}}),
            "normalizer: its table of characters");
        row("base64", with(letters(), "normalizer", {{"type", "Precompiled"}, {"precompiled_charsmap", "A-A"}}),
            "no text in base64");
        row("nested",
            with(letters(), "pre_tokenizer",
                 {{"type", "Sequence"}, {"pretokenizers", Json::array({Json{{"type", "UnicodeScripts"}}})}}),
            "pre_tokenizer.pretokenizers[0]: the type 'UnicodeScripts'");
        row("decoder", with(letters(), "decoder", {{"type", "CTC"}}), "decoder: the type 'CTC'");
        row("post-processor", with(letters(), "post_processor", {{"type", "Other"}}),
            "post_processor: the type 'Other'");
        row("key", with(letters(), "normalizer", {{"type", "NFC"}, {"strength", 2}}), "normalizer: the key 'strength'");
        row("behavior", with(letters(), "pre_tokenizer", splitAt("a", "Doubled")), "'Doubled'");
        row("expression", with(letters(), "pre_tokenizer", splitAt("(a")), "pre_tokenizer.pattern");
        row("class intersection", with(letters(), "pre_tokenizer", splitAt("[a-z&&b]")), "&&");
        row("dropout", bpe({"a"}, {}, {{"dropout", 0.1}}), "dropout");
        row("merge", bpe({"a", "b"}, {"a b"}), "merge 1 ('a' and 'b') needs the token 'ab'");
        row("merge of an unknown token", bpe({"a", "b"}, {"a c"}), "needs the token 'c'");
        row("merge line", bpe({"a"}, {"a"}), "model.merges");
        row("unknown token", bpe({"a"}, {}, {{"unk_token", "?"}}), "unk_token '?'");
        row("id", {{"model", {{"type", "BPE"}, {"vocab", {{"a", -1}}}, {"merges", Json::array()}}}}, "id");
        row("huge id", {{"model", {{"type", "BPE"}, {"vocab", {{"a", 4294967296}}}, {"merges", Json::array()}}}}, "id");
        row("template",
            with(letters(), "post_processor",
                 {{"type", "TemplateProcessing"}, {"single", Json::array()}, {"special_tokens", Json::object()}}),
            "post_processor");
        row("wrong kind", Json::array({1}), "not a JSON object");
    }
    void whatIsNotKnownIsRefusedByName() {
        QFETCH(QString, tokenizer);
        QFETCH(QString, named);
        const auto message = refusal(Json::parse(tokenizer.toStdString()));
        QVERIFY2(QString::fromStdString(message).contains(named) && message.find("tokenizer.json") != std::string::npos,
                 message.c_str());
    }

    void missingAndMalformedFilesAreNamed() {
        QVERIFY(refusal(Folder().path()).find("neither a tokenizer.json nor a tokenizer.model") != std::string::npos);
        QVERIFY(refusal(Folder("tokenizer.json", "{\"model\": ").path()).find("not valid JSON") != std::string::npos);
        const auto repeated = refusal(Folder("tokenizer.json", "{\"model\": {}, \"model\": {}}").path());
        QVERIFY2(repeated.find("the key 'model' occurs twice") != std::string::npos, repeated.c_str());
        const auto message = refusal(Folder("tokenizer.model", "no model").path());
        QVERIFY2(message.find("tokenizer.model") != std::string::npos, message.c_str());
    }

    void deeplyNestedComponentsAreRefused() {
        Json nested{{"type", "NFC"}};
        for (int i = 0; i < 40; ++i) nested = {{"type", "Sequence"}, {"normalizers", Json::array({nested})}};
        QVERIFY(refusal(with(letters(), "normalizer", nested)).find("nested too deeply") != std::string::npos);
    }
};

MERGARIUM_SUITE(TokenizerTest)
#include "tokenizer_test.moc"
