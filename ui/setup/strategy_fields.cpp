#include "ui/setup/editors.h"
#include "ui/setup/run_form.h"

#include <QCheckBox>

#include <algorithm>
#include <functional>

namespace mergarium {
namespace {

constexpr int kLargestCount = 1'000'000'000;

bool competesForSamples(const RunConfiguration& configuration) { return !isOwnSearch(configuration.strategy); }

bool knowsAttraction(const RunConfiguration& configuration) {
    return configuration.strategy == StrategyKind::M2n2 || configuration.strategy == StrategyKind::Ga;
}

auto only(StrategyKind kind) {
    return [kind](const RunConfiguration& configuration) { return configuration.strategy == kind; };
}

}  // namespace

void RunForm::addStrategyFields() {
    const auto review = [this] { this->review(); };
    using Applies = std::function<bool(const RunConfiguration&)>;
    const auto flag = [&](const char* key, const QString& name, const QString& label, bool RunConfiguration::*part,
                          const QString& meaning, const Applies& applies = nullptr) {
        auto* box = new QCheckBox(label, this);
        connect(box, &QCheckBox::toggled, this, review);
        add({.key = key,
             .name = name,
             .editor = box,
             .fill = [=](const RunConfiguration& c) { box->setChecked(c.*part); },
             .collect = [=](RunConfiguration& c) { c.*part = box->isChecked(); },
             .applies = applies},
            meaning);
        return box;
    };

    auto* strategy = choiceBox(this, {StrategyKind::M2n2, StrategyKind::Ga, StrategyKind::RandomPairing,
                                      StrategyKind::MapElites, StrategyKind::CmaEs, StrategyKind::BruteForce});
    add({.key = "strategy.kind",
         .name = tr("Strategy"),
         .editor = strategy,
         .fill = [=](const auto& c) { choose(strategy, c.strategy); },
         .collect = [=](auto& c) { c.strategy = chosen<StrategyKind>(strategy); }},
        tr("How models are searched for: m2n2; the plain genetic algorithm (alpha 0, no attraction); parents drawn at "
           "random; a map "
           "of elites; evolution of mixing weights or network weights; ratios without a split point."));

    auto* archive = countBox(this, kLargestCount);
    connect(archive, &QSpinBox::valueChanged, this, review);
    add({.key = "strategy.archive",
         .name = tr("Archive size"),
         .editor = archive,
         .fill =
             [=](const auto& c) {
                 archive->setValue(static_cast<int>(std::min<std::uint64_t>(c.archive, kLargestCount)));
             },
         .collect = [=](auto& c) { c.archive = static_cast<std::uint64_t>(archive->value()); }},
        tr("How many models live at a time."));

    auto* alpha = numberBox(this, 1000.0, 3, 0.1);
    connect(alpha, &QDoubleSpinBox::valueChanged, this, review);
    add({.key = "strategy.alpha",
         .name = tr("Competition (alpha)"),
         .editor = alpha,
         .fill = [=](const auto& c) { alpha->setValue(c.competition.alpha); },
         .collect = [=](auto& c) { c.competition.alpha = alpha->value(); },
         .applies = competesForSamples},
        tr("A sample is worth capacity / z^alpha to each point of score on it, z the sum of all scores; 0: no "
           "competition."));

    auto* capacity = choiceBox(this, {Capacity::Unit, Capacity::Best});
    connect(capacity, &QComboBox::currentIndexChanged, this, review);
    add({.key = "strategy.capacity",
         .name = tr("Niche capacity"),
         .editor = capacity,
         .fill = [=](const auto& c) { choose(capacity, c.competition.capacity); },
         .collect = [=](auto& c) { c.competition.capacity = chosen<Capacity>(capacity); },
         .applies = competesForSamples},
        tr("What a sample is worth in all: 1, or the best score that any member has on it."));

    auto* attraction =
        flag("strategy.attraction", tr("Attraction"), tr("the second parent is drawn by what the first lacks"),
             &RunConfiguration::attraction, tr("Off: both parents are drawn by fitness."), knowsAttraction);

    flag("strategy.crossover", tr("Crossover"), tr("children have two parents"), &RunConfiguration::crossover,
         tr("Off: a child differs from its one parent by mutation alone."));

    auto* least = countBox(this, kLargestCount);
    auto* most = countBox(this, kLargestCount);
    least->setObjectName("splitsLeast");
    most->setObjectName("splitsMost");
    connect(least, &QSpinBox::valueChanged, this, review);
    connect(most, &QSpinBox::valueChanged, this, review);
    add({.key = "strategy.splits",
         .name = tr("Split points"),
         .editor = pairOf(this, least, tr("to"), most),
         .fill =
             [=](const auto& c) {
                 least->setValue(static_cast<int>(c.splice.splits.least));
                 most->setValue(static_cast<int>(c.splice.splits.most));
             },
         .collect =
             [=](auto& c) {
                 c.splice.splits = {static_cast<std::uint32_t>(least->value()),
                                    static_cast<std::uint32_t>(most->value())};
             }},
        tr("How many, drawn between the two for every child; 0 to 0: one mixing ratio for the whole network."));

    auto* ratio = new TypedBox<QComboBox>(this);
    ratio->addItems({tr("uniform"), tr("Beta(a, a)"), tr("at equal distances")});
    auto* shape = numberBox(this, 1000.0, 3, 0.1);
    shape->setObjectName("ratioShape");
    connect(ratio, &QComboBox::currentIndexChanged, this, [=, this](int index) {
        shape->setEnabled(index == 1);
        this->review();
    });
    connect(shape, &QDoubleSpinBox::valueChanged, this, review);
    add({.key = "strategy.ratio",
         .name = tr("Mixing ratio"),
         .editor = pairOf(this, ratio, tr("a"), shape),
         .fill =
             [=](const auto& c) {
                 const auto* beta = std::get_if<BetaRatio>(&c.splice.ratio);
                 ratio->setCurrentIndex(beta ? 1 : c.ratioGrid ? 2 : 0);
                 shape->setEnabled(beta);
                 shape->setValue(beta ? beta->shape : 0.3);
             },
         .collect =
             [=](auto& c) {
                 c.ratioGrid = ratio->currentIndex() == 2;
                 if (ratio->currentIndex() == 1)
                     c.splice.ratio = BetaRatio{shape->value()};
                 else
                     c.splice.ratio = UniformRatio{};
             }},
        tr("How much of each parent: uniform in 0 to 1, or Beta(a, a), which below a = 1 prefers one parent over the "
           "other."));

    auto* interpolation = choiceBox(
        this, {Interpolation::Slerp, Interpolation::SlerpPerSide, Interpolation::SlerpPerTensor, Interpolation::Lerp});
    connect(interpolation, &QComboBox::currentIndexChanged, this, review);
    add({.key = "strategy.interpolation",
         .name = tr("Interpolation"),
         .editor = interpolation,
         .fill = [=](const auto& c) { choose(interpolation, c.splice.interpolation); },
         .collect = [=](auto& c) { c.splice.interpolation = chosen<Interpolation>(interpolation); }},
        tr("Spherical with one angle, spherical with an angle on each side of a split point, or linear."));

    auto* mutation = numberBox(this, 1000.0, 4, 0.01);
    connect(mutation, &QDoubleSpinBox::valueChanged, this, review);
    add({.key = "strategy.mutation",
         .name = tr("Mutation"),
         .editor = mutation,
         .fill = [=](const auto& c) { mutation->setValue(c.splice.mutation); },
         .collect = [=](auto& c) { c.splice.mutation = mutation->value(); }},
        tr("Standard deviation of the noise added to a child's parameters."));

    auto* snap = choiceBox(this, {Snap::None, Snap::Tensor, Snap::Layer});
    connect(snap, &QComboBox::currentIndexChanged, this, review);
    add({.key = "strategy.snap",
         .name = tr("Split points at"),
         .editor = snap,
         .fill = [=](const auto& c) { choose(snap, c.splice.snap); },
         .collect = [=](auto& c) { c.splice.snap = chosen<Snap>(snap); }},
        tr("none: anywhere. tensor, layer: moved to the nearest boundary."));

    const auto count = [&](const char* key, const QString& name, auto part, const QString& meaning, auto applies) {
        auto* box = countBox(this, kLargestCount);
        connect(box, &QSpinBox::valueChanged, this, review);
        add({.key = key,
             .name = name,
             .editor = box,
             .fill =
                 [=](const RunConfiguration& c) {
                     box->setValue(static_cast<int>(std::min<std::uint64_t>(std::invoke(part, c), kLargestCount)));
                 },
             .collect = [=](RunConfiguration& c) { std::invoke(part, c) = static_cast<std::uint64_t>(box->value()); },
             .applies = applies},
            meaning);
    };
    count("strategy.offspring", tr("Children at a time"), &RunConfiguration::offspring,
          tr("Bred from the archive as it stands, before any of them is admitted; 1: each sees what came of the one "
             "before."),
          competesForSamples);

    flag("strategy.refuse_duplicates", tr("Duplicates"), tr("are not admitted"), &RunConfiguration::refuseDuplicates,
         tr("Children that score on every sample exactly as a member does."), competesForSamples);

    count("strategy.cells", tr("Cells a side"), &RunConfiguration::cells,
          tr("Into how many intervals each behaviour is divided; every cell keeps its best model."),
          only(StrategyKind::MapElites));

    auto* step = numberBox(this, 1000.0, 4, 0.01);
    step->setSpecialValueText(tr("chosen by what evolves"));
    connect(step, &QDoubleSpinBox::valueChanged, this, review);
    add({.key = "strategy.step",
         .name = tr("First step"),
         .editor = step,
         .fill = [=](const auto& c) { step->setValue(c.evolution.step.value_or(0.0)); },
         .collect =
             [=](auto& c) { c.evolution.step = step->value() > 0.0 ? std::optional(step->value()) : std::nullopt; },
         .applies = only(StrategyKind::CmaEs)},
        tr("The first standard deviation."));
    count(
        "strategy.population", tr("Population"), [](auto& c) -> auto& { return c.evolution.population; },
        tr("Samples a generation; 0: 4 + 3 ln n for n dimensions."), only(StrategyKind::CmaEs));
    count(
        "strategy.layers", tr("Layers together"), [](auto& c) -> auto& { return c.evolution.layers; },
        tr("How many neighbouring layers share their mixing weights."), only(StrategyKind::CmaEs));

    auto* early = new TypedBox<QComboBox>(this);
    early->addItems({tr("where it saves time"), tr("yes"), tr("no")});
    connect(early, &QComboBox::currentIndexChanged, this, review);
    add({.key = "strategy.early_rejection",
         .name = tr("Early rejection"),
         .editor = early,
         .fill = [=](const auto& c) { early->setCurrentIndex(!c.earlyRejection   ? 0
                                                             : *c.earlyRejection ? 1
                                                                                 : 2); },
         .collect =
             [=](auto& c) {
                 c.earlyRejection =
                     early->currentIndex() == 0 ? std::nullopt : std::optional(early->currentIndex() == 1);
             }},
        tr("Stop scoring a child once it is certain to be rejected. The archive comes out the same."));

    connect(strategy, &QComboBox::currentIndexChanged, this, [=, this] {
        if (filling_) return;
        // What the YAML's `kind` presets.
        const auto kind = chosen<StrategyKind>(strategy);
        alpha->setValue(competes(kind) ? 1.0 : 0.0);
        attraction->setChecked(kind == StrategyKind::M2n2);
        if (isOwnSearch(kind)) choose(capacity, Capacity::Unit);
        if (kind != StrategyKind::BruteForce && ratio->currentIndex() == 2) ratio->setCurrentIndex(0);
        this->review();
    });
}

}  // namespace mergarium
