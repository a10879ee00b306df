#include "core/text/words.h"
#include "tests/support/suite.h"

#include <QTest>

#include <new>
#include <stdexcept>

using namespace mergarium;

class WordsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void shortTimesHaveThreeDigits() {
        QCOMPARE(words::shortDuration(0.001238), std::string("1.24 ms"));
        QCOMPARE(words::shortDuration(0.25), std::string("250 ms"));
        QCOMPARE(words::shortDuration(3.5), std::string("3.50 s"));
        QCOMPARE(words::shortDuration(59.2), std::string("59.2 s"));
        QCOMPARE(words::shortDuration(120.2), std::string("2 min 1 s"));
    }

    void aFailureIsToldToPeople() {
        QCOMPARE(words::failure(std::runtime_error("a.txt: there is no such file.")),
                 std::string("a.txt: there is no such file."));
        QCOMPARE(words::failure(std::bad_alloc(), "this run"),
                 std::string("There is not enough memory for this run: close other programs, or choose less."));
        QCOMPARE(words::failure(std::out_of_range("map::at\nand more"), "this run"),
                 std::string("Mergarium failed at this run in a way that it should not (map::at); please report it."));
    }
};

MERGARIUM_SUITE(WordsTest)
#include "words_test.moc"
