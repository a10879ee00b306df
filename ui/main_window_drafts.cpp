#include "core/configuration/yaml.h"
#include "ui/drafts/draft_desk.h"
#include "ui/drafts/draft_list.h"
#include "ui/main_window.h"
#include "ui/message_bar/message_bar.h"
#include "ui/setup/new_run_page.h"
#include "ui/sweep/sweep_page.h"

#include <QAction>
#include <QTabWidget>

#include <exception>

// What is being set up is kept, and what was edited can be gone back to.
namespace mergarium {

void MainWindow::connectDrafts() {
    connect(drafts_, &DraftDesk::said, messages_, &MessageBar::say);
    connect(drafts_, &DraftDesk::found, this, [this](const Draft& draft) {
        // A preset that is about to start is not to be pushed aside.
        if (draft.kind != DraftKind::Run || !startsOnceListed_) edit(draft);
    });
    connect(newRun_, &NewRunPage::edited, this, [this] {
        const auto& configuration = newRun_->configuration();
        drafts_->edit(DraftKind::Run, QString::fromStdString(configuration.name), toYaml(configuration));
    });
    connect(sweep_, &SweepPage::edited, this,
            [this] { drafts_->edit(DraftKind::Sweep, sweep_->draftName(), sweep_->draft()); });
    const auto follow = [this](auto* page, DraftKind kind) {
        using Page = std::remove_pointer_t<decltype(page)>;
        connect(page, &Page::left, this, [this, kind](bool edits) {
            drafts_->leave(kind, edits);
            judgeUndo();
        });
        connect(page, &Page::wentBack, this, [this, kind] {
            drafts_->goBack(kind);
            judgeUndo();
        });
    };
    follow(newRun_, DraftKind::Run);
    follow(sweep_, DraftKind::Sweep);
    connect(sweep_, &SweepPage::started, this, &MainWindow::judgeUndo);
    connect(sweep_, &SweepPage::runsChanged, this, &MainWindow::judgeUndo);
    connect(tabs_, &QTabWidget::currentChanged, this, &MainWindow::judgeUndo);
    judgeUndo();
}

bool MainWindow::edit(const Draft& draft) {
    auto name = draft.name;
    if (draft.kind == DraftKind::Run) {
        try {
            const auto configuration = parseDraftConfiguration(draft.text, draft.name);
            newRun_->reopen(configuration);
            name = configuration.name;
        } catch (const std::exception& error) {
            messages_->say({.kind = Message::Kind::Error, .sentence = QString::fromUtf8(error.what())});
            return false;
        }
    } else {
        if (sweep_->isGoing()) {
            warn(tr("A sweep is going on; stop it before another one is opened."));
            return false;
        }
        sweep_->reopen(draft.text);
        name = sweep_->draftName().toStdString();
    }
    drafts_->take(draft, draft.name != name);
    return true;
}

void MainWindow::showDrafts() {
    if (!draftList_) {
        draftList_ = new DraftList(this);
        connect(drafts_, &DraftDesk::changed, draftList_, &DraftList::setDrafts);
        connect(draftList_, &DraftList::openRequested, this, [this](const Draft& draft) {
            // What is edited already is only looked at.
            if (!drafts_->isEdited(draft.id) && !edit(draft)) return;
            tabs_->setCurrentWidget(draft.kind == DraftKind::Run ? static_cast<QWidget*>(newRun_) : sweep_);
        });
        connect(draftList_, &DraftList::duplicateRequested, drafts_, &DraftDesk::duplicate);
        connect(draftList_, &DraftList::renameRequested, drafts_, &DraftDesk::rename);
        connect(draftList_, &DraftList::removeRequested, drafts_, &DraftDesk::remove);
    }
    draftList_->setDrafts(drafts_->drafts());
    draftList_->show();
    draftList_->raise();
    draftList_->activateWindow();
}

void MainWindow::undo() {
    if (tabs_->currentWidget() == newRun_ && newRun_->canGoBack()) return newRun_->goBack();
    if (tabs_->currentWidget() == sweep_ && sweep_->canGoBack()) return sweep_->goBack();
    workbench_->undoRemoval();
}

void MainWindow::judgeUndo() {
    const bool edits = (tabs_->currentWidget() == newRun_ && newRun_->canGoBack()) ||
                       (tabs_->currentWidget() == sweep_ && sweep_->canGoBack());
    undo_->setText(edits ? tr("&Undo: back to my edits") : tr("&Undo delete"));
    undo_->setEnabled(edits || !workbench_->deletions().empty());
}

}  // namespace mergarium
