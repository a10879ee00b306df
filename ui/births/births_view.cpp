#include "ui/births/births_view.h"

#include "ui/births/birth_filters.h"
#include "ui/births/birth_table.h"
#include "ui/members/member_text.h"
#include "ui/session/run_text.h"
#include "ui/table/plain_table.h"
#include "ui/theme/empty_page.h"
#include "ui/theme/plain_labels.h"

#include <QHeaderView>
#include <QLabel>
#include <QScrollBar>
#include <QSignalBlocker>
#include <QStackedLayout>
#include <QTableView>
#include <QVBoxLayout>

#include <algorithm>
#include <utility>

namespace mergarium {
namespace {

/// Wide enough for what may ever stand in them: columns whose width follows every number would dance.
void sizeColumns(QTableView& table) {
    const auto& model = *table.model();
    const int room = table.fontMetrics().height();
    for (int column = 0; column < BirthTable::FailureColumn; ++column) {
        const auto widest = column == BirthTable::StepColumn      ? QStringLiteral("10,000,000")
                            : column == BirthTable::OutcomeColumn ? BirthTable::tr("accepted")
                            : column == BirthTable::OriginColumn  ? BirthTable::tr("founder")
                            : column == BirthTable::SpliceColumn  ? BirthTable::tr("rest: 10 splits, ratio 0.00")
                                                                  : QStringLiteral("#1000000");
        const auto head = model.headerData(column, Qt::Horizontal).toString();
        table.setColumnWidth(column, std::max(table.fontMetrics().horizontalAdvance(widest) + room,
                                              table.fontMetrics().horizontalAdvance(head) + 5 * room / 2));
    }
}

}  // namespace

BirthsView::BirthsView(std::filesystem::path database, Selection& selection, QWidget* parent)
    : RunView(tr("Every birth of a run appears here, from the first to the latest. "
                 "Start a new run, or open one from the list of runs."),
              selection, parent),
      births_(new BirthTable(std::move(database), this)) {
    setAccessibleName(tr("Births"));
    auto* page = new QWidget(this);
    filters_ = new BirthFilters(page);
    summary_ = new QLabel(page);
    summary_->setWordWrap(true);
    auto* below = new QWidget(page);
    table_ = makePlainTable(below);
    table_->setObjectName("births.table");
    table_->setModel(births_);
    table_->setAccessibleName(tr("Births"));
    table_->setToolTip(
        tr("Select a birth to select its child everywhere. Press Enter on a parent, or on who was "
           "replaced, to select that."));
    table_->horizontalHeader()->setSectionsClickable(true);
    table_->horizontalHeader()->setSortIndicatorShown(true);
    table_->horizontalHeader()->setSortIndicator(BirthTable::StepColumn, Qt::DescendingOrder);
    sizeColumns(*table_);
    empty_ = makeEmptyPage({}, below);
    pages_ = new QStackedLayout(below);
    pages_->addWidget(table_);
    pages_->addWidget(empty_);

    auto* layout = new QVBoxLayout(page);
    layout->addWidget(filters_);
    layout->addWidget(summary_);
    layout->addWidget(below, 1);
    setFocusProxy(table_);
    connectTable();
    setPage(page);
}

void BirthsView::connectTable() {
    connect(filters_, &BirthFilters::changed, this, [this] { births_->setQuery(filters_->query()); });
    connect(filters_, &BirthFilters::stepSought, births_, &BirthTable::seek);
    connect(table_->horizontalHeader(), &QHeaderView::sortIndicatorChanged, this, &BirthsView::sortBy);
    connect(table_->verticalScrollBar(), &QScrollBar::valueChanged, this, &BirthsView::seeRows);
    connect(table_->verticalScrollBar(), &QScrollBar::rangeChanged, this, &BirthsView::seeRows);
    connect(births_, &BirthTable::rowsAboutToBeInserted, this, [this] {
        const auto* bar = table_->verticalScrollBar();
        atEnd_ = bar->maximum() > 0 && bar->value() == bar->maximum();
    });
    connect(births_, &BirthTable::rowsInserted, this, [this] {
        if (atEnd_ && !births_->descending()) table_->scrollToBottom();
    });
    connect(births_, &BirthTable::shifted, this, &BirthsView::followShift);
    connect(births_, &BirthTable::looked, this, &BirthsView::noticeLook);
    connect(births_, &BirthTable::found, this, &BirthsView::goTo);
    connect(table_->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
            [this](const QModelIndex& current) {
                if (marking_ || !current.isValid()) return;
                chosen_ = true;
                choose();
            });
    connect(table_, &QTableView::clicked, this, [this] {
        chosen_ = true;
        choose();
    });
    connect(table_, &QTableView::activated, this, [this](const QModelIndex& index) {
        const auto birth = births_->birthAt(index.row());
        if (!birth) return;
        auto member = birth->child;
        if (index.column() == BirthTable::FirstColumn) member = birth->first;
        if (index.column() == BirthTable::SecondColumn) member = birth->second;
        if (index.column() == BirthTable::ReplacedColumn) member = birth->replaced.value_or(birth->child);
        if (member.value > 0) selection().select(member);
    });
}

void BirthsView::clear() {
    births_->setRun({});
    filters_->clear();
    drawn_.reset();
    marked_.reset();
}

QString BirthsView::whyNothing() const { return snapshot() && snapshot()->run ? QString() : nothingYet(); }

void BirthsView::draw() {
    births_->setRun(snapshot()->run->id);
    if (std::exchange(drawn_, snapshot()->evaluations) != snapshot()->evaluations) births_->refresh();
}

void BirthsView::mark() {
    const auto member = selection().member();
    filters_->offer(member);
    if (member == marked_) return;
    marked_ = member;
    const auto step = member ? stepOfBirth(*snapshot()->run, *member) : 0;
    births_->mark(step > 0 ? std::optional(step) : std::nullopt);
    const auto birth = births_->birthAt(table_->currentIndex().row());
    if (member && birth && birth->child == *member) return;
    reveal_ = member.has_value();
    putCursorOn(-1);
}

void BirthsView::putCursorOn(int row) {
    marking_ = true;
    const auto now = table_->currentIndex();
    table_->setAutoScroll(false);
    if (row >= 0) {
        table_->selectionModel()->setCurrentIndex(births_->index(row, now.isValid() ? now.column() : 0),
                                                  QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
    } else {
        table_->selectionModel()->clear();
    }
    table_->setAutoScroll(true);
    marking_ = false;
}

void BirthsView::noticeLook() {
    if (births_->problem().isEmpty())
        showSentence(*summary_, summary());
    else
        showWarning(*summary_, births_->problem());
    const auto nothing = whyEmpty();
    empty_->setText(nothing);
    pages_->setCurrentIndex(nothing.isEmpty() ? 0 : 1);
    seeRows();
    choose();
    const auto row = births_->markedRow();
    if (!row || *row >= births_->rowCount()) return;
    if (table_->currentIndex().row() != *row && !chosen_) putCursorOn(*row);
    if (std::exchange(reveal_, false)) table_->scrollTo(births_->index(*row, 0));
}

void BirthsView::choose() {
    const auto birth = chosen_ ? births_->birthAt(table_->currentIndex().row()) : std::nullopt;
    if (!birth) return;
    chosen_ = false;
    selection().select(birth->child);
}

void BirthsView::seeRows() {
    const int first = std::max(0, table_->rowAt(0));
    const int last = table_->rowAt(table_->viewport()->height() - 1);
    births_->setVisible(first, (last < 0 ? births_->rowCount() : last + 1) - first);
}

void BirthsView::followShift(int before, int now) {
    const auto* across = table_->horizontalScrollBar();
    const int column = across->value();
    const int reached = table_->verticalScrollBar()->value();
    const int row = std::min(reached + now - before, births_->rowCount() - 1);
    table_->scrollTo(births_->index(std::max(row, 0), 0), QAbstractItemView::PositionAtTop);
    table_->horizontalScrollBar()->setValue(column);
}

void BirthsView::goTo(int row) {
    if (row < 0 || row >= births_->rowCount()) return;
    table_->scrollTo(births_->index(row, 0), QAbstractItemView::PositionAtCenter);
    table_->setCurrentIndex(births_->index(row, 0));
    table_->setFocus();
}

void BirthsView::sortBy(int column, Qt::SortOrder order) {
    if (BirthTable::sortsBy(column)) {
        births_->sort(column, order);
        reveal_ = marked_.has_value();
        return;
    }
    const QSignalBlocker quiet(table_->horizontalHeader());
    table_->horizontalHeader()->setSortIndicator(
        births_->query().order == BirthOrder::Train ? BirthTable::TrainColumn : BirthTable::StepColumn,
        births_->descending() ? Qt::DescendingOrder : Qt::AscendingOrder);
}

QString BirthsView::summary() const {
    if (births_->isReading()) return tr("Reading the births\u2026");
    const auto stored = countText(births_->stored()), found = countText(births_->count());
    auto text = births_->count() == births_->stored() ? tr("%1 births.").arg(stored)
                                                      : tr("%1 of %2 births.").arg(found, stored);
    if (births_->count() > BirthTable::kMostRows)
        text += ' ' + tr("The first %1 of them are listed.").arg(countText(BirthTable::kMostRows));
    return text;
}

QString BirthsView::whyEmpty() const {
    if (births_->rowCount() > 0 || births_->isReading() || !births_->problem().isEmpty()) return {};
    if (births_->stored() == 0) return tr("Every birth of this run appears here once it is stored, within a second.");
    return tr("No birth of this run is like that. Choose another outcome, or empty the member's field.");
}

}  // namespace mergarium
