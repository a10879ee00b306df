#include "core/drafts/drafts.h"
#include "core/configuration/yaml.h"
#include "core/database/patiently.h"
#include "tests/support/patience.h"
#include "tests/support/runs.h"
#include "tests/support/suite.h"
#include "tests/support/table_cell.h"
#include "ui/drafts/draft_desk.h"
#include "ui/drafts/draft_list.h"
#include "ui/drafts/draft_model.h"
#include "ui/main_window.h"
#include "ui/message_bar/message_bar.h"
#include "ui/setup/new_run_page.h"
#include "ui/setup/number_boxes.h"
#include "ui/sweep/sweep_page.h"

#include <QAbstractItemModelTester>
#include <QLineEdit>
#include <QListWidget>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QTabWidget>
#include <QTableView>
#include <QTemporaryDir>
#include <QTest>

#include <chrono>
#include <fstream>

using namespace mergarium;
using namespace mergarium::test;
using test::kResources;
namespace fs = std::filesystem;

namespace {

/// "b: two (open), a: one", by number.
QString wordsOf(std::vector<Draft> drafts) {
    std::ranges::sort(drafts, {}, &Draft::id);
    QStringList words;
    for (const auto& one : drafts)
        words << QString::fromStdString(one.name + ": " + one.text + (one.open ? " (open)" : ""));
    return words.join(", ");
}

}  // namespace

// What is being set up isn't lost.
class DraftsTest : public QObject {
    Q_OBJECT

    QTemporaryDir folder_;
    int files_ = 0;

    fs::path newDatabase() { return folder_.filePath(QString("%1.db").arg(++files_)).toStdString(); }
    static WindowOptions on(const fs::path& database) {
        return {.workplace = {.database = database, .resources = kResources, .threads = 1}};
    }
    static CountBox* seed(MainWindow& window) { return window.findChild<NewRunPage*>()->findChild<CountBox*>("seed"); }

private Q_SLOTS:
    void whatIsEditedIsKeptInPlaceOfWhatItWas() {
        const auto database = newDatabase();
        DraftDesk desk(database);
        desk.edit(DraftKind::Run, "a", "one");
        QTRY_COMPARE_WITH_TIMEOUT(wordsOf(desk.drafts()), QString("a: one (open)"), kPatience);
        desk.edit(DraftKind::Run, "b", "two");
        desk.edit(DraftKind::Sweep, "s", "arms");
        QTRY_COMPARE_WITH_TIMEOUT(wordsOf(desk.drafts()), QString("b: two (open), s: arms (open)"), kPatience);
        QCOMPARE(wordsOf(draftsIn(database)), wordsOf(desk.drafts()));
        QVERIFY(desk.isEdited(1) && desk.isEdited(2) && !desk.isEdited(3));
    }

    void whatWasTypedLastIsKeptWhenTheWindowCloses() {
        const auto database = newDatabase();
        {
            DraftDesk desk(database);
            desk.edit(DraftKind::Run, "a", "one");
            desk.edit(DraftKind::Run, "a", "two");
        }
        QCOMPARE(wordsOf(draftsIn(database)), QString("a: two (open)"));
        // And found by the next.
        DraftDesk desk(database);
        const QSignalSpy found(&desk, &DraftDesk::found);
        desk.look();
        QTRY_COMPARE_WITH_TIMEOUT(found.count(), 1, kPatience);
        desk.take(found[0][0].value<Draft>(), false);
        desk.edit(DraftKind::Run, "a", "three");
        QTRY_COMPARE_WITH_TIMEOUT(wordsOf(desk.drafts()), QString("a: three (open)"), kPatience);
        QCOMPARE(found.count(), 1);
    }

    void whatIsLeftStaysAndCanBeGoneBackTo() {
        DraftDesk desk(newDatabase());
        desk.edit(DraftKind::Run, "a", "one");
        desk.leave(DraftKind::Run, true);
        QTRY_COMPARE_WITH_TIMEOUT(wordsOf(desk.drafts()), QString("a: one"), kPatience);
        desk.edit(DraftKind::Run, "b", "two");
        QTRY_COMPARE_WITH_TIMEOUT(wordsOf(desk.drafts()), QString("a: one, b: two (open)"), kPatience);
        desk.goBack(DraftKind::Run);
        desk.edit(DraftKind::Run, "a", "three");
        QTRY_COMPARE_WITH_TIMEOUT(wordsOf(desk.drafts()), QString("a: three (open), b: two"), kPatience);
    }

