#include "core/export/merge_models.h"
#include "tests/support/example_models.h"
#include "tests/support/patience.h"
#include "tests/support/runs.h"
#include "tests/support/suite.h"
#include "ui/export/rebuild_dialog.h"
#include "ui/main_window.h"

#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QPushButton>
#include <QSignalSpy>
#include <QTest>

#include <thread>

using namespace mergarium;
using namespace mergarium::test;
namespace fs = std::filesystem;

// A recipe.yaml in the window.
class RebuildTest : public QObject, private ExampleModels {
    Q_OBJECT

    fs::path recipe() const { return folder_ / "merged" / "recipe.yaml"; }
    static QString verdict(const RebuildDialog& dialog) { return dialog.findChild<QLabel*>("verdict")->text(); }
    static QPushButton* button(RebuildDialog& dialog) { return dialog.findChild<QPushButton*>("rebuild"); }
    static void type(RebuildDialog& dialog, const char* into, const fs::path& path) {
        dialog.findChild<QWidget*>(into)->findChild<QLineEdit*>()->setText(QString::fromStdString(path.string()));
    }
    static QStringList founders(const RebuildDialog& dialog) {
        const auto* list = dialog.findChild<QListWidget*>("founders");
        QStringList lines;
        for (int row = 0; row < list->count(); ++row) lines << list->item(row)->text();
        return lines;
    }
    QString textOf(const fs::path& path) const { return QString::fromStdString(path.string()); }

private Q_SLOTS:
    void init() {
        writeBoth();
        mergeModels(request("merged"), cache());
    }

    void whatWouldBeMadeIsShownAndNothingIsDoneUnasked() {
        int calls = 0;
        RebuildDialog dialog(recipe(), nullptr, [&](const auto&, const auto&) -> ExportResult {
            ++calls;
            throw Cancelled();
        });
        QVERIFY(!button(dialog)->isEnabled());
        QTRY_COMPARE_WITH_TIMEOUT(founders(dialog).size(), 2, kPatience);
        QCOMPARE(founders(dialog), (QStringList{"1  a: " + textOf(folder_ / "a"), "2  b: " + textOf(folder_ / "b")}));
        QVERIFY(dialog.findChild<QLabel*>("title")->text().contains("merged"));
        type(dialog, "parent", folder_);
        QCOMPARE(dialog.findChild<QLineEdit*>("folder")->text(), QString("merged-again"));
        QVERIFY(button(dialog)->isEnabled());
        dialog.findChild<QLineEdit*>("folder")->setText("a");
        QVERIFY(!button(dialog)->isEnabled() && verdict(dialog).contains("is there already"));
        QCOMPARE(calls, 0);
    }

    void theSameModelIsMadeAgain() {
        RebuildDialog dialog(recipe());
        QSignalSpy said(&dialog, &RebuildDialog::said);
        QTRY_COMPARE_WITH_TIMEOUT(founders(dialog).size(), 2, kPatience);
        type(dialog, "parent", folder_);
        QTest::mouseClick(button(dialog), Qt::LeftButton);
        QTRY_COMPARE_WITH_TIMEOUT(said.size(), 1, kPatience);
        const auto message = said[0][0].value<Message>();
        QVERIFY2(message.sentence.contains("equal to the byte"), qPrintable(message.sentence));
        QVERIFY(filesIn(folder_ / "merged") == filesIn(folder_ / "merged-again"));
    }

    void foundersThatAreElsewhereAreAskedFor() {
        fs::create_directory(folder_ / "elsewhere");
        fs::rename(folder_ / "b", folder_ / "elsewhere" / "b");
        RebuildDialog dialog(recipe());
        QTRY_COMPARE_WITH_TIMEOUT(founders(dialog).size(), 2, kPatience);
        type(dialog, "parent", folder_);
        QVERIFY(founders(dialog)[1].contains("not found") && !button(dialog)->isEnabled());
        QVERIFY(verdict(dialog).contains("1 of 2 founders"));
        type(dialog, "models", folder_ / "elsewhere");
        QVERIFY(founders(dialog)[1].contains(textOf(folder_ / "elsewhere" / "b")) && button(dialog)->isEnabled());
    }

    void itCanBeCancelled() {
        RebuildDialog dialog(recipe(), nullptr, [](const RebuildRequest&, const Announce& announce) -> ExportResult {
            while (announce("Writing weights", 1, 2)) std::this_thread::yield();
            throw Cancelled();
        });
        QTRY_COMPARE_WITH_TIMEOUT(founders(dialog).size(), 2, kPatience);
        type(dialog, "parent", folder_);
        QTest::mouseClick(button(dialog), Qt::LeftButton);
        QTRY_COMPARE_WITH_TIMEOUT(verdict(dialog), QString("Writing weights"), kPatience);
        QTest::mouseClick(button(dialog), Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(verdict(dialog).contains("cancelled"), kPatience);
        QVERIFY(button(dialog)->isEnabled());
    }

    void theWindowAsksBeforeItGoesWhileAModelIsWritten() {
        MainWindow window({.workplace = {.database = folder_ / "runs.db", .resources = kResources, .threads = 1}});
        window.show();
        const auto said = [&] { return window.findChild<MessageBar*>()->message().sentence; };
        auto* dialog = new RebuildDialog(recipe(), &window, [](const auto&, const Announce& announce) -> ExportResult {
            while (announce("Writing weights", 1, 2)) std::this_thread::yield();
            throw Cancelled();
        });
        QTRY_COMPARE_WITH_TIMEOUT(founders(*dialog).size(), 2, kPatience);
        type(*dialog, "parent", folder_);
        button(*dialog)->click();
        const QSignalSpy requested(&window, &MainWindow::databaseRequested);
        window.openDatabase(textOf(folder_ / "other.db"));
        QVERIFY2(said().contains("being written is cancelled") && !said().contains("what computes"),
                 qPrintable(said()));
        QCOMPARE(requested.size(), 0);
        window.findChild<QPushButton*>("messageAction")->click();
        QCOMPARE(requested.size(), 1);

        QVERIFY(!window.close());
        QVERIFY(window.isVisible() && dialog->isWriting());
        QVERIFY2(said().contains("Closed now"), qPrintable(said()));
        window.findChild<QPushButton*>("messageAction")->click();
        QTRY_VERIFY(!window.isVisible());
    }

    void whatIsNoRecipeIsNamed() {
        writeText(folder_ / "other.yaml", "package: {name: x}\n");
        RebuildDialog dialog(folder_ / "other.yaml");
        QTRY_VERIFY_WITH_TIMEOUT(verdict(dialog).contains("this is no recipe of a model"), kPatience);
        type(dialog, "parent", folder_);
        QVERIFY(!button(dialog)->isEnabled());
    }
};

MERGARIUM_SUITE(RebuildTest)
#include "rebuild_test.moc"
