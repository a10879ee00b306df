#include "tests/support/example_tokenizers.h"
#include "tests/support/suite.h"

#include <QTest>

#include <limits>
#include <random>

using namespace mergarium;
using namespace mergarium::test;

namespace {

using ScoredTokens = std::vector<std::pair<std::string, double>>;

Json unigram(const ScoredTokens& tokens, Json options = {{"unk_id", 0}}) {
    options.update({{"type", "Unigram"}, {"vocab", Json::array()}});
    for (const auto& [token, score] : tokens) options["vocab"].push_back(Json::array({token, score}));
    return {{"model", options}};
}

/// The largest sum that tokens which spell the text have, by trying all ways.
double bestSum(const ScoredTokens& tokens, const std::string& text) {
    if (text.empty()) return 0.0;
    double sum = -std::numeric_limits<double>::infinity();
    for (const auto& [token, score] : tokens)
        if (!token.empty() && text.starts_with(token))
            sum = std::max(sum, score + bestSum(tokens, text.substr(token.size())));
    return sum;
}

const Json kWholeMetaspace{
    {"type", "Metaspace"}, {"replacement", "\u2581"}, {"prepend_scheme", "always"}, {"split", false}};

}  // namespace

// SentencePiece's unigram model in a tokenizer.json, and who decides on the tokens around a text.
class UnigramTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void theReferenceIsMet() {
        const auto tokenizer = opened(
            with(unigram({{"<unk>", 0.0}, {"\u2581", -2.0}, {"a", -3.0}, {"b", -3.1}, {"ab", -3.5}, {"\u2581a", -3.2}}),
                 "pre_tokenizer", kWholeMetaspace));
        // By tokenizers 0.22.2.
        QCOMPARE(tokenizer->encode("ab", SpecialTokens::Add), (Ids{1, 4}));
        QCOMPARE(tokenizer->encode("a b ab", SpecialTokens::Add), (Ids{5, 1, 3, 1, 4}));
        QCOMPARE(tokenizer->encode("abc \u00e9", SpecialTokens::Add), (Ids{1, 4, 0, 1, 0}));
        QCOMPARE(tokenizer->vocabularySize(), std::size_t{6});
        QCOMPARE(tokenizer->tokenOf(5), std::string("\u2581a"));
    }

    void theSumOfScoresIsTheLargest() {
        std::mt19937 random(3);
        ScoredTokens tokens{{"a", -1.0}, {"b", -1.5}, {"c", -2.0}};
        for (int i = 0; i < 30; ++i) {
            std::string token;
            for (auto length = 2 + random() % 4; length > 0; --length) token += static_cast<char>('a' + random() % 3);
            tokens.emplace_back(token, -0.01 * static_cast<double>(random() % 500));
        }
        // Of one that is there twice, the last counts.
        std::map<std::string, double> scores;
        for (const auto& [token, score] : tokens) scores[token] = score;
        const ScoredTokens once(scores.begin(), scores.end());
        const auto tokenizer = opened(unigram(tokens, Json::object()));
        for (int i = 0; i < 200; ++i) {
            std::string text, spelt;
            for (auto length = 1 + random() % 14; length > 0; --length) text += static_cast<char>('a' + random() % 3);
            double sum = 0.0;
            for (const auto& token : tokensOf(*tokenizer, text)) {
                spelt += token;
                sum += scores.at(token);
            }
            QCOMPARE(spelt, text);
            QVERIFY2(std::abs(sum - bestSum(once, text)) < 1e-9, text.c_str());
        }
    }

    void unknownCharactersAreOneTokenOrTheirBytes() {
        const ScoredTokens tokens{{"<unk>", 0.0}, {"a", -1.0}, {"<0xC3>", -2.0}, {"<0xA9>", -2.0}};
        QCOMPARE(opened(unigram(tokens))->encode("\u00e9\u00e9a\u00e9", SpecialTokens::Add), (Ids{0, 1, 0}));
        const auto bytes = opened(unigram(tokens, {{"unk_id", 0}, {"byte_fallback", true}}));
        QCOMPARE(bytes->encode("a\u00e9", SpecialTokens::Add), (Ids{1, 2, 3}));
        // One of the bytes has no token.
        QCOMPARE(bytes->encode("a\u00e8", SpecialTokens::Add), (Ids{1, 0}));
        QVERIFY_EXCEPTION_THROWN(opened(unigram(tokens, Json::object()))->encode("z", SpecialTokens::Add),
                                 std::runtime_error);
    }

    void charactersAreReplacedByThePrecompiledTable() {
        // A trie of one block: "A" becomes "a", "B" nothing, and the first byte of U+00C4 leads to "ae".
        std::vector<std::uint32_t> units(256);
        const auto key = [&](std::uint8_t byte, std::uint32_t from, bool ends, std::uint32_t offset) {
            units[from ^ byte] = byte | (ends ? 1u << 8 : 0u) | offset << 10;
            return (from ^ byte) ^ offset;
        };
        units[key('A', 0, true, 0x80)] = 1u << 31 | 0;
        units[key('B', 0, true, 0x90)] = 1u << 31 | 1;
        units[key(0x84, key(0xC3, 0, false, 0x21), true, 0x07)] = 1u << 31 | 3;
        const std::string texts("a\0\0ae\0", 6);
        QByteArray table("\x00\x04\x00\x00", 4);
        table.append(reinterpret_cast<const char*>(units.data()), 1024).append(texts.data(), 6);
        const auto normalized = [&](const char* text) {
            const auto tokenizer =
                opened(with(letters(), "normalizer",
                            {{"type", "Precompiled"}, {"precompiled_charsmap", table.toBase64().toStdString()}}));
            std::string joined;
            for (const auto& token : tokensOf(*tokenizer, text)) joined += token;
            return joined;
        };
        QCOMPARE(normalized("xABy"), std::string("xay"));
        QCOMPARE(normalized("\u00c4A"), std::string("aea"));
        // A cluster of less than six bytes that begins with a key is one, marks and all; a longer one is not.
        QCOMPARE(normalized("A\u0301x"), std::string("ax"));
        QCOMPARE(opened(with(letters(), "normalizer", {{"type", "Precompiled"}, {"precompiled_charsmap", nullptr}}))
                     ->encode("AB", SpecialTokens::Leave)
                     .size(),
                 std::size_t{2});
    }

    void longTextsTakeNoTime() {
        ScoredTokens tokens{{"<unk>", 0.0}};
        for (std::size_t length = 1; length <= 64; ++length)
            tokens.emplace_back(std::string(length, 'a'), -static_cast<double>(length) - 0.5);
        const auto ids = opened(unigram(tokens))->encode(std::string(1 << 16, 'a'), SpecialTokens::Add);
        QCOMPARE(ids.size(), std::size_t{1 << 16} / 64);
    }

    void whatIsNoUnigramModelIsRefused() {
        QVERIFY(refusal(unigram({{"a", 0.0}}, {{"unk_id", 1}})).find("unk_id 1 is not in the vocabulary") !=
                std::string::npos);
        QVERIFY(refusal(unigram({{"a", 0.0}}, {{"nbest", 1}})).find("the key 'nbest'") != std::string::npos);
        QVERIFY(refusal(unigram({{std::string(5000, 'a'), 0.0}})).find("more than 4096 bytes") != std::string::npos);
        for (const auto& vocabulary : {Json{{"a", 0}}, Json::array({1}), Json::array({Json::array({"a", "b"})})})
            QVERIFY(refusal(Json{{"model", {{"type", "Unigram"}, {"vocab", vocabulary}}}}).find("model.vocab") !=
                    std::string::npos);
    }

    void theConfigurationDecidesOnTheTokensAroundAText_data() {
        QTest::addColumn<QString>("configuration");
        QTest::addColumn<bool>("templated");
        QTest::addColumn<QString>("expected");
        const auto row = [](const char* name, const char* configuration, bool hasTemplate, const char* expected) {
            QTest::newRow(name) << configuration << hasTemplate << expected;
        };
        row("nothing said, no template", R"({"bos_token": "<s>"})", false, "a");
        row("nothing said", R"({"bos_token": "<s>"})", true, "<s> a");
        row("on", R"({"add_bos_token": true, "bos_token": "<s>"})", false, "<s> a");
        row("off", R"({"add_bos_token": false, "bos_token": "<s>"})", true, "a");
        row("null is off", R"({"add_bos_token": null, "bos_token": "<s>"})", true, "a");
        row("the end alone", R"({"add_eos_token": true, "bos_token": "<s>", "eos_token": "</s>"})", true, "a </s>");
        row("both", R"({"add_bos_token": true, "add_eos_token": true, "bos_token": {"content": "<s>"},
                        "eos_token": "</s>"})",
            false, "<s> a </s>");
        row("no such token", R"({"add_bos_token": true, "bos_token": null})", true, "a");
        row("Llama's own", R"({"add_bos_token": true, "tokenizer_class": "LlamaTokenizerFast"})", false, "<s> a");
        row("unnamed", R"({"add_bos_token": true})", false, "</s> a");
    }
    void theConfigurationDecidesOnTheTokensAroundAText() {
        QFETCH(QString, configuration);
        QFETCH(bool, templated);
        QFETCH(QString, expected);
        auto tokenizer = unigram({{"<unk>", 0.0}, {"<s>", 0.0}, {"</s>", 0.0}, {"a", -1.0}});
        if (templated)
            tokenizer["post_processor"] = {
                {"type", "TemplateProcessing"},
                {"single", Json::parse(R"([{"SpecialToken": {"id": "<s>"}}, {"Sequence": {"id": "A"}}])")},
                {"special_tokens", {{"<s>", {{"ids", {1}}}}}}};
        Folder folder("tokenizer.json", tokenizer.dump());
        folder.write("tokenizer_config.json", configuration.toStdString());
        if (expected.startsWith("</s>")) folder.write("special_tokens_map.json", R"({"bos_token": "</s>"})");
        QStringList tokens;
        for (const auto& token : tokensOf(*Tokenizer::open(folder.path()), "a", SpecialTokens::Add))
            tokens << QString::fromStdString(token);
        QCOMPARE(tokens.join(' '), expected);
        folder.write("tokenizer_config.json", R"({"add_bos_token": true, "bos_token": "<none>"})");
        QVERIFY(refusal(folder.path()).find("bos_token '<none>' is not in the vocabulary") != std::string::npos);
    }
};

MERGARIUM_SUITE(UnigramTest)
#include "unigram_test.moc"
