#include "core/text/tokenizer.h"

#include <nlohmann/json.hpp>

#include <QTemporaryDir>
#include <QtTest>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

using namespace mergarium;
using Json = nlohmann::json;

namespace {

const std::filesystem::path kData = MERGARIUM_TEST_DATA "/tokenizers";
const std::filesystem::path kSentencePiece = MERGARIUM_TEST_DATA "/tokenizer_model";

Json readJson(const std::filesystem::path& file) { return Json::parse(std::ifstream(file)); }

using Ids = std::vector<std::int32_t>;
using Tokens = std::vector<std::string>;

/// A folder with one file or two, as long as it lives.
class Folder {
public:
    Folder() = default;
    Folder(const char* name, const std::string& content) { write(name, content); }
    void write(const char* name, const std::string& content) {
        std::ofstream(path() / name, std::ios::binary) << content;
    }
    std::filesystem::path path() const { return directory_.path().toStdString(); }

private:
    QTemporaryDir directory_;
};

std::shared_ptr<const Tokenizer> opened(const Json& tokenizer) {
    return Tokenizer::open(Folder("tokenizer.json", tokenizer.dump()).path());
}

std::string refusal(const std::filesystem::path& folder) {
    try {
        Tokenizer::open(folder);
    } catch (const std::runtime_error& error) {
        return error.what();
    }
    return "accepted";
}

std::string refusal(const Json& tokenizer) { return refusal(Folder("tokenizer.json", tokenizer.dump()).path()); }

Tokens tokensOf(const Tokenizer& tokenizer, std::string_view text, SpecialTokens special = SpecialTokens::Leave) {
    Tokens tokens;
    for (const auto id : tokenizer.encode(text, special)) tokens.push_back(tokenizer.tokenOf(id));
    return tokens;
}

Tokens tokensOf(const Json& tokenizer, std::string_view text, SpecialTokens special = SpecialTokens::Leave) {
    return tokensOf(*opened(tokenizer), text, special);
}

/// A model of these tokens, numbered in order, and merges like "a b".
Json bpe(const Tokens& vocabulary, const Tokens& merges = {}, Json options = Json::object()) {
    options.update({{"type", "BPE"}, {"vocab", Json::object()}, {"merges", merges}});
    for (const auto& token : vocabulary) options["vocab"][token] = options["vocab"].size();
    return {{"model", options}};
}

Json with(Json tokenizer, const char* key, Json component) {
    tokenizer[key] = std::move(component);
    return tokenizer;
}

Json withAdded(Json tokenizer, const std::vector<Json>& tokens) {
    for (auto token : tokens) {
        for (const char* flag : {"single_word", "lstrip", "rstrip", "normalized", "special"})
            if (!token.contains(flag)) token[flag] = false;
        token["id"] = 0;
        tokenizer["added_tokens"].push_back(token);
    }
    return tokenizer;
}

/// A token for every one of these characters, and two words.
Json letters() {
    Tokens tokens;
    for (const char letter : std::string_view(" abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.,'!-\n"))
        tokens.emplace_back(1, letter);
    for (const char* token : {"\u2581", "\u00e9", "\u0120", "\u010a"}) tokens.emplace_back(token);
    return bpe(tokens);
}

/// Splits by the pattern, each part being one token or, by its length, unknown.
Tokens splitBy(const Json& preTokenizer, std::string_view text, const Tokens& parts) {
    Json model{{"type", "WordLevel"}, {"unk_token", "?"}, {"vocab", {{"?", 0}}}};
    for (const auto& part : parts) model["vocab"][part] = model["vocab"].size();
    return tokensOf({{"model", model}, {"pre_tokenizer", preTokenizer}}, text);
}

Json splitAt(const char* expression, const char* behavior = "Isolated", bool invert = false) {
    return {{"type", "Split"}, {"pattern", {{"Regex", expression}}}, {"behavior", behavior}, {"invert", invert}};
}

const Json kPrepend{{"type", "Prepend"}, {"prepend", "\u2581"}};
const Json kMarkSpaces{{"type", "Replace"}, {"pattern", {{"String", " "}}}, {"content", "\u2581"}};

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

    void earlierMergesGoFirstAndLeftmostOfEqualOnes() {
        const auto tokenizer = bpe({"a", "b", "ab", "ba", "aba"}, {"b a", "a b", "a ba"});
        QCOMPARE(tokensOf(tokenizer, "abab"), (Tokens{"aba", "b"}));
        QCOMPARE(tokensOf(bpe({"a", "aa"}, {"a a"}), "aaaaa"), (Tokens{"aa", "aa", "a"}));
    }

