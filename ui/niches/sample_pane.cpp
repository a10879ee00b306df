#include "ui/niches/sample_pane.h"

#include "ui/members/member_text.h"
#include "ui/niches/sample_table.h"
#include "ui/session/run_text.h"
#include "ui/table/plain_table.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QSignalBlocker>
#include <QTableView>
#include <QVBoxLayout>

#include <algorithm>
#include <utility>

namespace mergarium {

SamplePane::SamplePane(Selection& selection, QWidget* parent)
    : QWidget(parent), selection_(selection), model_(new SampleTable(this)), other_(new QComboBox(this)) {
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
    listMembers();
    refresh();
}

void SamplePane::mark() { refresh(); }

std::optional<MemberId> SamplePane::other() const {
    if (other_->currentIndex() < 0) return {};
    return MemberId{other_->currentData().toULongLong()};
}

/// By fitness; who was chosen stays chosen.
void SamplePane::listMembers() {
    const auto same = [&](const auto& row) {
        const auto place = static_cast<int>(&row - frame_->rows.data());
        return other_->itemData(place).toULongLong() == row.member->id.value;
    };
    if (frame_ && other_->count() == static_cast<int>(frame_->rows.size()) && std::ranges::all_of(frame_->rows, same))
        return;
    const QSignalBlocker quiet(other_);
    const auto chosen = other();
    other_->clear();
    if (!frame_) return;
    for (const auto& row : frame_->rows)
        other_->addItem(memberText(row.member->id), QVariant::fromValue<qulonglong>(row.member->id.value));
    const int kept = chosen ? other_->findData(QVariant::fromValue<qulonglong>(chosen->value)) : -1;
    other_->setCurrentIndex(kept >= 0 ? kept : other_->count() > 0 ? 0 : -1);
}

void SamplePane::refresh() {
    marking_ = true;
    model_->show(frame_, selection_.member(), other());
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
