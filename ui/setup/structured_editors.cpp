#include "ui/setup/structured_editors.h"

#include "ui/setup/editors.h"
#include "ui/setup/founder_list.h"
#include "ui/setup/list_text.h"
#include "ui/setup/number_boxes.h"

#include <QLineEdit>
#include <QVBoxLayout>

#include <limits>

namespace mergarium {
namespace {

void layOut(QWidget* editor, QWidget* inner) {
    auto* layout = new QVBoxLayout(editor);
    layout->setContentsMargins({});
    layout->addWidget(inner);
    editor->setFocusProxy(inner);
}

/// The last is "at equal distances" where that is offered, else "0 or 1".
enum Ratio { Uniform, Beta, Last };

}  // namespace

SplitsEditor::SplitsEditor(QWidget* parent) : QWidget(parent), least_(new CountBox), most_(new CountBox) {
    least_->setObjectName("splitsLeast");
    most_->setObjectName("splitsMost");
    least_->setAccessibleName(tr("Least split points"));
    most_->setAccessibleName(tr("Most split points"));
    layOut(this, pairOf(this, least_, tr("to"), most_));
    for (auto* box : {least_, most_}) connect(box, &CountBox::changed, this, &SplitsEditor::changed);
}

void SplitsEditor::setSplits(const SplitCount& splits) {
    least_->setValue(splits.least);
    most_->setValue(splits.most);
}

std::optional<SplitCount> SplitsEditor::splits() const {
    constexpr std::uint64_t kMost = std::numeric_limits<std::uint32_t>::max();
    const auto least = least_->value(), most = most_->value();
    if (!least || !most || *least > kMost || *most > kMost) return std::nullopt;
    return SplitCount{static_cast<std::uint32_t>(*least), static_cast<std::uint32_t>(*most)};
}

RatioEditor::RatioEditor(bool evenToo, QWidget* parent)
    : QWidget(parent), evenToo_(evenToo), kind_(new TypedBox<QComboBox>), shape_(new NumberBox) {
    kind_->addItems({tr("uniform"), tr("Beta(a, a)")});
    kind_->addItem(evenToo ? tr("at equal distances") : tr("0 or 1"));
    kind_->setAccessibleName(tr("Mixing ratio"));
    shape_->setObjectName("ratioShape");
    shape_->setAccessibleName(tr("Shape of the Beta distribution"));
    layOut(this, pairOf(this, kind_, tr("a"), shape_));
    connect(kind_, &QComboBox::currentIndexChanged, this, [this](int index) {
        shape_->setEnabled(index == Beta);
        Q_EMIT changed();
    });
    connect(shape_, &NumberBox::changed, this, &RatioEditor::changed);
}

void RatioEditor::setRatio(const RatioChoice& ratio) {
    const auto* beta = std::get_if<BetaRatio>(&ratio);
    kind_->setCurrentIndex(beta ? Beta : std::holds_alternative<UniformRatio>(ratio) ? Uniform : Last);
    shape_->setEnabled(beta);
    shape_->setValue(beta ? beta->shape : 0.3);
}

std::optional<RatioChoice> RatioEditor::ratio() const {
    if (kind_->currentIndex() == Last) return evenToo_ ? RatioChoice(EvenRatios{}) : RatioChoice(WholeRatio{});
    if (kind_->currentIndex() == Uniform) return UniformRatio{};
    const auto shape = shape_->value();
    return shape ? std::optional<RatioChoice>(BetaRatio{*shape}) : std::nullopt;
}

ExtractionEditor::ExtractionEditor(QWidget* parent)
    : QWidget(parent), kind_(new TypedBox<QComboBox>), pattern_(new QLineEdit) {
    kind_->addItems({tr("all of it"), tr("the last number"), tr("what matches")});
    kind_->setAccessibleName(tr("Answer is"));
    pattern_->setObjectName("extractPattern");
    pattern_->setAccessibleName(tr("Regular expression"));
    layOut(this, pairOf(this, kind_, {}, pattern_));
    connect(kind_, &QComboBox::currentIndexChanged, this, [this](int index) {
        pattern_->setEnabled(static_cast<Extraction>(index) == Extraction::Pattern);
        Q_EMIT changed();
    });
    connect(pattern_, &QLineEdit::textChanged, this, &ExtractionEditor::changed);
}

void ExtractionEditor::set(Extraction extraction, const std::string& pattern) {
    kind_->setCurrentIndex(static_cast<int>(extraction));
    pattern_->setEnabled(extraction == Extraction::Pattern);
    setWords(pattern_, QString::fromStdString(pattern));
}

Extraction ExtractionEditor::extraction() const { return static_cast<Extraction>(kind_->currentIndex()); }
std::string ExtractionEditor::pattern() const { return pattern_->text().toStdString(); }

FoundersEditor::FoundersEditor(std::span<const std::string_view> own, QWidget* parent) : QWidget(parent) {
    if (own.empty()) {
        models_ = new FounderList;
        layOut(this, models_);
        connect(models_, &FounderList::changed, this, &FoundersEditor::changed);
        return;
    }
    own_ = new TypedBox<QComboBox>;
    for (const auto name : own) own_->addItem(QString::fromUtf8(name.data(), static_cast<qsizetype>(name.size())));
    layOut(this, own_);
    connect(own_, &QComboBox::currentIndexChanged, this, &FoundersEditor::changed);
}

void FoundersEditor::setFounders(const FounderSettings& founders) {
    if (own_) {
        const auto* named = std::get_if<OwnFounders>(&founders);
        own_->setCurrentText(named ? QString::fromStdString(named->name) : QString());
    } else {
        const auto* models = std::get_if<std::vector<CheckpointFounder>>(&founders);
        models_->setFounders(models ? *models : std::vector<CheckpointFounder>());
    }
}

FounderSettings FoundersEditor::founders() const {
    if (own_) return OwnFounders{own_->currentText().toStdString()};
    return models_->founders();
}

void FoundersEditor::add(const QStringList& paths) {
    if (models_) models_->add(paths);
}

}  // namespace mergarium
