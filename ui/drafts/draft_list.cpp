#include "ui/drafts/draft_list.h"

#include "ui/drafts/draft_model.h"
#include "ui/table/plain_table.h"
#include "ui/theme/empty_page.h"

#include <QDialogButtonBox>
#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QShortcut>
#include <QStackedLayout>
#include <QTableView>
#include <QVBoxLayout>

namespace mergarium {

DraftList::DraftList(QWidget* parent) : QDialog(parent), model_(new DraftModel(this)) {
    setWindowTitle(tr("Drafts"));
    table_ = makePlainTable(this);
    table_->setObjectName("drafts");
    table_->setAccessibleName(tr("Drafts"));
    table_->setModel(model_);
    table_->horizontalHeader()->setSectionResizeMode(DraftModel::NameColumn, QHeaderView::Stretch);
    table_->horizontalHeader()->setSectionResizeMode(DraftModel::KindColumn, QHeaderView::ResizeToContents);
    table_->horizontalHeader()->setSectionResizeMode(DraftModel::ChangedColumn, QHeaderView::ResizeToContents);
    setFocusProxy(table_);

    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close, this);
    // Enter is the list's.
    buttons->button(QDialogButtonBox::Close)->setAutoDefault(false);
    const auto button = [&](const QString& text, const QString& tip, auto act) {
        auto* one = buttons->addButton(text, QDialogButtonBox::ActionRole);
        one->setToolTip(tip);
        one->setAutoDefault(false);
        connect(one, &QPushButton::clicked, this, [this, act] {
            if (const auto* draft = chosen()) act(*draft);
        });
        return one;
    };
    open_ = button(tr("&Open"), tr("Edit the draft where drafts of its kind are edited (Enter)."),
                   [this](const Draft& draft) { Q_EMIT openRequested(draft); });
    duplicate_ = button(tr("&Duplicate"), tr("Keep a copy."),
                        [this](const Draft& draft) { Q_EMIT duplicateRequested(draft.id); });
    rename_ = button(tr("&Rename"), tr("Give the draft another name (F2)."), [this](const Draft&) {
        table_->edit(table_->selectionModel()->selectedRows(DraftModel::NameColumn).first());
    });
    remove_ = button(tr("Re&move"), tr("Remove the draft; it can be undone in the window's message (Delete)."),
                     [this](const Draft& draft) { Q_EMIT removeRequested(draft.id); });
    const auto key = [this](const QKeySequence& keys, QPushButton* does) {
        auto* shortcut = new QShortcut(keys, table_);
        shortcut->setContext(Qt::WidgetShortcut);
        connect(shortcut, &QShortcut::activated, does, &QPushButton::click);
    };
    key(QKeySequence::Delete, remove_);
    key(Qt::Key_F2, rename_);

    auto* layout = new QVBoxLayout(this);
    auto* content = new QWidget(this);
    pages_ = new QStackedLayout(content);
    pages_->addWidget(makeEmptyPage(
        tr("What is edited in New run and Sweep is kept, and will be listed here: change a parameter."), content));
    pages_->addWidget(table_);
    layout->addWidget(content, 1);
    layout->addWidget(buttons);
    resize(fontMetrics().averageCharWidth() * 80, fontMetrics().lineSpacing() * 22);

    connect(table_, &QTableView::activated, open_, &QPushButton::click);
    connect(model_, &DraftModel::named, this, &DraftList::renameRequested);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::close);
    connect(table_->selectionModel(), &QItemSelectionModel::selectionChanged, this, &DraftList::judge);
    judge();
}

void DraftList::setDrafts(const std::vector<Draft>& drafts) {
    const auto* now = chosen();
    const auto kept = now ? std::optional(static_cast<std::uint64_t>(now->id)) : std::nullopt;
    model_->setDrafts(drafts);
    // A list that has become shorter forgets what was chosen.
    if (const auto row = kept ? model_->rowOf(*kept) : std::nullopt; row && !chosen()) table_->selectRow(*row);
    if (!isVisible() && !drafts.empty()) table_->selectRow(0);
    pages_->setCurrentIndex(drafts.empty() ? 0 : 1);
    judge();
}

const Draft* DraftList::chosen() const {
    const auto rows = table_->selectionModel()->selectedRows();
    return rows.size() == 1 ? model_->draft(rows.first().row()) : nullptr;
}

void DraftList::judge() {
    for (auto* one : {open_, duplicate_, rename_, remove_}) one->setEnabled(chosen() != nullptr);
}

}  // namespace mergarium
