#pragma once

#include "ui/message_bar/message_bar.h"
#include "ui/session/workbench.h"
#include "ui/sweep/sweep_outlook.h"

#include <QTimer>
#include <QWidget>

#include <memory>
#include <optional>
#include <string>
#include <utility>

class QComboBox;
class QLabel;
class QPlainTextEdit;
class QProgressBar;
class QPushButton;
class QSpinBox;
class QSplitter;
class QTableView;
class QTabWidget;

namespace mergarium {

class LatestWorker;
class SweepForm;
class SweepRunner;
class SweepRunsModel;

/// Where sweeps are set up, started, watched, stopped and gone on with. The sweep is a file's text, edited as fields or
/// as it is; whatever is changed is checked on another thread against the database, and the runs ahead are listed.
class SweepPage : public QWidget {
    Q_OBJECT

public:
    SweepPage(const Workplace& workplace, const QStringList& bases, QWidget* parent = nullptr);
    ~SweepPage() override;

    /// False when no such sweep ships.
    bool choosePreset(const QString& name);
    /// A sweep, or a run configuration to be the base of one.
    void open(const QString& path);
    void save(const QString& path);
    /// What is being edited as one text, with what its paths are relative to.
    std::string draft() const;
    /// What it is called: the sweep's name.
    QString draftName() const;
    void reopen(const std::string& draft);
    /// To what was being edited before another sweep was opened; what is there now is what can be gone back to then.
    void goBack();
    bool canGoBack() const { return before_ && !isGoing(); }
    /// Begins the sweep, or goes on with it; nothing happens while it can't be carried out.
    void start();
    /// Starts the sweep, whose program the person has approved.
    void approve(const Program& program);
    /// What is done is stored; starting again goes on.
    void stop();
    bool isGoing() const { return runner_ != nullptr; }
    /// Looks again at what is stored of the sweep.
    void refresh();

Q_SIGNALS:
    void openRequested(mergarium::RunId run);
    /// The name of the sweep.
    void compareRequested(const QString& sweep);
    void started();
    /// A run was begun or has ended.
    void runsChanged();
    void said(const mergarium::Message& message);
    /// By a person.
    void edited();
    /// Something else takes the place of what was there; `edits`: it can be gone back to.
    void left(bool edits);
    /// It is about to be there again.
    void wentBack();
    /// How far the sweep is, in a few words; empty once it isn't going on.
    void progressChanged(const QString& text);

protected:
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void showEvent(QShowEvent* event) override;

private:
    void build(const QStringList& bases);
    QWidget* makeEditor(const QStringList& bases);
    QWidget* makeRuns();
    void replace(const SweepFile& file, const std::string& pristine);
    void fill(const SweepFile& file, const std::string& pristine);
    void edit(const std::string& text);
    void lookSoon();
    void lookNow();
    void present(const SweepOutlook& outlook);
    void follow(const SweepProgressPtr& progress);
    void finish(const QString& trouble);
    void judge();
    void fitColumns();
    void askWhereToSave();
    SweepPlace place() const;

    const Workplace workplace_;
    SweepFile file_;
    /// The text as it was opened.
    std::string pristine_;
    /// The same two, of what can be gone back to.
    std::optional<std::pair<SweepFile, std::string>> before_;
    SweepOutlook outlook_;
    /// The outlook is that of the text.
    bool looked_ = false;
    bool filling_ = false;
    /// The last change was made in the fields: they are not filled from the text while a person types into them.
    bool formLeads_ = false;
    /// What is stored may have changed since it was looked at.
    bool stale_ = false;
    bool laidOut_ = false;
    /// Of the sweep that is going on.
    SweepProgressPtr progress_;
    std::size_t begunRuns_ = 0;
    QComboBox* presets_ = nullptr;
    QPushButton* back_ = nullptr;
    QPushButton* open_ = nullptr;
    QTabWidget* tabs_ = nullptr;
    SweepForm* form_ = nullptr;
    QPlainTextEdit* text_ = nullptr;
    QLabel* description_ = nullptr;
    QLabel* verdict_ = nullptr;
    QProgressBar* bar_ = nullptr;
    QLabel* rate_ = nullptr;
    QTableView* table_ = nullptr;
    SweepRunsModel* model_ = nullptr;
    QSpinBox* jobs_ = nullptr;
    QPushButton* compare_ = nullptr;
    QPushButton* start_ = nullptr;
    QSplitter* splitter_ = nullptr;
    QTimer quiet_;
    LatestWorker* worker_ = nullptr;
    // Last: destroyed first, so that a stopping sweep finds the rest alive.
    std::unique_ptr<SweepRunner> runner_;
};

}  // namespace mergarium
