#include "tests/support/suite.h"
#include "ui/about/about_dialog.h"
#include "ui/help/help_window.h"
#include "ui/main_window.h"
#include "ui/message_bar/message_bar.h"
#include "ui/selection/selection.h"

#include <QAction>
#include <QDockWidget>
#include <QImage>
#include <QLabel>
#include <QRegularExpression>
#include <QScreen>
#include <QSettings>
#include <QTabWidget>
#include <QTableView>
#include <QTemporaryDir>
#include <QTest>
#include <QTextBrowser>
#include <QTextDocument>

using namespace mergarium;

/// What a person expects of every window: help, a name, a place on the screen.
class MannersTest : public QObject {
    Q_OBJECT

    QTemporaryDir folder_;

    WindowOptions options(const char* database = "runs.db") {
        return {.workplace = {.database = folder_.filePath(database).toStdString(),
                              .resources = MERGARIUM_SOURCE_DIR "/resources",
                              .threads = 1},
                .about = [] {
                    return About{.version = "1.2.3", .licence = "a licence", .parts = {{"Qt", "6"}}};
                }};
    }

private Q_SLOTS:
    void everyViewSaysWhatItShows() {
        MainWindow window(options());
        window.show();
        QVERIFY(QTest::qWaitForWindowActive(&window));
        int pictures = 0;
        for (int tab = 0; tab < window.tabs().count(); ++tab) {
            window.tabs().setCurrentIndex(tab);
            QVERIFY2(!window.tabs().currentWidget()->whatsThis().isEmpty(), qPrintable(window.tabs().tabText(tab)));
            window.activateWindow();
            QTest::keyClick(&window, Qt::Key_F1);
            auto* help = window.findChild<HelpWindow*>();
            QTRY_VERIFY(help && help->isVisible());
            const auto text = help->findChild<QTextBrowser*>()->toPlainText();
            QVERIFY2(text.startsWith(window.tabs().tabText(tab)), qPrintable(text.left(40)));
            QVERIFY(text.contains("Ctrl+R"));
            const auto picture =
                QRegularExpression("picture:[a-z]+\\.png").match(window.tabs().currentWidget()->whatsThis());
            if (!picture.hasMatch()) continue;
            ++pictures;
            const auto* document = help->findChild<QTextBrowser*>()->document();
            const auto shown = document->resource(QTextDocument::ImageResource, picture.captured()).value<QImage>();
            QVERIFY2(!shown.isNull() && shown.width() < help->width(), qPrintable(picture.captured()));
        }
        QCOMPARE(pictures, 5);
        for (const auto* dock : window.findChildren<QDockWidget*>())
            QVERIFY2(!dock->widget()->whatsThis().isEmpty(), qPrintable(dock->windowTitle()));
    }

    void aboutIsToldByOthersAndCanBeCopied() {
        MainWindow window(options());
        window.show();
        for (auto* one : window.findChildren<QAction*>())
            if (one->text().contains("About")) one->trigger();
        auto* about = window.findChild<AboutDialog*>();
        QVERIFY(about);
        QTRY_COMPARE(about->text(), QString("Mergarium 1.2.3\nQt: 6\n"));
        QStringList words;
        for (const auto* label : about->findChildren<QLabel*>()) words << label->text();
        QVERIFY(words.contains("a licence"));
    }

    void aWindowFromALargerScreenFitsThisOne() {
        QSettings settings(folder_.filePath("large.ini"), QSettings::IniFormat);
        auto remembered = options();
        remembered.settings = &settings;
        {
            MainWindow window(remembered);
            window.setGeometry(900, 700, 3000, 2000);
            window.show();
            window.close();
        }
        MainWindow window(remembered);
        window.show();
        const auto room = window.screen()->availableGeometry();
        const auto* messages = window.findChild<MessageBar*>();
        const QRect bar(messages->mapToGlobal(QPoint()), messages->size());
        QVERIFY2(bar.bottom() <= room.bottom(), qPrintable(QString("%1 > %2").arg(bar.bottom()).arg(room.bottom())));
        QVERIFY(room.contains(window.geometry().topLeft()));
    }

    void nothingMovesBecauseOfWhatNobodyAskedFor() {
        MainWindow window(options("still.db"));
        window.resize(1280, 800);
        window.show();
        auto* inspector = window.findChild<QDockWidget*>("inspectorDock");
        QTRY_VERIFY(inspector->width() > 0 && window.tabs().width() > 0);
        const auto place = [&] { return QRect(window.tabs().mapTo(&window, QPoint()), window.tabs().size()); };
        const auto before = place();

        // A message with a button, the first run, the first selection and its end.
        window.findChild<MessageBar*>()->say({.sentence = "Something.", .action = "Do it"});
        QApplication::sendPostedEvents(nullptr, QEvent::LayoutRequest);
        QCOMPARE(place(), before);
        RunConfiguration configuration;
        configuration.evaluations = 20;
        window.workbench().start(configuration);
        QTRY_VERIFY_WITH_TIMEOUT(window.workbench().shown() && window.workbench().shown()->phase == Phase::Finished,
                                 600'000);
        QTRY_VERIFY_WITH_TIMEOUT(window.findChild<QTableView*>("runsTable")->model()->rowCount() == 1, 600'000);
        const auto settled = [&] {
            QApplication::sendPostedEvents();
            return place();
        };
        QCOMPARE(settled(), before);
        window.selection().select(window.workbench().shown()->members.front()->id);
        QCOMPARE(settled(), before);
        window.selection().select(std::size_t{3});
        QCOMPARE(settled(), before);
        window.selection().clear();
        QCOMPARE(settled(), before);
        // It is as wide as the person draws it, and bears to be narrow.
        const int character = window.fontMetrics().averageCharWidth();
        for (const int width : {50, 21}) {
            window.resizeDocks({inspector}, {width * character}, Qt::Horizontal);
            QTRY_COMPARE(inspector->width(), width * character);
            window.selection().select(std::size_t{3});
            window.selection().clear();
            settled();
            QCOMPARE(inspector->width(), width * character);
        }
    }

    void itsLeastHeightFitsASmallScreen() {
        MainWindow window(options());
        for (int tab = 0; tab < window.tabs().count(); ++tab) {
            window.tabs().setCurrentIndex(tab);
            window.show();
            const auto least = window.minimumSizeHint();
            QVERIFY2(
                least.width() <= 1280 && least.height() <= 760,
                qPrintable(
                    QString("%1: %2 x %3").arg(window.tabs().tabText(tab)).arg(least.width()).arg(least.height())));
        }
    }
};

MERGARIUM_SUITE(MannersTest)
#include "manners_test.moc"
