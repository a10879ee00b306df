// What characters are, for tokenizers: Unicode 16's tables, whatever the system's libraries know.
#include "core/text/unicode.h"
#include "core/text/pattern.h"
#include "core/text/properties.h"
#include "tests/support/suite.h"

#include <QTest>

#include <map>
#include <stdexcept>

using namespace mergarium::text;

namespace {

std::string spelled(std::initializer_list<char32_t> codes) {
    std::string text;
    for (const auto code : codes) append(text, code);
    return text;
}

/// The parts of a text that the expression finds, where the library knows these properties.
std::vector<std::string> found(const std::string& expression, const std::string& text,
                               const LibraryProperties& library = propertiesOfLibrary) {
    TextBudget budget(text.size());
    std::vector<std::string> parts;
    for (const auto& match : Pattern::regex(expression, library).matches(text, budget))
        parts.push_back(text.substr(match.begin, match.end - match.begin));
    return parts;
}

bool matches(const std::string& expression, char32_t code) { return !found(expression, spelled({code})).empty(); }

std::string refusalOfPattern(const std::string& expression) {
    try {
        Pattern::regex(expression);
    } catch (const std::invalid_argument& error) {
        return error.what();
    }
    return "accepted";
}

/// Of every kind, with some that Unicode 15, 15.1 and 16 brought.
std::string everything() {
    std::string text;
    for (const auto& range : {CodeRange{0x20, 0x4FF},
                              {0x600, 0x8FF},
                              {0x0C80, 0x0CFF},
                              {0x1100, 0x11FF},
                              {0x1C80, 0x1C8F},
                              {0x2000, 0x23FF},
                              {0x3000, 0x30FF},
                              {0xA7C0, 0xA7FF},
                              {0x10D40, 0x10D8F},
                              {0x11F00, 0x11F59},
                              {0x1CC00, 0x1CCFF},
                              {0x1FAE0, 0x1FAEF},
                              {0x2EBF0, 0x2EBF8},
                              {0x31350, 0x31358}})
        for (auto code = range.first; code <= range.last; ++code) append(text, code);
    return text;
}

}  // namespace

class UnicodeTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void setsAreAsLargeAsTheDatabaseSays() {
        // As counted in the Unicode Character Database 16.0.0, without surrogates.
        const std::map<std::string, std::size_t> counts{{"L", 141028},       {"Lu", 1858},
                                                        {"Lt", 31},          {"Lm", 404},
                                                        {"M", 2501},         {"Mn", 2020},
                                                        {"Mc", 468},         {"N", 1911},
                                                        {"Nd", 760},         {"P", 855},
                                                        {"S", 8514},         {"So", 7376},
                                                        {"Zs", 17},          {"Alphabetic", 142759},
                                                        {"Uppercase", 1978}, {"White_Space", 25},
                                                        {"Han", 99030},      {"Hiragana", 381},
                                                        {"Arabic", 1373},    {"Devanagari", 164},
                                                        {"Common", 9053}};
        std::string text;
        for (char32_t code = 0; code <= 0x3FFFF; ++code)
            if (code < 0xD800 || code > 0xDFFF) append(text, code);
        for (char32_t code = 0xE0000; code <= 0xE01EF; ++code) append(text, code);
        for (const auto& [name, count] : counts) {
            std::size_t characters = 0;
            for (const auto& part : found("\\p{" + name + "}+", text)) characters += length(part);
            QCOMPARE(std::pair(name, characters), std::pair(name, count));
        }
    }

    void charactersOfLaterVersionsAreKnown_data() {
        QTest::addColumn<QString>("property");
        QTest::addColumn<unsigned>("code");
        QTest::newRow("15.0: Kawi letter A") << "\\p{Lo}" << 0x11F04u;
        QTest::newRow("15.0: Nag Mundari digit zero") << "\\d" << 0x1E4F0u;
        QTest::newRow("15.0: Kannada sign combining anusvara above right") << "\\p{Mc}" << 0x0CF3u;
        QTest::newRow("15.0: shaking face") << "\\p{So}" << 0x1FAE8u;
        QTest::newRow("15.0: a letter of extension H") << "\\p{Han}" << 0x31350u;
        QTest::newRow("15.1: a letter of extension I") << "\\p{L}" << 0x2EBF0u;
        QTest::newRow("16.0: Garay capital letter A") << "\\p{Lu}" << 0x10D50u;
        QTest::newRow("16.0: Garay, the script") << "\\p{Garay}" << 0x10D50u;
        QTest::newRow("16.0: Latin capital letter rams horn") << "\\p{Uppercase_Letter}" << 0xA7CBu;
        QTest::newRow("16.0: Arabic pepet") << "\\p{Mn}" << 0x0897u;
        QTest::newRow("16.0: outlined digit zero") << "\\p{N}" << 0x1CCF0u;
        QTest::newRow("16.0: is a word") << "\\w" << 0x10D50u;
        QTest::newRow("not before 17.0: a letter of extension J") << "\\p{Cn}" << 0x323B0u;
    }
    void charactersOfLaterVersionsAreKnown() {
        QFETCH(QString, property);
        QFETCH(unsigned, code);
        const auto expression = property.toStdString();
        QVERIFY(matches(expression, code));
        QVERIFY(!matches("[^" + expression + "]", code));
        QVERIFY(matches("(?<=" + expression + ")$", code));
        // In the midst of others, too.
        QCOMPARE(found("(?:" + expression + ")+", spelled({'!', '!', code, '!'})).front(), spelled({code}));
    }

    void everyVersionOfTheLibraryMatchesAlike() {
        const CodePoints greek({{0x370, 0x3FF}});
        const CodePoints digits({{'0', '9'}, {0x660, 0x669}});
        const std::map<std::string, LibraryProperties> libraries{
            {"knows nothing", [](const std::string&) { return std::nullopt; }},
            {"knows no Greek",
             [&](const std::string& written) {
                 auto known = propertiesOfLibrary(written);
                 return known ? std::optional(*known - greek) : known;
             }},
            {"takes digits for everything", [&](const std::string& written) {
                 auto known = propertiesOfLibrary(written);
                 return known ? std::optional(*known | digits) : known;
             }}};
        const auto text = everything();
        for (const std::string expression :
             {"\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+", "[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*[\\p{Ll}\\p{M}]+",
              "\\P{L}+", "[\\P{L}a]+", "\\w+|\\W", "\\bx?", "[[:punct:]]+", "[\\p{Han}\\p{Hiragana}]+", "\\p{^Nd}+",
              "(?i:\\p{Alnum}+)"}) {
            const auto expected = found(expression, text);
            for (const auto& [name, library] : libraries)
                QVERIFY2(found(expression, text, library) == expected, (name + ": " + expression).c_str());
        }
    }

    void namesOfPropertiesAreLoose() {
        for (const char* name : {"Lu", "lu", "Uppercase_Letter", "uppercase letter", "UPPERCASE-LETTER"})
            QVERIFY2(matches(std::string("\\p{") + name + "}", 'A') && !matches(std::string("\\p{") + name + "}", 'a'),
                     name);
        QVERIFY(matches("\\p{Cyrl}", 0x416));
        QVERIFY(matches("\\p{^Greek}", 'A'));
        QVERIFY(!matches("\\P{^Greek}", 'A'));
    }

    void whatIsNoPropertyIsRefusedByName() {
        QCOMPARE(refusalOfPattern("\\p{Klingon}"), "The property Klingon isn't supported (in '\\p{Klingon}')");
        QCOMPARE(refusalOfPattern("\\X"), "\\X isn't supported (in '\\X')");
    }

    void smallFormsAreOfEveryCharacterByItself() {
        QCOMPARE(lowercase("A\u00c9\u0416\u03a3\u1e9e\u0130z"), "a\u00e9\u0436\u03c3\u00dfi\u0307z");
        QCOMPARE(lowercase("\U00010400\u2160\u24b6\u13a0"), "\U00010428\u2170\u24d0\uab70");
        // Of Unicode 16: Garay, and a letter whose small form was there before.
        QCOMPARE(lowercase(spelled({0x10D50, 0xA7CB})), spelled({0x10D70, 0x264}));
    }

    void kindsOfCharacters() {
        QVERIFY(isNumeric(0x1CCF0) && isNumeric(0x2164) && isNumeric(0xBD) && !isNumeric('a'));
        QVERIFY(isWordCharacter(0x10D50) && isWordCharacter(0x200D) && isWordCharacter('_') && !isWordCharacter(0xBD));
        QVERIFY(isWhitespace(0x85) && isWhitespace(0x3000) && !isWhitespace(0x200B));
        // Of Unicode 7, and of Unicode 9.
        QVERIFY(isPunctuation('$') && isPunctuation(0x166D) && isPunctuation(0x3002) && !isPunctuation(0x9FD));
        QVERIFY(isMark(0x301) && isMark(0x1CF2) && !isMark(0x897));
    }

    void graphemeClustersAreUnicodes_data() {
        QTest::addColumn<QStringList>("clusters");
        QTest::newRow("marks") << QStringList{"e\u0301\u0302", "a", "\u0915\u093f"};
        QTest::newRow("ends of lines") << QStringList{"\r\n", "\n", "a", "\r", "\u0301"};
        QTest::newRow("Hangul") << QStringList{"\u1112\u1161\u11ab", "\uac00\u11a8", "\uac01\u11a8", "\uac01",
                                               "\u1161"};
        QTest::newRow("flags") << QStringList{QString::fromUtf8("\U0001f1e9\U0001f1ea"),
                                              QString::fromUtf8("\U0001f1eb\U0001f1f7"),
                                              QString::fromUtf8("\U0001f1ee")};
        QTest::newRow("a family") << QStringList{QString::fromUtf8("\U0001f469\u200d\U0001f469\u200d\U0001f467"),
                                                 QString::fromUtf8("\U0001f44d\U0001f3fd")};
        QTest::newRow("a joiner joins pictographs alone") << QStringList{"a\u200d", QString::fromUtf8("\U0001f469")};
        QTest::newRow("one joiner") << QStringList{QString::fromUtf8("\U0001f469\u200d\u200d"),
                                                   QString::fromUtf8("\U0001f469")};
        QTest::newRow("what stands before") << QStringList{"\u0600a", "b"};
    }
    void graphemeClustersAreUnicodes() {
        QFETCH(QStringList, clusters);
        const auto text = clusters.join("").toStdString();
        QStringList parts;
        for (const auto cluster : graphemeClusters(text))
            parts << QString::fromUtf8(cluster.data(), qsizetype(cluster.size()));
        QCOMPARE(parts, clusters);
    }
};

MERGARIUM_SUITE(UnicodeTest)
#include "unicode_test.moc"