    void draftsAreNamedCopiedRemovedAndPutBack() {
        const auto database = newDatabase();
        DraftDesk desk(database);
        const QSignalSpy said(&desk, &DraftDesk::said);
        desk.edit(DraftKind::Run, "a", "one");
        QTRY_COMPARE_WITH_TIMEOUT(desk.drafts().size(), 1u, kPatience);
        desk.rename(1, "mine");
        desk.edit(DraftKind::Run, "another name", "two");
        desk.duplicate(1);
        QTRY_COMPARE_WITH_TIMEOUT(wordsOf(desk.drafts()), QString("mine: two (open), mine (copy): two"), kPatience);
        desk.remove(1);
        QTRY_COMPARE_WITH_TIMEOUT(wordsOf(desk.drafts()), QString("mine (copy): two"), kPatience);
        // Editing on doesn't bring it back.
        desk.edit(DraftKind::Run, "a", "three");
        QTRY_COMPARE_WITH_TIMEOUT(wordsOf(desk.drafts()), QString("mine (copy): two, a: three (open)"), kPatience);
        said.back()[0].value<Message>().carryOut();
        QTRY_COMPARE_WITH_TIMEOUT(wordsOf(desk.drafts()), QString("mine: two, mine (copy): two, a: three (open)"),
                                  kPatience);
    }

    void whatCantBeKeptIsSaidOnce() {
        const auto database = newDatabase();
        std::ofstream(database) << std::string(4096, 'x');
        DraftDesk desk(database);
        const QSignalSpy said(&desk, &DraftDesk::said);
        desk.look();
        QTRY_COMPARE_WITH_TIMEOUT(said.count(), 1, kPatience);
        desk.edit(DraftKind::Run, "a", "one");
        desk.leave(DraftKind::Run, false);
        desk.edit(DraftKind::Run, "a", "two");
        desk.leave(DraftKind::Run, false);
        fs::remove(database);
        desk.edit(DraftKind::Run, "a", "three");
        QTRY_VERIFY_WITH_TIMEOUT(wordsOf(desk.drafts()).endsWith("a: three (open)"), kPatience);
        QCOMPARE(said.count(), 1);
    }

    void aLockIsWaitedFor() {
        constexpr std::chrono::milliseconds kLongest{200};
        int attempts = 0;
        const auto lockedFor = [&](int most) {
            return [&attempts, most] {
                if (++attempts <= most) throw StoreBusy("locked");
                return attempts;
            };
        };
        QCOMPARE(patiently(lockedFor(2)), 3);
        attempts = 0;
        QVERIFY_EXCEPTION_THROWN(patiently(lockedFor(1'000'000), kLongest), StoreBusy);
        QVERIFY(attempts > 1);
        // What waiting doesn't mend isn't tried again.
        attempts = 0;
        const auto torn = [&] {
            ++attempts;
            throw StoreError("torn");
        };
        QVERIFY_EXCEPTION_THROWN(patiently(torn), StoreError);
        QCOMPARE(attempts, 1);
    }

    void draftsNeedNotBeOnesThatCanBeRun() {
        for (const char* yaml : {"{strategy: {kind: m2n2, archive: 1}, budget: {evaluations: 0}}",
                                 "{task: {kind: causal-lm}, founders: []}"}) {
            const auto draft = parseDraftConfiguration(yaml, "draft");
            QVERIFY(firstViolation(draft));
            QCOMPARE(parseDraftConfiguration(toYaml(draft), "draft"), draft);
        }
        QVERIFY_EXCEPTION_THROWN(parseDraftConfiguration("strategy: [", "draft"), ConfigurationError);
    }

