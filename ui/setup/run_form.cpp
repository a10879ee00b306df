#include "ui/setup/run_form.h"

#include "ui/theme/theme.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QSpinBox>
#include <QWheelEvent>

#include <limits>

namespace mergarium {
namespace {

constexpr int kLargestCount = 1'000'000'000;

/// Numbers are typed, not scrolled: a wheel that moves the page must not move a parameter.
template <typename Box>
class TypedBox : public Box {
public:
    using Box::Box;

protected:
    void wheelEvent(QWheelEvent* event) override { event->ignore(); }
};

QSpinBox* countBox(QWidget* parent, int most) {
    auto* box = new TypedBox<QSpinBox>(parent);
    box->setRange(0, most);
    box->setGroupSeparatorShown(true);
    box->setAlignment(Qt::AlignRight);
    box->setLocale(QLocale(QLocale::English, QLocale::UnitedStates));
    return box;
}

QDoubleSpinBox* numberBox(QWidget* parent, double most, int decimals, double step) {
    auto* box = new TypedBox<QDoubleSpinBox>(parent);
    box->setRange(0.0, most);
    box->setDecimals(decimals);
    box->setSingleStep(step);
    box->setAlignment(Qt::AlignRight);
    box->setLocale(QLocale(QLocale::English, QLocale::UnitedStates));
    return box;
}

/// A choice among the values of an enumeration, called as the YAML calls them.
template <typename Value>
QComboBox* choiceBox(QWidget* parent, std::initializer_list<Value> values) {
    auto* box = new TypedBox<QComboBox>(parent);
    for (const auto value : values) {
        const auto name = nameOf(value);
        box->addItem(QString::fromUtf8(name.data(), static_cast<qsizetype>(name.size())), static_cast<int>(value));
    }
    return box;
}

template <typename Value>
void choose(QComboBox* box, Value value) {
    box->setCurrentIndex(box->findData(static_cast<int>(value)));
}

template <typename Value>
Value chosen(const QComboBox* box) {
    return static_cast<Value>(box->currentData().toInt());
}

/// Two editors side by side.
QWidget* pairOf(QWidget* parent, QWidget* first, const QString& between, QWidget* second) {
    auto* both = new QWidget(parent);
    auto* layout = new QHBoxLayout(both);
    layout->setContentsMargins({});
    layout->addWidget(first, 1);
    layout->addWidget(new QLabel(between, both));
    layout->addWidget(second, 1);
    both->setFocusProxy(first);
    return both;
}

}  // namespace

RunForm::RunForm(QWidget* parent) : QWidget(parent), layout_(new QFormLayout(this)) {
    layout_->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    layout_->setContentsMargins({});
    addFields();
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

void RunForm::addFields() {
    const auto review = [this] { this->review(); };

    auto* name = new QLineEdit(this);
    connect(name, &QLineEdit::textChanged, this, review);
    add({.key = "name", .name = tr("Name"), .editor = name,
         .fill = [=](const auto& c) { name->setText(QString::fromStdString(c.name)); },
         .collect = [=](auto& c) { c.name = name->text().toStdString(); }},
        tr("What the list of runs calls it."));

    auto* founders = choiceBox(this, {DigitsFounders::ReferenceSpecialists, DigitsFounders::Specialists, DigitsFounders::Random});
    connect(founders, &QComboBox::currentIndexChanged, this, review);
    add({.key = "founders", .name = tr("Founders"), .editor = founders, .fill = [=](const auto& c) {
             if (const auto* kind = std::get_if<DigitsFounders>(&c.founders)) choose(founders, *kind);
         },
         .collect = [=](auto& c) {
             if (std::holds_alternative<DigitsFounders>(c.founders)) c.founders = chosen<DigitsFounders>(founders);
         }},
        tr("The published pair of specialists, a pair trained anew for every seed, or two untrained networks (they need mutation)."));

    auto* strategy = choiceBox(this, {StrategyKind::M2n2, StrategyKind::Ga});
    add({.key = "strategy.kind", .name = tr("Strategy"), .editor = strategy, .fill = [=](const auto& c) { choose(strategy, c.strategy); },
         .collect = [=](auto& c) { c.strategy = chosen<StrategyKind>(strategy); }},
        tr("m2n2, or the plain genetic algorithm: no competition for samples (alpha 0) and no attraction."));

    auto* archive = countBox(this, kLargestCount);
    connect(archive, &QSpinBox::valueChanged, this, review);
    add({.key = "strategy.archive", .name = tr("Archive size"), .editor = archive,
         .fill = [=](const auto& c) { archive->setValue(static_cast<int>(std::min<std::uint64_t>(c.archive, kLargestCount))); },
         .collect = [=](auto& c) { c.archive = static_cast<std::uint64_t>(archive->value()); }},
        tr("How many models live at a time."));

    auto* alpha = numberBox(this, 1000.0, 3, 0.1);
    connect(alpha, &QDoubleSpinBox::valueChanged, this, review);
    add({.key = "strategy.alpha", .name = tr("Competition (alpha)"), .editor = alpha,
         .fill = [=](const auto& c) { alpha->setValue(c.competition.alpha); },
         .collect = [=](auto& c) { c.competition.alpha = alpha->value(); }},
        tr("A sample is worth capacity / z^alpha to each point of score on it, z the sum of all scores; 0: no competition."));

    auto* capacity = choiceBox(this, {Capacity::Unit, Capacity::Best});
    connect(capacity, &QComboBox::currentIndexChanged, this, review);
    add({.key = "strategy.capacity", .name = tr("Niche capacity"), .editor = capacity,
         .fill = [=](const auto& c) { choose(capacity, c.competition.capacity); },
         .collect = [=](auto& c) { c.competition.capacity = chosen<Capacity>(capacity); }},
        tr("What a sample is worth in all: 1, or the best score that any member has on it."));

    auto* attraction = new QCheckBox(tr("the second parent is drawn by what the first lacks"), this);
    connect(attraction, &QCheckBox::toggled, this, review);
    add({.key = "strategy.attraction", .name = tr("Attraction"), .editor = attraction,
         .fill = [=](const auto& c) { attraction->setChecked(c.attraction); },
         .collect = [=](auto& c) { c.attraction = attraction->isChecked(); }},
        tr("Off: both parents are drawn by fitness."));

    auto* crossover = new QCheckBox(tr("children have two parents"), this);
    connect(crossover, &QCheckBox::toggled, this, review);
    add({.key = "strategy.crossover", .name = tr("Crossover"), .editor = crossover,
         .fill = [=](const auto& c) { crossover->setChecked(c.crossover); },
         .collect = [=](auto& c) { c.crossover = crossover->isChecked(); }},
        tr("Off: a child differs from its one parent by mutation alone."));

    auto* least = countBox(this, kLargestCount);
    auto* most = countBox(this, kLargestCount);
    least->setObjectName("splitsLeast");
    most->setObjectName("splitsMost");
    connect(least, &QSpinBox::valueChanged, this, review);
    connect(most, &QSpinBox::valueChanged, this, review);
    add({.key = "strategy.splits", .name = tr("Split points"), .editor = pairOf(this, least, tr("to"), most),
         .fill = [=](const auto& c) {
             least->setValue(static_cast<int>(c.splice.splits.least));
             most->setValue(static_cast<int>(c.splice.splits.most));
         },
         .collect = [=](auto& c) {
             c.splice.splits = {static_cast<std::uint32_t>(least->value()), static_cast<std::uint32_t>(most->value())};
         }},
        tr("How many, drawn between the two for every child; 0 to 0: one mixing ratio for the whole network."));

    auto* ratio = new TypedBox<QComboBox>(this);
    ratio->addItems({tr("uniform"), tr("Beta(a, a)")});
    auto* shape = numberBox(this, 1000.0, 3, 0.1);
    shape->setObjectName("ratioShape");
    connect(ratio, &QComboBox::currentIndexChanged, this, [=, this](int index) {
        shape->setEnabled(index == 1);
        this->review();
    });
    connect(shape, &QDoubleSpinBox::valueChanged, this, review);
    add({.key = "strategy.ratio", .name = tr("Mixing ratio"), .editor = pairOf(this, ratio, tr("a"), shape),
         .fill = [=](const auto& c) {
             const auto* beta = std::get_if<BetaRatio>(&c.splice.ratio);
             ratio->setCurrentIndex(beta ? 1 : 0);
             shape->setEnabled(beta);
             shape->setValue(beta ? beta->shape : 0.3);
         },
         .collect = [=](auto& c) {
             if (ratio->currentIndex() == 1)
                 c.splice.ratio = BetaRatio{shape->value()};
             else
                 c.splice.ratio = UniformRatio{};
         }},
        tr("How much of each parent: uniform in 0 to 1, or Beta(a, a), which below a = 1 prefers one parent over the other."));

    auto* interpolation = choiceBox(this, {Interpolation::Slerp, Interpolation::SlerpPerSide, Interpolation::SlerpPerTensor, Interpolation::Lerp});
    connect(interpolation, &QComboBox::currentIndexChanged, this, review);
    add({.key = "strategy.interpolation", .name = tr("Interpolation"), .editor = interpolation,
         .fill = [=](const auto& c) { choose(interpolation, c.splice.interpolation); },
         .collect = [=](auto& c) { c.splice.interpolation = chosen<Interpolation>(interpolation); }},
        tr("Spherical with one angle, spherical with an angle on each side of a split point, or linear."));

    auto* mutation = numberBox(this, 1000.0, 4, 0.01);
    connect(mutation, &QDoubleSpinBox::valueChanged, this, review);
    add({.key = "strategy.mutation", .name = tr("Mutation"), .editor = mutation,
         .fill = [=](const auto& c) { mutation->setValue(c.splice.mutation); },
         .collect = [=](auto& c) { c.splice.mutation = mutation->value(); }},
        tr("Standard deviation of the noise added to a child's parameters."));

    auto* evaluations = countBox(this, std::numeric_limits<int>::max());
    connect(evaluations, &QSpinBox::valueChanged, this, review);
    add({.key = "budget.evaluations", .name = tr("Evaluations"), .editor = evaluations,
         .fill = [=](const auto& c) { evaluations->setValue(static_cast<int>(c.evaluations)); },
         .collect = [=](auto& c) { c.evaluations = static_cast<std::uint64_t>(evaluations->value()); }},
        tr("How many children are made and scored."));

    auto* seed = new QLineEdit(this);
    seed->setAlignment(Qt::AlignRight);
    connect(seed, &QLineEdit::textChanged, this, review);
    add({.key = "seed", .name = tr("Seed"), .editor = seed,
         .fill = [=](const auto& c) { seed->setText(QString::number(c.seed)); },
         .collect = [=](auto& c) {
             bool whole = false;
             const auto value = seed->text().trimmed().toULongLong(&whole);
             // What isn't a whole number becomes one that no run takes, so that it is refused like any impossible value.
             c.seed = whole ? value : std::numeric_limits<std::uint64_t>::max();
         }},
        tr("Of all random numbers of the run; the same seed gives the same run."));

    auto* device = new TypedBox<QComboBox>(this);
    device->setEditable(true);
    device->addItems({"auto", "cpu", "cuda"});
    connect(device, &QComboBox::currentTextChanged, this, review);
    add({.key = "device", .name = tr("Device"), .editor = device,
         .fill = [=](const auto& c) { device->setCurrentText(QString::fromStdString(c.device)); },
         .collect = [=](auto& c) { c.device = device->currentText().trimmed().toStdString(); }},
        tr("What computes: auto, cpu, cuda or cuda:N."));

    connect(strategy, &QComboBox::currentIndexChanged, this, [=, this] {
        if (filling_) return;
        // What the YAML's `kind` presets.
        const bool m2n2 = chosen<StrategyKind>(strategy) == StrategyKind::M2n2;
        alpha->setValue(m2n2 ? 1.0 : 0.0);
        attraction->setChecked(m2n2);
        this->review();
    });
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
    if (violation_ && violation_->key == "seed") violation_->sentence = tr("must be a whole number from 0 to %1").arg(INT64_MAX).toStdString();
    for (const auto& field : fields_) {
        RunConfiguration one = reference_;
        field.collect(one);
        const bool wrong = violation_ && field.key.toStdString() == violation_->key;
        const bool changed = !(one == reference_);
        auto font = field.label->font();
        font.setBold(wrong || changed);
        field.label->setFont(font);
        field.label->setText(wrong     ? QStringLiteral("<span style='color:%1'>%2</span>").arg(colorsOf(palette()).warning.name(), field.name)
                             : changed ? tr("%1 (changed)").arg(field.name)
                                       : field.name);
    }
    Q_EMIT changed();
}

}  // namespace mergarium
