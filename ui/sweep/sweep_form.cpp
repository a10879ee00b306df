#include "ui/sweep/sweep_form.h"

#include "ui/setup/editors.h"
#include "ui/setup/list_text.h"
#include "ui/sweep/entries_model.h"
#include "ui/sweep/entries_table.h"

#include <QGridLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QTableView>

#include <algorithm>

namespace mergarium {
namespace {

QStringList knownKeys() {
    QStringList keys;
    for (const auto& key : configurationKeys()) keys << QString::fromStdString(key);
    return keys;
}

QString text(const std::string& text) { return QString::fromStdString(text); }
std::string simple(const QString& text) { return text.simplified().toStdString(); }

}  // namespace

SweepForm::SweepForm(const QStringList& bases, QWidget* parent) : QWidget(parent), layout_(new QGridLayout(this)) {
    layout_->setColumnStretch(1, 1);
    layout_->setVerticalSpacing(fontMetrics().height() / 3);
    name_ = addLine(tr("&Name"), "sweep.name", {},
                    tr("What the database calls it; the same name goes on with what is stored of it."));
    base_ = new TypedBox<QComboBox>(this);
    base_->setEditable(true);
    base_->setObjectName("sweep.base");
    base_->addItems(bases);
    base_->setInsertPolicy(QComboBox::NoInsert);
    connect(base_, &QComboBox::editTextChanged, this, &SweepForm::announce);
    add(tr("&Base"), base_,
        tr("A preset, or the path of a run configuration: what every run is, but for the changes below."));
    common_ = addLine(tr("For a&ll arms"), "sweep.set", tr("budget.evaluations: 3000, founders: specialists"),
                      tr("Changes of the base for all arms: keys of the run configuration and their values."));
    seeds_ =
        addLine(tr("See&ds"), "sweep.seeds", tr("10"), tr("How many, from 1; or which, apart by commas: 3, 5, 9."));
    arms_ = new EntriesModel(
        {tr("Arm"), tr("What the comparison calls it."), tr("add an arm")},
        {tr("Changes of the base"), tr("Keys of the run configuration and their values; none: the base as it is."),
         tr("strategy.splits: 64, strategy.ratio: {beta: 0.3}")},
        this);
    auto* arms = addTable(tr("&Arms"), "sweep.arms", arms_, {},
                          tr("Each arm is the base with its changes. Type to edit; Delete removes a row."));
    axes_ = new EntriesModel({tr("Axis"), tr("A key of the run configuration."), tr("add an axis")},
                             {tr("Values"), tr("Apart by commas."), tr("0, 0.5, 1")}, this);
    auto* axes = addTable(
        tr("Ax&es"), "sweep.axes", axes_, knownKeys(),
        tr("Every combination of values is an arm; with arms, of each of them. Type to edit; Delete removes a row."));
    // As high as what they hold, where there is room; few sweeps have many axes: what room there is is for the arms.
    const auto fit = [this, arms, axes] {
        const auto heightOf = [](const QTableView* table, int rows) {
            return table->horizontalHeader()->sizeHint().height() + 2 * table->frameWidth() +
                   rows * table->verticalHeader()->defaultSectionSize();
        };
        arms->setMaximumHeight(heightOf(arms, arms_->rowCount() + 2));
        axes->setFixedHeight(heightOf(axes, std::clamp(axes_->rowCount(), 2, 6)));
    };
    for (auto* model : {arms_, axes_}) {
        for (auto change : {&QAbstractItemModel::rowsInserted, &QAbstractItemModel::rowsRemoved})
            connect(model, change, this, fit);
        connect(model, &QAbstractItemModel::modelReset, this, fit);
    }
    fit();
    layout_->setRowStretch(layout_->rowCount(), 1);
}

void SweepForm::add(const QString& name, QWidget* editor, const QString& meaning) {
    auto* label = new QLabel(name, this);
    label->setBuddy(editor);
    label->setToolTip(meaning);
    editor->setToolTip(meaning);
    editor->setAccessibleName(QString(name).remove('&'));
    const int row = layout_->rowCount();
    const bool tall = qobject_cast<QTableView*>(editor);
    layout_->addWidget(label, row, 0, tall ? Qt::AlignTop : Qt::AlignVCenter);
    layout_->addWidget(editor, row, 1);
    layout_->setRowStretch(row, tall ? 100 : 0);
}

QLineEdit* SweepForm::addLine(const QString& name, const QString& key, const QString& empty, const QString& meaning) {
    auto* line = new QLineEdit(this);
    line->setObjectName(key);
    line->setPlaceholderText(empty);
    connect(line, &QLineEdit::textChanged, this, &SweepForm::announce);
    add(name, line, meaning);
    return line;
}

QTableView* SweepForm::addTable(const QString& name, const QString& key, EntriesModel* model, const QStringList& keys,
                                const QString& meaning) {
    auto* table = makeEntriesTable(model, keys, this);
    table->setObjectName(key);
    const int row = table->verticalHeader()->defaultSectionSize();
    table->setMinimumHeight(table->horizontalHeader()->sizeHint().height() + 2 * row);
    connect(model, &EntriesModel::edited, this, &SweepForm::announce);
    add(name, table, meaning);
    return table;
}

void SweepForm::announce() {
    if (!filling_) Q_EMIT edited();
}

void SweepForm::setDraft(const SweepDraft& draft) {
    if (draft == this->draft()) return;
    filling_ = true;
    rest_ = draft;
    setWords(name_, text(draft.name));
    if (base_->currentText() != text(draft.base)) base_->setEditText(text(draft.base));
    setWords(common_, text(draft.common));
    arms_->setEntries(draft.arms);
    axes_->setEntries(draft.axes);
    setWords(seeds_, text(draft.seeds));
    filling_ = false;
}

SweepDraft SweepForm::draft() const {
    auto draft = rest_;
    draft.name = simple(name_->text());
    draft.base = simple(base_->currentText());
    draft.common = simple(common_->text());
    draft.arms = arms_->entries();
    draft.axes = axes_->entries();
    draft.seeds = simple(seeds_->text());
    // What a paper reports is of arms by their names; axes give every arm another one.
    const auto isGone = [&](const SweepDraft::Entry& one) {
        return !draft.axes.empty() ||
               std::ranges::find(draft.arms, one.key, &SweepDraft::Entry::key) == draft.arms.end();
    };
    if (!draft.arms.empty()) std::erase_if(draft.published, isGone);
    return draft;
}

}  // namespace mergarium