    void mergesMayBeWrittenAsLinesOrPairsAndTheTypeLeftOut() {
        auto pairs = bpe({"a", "b", "ab"});
        pairs["model"]["merges"] = Json::parse(R"([["a", "b"]])");
        pairs["model"].erase("type");
        QCOMPARE(tokensOf(pairs, "ab"), Tokens{"ab"});
        QCOMPARE(tokensOf(bpe({"a", "b", "ab"}, {"#version: 0.2", "a b"}), "ab"), Tokens{"ab"});
    }

    void aWholeWordMayIgnoreTheMerges() {
        QCOMPARE(tokensOf(bpe({"a", "b", "c", "bc", "abc"}, {"b c"}, {{"ignore_merges", true}}), "abc"), Tokens{"abc"});
        QCOMPARE(tokensOf(bpe({"a", "b", "c", "bc", "abc"}, {"b c"}), "abc"), (Tokens{"a", "bc"}));
    }

    void unknownCharactersBecomeBytesOrOneUnknownTokenOrNothing() {
        const Json unknown{{"unk_token", "?"}};
        QCOMPARE(tokensOf(bpe({"a", "?"}, {}, unknown), "xyaz"), (Tokens{"?", "?", "a", "?"}));
        QCOMPARE(tokensOf(bpe({"a", "?"}, {}, {{"unk_token", "?"}, {"fuse_unk", true}}), "xyaz"),
                 (Tokens{"?", "a", "?"}));
        QCOMPARE(tokensOf(bpe({"a"}), "xya"), Tokens{"a"});
        const Json bytes{{"unk_token", "?"}, {"byte_fallback", true}};
        QCOMPARE(tokensOf(bpe({"a", "?", "<0xC3>", "<0xA9>"}, {}, bytes), "a\u00e9b"),
                 (Tokens{"a", "<0xC3>", "<0xA9>", "?"}));
    }

    void wordsMayHaveAPrefixWithinOrASuffixAtTheEnd() {
        const Json suffix{{"end_of_word_suffix", "</w>"}};
        auto clip = bpe({"a", "b", "b</w>", "ab</w>"}, {"a b</w>"}, suffix);
        clip["pre_tokenizer"] = {{"type", "WhitespaceSplit"}};
        clip["decoder"] = {{"type", "BPEDecoder"}, {"suffix", "</w>"}};
        QCOMPARE(tokensOf(clip, "ab ab"), (Tokens{"ab</w>", "ab</w>"}));
        QCOMPARE(opened(clip)->decode(Ids{3, 3}, false), "ab ab");
        const Json prefix{{"continuing_subword_prefix", "##"}};
        QCOMPARE(tokensOf(bpe({"a", "##b", "ab"}, {"a ##b"}, prefix), "abb"), (Tokens{"ab", "##b"}));
    }

    void textIsSplitAsTheExpressionSays_data() {
        QTest::addColumn<QString>("expression");
        QTest::addColumn<QString>("text");
        QTest::addColumn<QStringList>("parts");
        QTest::newRow("a quantified interval is repeated, not possessive") << "\\d{1,2}+"
                                                                           << "a123" << QStringList{"a", "123"};
        QTest::newRow("possessive") << "a?+b"
                                    << "ab" << QStringList{"ab"};
        QTest::newRow("white space has no Mongolian separator")
            << "\\s"
            << "a\u180eb\u0085c" << QStringList{"a\u180eb", "\u0085", "c"};
        QTest::newRow("the long s is an s") << "(?i:'s)"
                                            << "a'\u017f" << QStringList{"a", "'\u017f"};
        QTest::newRow("^ and $ are of lines") << "^a$"
                                              << "b\na\nb" << QStringList{"b\n", "a", "\nb"};
        QTest::newRow("look ahead") << "\\s+(?!\\S)|\\s+"
                                    << "a   b" << QStringList{"a", "  ", " ", "b"};
        QTest::newRow("a literal brace") << "a{"
                                         << "ba{" << QStringList{"b", "a{"};
        QTest::newRow("hexadecimal digits") << "\\h+"
                                            << "xAf0g" << QStringList{"x", "Af0", "g"};
        QTest::newRow("Han without shared marks") << "\\p{Han}+"
                                                  << "\u65e5\u3002" << QStringList{"\u65e5", "\u3002"};
        QTest::newRow("words with every number") << "\\w+"
                                                 << "x\u00b2-" << QStringList{"x\u00b2", "-"};
        QTest::newRow("named classes are Unicode's") << "[[:punct:]]"
                                                     << "a\u20ac" << QStringList{"a", "\u20ac"};
    }
    void textIsSplitAsTheExpressionSays() {
        QFETCH(QString, expression);
        QFETCH(QString, text);
        QFETCH(QStringList, parts);
        Tokens expected;
        for (const auto& part : parts) expected.push_back(part.toStdString());
        QCOMPARE(splitBy(splitAt(expression.toUtf8()), text.toStdString(), expected), expected);
    }

