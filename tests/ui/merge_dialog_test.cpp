#include "ui/export/merge_dialog.h"
#include "core/progress/progress.h"
#include "tests/support/example_models.h"
#include "tests/support/patience.h"
#include "tests/support/suite.h"

#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QPushButton>
#include <QSignalSpy>
#include <QSpinBox>
#include <QTest>

#include <fstream>
#include <thread>

using namespace mergarium;
using namespace mergarium::test;
namespace fs = std::filesystem;

// A merge configuration in the window.
class MergeDialogTest : public QObject, private ExampleModels {
    Q_OBJECT

    fs::path written(const std::string& text, const char* name = "merge.yml") const {
        std::ofstream(folder_ / name) << text;
        return folder_ / name;
    }
    static QString verdict(const MergeDialog& dialog) { return dialog.findChild<QLabel*>("verdict")->text(); }
    static QPushButton* button(MergeDialog& dialog) { return dialog.findChild<QPushButton*>("merge"); }
    static void type(MergeDialog& dialog, const char* into, const fs::path& path) {
        dialog.findChild<QWidget*>(into)->findChild<QLineEdit*>()->setText(QString::fromStdString(path.string()));
    }
    static QListWidget* models(const MergeDialog& dialog) { return dialog.findChild<QListWidget*>("models"); }
    static inline const std::string kLinear =
        "merge_method: linear\nmodels:\n  - {model: a, parameters: {weight: 3}}\n  - {model: b, parameters: {weight: "
        "1}}\n";
    static inline const std::string kDare =
        "merge_method: dare_ties\nbase_model: a\nmodels:\n  - {model: b, parameters: {weight: 1, density: 0.5}}\n";

private Q_SLOTS:
    void init() { writeBoth(); }

    void whatWouldBeMadeIsShownAndNothingIsDoneUnasked() {
        MergeDialog dialog(written(kDare));
        QVERIFY(!button(dialog)->isEnabled());
        QTRY_COMPARE_WITH_TIMEOUT(models(dialog)->count(), 2, kPatience);
        const auto title = dialog.findChild<QLabel*>("title")->text();
        QVERIFY2(title.contains("dare_ties") && title.contains("2 layers"), qPrintable(title));
        const auto shown = models(dialog)->item(1)->text();
        QVERIFY2(shown.contains(QString::fromStdString((folder_ / "a").string())), qPrintable(shown));
        QVERIFY(shown.contains("(base)"));
        QVERIFY(!models(dialog)->item(0)->text().contains("(base)"));
        type(dialog, "parent", folder_);
        QCOMPARE(dialog.findChild<QLineEdit*>("folder")->text(), QString("merge-merged"));
        QVERIFY(button(dialog)->isEnabled());
        dialog.findChild<QLineEdit*>("folder")->setText("a");
        QVERIFY(!button(dialog)->isEnabled() && verdict(dialog).contains("is there already"));
        QVERIFY(!fs::exists(folder_ / "merge-merged"));
    }

    void theSeedCountsWhereTheMethodDraws() {
        std::optional<std::uint64_t> seed;
        for (const auto& [yaml, draws] : {std::pair(kDare, true), std::pair(kLinear, false)}) {
            MergeDialog dialog(written(yaml), nullptr,
                               {.merge = [&](const ConfiguredMerge& merge, const MergeProgress&) -> ConfiguredResult {
                                   seed = merge.seed;
                                   throw Cancelled();
                               }});
            dialog.show();
            type(dialog, "parent", folder_);
            QTRY_VERIFY_WITH_TIMEOUT(button(dialog)->isEnabled(), kPatience);
            auto* box = dialog.findChild<QSpinBox*>("seed");
            QCOMPARE(box->isVisible(), draws);
            if (draws) box->setValue(7);
            QTest::mouseClick(button(dialog), Qt::LeftButton);
            QTRY_VERIFY_WITH_TIMEOUT(verdict(dialog).contains("cancelled"), kPatience);
            QCOMPARE(seed, std::optional<std::uint64_t>(draws ? 7 : 0));
        }
    }

    void theModelIsWrittenAsTheCommandLineWritesIt() {
        MergeDialog dialog(written(kLinear));
        QSignalSpy said(&dialog, &MergeDialog::said);
        type(dialog, "parent", folder_);
        QTRY_VERIFY_WITH_TIMEOUT(button(dialog)->isEnabled(), kPatience);
        QTest::mouseClick(button(dialog), Qt::LeftButton);
        QTRY_COMPARE_WITH_TIMEOUT(said.size(), 1, kPatience);
        QVERIFY2(said[0][0].value<Message>().sentence.contains("read back and verified"),
                 qPrintable(said[0][0].value<Message>().sentence));
        mergeAsConfigured({.configuration = readMergeConfiguration(folder_ / "merge.yml"),
                           .folder = folder_ / "other",
                           .name = "merge-merged"});
        QVERIFY(filesIn(folder_ / "merge-merged") == filesIn(folder_ / "other"));
    }

    void modelsThatAreElsewhereAreAskedFor() {
        fs::create_directory(folder_ / "elsewhere");
        fs::rename(folder_ / "b", folder_ / "elsewhere" / "b");
        MergeDialog dialog(written(kLinear));
        type(dialog, "parent", folder_);
        QTRY_VERIFY_WITH_TIMEOUT(verdict(dialog).contains("b"), kPatience);
        QVERIFY(!button(dialog)->isEnabled());
        type(dialog, "places", folder_ / "elsewhere");
        QTRY_VERIFY_WITH_TIMEOUT(button(dialog)->isEnabled(), kPatience);
        QVERIFY(models(dialog)->item(1)->text().contains("elsewhere"));
    }

    void whatIsWrongIsOneSentenceWithItsLine() {
        MergeDialog dialog(written("merge_method: linear\nmodels:\n  - {modle: a}\n"));
        QTRY_VERIFY_WITH_TIMEOUT(verdict(dialog).contains("line 3"), kPatience);
        QVERIFY(!button(dialog)->isEnabled());
    }

    void itCanBeCancelled() {
        MergeDialog dialog(written(kLinear), nullptr,
                           {.merge = [](const ConfiguredMerge&, const MergeProgress& progress) -> ConfiguredResult {
                               while (progress("Writing the model", 1, 2)) std::this_thread::yield();
                               throw Cancelled();
                           }});
        type(dialog, "parent", folder_);
        QTRY_VERIFY_WITH_TIMEOUT(button(dialog)->isEnabled(), kPatience);
        QTest::mouseClick(button(dialog), Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(verdict(dialog).contains("Writing"), kPatience);
        QTest::mouseClick(button(dialog), Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(verdict(dialog).contains("cancelled"), kPatience);
        QVERIFY(!dialog.isWriting());
    }
};

MERGARIUM_SUITE(MergeDialogTest)
#include "merge_dialog_test.moc"
