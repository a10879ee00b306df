#include "ui/runs/runs_view.h"

#include "ui/icons/symbols.h"
#include "ui/runs/listed_runs.h"
#include "ui/runs/name_delegate.h"
#include "ui/runs/notes_delegate.h"
#include "ui/runs/sparkline_delegate.h"
#include "ui/session/run_text.h"
#include "ui/table/plain_table.h"
#include "ui/theme/empty_page.h"

#include <QAction>
#include <QCheckBox>
#include <QDataStream>
#include <QGridLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>
#include <QShortcut>
#include <QStackedLayout>
#include <QTableView>
#include <QVBoxLayout>

#include <algorithm>
#include <set>
#include <string>
#include <utility>

namespace mergarium {
namespace {

/// Of the remembered columns: another order of them is another version.
constexpr quint8 kLayoutVersion = 2;

}  // namespace

RunsView::RunsView(QWidget* parent)
    : QWidget(parent), model_(new RunsModel(this)), listed_(new ListedRuns(*model_, this)) {
    search_ = new QLineEdit(this);
    search_->setObjectName("runsSearch");
    search_->setPlaceholderText(tr("Search (Ctrl+F)"));
    search_->setAccessibleName(tr("Search the runs"));
    search_->setToolTip(tr("Words in a run's name, sweep, seed, status, notes or number."));
    search_->setClearButtonEnabled(true);
    grouped_ = new QCheckBox(tr("By sweep"), this);
    grouped_->setObjectName("groupRuns");
    grouped_->setToolTip(tr("The runs of a sweep in one line, which Enter unfolds."));
    grouped_->setChecked(listed_->isGrouped());

    table_ = makePlainTable(this);
    table_->setObjectName("runsTable");
    table_->setAccessibleName(tr("Runs"));
    setFocusProxy(table_);
    table_->setModel(listed_);
    table_->setItemDelegateForColumn(RunsModel::CurveColumn, new SparklineDelegate(this));
    auto* names = new NameDelegate(this);
    table_->setItemDelegateForColumn(RunsModel::NameColumn, names);
    auto* notes = new NotesDelegate(this);
    table_->setItemDelegateForColumn(RunsModel::NotesColumn, notes);
    table_->setSelectionMode(QAbstractItemView::ExtendedSelection);
    table_->setContextMenuPolicy(Qt::CustomContextMenu);
    table_->horizontalHeader()->setSectionsMovable(true);
    table_->horizontalHeader()->setSortIndicator(RunsModel::NumberColumn, Qt::DescendingOrder);
    table_->setSortingEnabled(true);
    // A few words are enough: the list gives the room to who needs it.
    table_->setMinimumWidth(20 * fontMetrics().averageCharWidth());

    const auto button = [this](const QString& text, const QString& tip) {
        auto* one = new QPushButton(text, this);
        one->setToolTip(tip);
        one->setMinimumWidth(fontMetrics().horizontalAdvance(text) + fontMetrics().height());
        return one;
    };
    open_ = button(tr("Open"), tr("Show the run (Enter)."));
    resume_ = button(tr("Res&ume"), tr("Go on with a run that was stopped or interrupted."));
    extend_ =
        button(tr("Extend..."), tr("Give the run more evaluations, also when it has finished, or other parameters."));
    duplicate_ = button(tr("Duplicate"), tr("Set up a new run with the same configuration."));
    compare_ = button(tr("Co&mpare"), tr("Set the chosen runs side by side; of a run of a sweep, the whole sweep."));
    rename_ = button(tr("Rename"), tr("Give the run another name (F2)."));
    delete_ = button(
        tr("Delete"),
        tr("Delete the chosen runs and everything stored of them (Delete). It can be undone until the window closes."));

    auto* list = new QWidget(this);
    auto* layout = new QVBoxLayout(list);
    layout->setContentsMargins({});
    auto* head = new QHBoxLayout;
    head->addWidget(search_, 1);
    head->addWidget(grouped_);
    layout->addLayout(head);
    layout->addWidget(table_, 1);
    // Two columns: three would keep the list from being narrow.
    auto* buttons = new QGridLayout;
    buttons->addWidget(open_, 0, 0);
    buttons->addWidget(resume_, 0, 1);
    buttons->addWidget(extend_, 1, 0);
    buttons->addWidget(duplicate_, 1, 1);
    buttons->addWidget(compare_, 2, 0);
    buttons->addWidget(rename_, 2, 1);
    buttons->addWidget(delete_, 3, 0);
    layout->addLayout(buttons);
    pages_ = new QStackedLayout(this);
    pages_->addWidget(makeEmptyPage(tr("Runs will be listed here: start one from New run."), this));
    pages_->addWidget(list);

    connect(open_, &QPushButton::clicked, this, [this] {
        if (const auto* run = selected()) Q_EMIT openRequested(run->id);
    });
    connect(table_, &QTableView::activated, this, &RunsView::activate);
    connect(resume_, &QPushButton::clicked, this, [this] {
        if (const auto* run = selected()) Q_EMIT resumeRequested(run->id);
    });
    connect(extend_, &QPushButton::clicked, this, [this] {
        if (const auto* run = selected()) Q_EMIT extendRequested(*run);
    });
    connect(duplicate_, &QPushButton::clicked, this, [this] {
        if (const auto* run = selected()) Q_EMIT duplicateRequested(run->id);
    });
    connect(compare_, &QPushButton::clicked, this, [this] { Q_EMIT compareRequested(namesToCompare()); });
    connect(rename_, &QPushButton::clicked, this, [this] { edit(RunsModel::NameColumn); });
    connect(names, &NameDelegate::named, this, [this](int row, const QString& name) {
        if (const auto* run = listed_->run(row); run && !name.isEmpty() && name.toStdString() != run->name)
            Q_EMIT renameRequested(run->id, name);
    });
    connect(notes, &NotesDelegate::noted, this, [this](int row, const QString& text) {
        if (const auto* run = listed_->run(row); run && text.toStdString() != run->notes)
            Q_EMIT notesRequested(run->id, text);
    });
    notes_ = new QAction(iconOf(Symbol::Notes), tr("Notes"), table_);
    notes_->setShortcut(Qt::SHIFT | Qt::Key_F2);
    notes_->setShortcutContext(Qt::WidgetShortcut);
    notes_->setToolTip(tr("Write what is worth knowing of the run (Shift+F2)."));
    table_->addAction(notes_);
    connect(notes_, &QAction::triggered, this, [this] { edit(RunsModel::NotesColumn); });
    deletion_ = new QAction(tr("&Delete the chosen runs"), this);
    deletion_->setToolTip(delete_->toolTip());
    deletion_->setShortcut(QKeySequence::Delete);
    deletion_->setShortcutContext(Qt::WidgetShortcut);
    table_->addAction(deletion_);
    connect(delete_, &QPushButton::clicked, deletion_, &QAction::trigger);
    connect(deletion_, &QAction::triggered, this, [this] { Q_EMIT deleteRequested(chosen()); });
    const auto key = [this](const QKeySequence& keys, QWidget* where, Qt::ShortcutContext context, auto act) {
        auto* shortcut = new QShortcut(keys, where);
        shortcut->setContext(context);
        connect(shortcut, &QShortcut::activated, this, act);
    };
    key(Qt::Key_F2, table_, Qt::WidgetShortcut, [this] { rename_->click(); });
    key(QKeySequence::Find, this, Qt::WidgetWithChildrenShortcut, [this] { search_->setFocus(); });
    connect(search_, &QLineEdit::textChanged, listed_, &ListedRuns::search);
    connect(search_, &QLineEdit::returnPressed, table_, qOverload<>(&QWidget::setFocus));
    connect(grouped_, &QCheckBox::toggled, listed_, &ListedRuns::setGrouped);
    connect(listed_, &ListedRuns::arranged, this, &RunsView::mergeSweepLines);
    connect(table_, &QTableView::customContextMenuRequested, this, &RunsView::showMenu);
    connect(table_->selectionModel(), &QItemSelectionModel::selectionChanged, this, &RunsView::updateButtons);
    updateButtons();
}

void RunsView::setRuns(const std::vector<RunSummary>& runs) {
    std::set<RunId> chosen;
    for (const auto& row : table_->selectionModel()->selectedRows())
        if (const auto* run = listed_->run(row.row())) chosen.insert(run->id);
    const int place = table_->currentIndex().row();
    model_->setRuns(runs);
    pages_->setCurrentIndex(runs.empty() ? 0 : 1);
    table_->setColumnHidden(RunsModel::SweepColumn,
                            std::ranges::all_of(runs, [](const RunSummary& run) { return run.sweep.empty(); }));
    if (!std::exchange(sized_, sized_ || !runs.empty()) && sized_) sizeColumns();
    // A list that has become shorter forgets what was chosen.
    if (!table_->selectionModel()->hasSelection())
        for (int row = 0; row < listed_->rowCount(); ++row)
            if (const auto* run = listed_->run(row); run && chosen.contains(run->id))
                table_->selectionModel()->select(listed_->index(row, 0),
                                                 QItemSelectionModel::Select | QItemSelectionModel::Rows);
    // Keys go on from where they were.
    if (place >= 0 && !table_->currentIndex().isValid())
        table_->selectionModel()->setCurrentIndex(
            listed_->index(std::min(place, listed_->rowCount() - 1), RunsModel::NameColumn),
            QItemSelectionModel::NoUpdate);
    if (awaited_) selectRun(awaited_);
    updateButtons();
}

void RunsView::sizeColumns() {
    table_->resizeColumnsToContents();
    const int character = table_->fontMetrics().averageCharWidth();
    table_->setColumnWidth(RunsModel::NumberColumn, 11 * character);
    // What tells runs apart is to be seen at once; also of a run that has only begun.
    table_->setColumnWidth(RunsModel::NameColumn, 16 * character);
    table_->setColumnWidth(RunsModel::StatusColumn, 14 * character);
    table_->setColumnWidth(RunsModel::TestColumn, 10 * character);
    for (const int column : {RunsModel::SweepColumn, RunsModel::NotesColumn})
        table_->setColumnWidth(column, std::min(table_->columnWidth(column), 24 * character));
    table_->setColumnWidth(RunsModel::CurveColumn, 12 * character);
}

/// A sweep's line has its words from one side to the other.
void RunsView::mergeSweepLines() {
    table_->clearSpans();
    for (int row = 0; row < listed_->rowCount(); ++row)
        if (listed_->sweep(row)) table_->setSpan(row, 0, 1, listed_->columnCount());
}

void RunsView::setLive(const SnapshotPtr& live) {
    model_->setLive(live);
    updateButtons();
}

void RunsView::selectRun(std::optional<RunId> run) {
    awaited_ = run;
    if (!run) return table_->clearSelection();
    const auto row = listed_->reveal(*run);
    if (!row) return;
    awaited_.reset();
    // The row comes into sight, and its first column stays there.
    table_->setAutoScroll(false);
    table_->selectionModel()->setCurrentIndex(listed_->index(*row, RunsModel::NameColumn),
                                              QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
    table_->setAutoScroll(true);
    table_->scrollTo(listed_->index(*row, 0));
}

QByteArray RunsView::layoutState() const {
    QByteArray state;
    QDataStream stream(&state, QIODevice::WriteOnly);
    stream << kLayoutVersion << grouped_->isChecked() << sized_ << listed_->columnCount()
           << table_->horizontalHeader()->saveState();
    return state;
}

void RunsView::restoreLayoutState(const QByteArray& state) {
    QDataStream stream(state);
    quint8 version = 0;
    bool grouped = true, sized = false;
    int columns = 0;
    QByteArray widths;
    stream >> version >> grouped >> sized >> columns >> widths;
    // Of another version of the program, or none.
    if (stream.status() != QDataStream::Ok || version != kLayoutVersion || columns != listed_->columnCount()) return;
    grouped_->setChecked(grouped);
    auto* header = table_->horizontalHeader();
    sized_ = sized && header->restoreState(widths);
    table_->sortByColumn(header->sortIndicatorSection(), header->sortIndicatorOrder());
}

void RunsView::activate(const QModelIndex& index) {
    if (!listed_->sweep(index.row())) return open_->click();
    const auto key = listed_->keyOf(index.row());
    listed_->fold(index.row());
    // A list that has become shorter forgets where one was.
    if (const auto row = key ? listed_->rowOf(*key) : std::nullopt)
        table_->selectionModel()->setCurrentIndex(listed_->index(*row, 0),
                                                  QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
}

void RunsView::edit(int column) {
    if (!selected()) return;
    const auto index = listed_->index(table_->selectionModel()->selectedRows().first().row(), column);
    table_->scrollTo(index);
    table_->edit(index);
}

const RunSummary* RunsView::selected() const {
    const auto rows = table_->selectionModel()->selectedRows();
    return rows.size() == 1 ? listed_->run(rows.first().row()) : nullptr;
}

std::vector<RunId> RunsView::chosen() const {
    std::set<RunId> runs;
    for (const auto& row : table_->selectionModel()->selectedRows()) {
        if (const auto* run = listed_->run(row.row())) runs.insert(run->id);
        for (const auto run : listed_->runsOf(row.row())) runs.insert(run);
    }
    return {runs.begin(), runs.end()};
}

QStringList RunsView::namesToCompare() const {
    const auto rows = table_->selectionModel()->selectedRows();
    QStringList names;
    std::set<std::string> sweeps;
    for (const auto& row : rows)
        if (const auto* sweep = listed_->sweep(row.row())) {
            sweeps.insert(*sweep);
            names << QString::fromStdString(*sweep);
        }
    for (const auto& row : rows) {
        const auto* run = listed_->run(row.row());
        if (run && !sweeps.contains(run->sweep))
            names << (rows.size() == 1 && !run->sweep.empty() ? QString::fromStdString(run->sweep)
                                                              : QString::number(run->id.value));
    }
    return names;
}

void RunsView::updateButtons() {
    const auto* run = selected();
    const bool computing =
        run && (run->phase == Phase::Running || run->phase == Phase::Paused || run->phase == Phase::Preparing);
    open_->setEnabled(run);
    duplicate_->setEnabled(run);
    resume_->setEnabled(run && isResumable(run->phase));
    // A sweep says how long its runs are.
    extend_->setEnabled(run && !computing && run->damage.empty() && run->sweep.empty());
    compare_->setEnabled(table_->selectionModel()->hasSelection());
    rename_->setEnabled(run && !computing && run->damage.empty());
    notes_->setEnabled(run);
    // What is going on is refused with a reason.
    delete_->setEnabled(table_->selectionModel()->hasSelection());
    deletion_->setEnabled(delete_->isEnabled());
}

void RunsView::showMenu(const QPoint& position) {
    QMenu menu(this);
    menu.setAccessibleName(tr("Menu of the selected runs"));
    const bool any = table_->selectionModel()->hasSelection();
    for (const auto& [button, symbol] :
         {std::pair(open_, Symbol::Open), std::pair(resume_, Symbol::Resume), std::pair(extend_, Symbol::Extend),
          std::pair(duplicate_, Symbol::Duplicate), std::pair(compare_, Symbol::Compare),
          std::pair(rename_, Symbol::Rename), std::pair(delete_, Symbol::Delete)}) {
        if (!any) break;
        auto* action = menu.addAction(iconOf(symbol), button->text(), button, &QPushButton::click);
        action->setEnabled(button->isEnabled());
    }
    if (any) menu.insertAction(menu.actions().last(), notes_);
    menu.addSeparator();
    for (auto* action : table_->actions())
        if (action != notes_) menu.addAction(action);
    menu.exec(table_->viewport()->mapToGlobal(position));
}

}  // namespace mergarium
