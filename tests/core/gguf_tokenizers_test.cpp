#include "core/gguf/vocabulary.h"
#include "core/tokenization/tokenizer.h"
#include "tests/support/json_file.h"
#include "tests/support/message_of.h"
#include "tests/support/small_llama.h"
#include "tests/support/suite.h"

#include <QTest>

#include <algorithm>

using namespace mergarium;
using namespace mergarium::test;
namespace fs = std::filesystem;

namespace {

const fs::path kTestData = MERGARIUM_TEST_DATA;

GgufVocabulary vocabularyOf(const nlohmann::json& tokenizer, std::string_view family = "llama") {
    const GgufFolder folder;
    folder.write("tokenizer.json", tokenizer.dump());
    return readGgufVocabulary(folder.path(), family);
}

std::string tokenizerRefusal(const nlohmann::json& tokenizer) {
    return messageOf([&] { vocabularyOf(tokenizer); });
}

}  // namespace

// Tokenizers in GGUF files.
class GgufTokenizersTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void bytePairsKeepTheirIdsAndOrder() {
        const auto given = readJson(kTestData / "tokenizers/llama3/tokenizer.json");
        const auto vocabulary = vocabularyOf(given);
        QCOMPARE(vocabulary.model, std::string("gpt2"));
        QCOMPARE(vocabulary.pre, std::string("llama-bpe"));
        for (const auto& [token, id] : given["model"]["vocab"].items())
            QCOMPARE(vocabulary.tokens[id.get<std::size_t>()].text, token);
        QCOMPARE(vocabulary.merges.size(), given["model"]["merges"].size());
        QCOMPARE(vocabulary.merges[1], std::string("i n"));
        const auto& begin = vocabulary.tokens[1505];
        QCOMPARE(begin.text, std::string("<|begin_of_text|>"));
        QVERIFY(begin.kind == GgufTokenKind::Control);
        QVERIFY(vocabulary.tokens[3].kind == GgufTokenKind::Normal);
        QCOMPARE(vocabularyOf(readJson(kTestData / "tokenizers/gpt2/tokenizer.json")).pre, std::string("gpt-2"));
    }

    void preTokenizersHaveLlamaCppsNames() {
        const auto nameOf = [](const nlohmann::json& steps, std::string_view family = "llama", bool ignores = false) {
            const nlohmann::json tokenizer{{"pre_tokenizer", {{"type", "Sequence"}, {"pretokenizers", steps}}},
                                           {"model", {{"type", "BPE"}, {"ignore_merges", ignores}}}};
            return std::string(preTokenizerName(tokenizer, family).value_or("none"));
        };
        const nlohmann::json bytes{{"type", "ByteLevel"}, {"add_prefix_space", false}, {"use_regex", true}};
        const nlohmann::json plain{{"type", "ByteLevel"}, {"add_prefix_space", false}, {"use_regex", false}};
        const nlohmann::json digits{{"type", "Digits"}, {"individual_digits", true}};
        const auto split = [](const std::string& expression) {
            return nlohmann::json{
                {"type", "Split"}, {"pattern", {{"Regex", expression}}}, {"behavior", "Isolated"}, {"invert", false}};
        };
        const std::string begin = R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|)";
        const std::string end = R"(| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)";
        const auto three = split(begin + R"(\p{N}{1,3})" + end), one = split(begin + R"(\p{N})" + end);
        QCOMPARE(nameOf(nlohmann::json::array({bytes})), std::string("gpt-2"));
        QCOMPARE(nameOf(nlohmann::json::array({three, plain}), "llama", true), std::string("llama-bpe"));
        QCOMPARE(nameOf(nlohmann::json::array({three, plain}), "olmo2"), std::string("dbrx"));
        QCOMPARE(nameOf(nlohmann::json::array({three, plain}), "glm4"), std::string("glm4"));
        QCOMPARE(nameOf(nlohmann::json::array({one, plain}), "qwen2"), std::string("qwen2"));
        QCOMPARE(nameOf(nlohmann::json::array({one, plain}), "stablelm"), std::string("stablelm2"));
        QCOMPARE(nameOf(nlohmann::json::array({digits, bytes})), std::string("smollm"));
        QCOMPARE(nameOf(nlohmann::json::array({digits, bytes}), "cohere"), std::string("command-r"));
        QCOMPARE(nameOf(nlohmann::json::array({digits, bytes}), "starcoder2"), std::string("starcoder"));
        // Nearly the same isn't the same.
        QCOMPARE(nameOf(nlohmann::json::array({one, bytes})), std::string("none"));
        QCOMPARE(nameOf(nlohmann::json::array({one, plain}), "qwen2", true), std::string("none"));
        QCOMPARE(nameOf(nlohmann::json::array({split(R"(\s+)"), plain})), std::string("none"));
        auto prefixed = bytes;
        prefixed["add_prefix_space"] = true;
        QCOMPARE(nameOf(nlohmann::json::array({prefixed})), std::string("none"));
    }

    void otherTokenizersAreRefused() {
        auto tokenizer = smallBytePairs();
        tokenizer["pre_tokenizer"]["add_prefix_space"] = true;
        QVERIFY(QString::fromStdString(tokenizerRefusal(tokenizer)).contains("how this tokenizer cuts texts"));
        tokenizer = smallBytePairs();
        tokenizer["normalizer"] = {{"type", "Lowercase"}};
        QVERIFY(QString::fromStdString(tokenizerRefusal(tokenizer)).contains("normalizer"));
        tokenizer = smallBytePairs();
        tokenizer["model"]["type"] = "Unigram";
        QVERIFY(QString::fromStdString(tokenizerRefusal(tokenizer)).contains("no BPE"));
        tokenizer = smallBytePairs();
        tokenizer["model"]["vocab"]["c"] = 900'000'000;
        QVERIFY(QString::fromStdString(tokenizerRefusal(tokenizer)).contains("id"));
        tokenizer = smallBytePairs();
        tokenizer["model"]["merges"] = {{"a", "b", "c"}};
        QVERIFY(QString::fromStdString(tokenizerRefusal(tokenizer)).contains("no pair"));
        const GgufFolder folder;
        QVERIFY(QString::fromStdString(messageOf([&] {
                    readGgufVocabulary(folder.path(), "llama");
                })).contains("neither tokenizer.json nor tokenizer.model"));
    }

    void sentencePiecesHaveScoresAndKinds() {
        const GgufFolder folder;
        folder.copy(kTestData / "tokenizer_model/tokenizer.model");
        const auto vocabulary = readGgufVocabulary(folder.path(), "llama");
        QCOMPARE(vocabulary.model, std::string("llama"));
        const auto tokenizer = Tokenizer::open(folder.path());
        QCOMPARE(vocabulary.tokens.size(), tokenizer->vocabularySize());
        bool joins = false;
        for (std::size_t id = 0; id < vocabulary.tokens.size(); ++id) {
            const auto& token = vocabulary.tokens[id];
            QCOMPARE(token.text, tokenizer->tokenOf(static_cast<std::int32_t>(id)));
            joins = joins || token.score < -1.0F;
        }
        QVERIFY(joins);
        QVERIFY(vocabulary.tokens[*vocabulary.idOf("<unk>")].kind == GgufTokenKind::Unknown);
        QVERIFY(vocabulary.tokens[*vocabulary.idOf("<s>")].kind == GgufTokenKind::Control);
        QVERIFY(vocabulary.tokens[*vocabulary.idOf("<0x0A>")].kind == GgufTokenKind::Byte);
        const auto bytes = textOf(kTestData / "tokenizer_model/tokenizer.model");
        for (std::size_t size = 0; size < bytes.size(); size += 7)
            messageOf([&] { parseSentencePieces(std::string_view(bytes).substr(0, size), "file"); });
        QVERIFY(QString::fromStdString(messageOf([] {
                    parseSentencePieces("\x0a\xff\xff\xff\xff\x0f", "file");
                })).contains("truncated"));
    }

    void pairsWithByteFallbackAreScoredByTheirOrder() {
        const nlohmann::json given{
            {"added_tokens", {{{"id", 5}, {"content", "<x>"}, {"special", true}}}},
            {"pre_tokenizer", {{"type", "Metaspace"}, {"prepend_scheme", "first"}, {"split", false}}},
            {"model",
             {{"type", "BPE"},
              {"byte_fallback", true},
              {"unk_token", "<unk>"},
              {"vocab", {{"<unk>", 0}, {"<0x0A>", 1}, {"a", 2}, {"ab", 3}, {"abb", 4}, {"b", 6}}},
              {"merges", nlohmann::json::array({"a b", nlohmann::json::array({"ab", "b"})})}}}};
        const auto vocabulary = vocabularyOf(given);
        QCOMPARE(vocabulary.model, std::string("llama"));
        QVERIFY(vocabulary.spaceBefore == true);
        QVERIFY(vocabulary.tokens[0].kind == GgufTokenKind::Unknown &&
                vocabulary.tokens[1].kind == GgufTokenKind::Byte);
        QVERIFY(vocabulary.tokens[5].kind == GgufTokenKind::Control);
        QVERIFY(vocabulary.tokens[3].score > vocabulary.tokens[4].score);
        // Joined first by one pair, last by another: no score says that.
        auto twice = given;
        twice["model"]["vocab"]["bb"] = 7;
        twice["model"]["merges"] = nlohmann::json::array({"a b", "ab b", "b b", "a bb"});
        QVERIFY(QString::fromStdString(tokenizerRefusal(twice)).contains("order"));
    }

    void theFileSaysTheTokenizerAndItsSpecialTokens() {
        const GgufFolder folder;
        auto config = smallLlama(5);
        writeLlama(folder.path(), config, DType::F32);
        folder.write("config.json", config.dump());
        auto tokenizer = smallBytePairs();
        tokenizer["added_tokens"] = {{{"id", 3},
                                      {"content", "<end>"},
                                      {"special", true},
                                      {"single_word", false},
                                      {"lstrip", false},
                                      {"rstrip", false},
                                      {"normalized", false}}};
        folder.write("tokenizer.json", tokenizer.dump());
        folder.write(
            "tokenizer_config.json",
            nlohmann::json{
                {"eos_token", "<end>"}, {"bos_token", "a"}, {"add_bos_token", true}, {"chat_template", "{{ x }}"}}
                .dump());
        const auto file = folder.made(GgmlType::F16);
        const auto& metadata = file.metadata();
        QVERIFY((listAt<std::string>(metadata, "tokenizer.ggml.tokens") ==
                 std::vector<std::string>{"a", "b", "ab", "<end>", "[PAD4]"}));
        QVERIFY(
            (listAt<std::int32_t>(metadata, "tokenizer.ggml.token_type") == std::vector<std::int32_t>{1, 1, 1, 3, 5}));
        QVERIFY((listAt<std::string>(metadata, "tokenizer.ggml.merges") == std::vector<std::string>{"a b"}));
        QCOMPARE(at<std::uint32_t>(metadata, "tokenizer.ggml.eos_token_id"), 3U);
        QCOMPARE(at<std::uint32_t>(metadata, "tokenizer.ggml.bos_token_id"), 0U);
        QCOMPARE(at<bool>(metadata, "tokenizer.ggml.add_bos_token"), true);
        QCOMPARE(at<bool>(metadata, "tokenizer.ggml.add_eos_token"), false);
        QCOMPARE(at<std::string>(metadata, "tokenizer.chat_template"), std::string("{{ x }}"));
        QVERIFY(!metadata.find("tokenizer.ggml.scores"));
        // Where nothing is named, the numbers of config.json hold.
        fs::remove(folder.path() / "tokenizer_config.json");
        QCOMPARE(at<std::uint32_t>(folder.made(GgmlType::F16).metadata(), "tokenizer.ggml.eos_token_id"), 2U);
    }

    void moreTokensThanRowsAreRefused() {
        const GgufFolder folder;
        fillLlama(folder);
        auto tokenizer = smallBytePairs();
        tokenizer["model"]["vocab"]
                 ["b"
                  "b"] = 5;
        fs::remove(folder.path() / "tokenizer.json");
        folder.write("tokenizer.json", tokenizer.dump());
        QVERIFY(QString::fromStdString(messageOf([&] {
                    folder.make(GgmlType::F16);
                })).contains("the tokenizer has 6 tokens"));
    }
};

MERGARIUM_SUITE(GgufTokenizersTest)
#include "gguf_tokenizers_test.moc"
