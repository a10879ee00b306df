#include "ui/members/member_text.h"
#include "tests/support/suite.h"

#include <QTest>

#include <cmath>

using namespace mergarium;

// How members, splices and numbers are put into words.
class MemberTextTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void spliceIsWordedByItsNumberOfSplits() {
        QCOMPARE(spliceText({.splits = {}, .ratio = 0.63}, 100), QString("ratio 0.63"));
        QCOMPARE(spliceText({.splits = {41}, .ratio = 0.63}, 100), QString("split 0.41, ratio 0.63"));
        QCOMPARE(spliceText({.splits = {41}, .ratio = 0.63}, 0), QString("split at 41, ratio 0.63"));
        QCOMPARE(spliceText({.splits = {1, 2, 3}, .ratio = 0.5}, 100), QString("3 splits, ratio 0.50"));
    }

    void numbersKeepTwoDigitsHoweverSmall() {
        QCOMPARE(numberText(76.75, 1), QString("76.8"));
        QCOMPARE(numberText(0.0, 1), QString("0.0"));
        QCOMPARE(numberText(0.0123, 1), QString("0.012"));
        QCOMPARE(numberText(-0.0123, 2), QString("-0.012"));
        // Rounded up to another power of ten.
        QCOMPARE(numberText(0.0996, 1), QString("0.10"));
        QCOMPARE(numberText(1e-20, 1), QString("0.00000000"));
        QCOMPARE(fitnessText(std::nan("")), QString());
        QCOMPARE(scoreText(1.0), QString("1.00"));
        QCOMPARE(scoreText(0.8935), QString("0.8935"));
    }
};

MERGARIUM_SUITE(MemberTextTest)
#include "member_text_test.moc"