    void anotherPresetKeepsTheEditsOneUndoAway() {
        NewRunPage page(readPresets(kResources));
        page.show();
        auto* back = page.findChild<QPushButton*>("back");
        auto* presets = page.findChild<QListWidget*>("presets");
        const auto row = presets->currentRow();
        QVERIFY(!back->isVisible());
        page.findChild<CountBox*>("seed")->setValue(7);
        QVERIFY(page.choosePreset("digits-scratch"));
        QVERIFY(page.configuration().seed != 7);
        QVERIFY(back->isVisible());
        back->click();
        QCOMPARE(page.configuration().seed, 7u);
        QCOMPARE(presets->currentRow(), row);
        // It is compared with its own preset as before.
        QVERIFY(page.findChild<QPushButton*>("start")->isEnabled());
        QVERIFY(!back->isVisible());
        // What was edited in between can be gone back to in turn.
        QVERIFY(page.choosePreset("digits-scratch"));
        page.findChild<CountBox*>("seed")->setValue(8);
        page.goBack();
        QCOMPARE(page.configuration().seed, 7u);
        page.goBack();
        QCOMPARE(page.configuration().seed, 8u);
    }

    void aReopenedRunIsComparedWithThePresetThatItIsNearestTo() {
        NewRunPage page(readPresets(kResources));
        auto configuration = page.configuration();
        QVERIFY(page.choosePreset("digits-scratch"));
        configuration.seed = 7;
        const QSignalSpy edited(&page, &NewRunPage::edited);
        page.reopen(configuration);
        QCOMPARE(page.configuration(), configuration);
        QCOMPARE(page.findChild<QListWidget*>("presets")->currentItem()->text(), QString("digits-specialists"));
        // Nobody has edited it yet.
        QCOMPARE(edited.count(), 0);
        for (auto* button : page.findChildren<QPushButton*>())
            if (button->text().remove('&') == "Reset") button->click();
        QCOMPARE(page.configuration().seed, 42u);
    }

    void aSweepsDraftKnowsWhereItsPathsBegin() {
        SweepPage page(on(newDatabase()).workplace, {});
        const QString path = folder_.filePath("mine.yaml");
        std::ofstream(path.toStdString()) << "name: mine\nbase: digits-specialists\narms: {a: {}}";
        page.open(path);
        auto* text = page.findChild<QPlainTextEdit*>("sweep.text");
        QTRY_VERIFY_WITH_TIMEOUT(text->toPlainText().startsWith("name: mine"), kPatience);
        const auto draft = page.draft();
        QVERIFY(draft.find(folder_.path().toStdString()) != std::string::npos);
        const auto words = text->toPlainText();

        SweepPage other(on(newDatabase()).workplace, {});
        other.reopen(draft);
        QCOMPARE(other.findChild<QPlainTextEdit*>("sweep.text")->toPlainText().trimmed(), words.trimmed());
        QCOMPARE(other.draftName(), QString("mine"));
        other.reopen(other.draft());
        QCOMPARE(other.draft(), draft);
    }

    void theListOffersWhatCanBeDone() {
        DraftList list;
        list.setDrafts({{.id = 3, .name = "b", .text = "", .open = true, .changed = "2026-01-31 14:05"},
                        {.id = 1, .kind = DraftKind::Sweep, .name = "a", .text = ""}});
        list.show();
        QVERIFY(QTest::qWaitForWindowActive(&list));
        auto* table = list.findChild<QTableView*>();
        const QAbstractItemModelTester tester(table->model(), QAbstractItemModelTester::FailureReportingMode::QtTest);
        QCOMPARE(test::cell(*table->model(), 0, DraftModel::ChangedColumn), QString("2026-01-31 14:05, being edited"));
        QCOMPARE(test::cell(*table->model(), 1, DraftModel::KindColumn), QString("Sweep"));
        const QSignalSpy opened(&list, &DraftList::openRequested), removed(&list, &DraftList::removeRequested),
            renamed(&list, &DraftList::renameRequested);
        table->setFocus();
        table->selectRow(1);
        QTest::keyClick(table, Qt::Key_Return);
        QCOMPARE(opened.count(), 1);
        QCOMPARE(opened[0][0].value<Draft>().id, 1);
        QTest::keyClick(table, Qt::Key_F2);
        auto* editor = table->viewport()->findChild<QLineEdit*>();
        QVERIFY(editor);
        editor->setText(" mine ");
        QTest::keyClick(editor, Qt::Key_Return);
        QTRY_COMPARE(renamed.count(), 1);
        QCOMPARE(renamed[0], (QList<QVariant>{qint64(1), QString("mine")}));
        QTest::keyClick(table, Qt::Key_Delete);
        QCOMPARE(removed.count(), 1);
        list.setDrafts({});
        QVERIFY(!table->isVisible());
    }