    void delimitersGoWhereTheBehaviorSays() {
        const Tokens parts{"a", "--", "-", "b", "a-", "-b", "c"};
        const auto behaves = [&](const char* behavior, std::string_view text) {
            return splitBy(splitAt("-", behavior), text, parts);
        };
        QCOMPARE(behaves("Removed", "a--b"), (Tokens{"a", "b"}));
        QCOMPARE(behaves("Isolated", "a--b"), (Tokens{"a", "-", "-", "b"}));
        QCOMPARE(behaves("Contiguous", "a--b"), (Tokens{"a", "--", "b"}));
        QCOMPARE(behaves("MergedWithPrevious", "a--b"), (Tokens{"a-", "-", "b"}));
        QCOMPARE(behaves("MergedWithNext", "a--b"), (Tokens{"a", "-", "-b"}));
        QCOMPARE(splitBy(splitAt("[a-c]", "Removed", true), "a-b", parts), (Tokens{"a", "b"}));
    }

    void simplePreTokenizersCutWhereTheirNamesSay() {
        const auto sequence = [](Json first, Json second) {
            return Json{{"type", "Sequence"}, {"pretokenizers", {std::move(first), std::move(second)}}};
        };
        QCOMPARE(splitBy({{"type", "Digits"}, {"individual_digits", true}}, "a12", {"a", "1", "2"}),
                 (Tokens{"a", "1", "2"}));
        QCOMPARE(splitBy({{"type", "Digits"}, {"individual_digits", false}}, "a12", {"a", "12"}), (Tokens{"a", "12"}));
        QCOMPARE(splitBy({{"type", "Punctuation"}}, "a!?", {"a", "!", "?x"}), (Tokens{"a", "!", "?"}));
        QCOMPARE(splitBy({{"type", "Whitespace"}}, "it's 5", {"it", "'", "s", "5"}), (Tokens{"it", "'", "s", "5"}));
        QCOMPARE(splitBy({{"type", "CharDelimiterSplit"}, {"delimiter", "_"}}, "a_b", {"a", "b"}), (Tokens{"a", "b"}));
        QCOMPARE(splitBy(sequence({{"type", "WhitespaceSplit"}}, {{"type", "Digits"}}), " a 12b", {"a", "12", "b"}),
                 (Tokens{"a", "12", "b"}));
    }

    void byteLevelMayPutASpaceInFront() {
        const Json component{
            {"type", "ByteLevel"}, {"add_prefix_space", true}, {"trim_offsets", true}, {"use_regex", true}};
        QCOMPARE(tokensOf(with(letters(), "pre_tokenizer", component), "a"), (Tokens{"\u0120", "a"}));
        QCOMPARE(tokensOf(with(letters(), "pre_tokenizer", component), " a"), (Tokens{"\u0120", "a"}));
        QCOMPARE(tokensOf(with(letters(), "pre_tokenizer", component), ""), Tokens{});
    }

    void metaspaceMarksTheFirstPieceOrEveryOneOrNone() {
        const auto marked = [](Json options, std::string_view text) {
            options["type"] = "Metaspace";
            options["replacement"] = "\u2581";
            return tokensOf(withAdded(with(letters(), "pre_tokenizer", options), {{{"content", "<x>"}}}), text);
        };
        QCOMPARE(marked({{"prepend_scheme", "first"}}, "a<x>b"), (Tokens{"\u2581", "a", "<x>", "b"}));
        QCOMPARE(marked({{"prepend_scheme", "always"}}, "a<x>b"), (Tokens{"\u2581", "a", "<x>", "\u2581", "b"}));
        QCOMPARE(marked({{"prepend_scheme", "never"}}, "a b"), (Tokens{"a", "\u2581", "b"}));
        QCOMPARE(marked({{"add_prefix_space", true}}, "<x>b"), (Tokens{"<x>", "\u2581", "b"}));
        QCOMPARE(marked({{"prepend_scheme", "first"}}, "<x>b"), (Tokens{"<x>", "b"}));
        QCOMPARE(marked({{"prepend_scheme", "always"}}, " a"), (Tokens{"\u2581", "a"}));
    }

