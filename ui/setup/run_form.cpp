#include "ui/setup/run_form.h"

#include "core/fields/field_writer.h"
#include "core/fields/kinds.h"
#include "core/fields/yaml.h"
#include "ui/setup/form_pass.h"
#include "ui/setup/path_edit.h"
#include "ui/setup/question_files.h"
#include "ui/setup/structured_editors.h"
#include "ui/theme/plain_labels.h"

#include <QEvent>
#include <QFormLayout>
#include <QLabel>

#include <algorithm>
#include <utility>

namespace mergarium {
namespace {

Value valuesOf(RunConfiguration configuration) {
    FieldWriter writer;
    visit(writer, configuration);
    return writer.map();
}

/// As text, to be compared; a key that isn't there has none.
std::string valueAt(const Value& values, std::string_view key) {
    const Value* value = &values;
    for (auto dot = key.find('.'); value && dot != std::string_view::npos; dot = key.find('.')) {
        value = value->find(key.substr(0, dot));
        key.remove_prefix(dot + 1);
    }
    if (value) value = value->find(key);
    return value ? toInlineYaml(*value) : std::string();
}

/// Sees nothing but the key `kind` of one section.
class KindChooser final : public FieldVisitor {
public:
    KindChooser(const std::string& section, std::size_t index) : section_(section), index_(index) {}

    void boolean(const FieldText&, bool&) override {}
    void whole(const FieldText&, std::uint64_t&, const WholeBounds&) override {}
    void number(const FieldText&, double&, const NumberBounds&) override {}
    std::size_t choice(const FieldText& text, std::span<const std::string_view>, std::size_t index) override {
        return now_ == section_ && text.key == "kind" ? index_ : index;
    }
    void text(const FieldText&, std::string&, const TextShape&) override {}
    void texts(const FieldText&, std::vector<std::string>&, TextsAre, bool) override {}
    void path(const FieldText&, std::filesystem::path&, const PathShape&) override {}
    void structured(const FieldText&, StructuredField&) override {}
    void boolean(const FieldText&, std::optional<bool>&) override {}
    void number(const FieldText&, std::optional<double>&, const NumberBounds&) override {}
    void section(const FieldText& text, const std::function<void()>& fields) override {
        const auto outside = now_;
        now_ += std::string(text.key) + ".";
        fields();
        now_ = outside;
    }
    using FieldVisitor::choice;

private:
    const std::string& section_;
    std::size_t index_;
    std::string now_;
};

/// Founders of the kind that the task takes.
void fitFounders(RunConfiguration& configuration) {
    const auto own = ownFoundersOf(configuration.task);
    const auto* named = std::get_if<OwnFounders>(&configuration.founders);
    if (own.empty() && named) configuration.founders = std::vector<CheckpointFounder>();
    if (!own.empty() && !(named && std::ranges::find(own, named->name) != own.end()))
        configuration.founders = OwnFounders{std::string(own.front())};
}

}  // namespace

RunForm::RunForm(QWidget* parent) : QWidget(parent), layout_(new QFormLayout(this)) {
    layout_->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    layout_->setContentsMargins({});
    setConfiguration({}, {});
}

void RunForm::setConfiguration(const RunConfiguration& configuration, const RunConfiguration& reference) {
    configuration_ = configuration;
    reference_ = reference;
    fill();
    review();
}

void RunForm::fill() {
    filling_ = true;
    unreadable_.reset();
    FormPass pass(*this, FormPass::Way::Fill);
    visit(pass, configuration_);
    pass.removeOthers();
    filling_ = false;
}

void RunForm::collect() {
    unreadable_.reset();
    FormPass pass(*this, FormPass::Way::Collect);
    visit(pass, configuration_);
}

void RunForm::chooseKind(const std::string& section, std::size_t index) {
    if (filling_) return;
    collect();
    KindChooser chooser(section, index);
    visit(chooser, configuration_);
    fitFounders(configuration_);
    fill();
    review();
}

void RunForm::edited() {
    if (filling_) return;
    collect();
    review();
}

void RunForm::take(const QStringList& paths) {
    if (paths.isEmpty()) return;
    for (std::size_t kind = 0; !ownFoundersOf(configuration_.task).empty() && kind < kKindCount<TaskSettings>; ++kind)
        chooseKind("task.", kind);
    QStringList lines, models;
    for (const auto& path : paths) (path.endsWith(".jsonl") || path.endsWith(".json") ? lines : models) << path;
    for (auto* founders : findChildren<FoundersEditor*>()) founders->add(models);
    if (lines.isEmpty()) return;
    if (auto* questions = findChild<QuestionFiles*>())
        questions->add(lines);
    else
        // The first file that the task asks for.
        for (const auto& row : rows_)
            if (auto* path = qobject_cast<PathEdit*>(row.editor); path && row.type == "file")
                return path->setPath(lines.front());
}

void RunForm::showOnlyChanges(bool only) {
    onlyChanges_ = only;
    review();
}

void RunForm::review() {
    violation_ = unreadable_ ? unreadable_ : firstViolation(configuration_);
    const auto now = valuesOf(configuration_), before = valuesOf(reference_);
    // What is relevant may hang on what was just typed.
    FormPass relevance(*this, FormPass::Way::Review);
    auto copy = configuration_;
    visit(relevance, copy);
    for (auto& row : rows_) {
        const bool wrong = violation_ && row.key == violation_->key;
        const bool changed = valueAt(now, row.key) != valueAt(before, row.key);
        const bool shown = row.relevant && (!onlyChanges_ || changed || wrong);
        if (row.shown != shown) layout_->setRowVisible(row.editor, shown);
        row.shown = shown;
        row.changed = changed;
        row.wrong = wrong;
    }
    nameRows();
    fit();
    Q_EMIT changed();
}

void RunForm::nameRows() {
    for (const auto& row : rows_) {
        auto font = row.label->font();
        font.setBold(row.wrong || row.changed);
        row.label->setFont(font);
        if (row.wrong)
            showWarning(*row.label, row.name);
        else
            showNamed(*row.label, row.spoken(), QString::fromStdString(row.key),
                      narrow_ ? Alias::Below : Alias::Beside);
    }
}

int RunForm::spared() const {
    int beside = 0, below = 0;
    for (const auto& row : rows_) {
        if (!row.shown.value_or(true)) continue;
        const int name = row.label->fontMetrics().horizontalAdvance(row.spoken() + ' ');
        const int key = row.wrong ? 0 : fontMetrics().horizontalAdvance(QString::fromStdString(row.key));
        beside = std::max(beside, name + key);
        below = std::max({below, name, key});
    }
    return beside - below;
}

QSize RunForm::minimumSizeHint() const {
    const auto least = QWidget::minimumSizeHint();
    return narrow_ ? least : QSize(least.width() - spared(), least.height());
}

void RunForm::fit() {
    const int wide = QWidget::minimumSizeHint().width() + (narrow_ ? spared() : 0);
    if (std::exchange(narrow_, width() < wide) == narrow_) return;
    nameRows();
    updateGeometry();
}

void RunForm::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    fit();
}

QString RunForm::Row::spoken() const { return changed ? tr("%1 (changed)").arg(name) : name; }

}  // namespace mergarium
