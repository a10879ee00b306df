#include "ui/sweep/entries_table.h"

#include "ui/sweep/entries_model.h"
#include "ui/table/plain_table.h"

#include <QCompleter>
#include <QHeaderView>
#include <QLineEdit>
#include <QShortcut>
#include <QStyledItemDelegate>
#include <QTableView>

namespace mergarium {
namespace {

/// A line that proposes words.
class ProposingDelegate : public QStyledItemDelegate {
public:
    ProposingDelegate(QStringList words, QObject* parent) : QStyledItemDelegate(parent), words_(std::move(words)) {}

    QWidget* createEditor(QWidget* parent, const QStyleOptionViewItem&, const QModelIndex&) const override {
        auto* line = new QLineEdit(parent);
        line->setFrame(false);
        auto* completer = new QCompleter(words_, line);
        completer->setFilterMode(Qt::MatchContains);
        line->setCompleter(completer);
        return line;
    }

private:
    QStringList words_;
};

}  // namespace

QTableView* makeEntriesTable(EntriesModel* model, const QStringList& keys, QWidget* parent) {
    auto* table = makePlainTable(parent);
    table->setModel(model);
    table->setSelectionBehavior(QAbstractItemView::SelectItems);
    table->setEditTriggers(QAbstractItemView::AnyKeyPressed | QAbstractItemView::EditKeyPressed |
                           QAbstractItemView::DoubleClicked | QAbstractItemView::SelectedClicked);
    table->setColumnWidth(EntriesModel::KeyColumn, 24 * table->fontMetrics().averageCharWidth());
    if (!keys.isEmpty()) table->setItemDelegateForColumn(EntriesModel::KeyColumn, new ProposingDelegate(keys, table));
    auto* remove = new QShortcut(QKeySequence::Delete, table);
    remove->setContext(Qt::WidgetShortcut);
    QObject::connect(remove, &QShortcut::activated, model,
                     [table, model] { model->remove(table->currentIndex().row()); });
    return table;
}

}  // namespace mergarium
