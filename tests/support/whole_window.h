#pragma once

#include "core/configuration/presets.h"
#include "tests/support/patience.h"
#include "tests/support/runs.h"
#include "tests/support/small_sweep.h"
#include "ui/databases/import_dialog.h"
#include "ui/main_window.h"
#include "ui/runs/runs_view.h"
#include "ui/selection/selection.h"
#include "ui/setup/new_run_page.h"
#include "ui/sweep/sweep_page.h"
#include "ui/theme/theme.h"

#include <QAction>
#include <QCheckBox>
#include <QDialog>
#include <QImage>
#include <QListWidget>
#include <QPixmap>
#include <QPushButton>
#include <QTabWidget>
#include <QTableView>
#include <QTemporaryDir>
#include <QTest>

#include <fstream>
#include <functional>
#include <memory>
#include <utility>

namespace mergarium::test {

/// The window with all that it can show: empty, then on runs of the digits, every pane, dialog and card one after
/// another.
class WholeWindow {
public:
    /// What is seen: where one is, and the window or dialog.
    using See = std::function<void(const QString& where, QWidget& top)>;

    explicit WholeWindow(ThemeKind theme) : theme_(theme) {}

    void visit(const See& see) {
        see_ = see;
        visitEmpty();
        for (const char* name : {"first", "second"}) runToItsEnd(shortRun(60, name), database("runs"));
        std::ofstream(folder_.filePath("sweep.yaml").toStdString()) << kSmallSweep;
        window_ = open("runs");
        pauseARun();
        visitTabs();
        visitNewRun();
        visitSweep();
        visitCompare();
        visitDialogs();
        window_.reset();
    }

private:
    std::filesystem::path database(const char* name) const {
        return folder_.filePath(QString("%1.db").arg(name)).toStdString();
    }

    std::unique_ptr<MainWindow> open(const char* name) const {
        auto window = std::make_unique<MainWindow>(
            WindowOptions{.workplace = {.database = database(name), .resources = kResources, .threads = 1},
                          .theme = theme_,
                          .about = [] {
                              return About{.version = "1.2.3", .licence = "a licence", .parts = {{"Qt", "6"}}};
                          }});
        window->resize(1280, 800);
        window->show();
        return window;
    }

    /// Once it looks the same for a while: what is computed on other threads has arrived.
    void see(const QString& where, QWidget& top) const {
        QImage last;
        const auto rests = [&] {
            const auto now = top.grab().toImage();
            return std::exchange(last, now) == now;
        };
        QTRY_VERIFY_WITH_TIMEOUT(rests(), kPatience);
        see_(where, top);
    }
    void see(const QString& where) const { see(where, *window_); }

    QString tabName() const { return window_->tabs().tabText(window_->tabs().currentIndex()).remove('&'); }

    void visitEmpty() {
        window_ = open("empty");
        for (int tab = 0; tab < window_->tabs().count(); ++tab) {
            window_->tabs().setCurrentIndex(tab);
            see(tabName() + ", empty");
        }
        trigger(Qt::CTRL | Qt::Key_D, "Drafts, empty");
        window_.reset();
    }

    void pauseARun() {
        const auto shown = [this] { return window_->workbench().shown(); };
        QTRY_VERIFY_WITH_TIMEOUT(shown(), kPatience);
        window_->workbench().start(shortRun(1'000'000, "third"));
        QTRY_VERIFY_WITH_TIMEOUT(shown()->run && shown()->run->id == RunId{3} && shown()->evaluations > 200, kPatience);
        window_->workbench().pause();
        QTRY_VERIFY_WITH_TIMEOUT(shown()->phase == Phase::Paused, kPatience);
        window_->warn("Something is to be known.");
    }

