#include "ui/setup/question_files.h"

#include "ui/files/ask_for_path.h"
#include "ui/files/file_drops.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QKeyEvent>
#include <QLocale>
#include <QPushButton>
#include <QTableWidget>
#include <QVBoxLayout>

#include <array>
#include <limits>

namespace mergarium {
namespace {

/// Of a new file without held-out questions of its own.
constexpr double kHeldOut = 0.2;

double numberOf(const QString& text) {
    bool known = false;
    const double value = text.trimmed().toDouble(&known);
    return known ? value : std::numeric_limits<double>::quiet_NaN();
}

}  // namespace

QuestionFiles::QuestionFiles(QWidget* parent) : QWidget(parent), table_(new QTableWidget(0, Columns, this)) {
    table_->setObjectName("questionFiles");
    table_->setAccessibleName(tr("Files of questions"));
    table_->setFixedHeight(fontMetrics().lineSpacing() * 7);
    // The ends of paths tell them apart. Wrapped at their slashes they would lose these, too.
    table_->setTextElideMode(Qt::ElideLeft);
    table_->setWordWrap(false);
    table_->setSelectionBehavior(QAbstractItemView::SelectRows);
    table_->setTabKeyNavigation(false);
    table_->verticalHeader()->hide();
    table_->verticalHeader()->setDefaultSectionSize(fontMetrics().height() * 3 / 2);
    table_->installEventFilter(this);
    setFocusProxy(table_);
    const std::array<std::pair<QString, QString>, Columns> headers{{
        {tr("Training file"), tr("A JSON object per line. Files can be dropped here.")},
        {tr("Held-out file"), tr("A file of its own; empty: the last part of the training questions.")},
        {tr("Held out"),
         tr("Which share of the training questions is held out, 0 to below 1, where there is no file of its own.")},
        {tr("Weight"), tr("How much a question of this file counts in the competition.")},
        {tr("At most"), tr("Only so many questions, from the beginning; 0: all.")},
    }};
    for (int column = 0; column < Columns; ++column) {
        const auto& [name, meaning] = headers[static_cast<std::size_t>(column)];
        auto* item = new QTableWidgetItem(name);
        item->setToolTip(meaning);
        table_->setHorizontalHeaderItem(column, item);
    }
    auto* header = table_->horizontalHeader();
    header->setSectionResizeMode(QHeaderView::ResizeToContents);
    for (const int column : {TrainColumn, TestColumn}) header->setSectionResizeMode(column, QHeaderView::Stretch);

    auto* add = new QPushButton(tr("Add fi&le..."), this);
    add->setToolTip(tr("Add files of questions."));
    remove_ = new QPushButton(tr("Remove"), this);
    remove_->setToolTip(tr("Remove the chosen file (Delete)."));
    auto* buttons = new QHBoxLayout;
    buttons->addWidget(add);
    buttons->addWidget(remove_);
    buttons->addStretch(1);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->addWidget(table_);
    layout->addLayout(buttons);

    connect(add, &QPushButton::clicked, this, [this] {
        this->add(askForFiles({.parent = this,
                               .purpose = "questions",
                               .title = tr("Files of questions"),
                               .filter = tr("JSON lines (*.jsonl *.json);;All files (*)")}));
    });
    connect(remove_, &QPushButton::clicked, this, &QuestionFiles::removeCurrent);
    connect(new FileDrops(table_), &FileDrops::dropped, this, &QuestionFiles::add);
    connect(table_, &QTableWidget::itemChanged, this, [this] {
        if (!filling_) Q_EMIT changed();
    });
    connect(table_, &QTableWidget::itemSelectionChanged, this,
            [this] { remove_->setEnabled(table_->currentRow() >= 0); });
    remove_->setEnabled(false);
}

void QuestionFiles::setFiles(const std::vector<QuestionFile>& files) {
    if (files == this->files()) return;
    table_->setRowCount(0);
    for (const auto& file : files) append(file);
}

std::vector<QuestionFile> QuestionFiles::files() const {
    std::vector<QuestionFile> files;
    for (int row = 0; row < table_->rowCount(); ++row) {
        const auto text = [&](int column) { return table_->item(row, column)->text().trimmed(); };
        bool whole = false;
        const auto limit = text(LimitColumn).toULongLong(&whole);
        files.push_back({.name = table_->item(row, TrainColumn)->data(Qt::UserRole).toString().toStdString(),
                         .train = text(TrainColumn).toStdString(),
                         .test = text(TestColumn).toStdString(),
                         .heldOut = numberOf(text(HeldOutColumn)),
                         .weight = numberOf(text(WeightColumn)),
                         .limit = whole ? limit : 0});
    }
    return files;
}

void QuestionFiles::add(const QStringList& paths) {
    for (const auto& path : paths) append({.name = {}, .train = path.toStdString(), .test = {}, .heldOut = kHeldOut});
    if (!paths.isEmpty()) Q_EMIT changed();
}

void QuestionFiles::append(const QuestionFile& file) {
    filling_ = true;
    const int row = table_->rowCount();
    table_->insertRow(row);
    const std::array<QString, Columns> cells{
        QString::fromStdString(file.train.string()), QString::fromStdString(file.test.string()),
        QString::number(file.heldOut, 'g', QLocale::FloatingPointShortest),
        QString::number(file.weight, 'g', QLocale::FloatingPointShortest), QString::number(file.limit)};
    for (int column = 0; column < Columns; ++column) {
        auto* item = new QTableWidgetItem(cells[static_cast<std::size_t>(column)]);
        item->setToolTip(item->text());
        if (column >= HeldOutColumn) item->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
        table_->setItem(row, column, item);
    }
    table_->item(row, TrainColumn)->setData(Qt::UserRole, QString::fromStdString(file.name));
    filling_ = false;
}

void QuestionFiles::removeCurrent() {
    if (table_->currentRow() < 0) return;
    table_->removeRow(table_->currentRow());
    Q_EMIT changed();
}

bool QuestionFiles::eventFilter(QObject* watched, QEvent* event) {
    if (watched != table_ || event->type() != QEvent::KeyPress ||
        static_cast<QKeyEvent*>(event)->key() != Qt::Key_Delete)
        return QWidget::eventFilter(watched, event);
    removeCurrent();
    return true;
}

}  // namespace mergarium