    void whatWasEditedIsThereAtTheNextStart() {
        const auto database = newDatabase();
        {
            MainWindow window(on(database));
            window.show();
            seed(window)->setValue(1234);
            auto* sweep = window.findChild<SweepPage*>()->findChild<QPlainTextEdit*>("sweep.text");
            QTRY_VERIFY_WITH_TIMEOUT(!sweep->toPlainText().isEmpty(), kPatience);
            sweep->setPlainText("name: half\narms: [");
            window.close();
        }
        QCOMPARE(draftsIn(database).size(), 2u);
        {
            MainWindow window(on(database));
            window.show();
            QTRY_COMPARE_WITH_TIMEOUT(*seed(window)->value(), 1234u, kPatience);
            QTRY_COMPARE_WITH_TIMEOUT(
                window.findChild<SweepPage*>()->findChild<QPlainTextEdit*>("sweep.text")->toPlainText().trimmed(),
                QString("name: half\narms: ["), kPatience);
            seed(window)->setValue(99);
        }
        // It was the same draft all the time.
        QCOMPARE(draftsIn(database).size(), 2u);
    }

    void controlZGoesBackToTheEditsOfTheTabInFront() {
        MainWindow window(on(newDatabase()));
        window.show();
        QVERIFY(QTest::qWaitForWindowActive(&window));
        auto* page = window.findChild<NewRunPage*>();
        seed(window)->setValue(1234);
        QVERIFY(page->choosePreset("digits-scratch"));
        window.tabs().setCurrentIndex(1);
        QTest::keyClick(&window, Qt::Key_Z, Qt::ControlModifier);
        QVERIFY(page->configuration().seed != 1234);
        window.tabs().setCurrentIndex(0);
        page->findChild<QListWidget*>("presets")->setFocus();
        QTest::keyClick(&window, Qt::Key_Z, Qt::ControlModifier);
        QCOMPARE(page->configuration().seed, 1234u);
    }

    void aDraftIsOpenedFromTheList() {
        const auto database = newDatabase();
        auto configuration = readPresets(kResources).front().configuration;
        configuration.seed = 77;
        keepDraft(database, {.kind = DraftKind::Run, .name = "kept", .text = toYaml(configuration)});
        keepDraft(database, {.kind = DraftKind::Run, .name = "torn", .text = "seed: ["});
        MainWindow window(on(database));
        window.show();
        QVERIFY(QTest::qWaitForWindowActive(&window));
        window.tabs().setCurrentIndex(3);
        QTest::keyClick(&window, Qt::Key_D, Qt::ControlModifier);
        auto* list = window.findChild<DraftList*>();
        QVERIFY(list && list->isVisible());
        auto* table = list->findChild<QTableView*>();
        QTRY_COMPARE_WITH_TIMEOUT(table->model()->rowCount(), 2, kPatience);
        const auto open = [&](const QString& name) {
            for (int row = 0; row < 2; ++row)
                if (test::cell(*table->model(), row, DraftModel::NameColumn) == name) table->selectRow(row);
            QTest::keyClick(table, Qt::Key_Return);
        };
        open("torn");
        QVERIFY(window.findChild<MessageBar*>()->message().sentence.contains("torn"));
        QCOMPARE(window.tabs().currentIndex(), 3);
        open("kept");
        QCOMPARE(window.tabs().currentIndex(), 0);
        QCOMPARE(*seed(window)->value(), 77u);
        // It keeps its name, whatever the run is called.
        seed(window)->setValue(78);
        QTRY_COMPARE_WITH_TIMEOUT(
            std::ranges::count_if(
                draftsIn(database),
                [](const auto& one) { return one.name == "kept" && one.text.find("seed: 78") != std::string::npos; }),
            1, kPatience);
    }
};

MERGARIUM_SUITE(DraftsTest)
#include "drafts_test.moc"
