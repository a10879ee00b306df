#include "core/database/database.h"
#include "core/store/run_catalog.h"
#include "tests/support/patience.h"
#include "tests/support/runs.h"
#include "tests/support/suite.h"
#include "ui/databases/file_menu.h"
#include "ui/databases/import_dialog.h"
#include "ui/export/rebuild_dialog.h"
#include "ui/files/file_kind.h"
#include "ui/message_bar/message_bar.h"
#include "ui/selection/selection.h"
#include "ui/setup/new_run_page.h"
#include "ui/setup/run_form.h"
#include "ui/studio.h"
#include "ui/sweep/sweep_page.h"

#include <QDockWidget>
#include <QListWidget>
#include <QMimeData>
#include <QPushButton>
#include <QSettings>
#include <QSignalSpy>
#include <QTabWidget>
#include <QTableView>
#include <QTemporaryDir>
#include <QTest>

#include <SQLiteCpp/Column.h>

#include <fcntl.h>

using namespace mergarium;
using namespace mergarium::test;

namespace {

QString said(MainWindow& window) { return window.findChild<MessageBar*>()->message().sentence; }

int listed(MainWindow& window) { return window.findChild<QTableView*>("runsTable")->model()->rowCount(); }

}  // namespace

/// One window, and the databases that it shows one after the other.
class DatabasesTest : public QObject {
    Q_OBJECT

    QTemporaryDir folder_;