    void metaspaceSplitsOnlyWhenItIsToldTo() {
        // A merge across two words shows whether they were one piece.
        auto tokenizer = bpe({"a", "b", "\u2581", "a\u2581"}, {"a \u2581"});
        tokenizer["pre_tokenizer"] = {
            {"type", "Metaspace"}, {"replacement", "\u2581"}, {"prepend_scheme", "never"}, {"split", false}};
        QCOMPARE(tokensOf(tokenizer, "a b"), (Tokens{"a\u2581", "b"}));
        tokenizer["pre_tokenizer"]["split"] = true;
        QCOMPARE(tokensOf(tokenizer, "a b"), (Tokens{"a", "\u2581", "b"}));
    }

    void normalizersAreCarriedOutInOrder() {
        const auto normalized = [](const Json& component, std::string_view text) {
            std::string joined;
            for (const auto& token : tokensOf(with(letters(), "normalizer", component), text)) joined += token;
            return joined;
        };
        QCOMPARE(normalized({{"type", "NFC"}}, "e\u0301"), "\u00e9");
        QCOMPARE(normalized({{"type", "NFD"}}, "\u00e9"), "e");
        QCOMPARE(normalized({{"type", "NFKC"}}, "\uff21\ufb01"), "Afi");
        QCOMPARE(normalized({{"type", "Lowercase"}}, "AbC"), "abc");
        QCOMPARE(normalized({{"type", "Strip"}, {"strip_left", true}, {"strip_right", false}}, " \u3000a "), "a ");
        QCOMPARE(normalized({{"type", "Replace"}, {"pattern", {{"Regex", " {2,}"}}}, {"content", " "}}, "a   b"),
                 "a b");
        QCOMPARE(normalized({{"type", "Sequence"}, {"normalizers", {kPrepend, kMarkSpaces}}}, "a b"), "\u2581a\u2581b");
        QCOMPARE(normalized({{"type", "Sequence"}, {"normalizers", {{{"type", "NFD"}}, {{"type", "StripAccents"}}}}},
                            "\u00e9"),
                 "e");
    }

    void addedTokensAreFoundLongestFirst() {
        const auto tokenizer = withAdded(letters(), {{{"content", "<s"}}, {{"content", "<s>"}}});
        QCOMPARE(tokensOf(tokenizer, "a<s><sb"), (Tokens{"a", "<s>", "<s", "b"}));
    }

    void addedTokensTakeSpacesAndStandAloneAsTheyAreTold() {
        const auto with = [](const char* flag, std::string_view text) {
            return tokensOf(withAdded(letters(), {{{"content", "XY"}, {flag, true}}}), text);
        };
        QCOMPARE(with("lstrip", "a \n XY b"), (Tokens{"a", "XY", " ", "b"}));
        QCOMPARE(with("rstrip", "a XY \n b"), (Tokens{"a", " ", "XY", "b"}));
        QCOMPARE(with("single_word", "aXY.XY"), (Tokens{"a", "X", "Y", ".", "XY"}));
    }

    void addedTokensThatAreNormalizedMatchNormalizedText() {
        auto tokenizer = with(letters(), "normalizer", {{"type", "Lowercase"}});
        tokenizer = withAdded(
            tokenizer, {{{"content", "ABC"}, {"normalized", true}}, {{"content", "DEF"}, {"normalized", false}}});
        QCOMPARE(tokensOf(tokenizer, "xaBcDEFdef"), (Tokens{"x", "ABC", "DEF", "d", "e", "f"}));
    }

    void everyPieceBetweenSpecialTokensIsNormalizedByItself() {
        // The older files of the Llama family: a mark before every piece.
        auto tokenizer =
            with(letters(), "normalizer", {{"type", "Sequence"}, {"normalizers", {kPrepend, kMarkSpaces}}});
        tokenizer = withAdded(tokenizer, {{{"content", "</s>"}, {"special", true}}});
        QCOMPARE(tokensOf(tokenizer, "a</s>b</s>"), (Tokens{"\u2581", "a", "</s>", "\u2581", "b", "</s>"}));
    }

    void newTokensAreNumberedAfterTheModels() {
        const auto tokenizer =
            opened(withAdded(bpe({"a", "b"}), {{{"content", "b"}, {"special", true}}, {{"content", "c"}}}));
        QCOMPARE(tokenizer->idOf("b"), 1);
        QCOMPARE(tokenizer->idOf("c"), 2);
        QCOMPARE(tokenizer->idOf("d"), std::nullopt);
        QCOMPARE(tokenizer->vocabularySize(), 3u);
        QCOMPARE(tokenizer->tokenOf(7), "");
        QCOMPARE(tokenizer->decode(Ids{0, 1, 2, 7, -1}, true), "a c");
    }

