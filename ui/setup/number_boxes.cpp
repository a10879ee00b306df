#include "ui/setup/number_boxes.h"

#include "core/fields/field_writer.h"

#include <QLineEdit>
#include <QLocale>
#include <QWheelEvent>

#include <algorithm>
#include <cmath>

namespace mergarium {
namespace {

QString grouped(std::uint64_t value) {
    return QLocale(QLocale::English, QLocale::UnitedStates).toString(static_cast<qulonglong>(value));
}

QString withUnit(const QString& text, const QString& unit) {
    return unit.isEmpty() ? text : QStringLiteral("%1 %2").arg(text, unit);
}

QString withoutUnit(QString text, const QString& unit) {
    text = text.trimmed();
    if (!unit.isEmpty() && text.endsWith(unit)) text.chop(unit.size());
    return text.trimmed();
}

}  // namespace

CountBox::CountBox(QWidget* parent) : QAbstractSpinBox(parent) {
    setAlignment(Qt::AlignRight);
    connect(lineEdit(), &QLineEdit::textChanged, this, &CountBox::changed);
}

void CountBox::setUnset(const QString& words) { unset_ = words; }

void CountBox::setValue(std::uint64_t value) {
    const auto text = value == 0 && !unset_.isEmpty() ? unset_ : withUnit(grouped(value), unit_);
    if (lineEdit()->text() != text) lineEdit()->setText(text);
}

std::optional<std::uint64_t> CountBox::value() const {
    auto text = withoutUnit(lineEdit()->text(), unit_);
    if (!unset_.isEmpty() && (text.isEmpty() || text == unset_)) return 0;
    bool whole = false;
    const auto number = text.remove(',').toULongLong(&whole);
    return whole ? std::optional<std::uint64_t>(number) : std::nullopt;
}

void CountBox::stepBy(int steps) {
    const auto now = value().value_or(0);
    const auto down = static_cast<std::uint64_t>(steps < 0 ? -steps : 0);
    setValue(steps < 0 ? now - std::min(now, down) : now + static_cast<std::uint64_t>(steps));
}

QAbstractSpinBox::StepEnabled CountBox::stepEnabled() const { return StepUpEnabled | StepDownEnabled; }
void CountBox::wheelEvent(QWheelEvent* event) { event->ignore(); }

NumberBox::NumberBox(QWidget* parent) : QAbstractSpinBox(parent) {
    setAlignment(Qt::AlignRight);
    connect(lineEdit(), &QLineEdit::textChanged, this, &NumberBox::changed);
}

void NumberBox::setUnset(const QString& words) { lineEdit()->setPlaceholderText(words); }

void NumberBox::setValue(std::optional<double> value) {
    if (value == this->value() && value) return;  // "0.50" is left as it was typed
    lineEdit()->setText(value ? withUnit(QString::fromStdString(numberText(*value)), unit_) : QString());
}

QString NumberBox::typed() const { return withoutUnit(lineEdit()->text(), unit_); }
bool NumberBox::isEmpty() const { return typed().isEmpty(); }

std::optional<double> NumberBox::value() const {
    bool number = false;
    const auto value = QLocale::c().toDouble(typed(), &number);
    return number ? std::optional(value) : std::nullopt;
}

void NumberBox::stepBy(int steps) {
    const double now = value().value_or(0.0);
    const double step = now == 0.0 ? 0.1 : std::pow(10.0, std::floor(std::log10(std::abs(now))) - 1.0);
    // Rounded to the step, so that 0.1 and 0.2 make 0.3.
    setValue(std::round((now + steps * step) / step) * step);
}

QAbstractSpinBox::StepEnabled NumberBox::stepEnabled() const { return StepUpEnabled | StepDownEnabled; }
void NumberBox::wheelEvent(QWheelEvent* event) { event->ignore(); }

}  // namespace mergarium
