// What a tokenizer from a stranger may take of memory and time.
#include "core/text/pattern.h"
#include "core/tokenization/sentence_piece_check.h"
#include "tests/support/example_tokenizers.h"
#include "tests/support/suite.h"

#include <QTest>

#include <cstring>
#include <string>
#include <vector>

using namespace mergarium;
using namespace mergarium::test;

namespace {

std::string failureOf(const Tokenizer& tokenizer, const std::string& text) {
    try {
        tokenizer.encode(text, SpecialTokens::Add);
    } catch (const std::runtime_error& error) {
        return error.what();
    }
    return "encoded";
}

Json sequence(const char* key, std::size_t count, const Json& step) {
    return {{"type", "Sequence"}, {key, std::vector<Json>(count, step)}};
}

Json replacing(const char* text, const std::string& with) {
    return {{"type", "Replace"}, {"pattern", {{"String", text}}}, {"content", with}};
}

std::vector<std::size_t> begins(const char* expression, std::string_view text) {
    text::TextBudget budget(text.size());
    std::vector<std::size_t> found;
    for (const auto& span : text::Pattern::regex(expression).matches(text, budget)) found.push_back(span.begin);
    return found;
}

std::string refusalOf(const std::string& serialized) {
    try {
        text::checkSentencePieceModel(serialized);
    } catch (const std::runtime_error& error) {
        return error.what();
    }
    return "accepted";
}

/// A model that normalizes 'A' by this trie and these texts, as SentencePiece stores it.
std::string modelWith(const std::vector<std::uint32_t>& trie, const std::string& texts) {
    const auto size = static_cast<std::uint32_t>(trie.size() * sizeof(std::uint32_t));
    std::string table(sizeof size + size, '\0');
    std::memcpy(table.data(), &size, sizeof size);
    std::memcpy(table.data() + sizeof size, trie.data(), size);
    table += texts;
    const auto field = [](char tag, const std::string& bytes) {
        std::string whole(1, tag);
        auto length = bytes.size();
        for (; length > 127; length >>= 7) whole += static_cast<char>(length | 128);
        return whole + static_cast<char>(length) + bytes;
    };
    return field('\x1A', field('\x12', table));
}

std::vector<std::uint32_t> trieOfA() {
    std::vector<std::uint32_t> trie(256);
    trie[0] = 1u << 10;
    trie[1 ^ 'A'] = 'A' | (1u << 8) | (2u << 10);
    trie[1 ^ 'A' ^ 2] = 1u << 31;
    return trie;
}

}  // namespace

class TokenizerBoundsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void rulesThatMultiplyTextAreStopped_data() {
        QTest::addColumn<QByteArray>("normalizer");
        const auto row = [](const char* name, const Json& normalizer) {
            QTest::newRow(name) << QByteArray::fromStdString(normalizer.dump());
        };
        row("doubling thirty times", sequence("normalizers", 30, replacing("a", "aa")));
        row("a long replacement", replacing("a", std::string(200'000, 'b')));
        row("long prefixes",
            sequence("normalizers", 200, {{"type", "Prepend"}, {"prepend", std::string(100'000, 'b')}}));
        row("bytes spelled as bytes", sequence("normalizers", 60, {{"type", "ByteLevel"}}));
    }
    void rulesThatMultiplyTextAreStopped() {
        QFETCH(QByteArray, normalizer);
        const auto tokenizer = opened(with(letters(), "normalizer", Json::parse(normalizer.toStdString())));
        QCOMPARE(failureOf(*tokenizer, ""), std::string("encoded"));
        const auto failure = failureOf(*tokenizer, "a\u00e9aaaaaaaa");
        QVERIFY2(failure.find("bytes of a text of 11: its rules multiply text without end.") != std::string::npos,
                 failure.c_str());
    }

    void soAreThoseOfADecoder() {
        const auto tokenizer = opened(with(letters(), "decoder", sequence("decoders", 30, replacing("a", "aa"))));
        QCOMPARE(tokenizer->decode(Ids{2}, false), std::string("b"));
        QVERIFY_EXCEPTION_THROWN(tokenizer->decode(Ids{1}, false), std::runtime_error);
        // A token of a megabyte is as long as it is; a thousand of them are too many.
        const auto large = opened(bpe({std::string(1'000'000, 'x')}));
        QCOMPARE(large->decode(Ids{0}, false).size(), 1'000'000u);
        QVERIFY_EXCEPTION_THROWN(large->decode(Ids(1000, 0), false), std::runtime_error);
    }

    void addedTokensAreNormalizedWithinBounds() {
        std::vector<Json> tokens;
        for (int i = 0; i < 1000; ++i) tokens.push_back({{"content", "a" + std::to_string(i)}, {"normalized", true}});
        const auto normalizer = replacing("a", std::string(500'000, 'b'));
        const auto said = refusal(withAdded(with(letters(), "normalizer", normalizer), tokens));
        QVERIFY2(said.find("multiply text") != std::string::npos, said.c_str());
    }

    void stepsAndAffixesAreCounted() {
        const auto many = sequence("normalizers", 1001, {{"type", "Lowercase"}});
        QVERIFY(refusal(with(letters(), "normalizer", many)).find("there are too many steps") != std::string::npos);
        const auto long257 = bpe({"a"}, {}, {{"continuing_subword_prefix", std::string(257, '#')}});
        QVERIFY(refusal(long257).find("more than 256 bytes") != std::string::npos);
        const auto longRule = with(letters(), "pre_tokenizer", splitAt(std::string(20'001, 'a').c_str()));
        QVERIFY(refusal(longRule).find("more than 20000 bytes") != std::string::npos);
    }

    void expressionsThatGoBackWithoutEndAreStopped_data() {
        QTest::addColumn<QString>("expression");
        for (const char* expression : {"(a+)+$", "(a|aa)+$", "(?:(?:a*)*)*[cd]", "(.*)(.*)(.*)(.*)(.*)(.*)[cd]"})
            QTest::newRow(expression) << expression;
    }
    void expressionsThatGoBackWithoutEndAreStopped() {
        QFETCH(QString, expression);
        const auto tokenizer = opened(with(letters(), "pre_tokenizer", splitAt(expression.toStdString().c_str())));
        QElapsedTimer timer;
        timer.start();
        const auto failure = failureOf(*tokenizer, std::string(2000, 'a') + "b");
        QVERIFY2(failure.find("regular expression fails on this text") != std::string::npos ||
                     failure.find("its rules go back again and again") != std::string::npos,
                 failure.c_str());
        QVERIFY(timer.elapsed() < 20'000);
    }

    void matchesAreFoundFarAway() {
        std::string far;
        for (int i = 0; i < 1000; ++i) far += "\u00e9";
        QCOMPARE(begins("ab", far + "ab" + far + "ab"), (std::vector<std::size_t>{2000, 4002}));
        QCOMPARE(begins("(?<=\u00e9)b|a$", far + "b" + far + "a"), (std::vector<std::size_t>{2000, 4001}));
        QCOMPARE(begins("$", std::string(200, 'x')), std::vector<std::size_t>{200});
        QCOMPARE(begins("x", std::string(63, ' ') + "x" + std::string(63, ' ') + "xx"),
                 (std::vector<std::size_t>{63, 127, 128}));
        QCOMPARE(begins("b", std::string(64, ' ')), std::vector<std::size_t>{});
    }

    // The lengths that begin with a letter were all tried at every place.
    void addedTokensOfEveryLengthTakeLittleTime() {
        std::vector<Json> tokens;
        for (std::size_t length = 1; length <= 1500; ++length)
            tokens.push_back({{"content", std::string(length, 'a') + "!"}});
        const auto tokenizer = opened(withAdded(letters(), tokens));
        QElapsedTimer timer;
        timer.start();
        QCOMPARE(tokenizer->encode(std::string(10'000, 'a'), SpecialTokens::Add).size(), 10'000u);
        QVERIFY2(timer.elapsed() < 5000, qPrintable(QString::number(timer.elapsed())));
        QCOMPARE(tokensOf(*tokenizer, "baaa!c"), (Tokens{"b", "aaa!", "c"}));
    }

    void theLongestAddedTokenWins() {
        const auto tokenizer = opened(withAdded(letters(), {{{"content", "ab"}},
                                                            {{"content", "abcd"}},
                                                            {{"content", "abce"}},
                                                            {{"content", "b\u00e9"}},
                                                            {{"content", "abc!"}}}));
        QCOMPARE(tokensOf(*tokenizer, "abcd.abc.abb\u00e9"), (Tokens{"abcd", ".", "ab", "c", ".", "ab", "b\u00e9"}));
        QCOMPARE(tokensOf(*tokenizer, "ab"), Tokens{"ab"});
    }

    void idsThatNoTokenHasAreRefused() {
        const Json around = {{"type", "BertProcessing"}, {"cls", {"a", 0}}, {"sep", {"b", 1000}}};
        const auto said = refusal(with(letters(), "post_processor", around));
        QVERIFY2(said.find("there is no token with the id 1000") != std::string::npos, said.c_str());
        auto huge = bpe({"a"});
        huge["model"]["vocab"]["a"] = 1'000'000'000;
        QVERIFY(refusal(huge).find("not a whole number below 1,000,000,000") != std::string::npos);
    }

    void aLongTextIsRefused() {
        QVERIFY(failureOf(*opened(letters()), std::string((16 << 20) + 1, 'a')).find("cut it") != std::string::npos);
    }

    // The library follows it without looking.
    void aTableThatLeadsOutsideOfItselfIsRefused() {
        QCOMPARE(refusalOf(modelWith(trieOfA(), std::string("bcd\0", 4))), std::string("accepted"));
        auto outside = trieOfA();
        outside[1 ^ 'A'] |= 1u << 25;
        QCOMPARE(refusalOf(modelWith(outside, std::string("b\0", 2))),
                 std::string("its table of characters leads outside of itself"));
        auto text = trieOfA();
        text[1 ^ 'A' ^ 2] |= 2;
        QCOMPARE(refusalOf(modelWith(text, std::string("b\0", 2))),
                 std::string("its table of characters leads outside of its texts"));
        QCOMPARE(refusalOf(modelWith(trieOfA(), "b")),
                 std::string("its table of characters has a text without an end"));
        QCOMPARE(refusalOf(modelWith(trieOfA(), std::string(1001, 'b') + '\0')),
                 std::string("its table of characters has a text that is too long for one"));
        QCOMPARE(refusalOf(modelWith(std::vector<std::uint32_t>(255), std::string("b\0", 2))),
                 std::string("its table of characters has an impossible size"));
        QCOMPARE(refusalOf("\x1A\x02\x12"), std::string("it is truncated"));
    }
};

MERGARIUM_SUITE(TokenizerBoundsTest)
#include "tokenizer_bounds_test.moc"
