// What each part of a tokenizer does: model, pre-tokenizer, normalizer, added tokens, post-processor, decoder.
#include "tests/support/example_tokenizers.h"
#include "tests/support/suite.h"

#include <QTest>

using namespace mergarium;
using namespace mergarium::test;

namespace {

/// Splits by the pattern, each part being one token or, by its length, unknown.
Tokens splitBy(const Json& preTokenizer, std::string_view text, const Tokens& parts) {
    Json model{{"type", "WordLevel"}, {"unk_token", "?"}, {"vocab", {{"?", 0}}}};
    for (const auto& part : parts) model["vocab"][part] = model["vocab"].size();
    return tokensOf({{"model", model}, {"pre_tokenizer", preTokenizer}}, text);
}

const Json kPrepend{{"type", "Prepend"}, {"prepend", "\u2581"}};
const Json kMarkSpaces{{"type", "Replace"}, {"pattern", {{"String", " "}}}, {"content", "\u2581"}};

}  // namespace

class TokenizerPartsTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
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
        QTest::newRow("words with the numbers of Latin-1") << "\\w+"
                                                           << "x\u00b2-" << QStringList{"x\u00b2", "-"};
        QTest::newRow("words without other numbers, but with letters in circles")
            << "\\w+"
            << "x\u2153\u24b6\u2163" << QStringList{"x", "\u2153", "\u24b6\u2163"};
        QTest::newRow("numbers of Latin-1 are no words in a class") << "[\\w]+"
                                                                    << "x\u00b2" << QStringList{"x", "\u00b2"};
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
};

MERGARIUM_SUITE(TokenizerPartsTest)
#include "tokenizer_parts_test.moc"
