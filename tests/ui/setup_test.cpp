#include "tests/support/shipped_presets.h"
#include "tests/support/suite.h"
#include "ui/files/ask_for_path.h"
#include "ui/setup/configuration_text.h"
#include "ui/setup/founder_list.h"
#include "ui/setup/list_text.h"
#include "ui/setup/new_run_page.h"
#include "ui/setup/path_edit.h"
#include "ui/setup/question_files.h"
#include "ui/setup/run_form.h"
#include "ui/setup/run_report.h"

#include <QAbstractSpinBox>
#include <QButtonGroup>
#include <QCheckBox>
#include <QComboBox>
#include <QDir>
#include <QDragEnterEvent>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QMimeData>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QTableWidget>
#include <QTemporaryDir>
#include <QTest>

#include <atomic>

using namespace mergarium;
using namespace mergarium::test;

class SetupTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void filesDroppedOnThePageMakeALanguageRun() {
        QTemporaryDir folder;
        for (const char* name : {"a.safetensors", "b.safetensors", "sums.jsonl"})
            QFile(folder.filePath(name)).open(QFile::WriteOnly);
        NewRunPage page(shippedPresets());
        page.show();
        QMimeData data;
        data.setUrls({QUrl::fromLocalFile(folder.filePath("a.safetensors")),
                      QUrl::fromLocalFile(folder.filePath("sums.jsonl")),
                      QUrl::fromLocalFile(folder.filePath("b.safetensors"))});
        QDragEnterEvent enter({5, 5}, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(&page, &enter);
        QVERIFY(enter.isAccepted());
        QDropEvent drop({5, 5}, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(&page, &drop);
        QSignalSpy started(&page, &NewRunPage::startRequested);
        page.start();
        QCOMPARE(started.size(), 1);
        const auto configuration = started[0][0].value<RunConfiguration>();
        QCOMPARE(std::get<std::vector<CheckpointFounder>>(configuration.founders).size(), 2u);
        const auto& files = std::get<CausalLmSettings>(configuration.task).files;
        QCOMPARE(files.size(), 1u);
        QCOMPARE(QString::fromStdString(files[0].train.string()), folder.filePath("sums.jsonl"));
    }

    void theReportShowsFactsAndPromptsOfTheLatestConfiguration() {
        std::atomic<int> looks = 0;
        RunReport report(nullptr, [&](const RunConfiguration& configuration) {
            ++looks;
            return Preflight{.facts = {{"Parameters", "1,100,000,000"}},
                             .prompts = {"Q: one plus one?\nA:", "Q: two plus two?\nA:"},
                             .refusal = configuration.name == "bad"
                                            ? std::optional<std::string>("/models/b: tensor x is missing.")
                                            : std::nullopt};
        });
        report.resize(400, 500);
        static_cast<QWidget&>(report).show();
        QSignalSpy found(&report, &RunReport::found);
        RunConfiguration configuration;
        // Typing: only what it comes to is looked at.
        for (const char* name : {"b", "ba", "bad"}) {
            configuration.name = name;
            report.show(configuration);
        }
        QTRY_COMPARE(found.size(), 1);
        QCOMPARE(looks.load(), 1);
        QVERIFY(report.refusal()->find("tensor x") != std::string::npos);
        QVERIFY(report.findChild<QLabel*>("outlook")->text().contains("tensor x is missing"));
        QVERIFY(report.findChild<QPlainTextEdit*>()->toPlainText().startsWith("Q: one plus one?\nA:"));
        report.show(std::nullopt);
        QVERIFY(!report.refusal());
        QVERIFY(!report.findChild<QPlainTextEdit*>()->isVisible());
        configuration.name = "good";
        report.show(configuration);
        QTRY_COMPARE(found.size(), 2);
        QVERIFY(!report.refusal());
        const auto labels = report.findChildren<QLabel*>();
        QVERIFY(
            std::any_of(labels.begin(), labels.end(), [](auto* label) { return label->text() == "1,100,000,000"; }));
    }

    void whatTheFilesRefuseCantBeStarted() {
        QTemporaryDir folder;
        for (const char* name : {"a.safetensors", "b.safetensors"}) QFile(folder.filePath(name)).open(QFile::WriteOnly);
        QFile questions(folder.filePath("sums.jsonl"));
        QVERIFY(questions.open(QFile::WriteOnly));
        questions.write("{\"question\": \"1+1\", \"answer\": \"2\"}\nnot json\n");
        questions.close();
        NewRunPage page(shippedPresets());
        page.show();
        page.findChild<RunForm*>()->take(
            {folder.filePath("a.safetensors"), folder.filePath("b.safetensors"), folder.filePath("sums.jsonl")});
        auto* report = page.findChild<RunReport*>();
        QTRY_VERIFY(report->refusal());
        QVERIFY(report->refusal()->find("sums.jsonl") != std::string::npos);
        QVERIFY(!page.findChild<QPushButton*>("start")->isEnabled());
        QSignalSpy started(&page, &NewRunPage::startRequested);
        page.start();
        QCOMPARE(started.size(), 0);
        // Another task is not held up by it.
        QVERIFY(page.choosePreset("digits-scratch"));
        QVERIFY(page.findChild<QPushButton*>("start")->isEnabled());
    }

    void listsSurviveBeingOneLine() {
        const std::vector<std::string> words{"a b", "\n", "back\\slash", "\\n", "tab\t"};
        QCOMPARE(splitWords(joinWords(words)), words);
        QVERIFY(splitWords("  ").empty());
        const auto rules = splitRules("*norm*=1 lm_head.weight=2 broken wrong=x");
        QCOMPARE(rules.size(), 4u);
        QCOMPARE(rules[1].founder, 1u);
        for (const std::size_t bad : {2u, 3u}) QVERIFY(rules[bad].founder > 1'000'000u);
    }

    void impossibleValuesCantBeStarted_data() {
        QTest::addColumn<QString>("field");
        QTest::addColumn<QString>("value");
        QTest::addColumn<QString>("key");
        QTest::newRow("archive of one") << "strategy.archive"
                                        << "1"
                                        << "strategy.archive";
        QTest::newRow("no evaluations") << "budget.evaluations"
                                        << "0"
                                        << "budget.evaluations";
        QTest::newRow("least above most") << "splitsLeast"
                                          << "7"
                                          << "strategy.splits";
        QTest::newRow("no seed") << "seed"
                                 << ""
                                 << "seed";
        QTest::newRow("seed in words") << "seed"
                                       << "forty-two"
                                       << "seed";
        QTest::newRow("alpha too large") << "strategy.alpha"
                                         << "500"
                                         << "strategy.alpha";
        QTest::newRow("strange device") << "device"
                                        << "toaster"
                                        << "device";
    }

    void impossibleValuesCantBeStarted() {
        QFETCH(QString, field);
        QFETCH(QString, value);
        QFETCH(QString, key);
        NewRunPage page(shippedPresets());
        auto* start = page.findChild<QPushButton*>("start");
        QVERIFY(start->isEnabled());
        auto* editor = page.findChild<QWidget*>(field);
        QVERIFY(editor);
        if (qobject_cast<QAbstractSpinBox*>(editor)) editor->findChild<QLineEdit*>()->setText(value);
        if (auto* line = qobject_cast<QLineEdit*>(editor)) line->setText(value);
        if (auto* choice = qobject_cast<QComboBox*>(editor)) choice->setCurrentText(value);
        QVERIFY(!start->isEnabled());
        QVERIFY(page.findChild<QLabel*>("verdict")->text().contains(key));
        QSignalSpy started(&page, &NewRunPage::startRequested);
        page.start();
        QCOMPARE(started.size(), 0);
    }

    void theVerdictHasARowOfItsOwn() {
        NewRunPage page(shippedPresets());
        page.resize(800, 600);
        page.show();
        const auto* verdict = page.findChild<QLabel*>("verdict");
        const auto* start = page.findChild<QPushButton*>("start");
        QVERIFY(!verdict->isVisible());
        auto* name = page.findChild<QLineEdit*>("name");
        QVERIFY(name);
        name->clear();
        QTRY_VERIFY(verdict->isVisible());
        QTRY_VERIFY(verdict->geometry().bottom() < start->geometry().top());
        QVERIFY(verdict->geometry().right() >= start->geometry().right());
        name->setText("short");
        QTRY_VERIFY(!verdict->isVisible());
    }

    void onlyWhatWasChangedIsShown() {
        NewRunPage page(shippedPresets());
        page.resize(1000, 800);
        page.show();
        auto* seed = page.findChild<QAbstractSpinBox*>("seed");
        auto* archive = page.findChild<QAbstractSpinBox*>("strategy.archive");
        QVERIFY(seed && archive);
        auto* only = page.findChild<QCheckBox*>("onlyChanges");
        only->setChecked(true);
        QVERIFY(!seed->isVisible() && !archive->isVisible());
        only->setChecked(false);
        seed->setFocus();
        seed->selectAll();
        QTest::keyClicks(seed, "7");
        QTest::keyClick(seed, Qt::Key_Tab);
        only->setChecked(true);
        QVERIFY(seed->isVisible() && !archive->isVisible());
        // The key beside the name.
        bool named = false;
        for (const auto* label : page.findChild<RunForm*>()->findChildren<QLabel*>())
            named = named || (label->text().contains("Seed (changed)") && label->text().contains(">seed<"));
        QVERIFY(named);
    }

    void parametersAreShownAsTextAndTakenBack() {
        NewRunPage page(shippedPresets());
        page.show();
        QSignalSpy started(&page, &NewRunPage::startRequested);
        const auto openDialog = [&] {
            QTest::mouseClick(page.findChild<QPushButton*>("asText"), Qt::LeftButton);
            return page.findChild<ConfigurationText*>();
        };
        auto* dialog = openDialog();
        auto* text = dialog->findChild<QPlainTextEdit*>();
        auto* take = dialog->findChild<QPushButton*>("take");
        QVERIFY(text->toPlainText().contains("name: \"digits from specialists\""));
        QVERIFY(!text->toPlainText().contains("offspring"));
        QVERIFY(!take->isEnabled());
        const auto choose = [&](int form) {
            dialog->findChild<QButtonGroup*>()->button(form)->click();
            return text->toPlainText();
        };
        QVERIFY(choose(ConfigurationText::Whole).contains("offspring: 1"));
        QCOMPARE(choose(ConfigurationText::CommandLine), QString("mergarium-cli run digits-specialists"));

        // What can't be read says why, and everything stays.
        text->setPlainText("strategy: {kind: m2n2,\n  alhpa: 1}");
        QTest::mouseClick(take, Qt::LeftButton);
        QVERIFY(dialog->findChild<QLabel*>("problem")->text().contains("alhpa"));
        QVERIFY(dialog->isVisible());
        text->setPlainText("mergarium-cli run digits-specialists --set strategy.alpha=0.25 --seed 9");
        QTest::mouseClick(take, Qt::LeftButton);
        QVERIFY(!dialog->isVisible());
        page.start();
        QCOMPARE(started.size(), 1);
        const auto configuration = started[0][0].value<RunConfiguration>();
        QCOMPARE(configuration.seed, 9u);
        QCOMPARE(traitsOf(configuration.strategy).competition.alpha, 0.25);
    }

    void aNameThatNobodyTypedIsFresh() {
        NewRunPage page(shippedPresets());
        QSignalSpy started(&page, &NewRunPage::startRequested);
        const auto nameOf = [&](int run) { return started[run][0].value<RunConfiguration>().name; };
        QVERIFY(page.choosePreset("digits-specialists"));
        page.setTaken({"digits from specialists", "digits from specialists 2"});
        page.start();
        QCOMPARE(nameOf(0), std::string("digits from specialists 3"));
        // Before the list has been read again.
        page.start();
        QCOMPARE(nameOf(1), std::string("digits from specialists 4"));
        // A duplicate counts on; a name that ends in a number of its own gets one, too.
        RunConfiguration configuration;
        configuration.name = "digits from specialists 2";
        page.setConfiguration(configuration);
        page.start();
        QCOMPARE(nameOf(2), std::string("digits from specialists 5"));
        // What a person typed is what it is called.
        page.findChild<QLineEdit*>("name")->setText("digits from specialists");
        page.start();
        QCOMPARE(nameOf(3), std::string("digits from specialists"));
    }

    void aDialogBeginsWhereTheLastOneEnded() {
        QWidget window;
        PathEdit edit(PathEdit::Kind::File, {}, &window);
        QVERIFY(folderFor(edit, "sweeps").isEmpty());
        rememberFolder(edit, "sweeps", "/somewhere/else/splits.yaml");
        QCOMPARE(folderFor(window, "sweeps"), QString("/somewhere/else"));
        QVERIFY(folderFor(edit, "models").isEmpty());
        QWidget another;
        setRememberedFolders(another, rememberedFolders(window));
        QCOMPARE(folderFor(another, "sweeps"), QString("/somewhere/else"));
    }

    void presetStartsWithOneKey() {
        NewRunPage page(shippedPresets());
        page.show();
        QVERIFY(page.choosePreset("digits-specialists-ga"));
        QVERIFY(!page.choosePreset("no-such-preset"));
        QSignalSpy started(&page, &NewRunPage::startRequested);
        auto* list = page.findChild<QListWidget*>("presets");
        list->setFocus();
        QTest::keyClick(list, Qt::Key_Return);
        QCOMPARE(started.size(), 1);
        QCOMPARE(started[0][0].value<RunConfiguration>().strategy, StrategySettings(GaSettings{}));
    }
};

MERGARIUM_SUITE(SetupTest)
#include "setup_test.moc"
