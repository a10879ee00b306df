#include "ui/trial/trial_pane.h"

#include "core/progress/progress.h"
#include "tests/support/suite.h"
#include "ui/setup/new_run_page.h"

#include <QApplication>
#include <QLabel>
#include <QPushButton>
#include <QSignalSpy>
#include <QTableView>
#include <QTest>
#include <QTextDocumentFragment>
#include <QTextEdit>

#include <atomic>
#include <stdexcept>

using namespace mergarium;

namespace {

/// What a person reads.
QString readOf(const QLabel& label) {
    return label.textFormat() == Qt::RichText ? QTextDocumentFragment::fromHtml(label.text()).toPlainText()
                                              : label.text();
}

Trial exampleTrial(Severity severity) {
    Trial trial;
    SampleSet samples;
    samples.groupNames = {"sums"};
    samples.groups = {0, 0};
    samples.texts = {{"<s>1+1=", "2"}, {"<s>2+2=", "4"}};
    trial.samples = std::make_shared<const SampleSet>(samples);
    trial.findings = {{severity, "The prompt is <b>odd</b>."}};
    trial.device = "CPU";
    trial.evaluations = 300;
    for (const char* name : {"add", "sort"}) {
        FounderTrial founder{
            .name = name, .attempts = {}, .score = 0.5, .seconds = 0.25, .bytes = 2'000'000, .failure = {}};
        for (std::uint32_t sample = 0; sample < 2; ++sample)
            founder.attempts.push_back({.sample = sample,
                                        .score = sample == 0 ? 1.0f : 0.0f,
                                        .prompt = {{"<s>", true}, {sample == 0 ? "1+1=" : "2+2=", false}},
                                        .promptTokens = 5,
                                        .reference = samples.texts[sample].reference,
                                        .answer = name,
                                        .ending = Attempt::Ending::CutOff,
                                        .newTokens = 8});
        trial.founders.push_back(founder);
    }
    trial.founders.back().score = 0.0;
    return trial;
}

Trier always(Severity severity, bool quick = false) {
    return {.all = [severity](const RunConfiguration&, const std::atomic<bool>&,
                              const Announce&) { return exampleTrial(severity); },
            .isQuick = [quick](const RunConfiguration&) { return quick; }};
}

RunConfiguration named(const char* name) {
    RunConfiguration configuration;
    configuration.name = name;
    return configuration;
}

QString textIn(const QWidget& pane, const char* name) { return pane.findChild<QTextEdit*>(name)->toPlainText(); }

}  // namespace

class TrialPaneTest : public QObject {
    Q_OBJECT

    static QPushButton* button(const QWidget& pane) { return pane.findChild<QPushButton*>("tryFounders"); }

private Q_SLOTS:
    void whatWasTriedIsShown() {
        TrialPane pane(always(Severity::Warning));
        QVERIFY(!button(pane)->isEnabled());
        pane.setConfiguration(named("a"));
        button(pane)->click();
        QTRY_VERIFY(pane.trial());
        // As it is, whoever named the things in it.
        QCOMPARE(textIn(pane, "trialFindings"), QString("Warning: The prompt is <b>odd</b>."));
        const auto* founders = pane.findChild<QTableView*>("triedFounders")->model();
        QCOMPARE(founders->rowCount(), 2);
        QStringList row;
        for (int column = 0; column < founders->columnCount(); ++column)
            row << founders->index(1, column).data().toString();
        // A score of 0 is known, not missing.
        QCOMPARE(row, (QStringList{"sort", "0.0 %", "250 ms", "2.0 MB"}));
        QVERIFY(pane.findChild<QLabel*>("trialState")->text().contains("300 evaluations take about 1 min 15 s"));
        auto* samples = pane.findChild<QTableView*>("triedSamples");
        QCOMPARE(samples->model()->rowCount(), 2);
        QVERIFY(textIn(pane, "trialAttempt").contains("<s>1+1="));
        samples->setCurrentIndex(samples->model()->index(1, 0));
        const auto text = textIn(pane, "trialAttempt");
        QVERIFY2(text.contains("<s>2+2=") && text.contains("8 new tokens, cut off") && text.contains("\n4"),
                 qPrintable(text));
        pane.findChild<QTableView*>("triedFounders")->setCurrentIndex(founders->index(1, 0));
        QVERIFY(textIn(pane, "trialAttempt").contains("sort"));
    }