    /// With a member, with a sample, and with whatever opens beside.
    void visitTabs() {
        const auto& members = window_->workbench().shown()->members;
        for (int tab = 1; tab < window_->tabs().count(); ++tab) {
            window_->tabs().setCurrentIndex(tab);
            window_->selection().select(std::size_t{7});
            see(tabName() + " with a sample");
            window_->selection().select(members[*bestSlot(members)]->id);
            see(tabName() + " with a member");
            for (auto* box : window_->tabs().currentWidget()->findChildren<QCheckBox*>()) {
                if (!box->isVisible() || !box->isEnabled()) continue;
                box->click();
                see(tabName() + " with " + box->text());
                box->click();
            }
        }
    }

    void visitNewRun() {
        window_->tabs().setCurrentIndex(0);
        auto* page = window_->findChild<NewRunPage*>();
        for (const auto& preset : readPresets(kResources)) {
            page->choosePreset(QString::fromStdString(preset.name));
            see("New run, " + QString::fromStdString(preset.name));
        }
        auto scored = shortRun(10);
        scored.task = CommandSettings{};
        page->setConfiguration(scored);
        see("New run, a program");
        page->choosePreset("digits-specialists");
        page->start();
        visitDialog("Start question");
        for (auto* button : page->findChildren<QPushButton*>())
            if (button->text().contains("As text")) button->click();
        visitDialog("As text");
    }

    void visitSweep() {
        auto* page = window_->findChild<SweepPage*>();
        window_->tabs().setCurrentWidget(page);
        page->open(folder_.filePath("sweep.yaml"));
        see("Sweep");
        for (auto* tabs : page->findChildren<QTabWidget*>())
            for (int tab = 0; tab < tabs->count(); ++tab) {
                tabs->setCurrentIndex(tab);
                see("Sweep, " + tabs->tabText(tab));
            }
    }

    void visitCompare() {
        Q_EMIT window_->findChild<RunsView*>()->compareRequested({"1", "2"});
        see("Compare");
    }

    void visitDialogs() {
        trigger(Qt::CTRL | Qt::Key_D, "Drafts");
        trigger(Qt::CTRL | Qt::Key_E, "Export");
        window_->tabs().setCurrentIndex(1);
        trigger(Qt::CTRL | Qt::SHIFT | Qt::Key_E, "Export figure");
        trigger(QKeySequence(QKeySequence::HelpContents), "Help");
        for (auto* action : window_->findChildren<QAction*>())
            if (action->text().contains("About")) action->trigger();
        visitDialog("About");
        trigger(Qt::CTRL | Qt::Key_F1, "Tour");
        QTest::keyClick(window_.get(), Qt::Key_Escape);
        Q_EMIT window_->findChild<RunsView*>()->openRequested({1});
        QTRY_VERIFY_WITH_TIMEOUT(window_->workbench().shown()->run->id == RunId{1}, kPatience);
        trigger(Qt::CTRL | Qt::SHIFT | Qt::Key_X, "Extend");
        window_->activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(window_.get()));
        auto* runs = window_->findChild<QTableView*>("runsTable");
        for (int column = 0; column < runs->model()->columnCount(); ++column) {
            const auto cell = runs->model()->index(0, column);
            if (!(cell.flags() & Qt::ItemIsEditable)) continue;
            runs->edit(cell);
            see("Runs, editing column " + QString::number(column));
            QTest::keyClick(QApplication::focusWidget(), Qt::Key_Escape);
        }
        ImportDialog import(database("runs"), database("empty"), window_.get());
        import.open();
        see("Import", import);
    }

    void trigger(const QKeySequence& keys, const QString& where) {
        for (auto* action : window_->findChildren<QAction*>())
            if (action->shortcut() == keys) {
                action->trigger();
                break;
            }
        visitDialog(where);
    }

    /// What has opened, and closes it; the window itself where nothing has.
    void visitDialog(const QString& where) {
        for (auto* dialog : window_->findChildren<QDialog*>()) {
            if (!dialog->isVisible()) continue;
            see(where, *dialog);
            dialog->close();
            return;
        }
        see(where);
    }

    QTemporaryDir folder_;
    ThemeKind theme_;
    See see_;
    std::unique_ptr<MainWindow> window_;
};

}  // namespace mergarium::test