    void specialTokensAreAddedAsTheTemplateSays() {
        const auto part = [](const char* kind, const char* id) { return Json{{kind, {{"id", id}, {"type_id", 0}}}}; };
        const Json processor{{"type", "TemplateProcessing"},
                             {"single", {part("SpecialToken", "B"), part("Sequence", "A"), part("SpecialToken", "E")}},
                             {"pair", Json::array()},
                             {"special_tokens",
                              {{"B", {{"id", "B"}, {"ids", {1, 1}}, {"tokens", {"B", "B"}}}},
                               {"E", {{"id", "E"}, {"ids", Json::array({2})}, {"tokens", Json::array({"E"})}}}}}};
        const auto tokenizer = with(bpe({"a", "B", "E"}), "post_processor",
                                    {{"type", "Sequence"}, {"processors", Json::array({processor})}});
        QCOMPARE(tokensOf(tokenizer, "a", SpecialTokens::Add), (Tokens{"B", "B", "a", "E"}));
        QCOMPARE(tokensOf(tokenizer, "a", SpecialTokens::Leave), Tokens{"a"});
        const auto roberta = with(bpe({"a", "B", "E"}), "post_processor",
                                  {{"type", "RobertaProcessing"},
                                   {"cls", {"B", 1}},
                                   {"sep", {"E", 2}},
                                   {"trim_offsets", true},
                                   {"add_prefix_space", false}});
        QCOMPARE(tokensOf(roberta, "a", SpecialTokens::Add), (Tokens{"B", "a", "E"}));
    }

    void brokenBytesBecomeReplacementCharacters() {
        // E2 82 begins the euro sign: one sign for the broken part, whatever its length.
        const auto tokenizer =
            opened(with(bpe({"\u00e2", "\u0124", "a", "\u00ff"}), "decoder", {{"type", "ByteLevel"}}));
        QCOMPARE(tokenizer->decode(Ids{0, 1, 2, 3, 3}, false), "\ufffda\ufffd\ufffd");
        // Byte fallback: one for every byte of a broken run.
        const auto fallback =
            opened(with(bpe({"<0xE2>", "<0x82>", "a", "<0xAC>"}), "decoder", {{"type", "ByteFallback"}}));
        QCOMPARE(fallback->decode(Ids{0, 1, 2, 0, 1, 3}, false), "\ufffd\ufffda\u20ac");
    }

    void decodersUndoTheirSpellings() {
        const auto decoded = [](const Json& decoder) {
            return opened(with(bpe({"\u2581a", "\u2581b", "##c"}), "decoder", decoder))->decode(Ids{0, 1, 2}, false);
        };
        const Json replace{{"type", "Replace"}, {"pattern", {{"String", "\u2581"}}}, {"content", " "}};
        QCOMPARE(
            decoded(
                {{"type", "Sequence"},
                 {"decoders",
                  {replace, {{"type", "Fuse"}}, {{"type", "Strip"}, {"content", " "}, {"start", 1}, {"stop", 0}}}}}),
            "a b##c");
        QCOMPARE(decoded({{"type", "Metaspace"}, {"replacement", "\u2581"}, {"add_prefix_space", true}}), "a b##c");
        QCOMPARE(decoded({{"type", "Metaspace"}, {"replacement", "\u2581"}, {"prepend_scheme", "never"}}), " a b##c");
        QCOMPARE(decoded({{"type", "WordPiece"}, {"prefix", "##"}, {"cleanup", false}}), "\u2581a \u2581bc");
        QCOMPARE(decoded(nullptr), "\u2581a \u2581b ##c");
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
        row("model", {{"model", {{"type", "Unigram"}, {"vocab", Json::array()}}}}, "model: the type 'Unigram'");
        row("no model", Json::object(), "'model' is missing");
        row("normalizer", with(letters(), "normalizer", {{"type", "Precompiled"}}),
            "normalizer: the type 'Precompiled'");
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
        row("wrong kind", Json::array({1}), "not an object");
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
        QVERIFY(refusal(Folder("tokenizer.json", "{\"model\": ").path()).find("not JSON") != std::string::npos);
        const auto message = refusal(Folder("tokenizer.model", "no model").path());
        QVERIFY2(message.find("tokenizer.model") != std::string::npos, message.c_str());
    }

    void deeplyNestedComponentsAreRefused() {
        Json nested{{"type", "NFC"}};
        for (int i = 0; i < 100; ++i) nested = {{"type", "Sequence"}, {"normalizers", Json::array({nested})}};
        QVERIFY(refusal(with(letters(), "normalizer", nested)).find("nested too deeply") != std::string::npos);
    }
};

QTEST_APPLESS_MAIN(TokenizerTest)
#include "tokenizer_test.moc"