    QString path(const QString& name) const { return folder_.filePath(name); }
    QString withRun(const QString& name, const char* run, int runs = 1) {
        for (int i = 0; i < runs; ++i) test::runToItsEnd(test::shortRun(5, run), path(name).toStdString());
        return path(name);
    }
    QString written(const QString& name, const QByteArray& text) {
        QFile file(path(name));
        if (file.open(QIODevice::WriteOnly)) file.write(text);
        return path(name);
    }
    static WindowOptions options(const QString& database, QSettings* settings = nullptr) {
        return {.workplace = {.database = database.toStdString(), .resources = test::kResources, .threads = 1},
                .settings = settings};
    }
    static bool drop(QWidget& window, const QStringList& paths) {
        QMimeData data;
        QList<QUrl> urls;
        for (const auto& one : paths) urls << QUrl::fromLocalFile(one);
        data.setUrls(urls);
        QDragEnterEvent enter({5, 5}, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        enter.ignore();
        QCoreApplication::sendEvent(&window, &enter);
        if (!enter.isAccepted()) return false;
        QDropEvent event(QPointF(5, 5), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        event.ignore();
        QCoreApplication::sendEvent(&window, &event);
        return event.isAccepted();
    }

private Q_SLOTS:
    void aRunThatIsOpenedToBeSetUpIsInFrontOfWhatIsStored() {
        Studio studio(options(withRun("stored.db", "old")));
        auto& window = studio.window();
        window.openFile(written("run.yaml", "name: fresh\nbudget: {evaluations: 7}\n"));
        QTRY_COMPARE_WITH_TIMEOUT(listed(window), 1, kPatience);
        QTRY_VERIFY_WITH_TIMEOUT(window.workbench().shown(), kPatience);
        QCOMPARE(window.findChild<QTabWidget*>()->currentWidget(), window.findChild<NewRunPage*>());
    }

    void theWindowShowsAnotherDatabaseInItsPlace() {
        const auto first = withRun("first.db", "one"), second = withRun("second.mergarium", "two", 2);
        Studio studio(options(first));
        studio.window().setGeometry(40, 30, 1000, 700);
        studio.window().show();
        QTRY_COMPARE_WITH_TIMEOUT(studio.window().windowTitle(), QString("one - first.db - Mergarium"), kPatience);
        const auto place = studio.window().geometry();
        const auto inspector = [&] { return studio.window().findChild<QDockWidget*>("inspectorDock"); };
        // So narrow that the middle has its least width beside it.
        const int width = 22 * studio.window().fontMetrics().averageCharWidth();
        studio.window().resizeDocks({inspector()}, {width}, Qt::Horizontal);
        QTRY_COMPARE(inspector()->width(), width);
        const QSignalSpy reopened(&studio, &Studio::reopened);
        studio.window().openDatabase(second);
        QTRY_COMPARE(reopened.count(), 1);
        QTRY_COMPARE_WITH_TIMEOUT(studio.window().windowTitle(), QString("two - second.mergarium - Mergarium"),
                                  kPatience);
        QCOMPARE(studio.window().geometry(), place);
        QVERIFY(studio.window().isVisible());
        QTRY_COMPARE(listed(studio.window()), 2);
        QTRY_COMPARE(inspector()->width(), width);
        // What is open need not be opened.
        studio.window().openDatabase(second);
        QVERIFY(said(studio.window()).contains("open already"));
        QCOMPARE(reopened.count(), 1);
    }

    void whileARunGoesOnItAsksFirst() {
        const auto first = path("busy.db"), second = withRun("other.db", "two");
        Studio studio(options(first));
        studio.window().show();
        auto endless = test::shortRun(1'000'000, "endless");
        studio.window().workbench().start(endless);
        QTRY_VERIFY_WITH_TIMEOUT(
            studio.window().workbench().shown() && studio.window().workbench().shown()->evaluations > 10, kPatience);
        const QSignalSpy reopened(&studio, &Studio::reopened);
        studio.window().openDatabase(second);
        QVERIFY(said(studio.window()).contains("is stopped"));
        QTest::keyClick(&studio.window(), Qt::Key_Escape);
        QTRY_VERIFY(said(studio.window()).isEmpty());
        QVERIFY(studio.window().workbench().isComputing());
        QCOMPARE(reopened.count(), 0);

        studio.window().openDatabase(second);
        QTest::mouseClick(studio.window().findChild<QPushButton*>("messageAction"), Qt::LeftButton);
        QTRY_COMPARE_WITH_TIMEOUT(reopened.count(), 1, kPatience);
        QTRY_VERIFY_WITH_TIMEOUT(studio.window().windowTitle().contains("other.db"), kPatience);
        QCOMPARE(RunCatalog(first.toStdString()).runs().front().phase, Phase::Stopped);
    }

    void thoseThatWereOpenedLastAreListedWhileTheyAreThere() {
        QSettings settings(path("recent.ini"), QSettings::IniFormat);
        RecentDatabases recent(&settings);
        for (int i = 0; i < 12; ++i) recent.add(path(QString("%1.db").arg(i)));
        recent.add(path("5.db"));
        QCOMPARE(recent.list().size(), 10);
        QCOMPARE(recent.list().mid(0, 3), QStringList({path("5.db"), path("11.db"), path("10.db")}));
        QVERIFY(!recent.list().contains(path("0.db")));

        const auto there = withRun("there.db", "one");
        recent.add(there);
        QWidget window;
        FileMenu menu(path("shown.db").toStdString(), &settings, &window, &window);
        QCOMPARE(recent.list().front(), path("shown.db"));
        const QSignalSpy opened(&menu, &FileMenu::openRequested);
        QSignalSpy sentences(&menu, &FileMenu::said);
        menu.openRecent(there);
        QCOMPARE(opened.count(), 1);
        menu.openRecent(path("5.db"));
        QCOMPARE(opened.count(), 1);
        QCOMPARE(sentences.count(), 1);
        QVERIFY(!recent.list().contains(path("5.db")));
        QVERIFY(recent.list().contains(there));
        // The shown one isn't offered.
        for (auto* one : menu.findChildren<QMenu*>())
            for (const auto* action : one->actions()) QVERIFY(!action->text().contains("shown.db"));
    }

    void filesAreTakenForWhatTheyHold() {
        QCOMPARE(kindOfFile(withRun("named.txt", "one")), FileKind::Database);
        QCOMPARE(kindOfFile(written("a.db", "no database")), FileKind::Other);
        QCOMPARE(kindOfFile(written("run.yaml", "name: one\nstrategy: {kind: ga}\n")), FileKind::Run);
        QCOMPARE(kindOfFile(written("sweep.yml", "# A sweep.\nname: one\narms:\n  a: {}\n")), FileKind::Sweep);
        QCOMPARE(kindOfFile(written("recipe.yaml", "# A model.\nmergarium_recipe: 1\nname: x\n")), FileKind::Recipe);
        QCOMPARE(kindOfFile(written("merge.yml", "base_model: a\nmerge_method: ties\n")), FileKind::Merge);
        QCOMPARE(kindOfFile(written("data.json", "base: 1")), FileKind::Other);
        QCOMPARE(kindOfFile(path("missing.yaml")), FileKind::Other);
        QCOMPARE(kindOfFile(folder_.path()), FileKind::Other);
        QCOMPARE(kindOfFile("/dev/zero"), FileKind::Other);
    }

    // Other processes would take a database without locks for one that nobody uses.
    void lookingAtADatabaseTakesNoLocksAway() {
        const auto name = withRun("locked.db", "one");
        auto open = openDatabase(name.toStdString(), Access::Read);
        (void)open.execAndGet("SELECT count(*) FROM runs");
        // Closed with the process: closing it would take the locks away, too.
        const int probe = ::open(qPrintable(name), O_RDWR | O_CLOEXEC);
        const auto isLocked = [&] {
            struct flock lock {};
            lock.l_type = F_WRLCK;
            lock.l_whence = SEEK_SET;
            return ::fcntl(probe, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
        };
        QVERIFY(isLocked());
        QCOMPARE(kindOfFile(name), FileKind::Database);
        QVERIFY(isLocked());
        QCOMPARE(kindOfFile(written("empty.db", "")), FileKind::Other);
    }

    void whatIsDroppedIsOpened() {
        Studio studio(options(withRun("dropped-on.db", "one")));
        studio.window().show();
        auto& window = studio.window();
        QTRY_VERIFY_WITH_TIMEOUT(window.workbench().shown(), kPatience);
        QVERIFY(drop(window, {written("ga.yaml", "name: dropped\nbudget: {evaluations: 77}\n")}));
        QCOMPARE(window.tabs().currentWidget(), static_cast<QWidget*>(window.findChild<NewRunPage*>()));
        QCOMPARE(window.findChild<RunForm*>()->configuration().evaluations, 77u);
        QVERIFY(drop(window, {written("small.yaml", "name: small\nbase: digits-specialists\narms: {a: {}}\n")}));
        QCOMPARE(window.tabs().currentWidget(), static_cast<QWidget*>(window.findChild<SweepPage*>()));
        QVERIFY(drop(window, {written("bad.yaml", "name: [\n")}));
        QVERIFY(!said(window).isEmpty());
        QVERIFY(!drop(window, {written("some.text", "text")}));
        QVERIFY(drop(window, {written("recipe.yaml", "mergarium_recipe: 1\n")}));
        QVERIFY(window.findChild<RebuildDialog*>()->isVisible());
        window.findChild<RebuildDialog*>()->reject();
        // What is opened by the menu is looked at as what is dropped is.
        window.findChild<FileMenu*>()->openRecent(written("opened.yaml", "name: opened\nbudget: {evaluations: 78}\n"));
        QCOMPARE(window.findChild<RunForm*>()->configuration().evaluations, 78u);
        QVERIFY(window.windowTitle().contains("dropped-on.db"));
        const QSignalSpy reopened(&studio, &Studio::reopened);
        // The first of several that can be opened.
        QVERIFY(drop(window, {path("some.text"), withRun("dropped.db", "two")}));
        QTRY_COMPARE_WITH_TIMEOUT(reopened.count(), 1, kPatience);
        QTRY_VERIFY_WITH_TIMEOUT(studio.window().windowTitle().contains("dropped.db"), kPatience);
    }

    void runsAreImported() {
        const auto from = withRun("from.db", "theirs", 2);
        Studio studio(options(withRun("into.db", "mine")));
        auto& window = studio.window();
        window.show();
        QTRY_COMPARE_WITH_TIMEOUT(listed(window), 1, kPatience);
        auto* menu = window.findChild<FileMenu*>();
        menu->importFrom(path("into.db"));
        QVERIFY(said(window).contains("is open"));
        QVERIFY(!window.findChild<ImportDialog*>());

        menu->importFrom(from);
        auto* runs = window.findChild<ImportDialog*>()->findChild<QListWidget*>("importedRuns");
        QTRY_COMPARE_WITH_TIMEOUT(runs->count(), 2, kPatience);
        QCOMPARE(runs->selectedItems().size(), 2);
        runs->item(0)->setSelected(false);
        auto* import = window.findChild<QPushButton*>("import");
        QTest::mouseClick(import, Qt::LeftButton);
        QTRY_COMPARE_WITH_TIMEOUT(listed(window), 2, kPatience);
        QCOMPARE(said(window), QString("1 of 1 runs of from.db were imported."));
        QTRY_VERIFY(!window.findChild<ImportDialog*>());
    }

    void whatIsNoDatabaseIsOneSentenceInTheDialog() {
        Studio studio(options(withRun("good.db", "mine")));
        studio.window().show();
        studio.window().findChild<FileMenu*>()->importFrom(written("no.db", QByteArray(4096, 'x')));
        auto* dialog = studio.window().findChild<ImportDialog*>();
        const auto sentence = [&] {
            QStringList texts;
            for (const auto* label : dialog->findChildren<QLabel*>()) texts << label->text();
            return texts.join(' ');
        };
        QTRY_VERIFY_WITH_TIMEOUT(sentence().contains("no.db"), kPatience);
        QVERIFY(!studio.window().findChild<QPushButton*>("import")->isEnabled());
        dialog->reject();
    }
};

MERGARIUM_SUITE(DatabasesTest)
#include "databases_test.moc"
