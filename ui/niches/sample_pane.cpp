#include "ui/niches/sample_pane.h"

#include "ui/members/member_choice.h"
#include "ui/niches/sample_table.h"
#include "ui/session/run_text.h"
#include "ui/table/plain_table.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QTableView>
#include <QVBoxLayout>

#include <span>
#include <utility>

namespace mergarium {

SamplePane::SamplePane(Selection& selection, QWidget* parent)
    : QWidget(parent), selection_(selection), model_(new SampleTable(this)), other_(new MemberChoice(this)) {
    auto* label = new QLabel(tr("Besid&e the selected member"), this);
    label->setBuddy(other_);
    other_->setToolTip(tr("A second member, to be compared sample by sample."));
    other_->setObjectName("otherMember");
    table_ = makePlainTable(this);
    table_->setModel(model_);
    table_->setAccessibleName(tr("Samples in numbers"));
    awaited_ = new QLabel(this);
    awaited_->setWordWrap(true);
    awaited_->setObjectName("samples.awaitedAnswers");
    auto* row = new QHBoxLayout;
    row->addWidget(label);
    row->addWidget(other_);
    row->addStretch(1);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->addLayout(row);
    layout->addWidget(table_, 1);
    layout->addWidget(awaited_);

    connect(other_, &QComboBox::currentIndexChanged, this, &SamplePane::refresh);
    connect(table_->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
            [this](const QModelIndex& current) {
                if (const auto sample = model_->sampleAt(current.row()); sample && !marking_)
                    selection_.select(*sample);
            });
}

void SamplePane::setFrame(const NicheFramePtr& frame) {
    frame_ = frame;
    other_->list(frame_ ? std::span<const RankedMember>(frame_->rows) : std::span<const RankedMember>(), 0);
    refresh();
}

void SamplePane::mark() { refresh(); }

void SamplePane::refresh() {
    marking_ = true;
    model_->show(frame_, selection_.member(), other_->chosen());
    for (const int column : {SampleTable::FirstAnswerColumn, SampleTable::SecondAnswerColumn})
        table_->setColumnHidden(column, !model_->showsAnswers());
    awaited_->setText(frame_ ? awaitedAnswersText(*frame_->snapshot) : QString());
    awaited_->setVisible(!awaited_->text().isEmpty());
    if (!std::exchange(sized_, sized_ || model_->rowCount() > 0) && sized_) table_->resizeColumnsToContents();
    const auto row = selection_.sample() ? model_->rowOf(*selection_.sample()) : std::nullopt;
    if (row && table_->currentIndex().row() != *row)
        table_->selectRow(*row);
    else if (!row)
        table_->clearSelection();
    marking_ = false;
}

}  // namespace mergarium
