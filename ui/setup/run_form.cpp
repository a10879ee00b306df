#include "ui/setup/run_form.h"

#include "ui/setup/editors.h"
#include "ui/theme/theme.h"

#include <QFormLayout>
#include <QLineEdit>

#include <limits>

namespace mergarium {

RunForm::RunForm(QWidget* parent) : QWidget(parent), layout_(new QFormLayout(this)) {
    layout_->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    layout_->setContentsMargins({});
    addNameField();
    addTaskFields();
    addStrategyFields();
    addRunFields();
    setConfiguration({});
}

QWidget* RunForm::add(Field field, const QString& meaning) {
    field.label = new QLabel(field.name, this);
    field.label->setBuddy(field.editor);
    field.label->setToolTip(meaning);
    field.editor->setToolTip(meaning);
    field.editor->setAccessibleName(field.name);
    field.editor->setObjectName(field.key);
    layout_->addRow(field.label, field.editor);
    fields_.push_back(field);
    return field.editor;
}

void RunForm::addNameField() {
    const auto review = [this] { this->review(); };

    auto* name = new QLineEdit(this);
    connect(name, &QLineEdit::textChanged, this, review);
    add({.key = "name",
         .name = tr("Name"),
         .editor = name,
         .fill = [=](const auto& c) { name->setText(QString::fromStdString(c.name)); },
         .collect = [=](auto& c) { c.name = name->text().toStdString(); }},
        tr("What the list of runs calls it."));
}

void RunForm::addRunFields() {
    const auto review = [this] { this->review(); };

    auto* evaluations = countBox(this, std::numeric_limits<int>::max());
    connect(evaluations, &QSpinBox::valueChanged, this, review);
    add({.key = "budget.evaluations",
         .name = tr("Evaluations"),
         .editor = evaluations,
         .fill = [=](const auto& c) { evaluations->setValue(static_cast<int>(c.evaluations)); },
         .collect = [=](auto& c) { c.evaluations = static_cast<std::uint64_t>(evaluations->value()); }},
        tr("How many children are made and scored."));

    auto* seed = new QLineEdit(this);
    seed->setAlignment(Qt::AlignRight);
    connect(seed, &QLineEdit::textChanged, this, review);
    add({.key = "seed",
         .name = tr("Seed"),
         .editor = seed,
         .fill = [=](const auto& c) { seed->setText(QString::number(c.seed)); },
         .collect =
             [=](auto& c) {
                 bool whole = false;
                 const auto value = seed->text().trimmed().toULongLong(&whole);
                 // What isn't a whole number becomes one that no run takes, so that it is refused like any impossible
                 // value.
                 c.seed = whole ? value : std::numeric_limits<std::uint64_t>::max();
             }},
        tr("Of all random numbers of the run; the same seed gives the same run."));

    auto* device = new TypedBox<QComboBox>(this);
    device->setEditable(true);
    device->addItems({"auto", "cpu", "cuda"});
    connect(device, &QComboBox::currentTextChanged, this, review);
    add({.key = "device",
         .name = tr("Device"),
         .editor = device,
         .fill = [=](const auto& c) { device->setCurrentText(QString::fromStdString(c.device)); },
         .collect = [=](auto& c) { c.device = device->currentText().trimmed().toStdString(); }},
        tr("What computes: auto, cpu, cuda or cuda:N."));
}

void RunForm::setConfiguration(const RunConfiguration& configuration) {
    filling_ = true;
    reference_ = configuration;
    for (const auto& field : fields_) field.fill(configuration);
    filling_ = false;
    review();
}

RunConfiguration RunForm::configuration() const {
    RunConfiguration configuration = reference_;
    for (const auto& field : fields_) field.collect(configuration);
    return configuration;
}

void RunForm::review() {
    if (filling_) return;
    const auto now = configuration();
    violation_ = firstViolation(now);
    if (violation_ && violation_->key == "seed")
        violation_->sentence = tr("must be a whole number from 0 to %1").arg(INT64_MAX).toStdString();
    for (const auto& field : fields_) {
        const bool applies = !field.applies || field.applies(now);
        if (layout_->isRowVisible(field.editor) != applies) layout_->setRowVisible(field.editor, applies);
        RunConfiguration one = reference_;
        field.collect(one);
        const bool wrong = violation_ && field.key.toStdString() == violation_->key;
        const bool changed = !(one == reference_);
        auto font = field.label->font();
        font.setBold(wrong || changed);
        field.label->setFont(font);
        field.label->setText(
            wrong
                ? QStringLiteral("<span style='color:%1'>%2</span>").arg(colorsOf(palette()).warning.name(), field.name)
            : changed ? tr("%1 (changed)").arg(field.name)
                      : field.name);
    }
    Q_EMIT changed();
}

}  // namespace mergarium