    void aSpecialTokenLooksUnlikeItsName() {
        TrialPane pane(always(Severity::Note));
        pane.setConfiguration(named("a"));
        pane.begin();
        QTRY_VERIFY(pane.trial());
        auto* edit = pane.findChild<QTextEdit*>("trialAttempt");
        auto cursor = edit->document()->find("<s>");
        QVERIFY(!cursor.isNull() && cursor.charFormat().fontWeight() == QFont::Bold);
        cursor = edit->document()->find("1+1");
        QVERIFY(!cursor.isNull() && cursor.charFormat().fontWeight() != QFont::Bold);
    }

    void anotherConfigurationAbandonsATrial() {
        std::atomic<int> begun = 0, abandoned = 0;
        TrialPane pane({.all =
                            [&](const RunConfiguration& configuration, const std::atomic<bool>& abandon,
                                const Announce& announce) {
                                if (configuration.name == "b") return exampleTrial(Severity::Note);
                                ++begun;
                                while (announce("Trying add", 1, 2)) std::this_thread::yield();
                                if (abandon) ++abandoned;
                                throw Cancelled();
                            },
                        .isQuick = nullptr});
        pane.setConfiguration(named("a"));
        pane.begin();
        QTRY_COMPARE(begun.load(), 1);
        QTRY_COMPARE(pane.findChild<QLabel*>("trialState")->text(), QString("Trying add: 50 %"));
        pane.setConfiguration(named("b"));
        pane.begin();
        QTRY_VERIFY(pane.trial());
        QCOMPARE(abandoned.load(), 1);
        pane.setConfiguration(std::nullopt);
        QVERIFY(!pane.trial() && !button(pane)->isEnabled());
    }

    void aTrialThatFailsSaysWhy() {
        TrialPane pane({.all = [](const RunConfiguration&, const std::atomic<bool>&, const Announce&) -> Trial {
                            throw std::runtime_error("x: there is no such folder.");
                        },
                        .isQuick = nullptr});
        pane.setConfiguration(named("a"));
        pane.begin();
        QTRY_COMPARE(readOf(*pane.findChild<QLabel*>("trialState")), QString("x: there is no such folder."));
        QVERIFY(button(pane)->isEnabled());
    }

    void onlyWhatIsQuickBeginsByItself() {
        TrialPane quick(always(Severity::Note, true));
        std::atomic<int> asked = 0;
        auto slow = always(Severity::Note);
        slow.isQuick = [&](const RunConfiguration&) { return ++asked == 0; };
        TrialPane other(slow);
        for (auto* pane : {&quick, &other}) {
            pane->show();
            pane->setConfiguration(named("a"));
            pane->beginIfQuick();
        }
        QTRY_VERIFY(quick.trial());
        QTRY_COMPARE(asked.load(), 1);
        QVERIFY(!other.trial());
    }

    void startStaysWhereItIsWhileATrialComesAndGoes() {
        NewRunPage page({{.name = "preset", .description = {}, .configuration = named("a")}}, nullptr,
                        always(Severity::Note));
        page.resize(900, 650);
        page.show();
        const auto* start = page.findChild<QPushButton*>("start");
        auto* pane = page.findChild<TrialPane*>();
        const auto place = [&] {
            QApplication::sendPostedEvents();
            return start->mapTo(&page, QPoint());
        };
        const auto before = place();
        pane->begin();
        QTRY_VERIFY(pane->trial());
        QVERIFY(pane->findChild<QTableView*>("triedFounders")->isVisible());
        QCOMPARE(place(), before);
        pane->setConfiguration(std::nullopt);
        QVERIFY(!pane->findChild<QTableView*>("triedFounders")->isVisible());
        QCOMPARE(place(), before);
    }

    void whatWouldBeForNothingIsSaidOnceBeforeItStarts() {
        NewRunPage page({{.name = "preset", .description = {}, .configuration = named("a")}}, nullptr,
                        always(Severity::Waste));
        QSignalSpy started(&page, &NewRunPage::startRequested);
        auto* pane = page.findChild<TrialPane*>();
        pane->begin();
        QTRY_VERIFY(pane->trial());
        page.start();
        QCOMPARE(started.size(), 0);
        QVERIFY(readOf(*page.findChild<QLabel*>("verdict")).startsWith("The prompt is <b>odd</b>. Press Start again"));
        page.start();
        QCOMPARE(started.size(), 1);
        // Less than that holds nobody up.
        NewRunPage other({{.name = "preset", .description = {}, .configuration = named("a")}}, nullptr,
                         always(Severity::Warning));
        QSignalSpy at(&other, &NewRunPage::startRequested);
        other.findChild<TrialPane*>()->begin();
        QTRY_VERIFY(other.findChild<TrialPane*>()->trial());
        other.start();
        QCOMPARE(at.size(), 1);
    }
};

MERGARIUM_SUITE(TrialPaneTest)
#include "trial_pane_test.moc"
