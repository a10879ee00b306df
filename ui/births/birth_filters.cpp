#include "ui/births/birth_filters.h"

#include "ui/members/member_text.h"
#include "ui/theme/theme.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QRegularExpressionValidator>
#include <QSignalBlocker>

namespace mergarium {
namespace {

QLineEdit* makeNumberField(const QString& pattern, const QString& example, QWidget* parent) {
    auto* field = new QLineEdit(parent);
    field->setFont(tabularFont());
    field->setValidator(new QRegularExpressionValidator(QRegularExpression(pattern), field));
    field->setPlaceholderText(example);
    field->setMaximumWidth(field->fontMetrics().averageCharWidth() * 16);
    return field;
}

/// Of "#412", "412" or "1,000,000".
std::optional<std::uint64_t> numberIn(QString text) {
    bool isNumber = false;
    const auto number = text.remove('#').remove(',').toULongLong(&isNumber);
    return isNumber && number > 0 ? std::optional<std::uint64_t>(number) : std::nullopt;
}

}  // namespace

BirthFilters::BirthFilters(QWidget* parent) : QWidget(parent) {
    outcome_ = new QComboBox(this);
    outcome_->setObjectName("births.outcome");
    outcome_->setAccessibleName(tr("Outcome"));
    for (const auto& [outcome, name] :
         {std::pair(BirthOutcome::Any, tr("All births")), std::pair(BirthOutcome::Accepted, tr("Accepted")),
          std::pair(BirthOutcome::Rejected, tr("Rejected")), std::pair(BirthOutcome::Failed, tr("Failed")),
          std::pair(BirthOutcome::ByHand, tr("By hand"))})
        outcome_->addItem(name, static_cast<int>(outcome));
    outcome_->setToolTip(
        tr("Rejected: scored, and not taken into the archive. Failed: could not be scored. By hand: children that a "
           "person had bred, and founders that joined."));

    part_ = new QComboBox(this);
    part_->setObjectName("births.part");
    part_->setAccessibleName(tr("The member's part"));
    for (const auto& [part, name] :
         {std::pair(BirthPart::Any, tr("with")), std::pair(BirthPart::Parent, tr("with parent")),
          std::pair(BirthPart::ChildOrReplaced, tr("with child or replaced"))})
        part_->addItem(name, static_cast<int>(part));
    part_->setToolTip(tr("The part that the member played: any; a parent; the child, or who made room for it."));

    member_ = makeNumberField(QStringLiteral("#?[0-9]{0,19}"), tr("any member"), this);
    member_->setObjectName("births.member");
    member_->setAccessibleName(tr("Member"));
    member_->setToolTip(tr("A member's number, such as #412; empty for all births."));
    member_->setClearButtonEnabled(true);
    take_ = new QPushButton(tr("Selected member"), this);
    take_->setObjectName("births.take");
    take_->setToolTip(tr("List the births of the member that is selected."));
    take_->setEnabled(false);

    step_ = makeNumberField(QStringLiteral("[0-9,]{0,26}"), tr("step"), this);
    step_->setObjectName("births.step");
    step_->setAccessibleName(tr("Go to step"));
    step_->setToolTip(tr("Type a step and press Enter."));
    auto* go = new QLabel(tr("&Go to"), this);
    go->setBuddy(step_);

    auto* row = new QHBoxLayout(this);
    row->setContentsMargins({});
    for (auto* part : std::initializer_list<QWidget*>{outcome_, part_, member_, take_}) row->addWidget(part);
    row->addStretch(1);
    row->addWidget(go);
    row->addWidget(step_);

    connect(outcome_, &QComboBox::currentIndexChanged, this, &BirthFilters::announce);
    connect(part_, &QComboBox::currentIndexChanged, this, &BirthFilters::announce);
    connect(member_, &QLineEdit::textChanged, this, &BirthFilters::announce);
    connect(take_, &QPushButton::clicked, this, [this] {
        if (selected_) member_->setText(memberText(*selected_));
    });
    connect(step_, &QLineEdit::returnPressed, this, &BirthFilters::goToStep);
}

BirthQuery BirthFilters::query() const {
    BirthQuery query{.outcome = static_cast<BirthOutcome>(outcome_->currentData().toInt())};
    if (const auto number = numberIn(member_->text())) {
        query.member = MemberId{*number};
        query.part = static_cast<BirthPart>(part_->currentData().toInt());
    }
    return query;
}

void BirthFilters::offer(std::optional<MemberId> selected) {
    selected_ = selected;
    take_->setEnabled(selected.has_value());
}

void BirthFilters::clear() {
    {
        const QSignalBlocker outcome(outcome_), part(part_), member(member_);
        outcome_->setCurrentIndex(0);
        part_->setCurrentIndex(0);
        member_->clear();
    }
    step_->clear();
    announce();
}

void BirthFilters::announce() {
    // Which part nobody plays is all the same.
    if (query() == told_) return;
    told_ = query();
    Q_EMIT changed();
}

void BirthFilters::goToStep() {
    if (const auto step = numberIn(step_->text())) Q_EMIT stepSought(*step);
    step_->selectAll();
}

}  // namespace mergarium
