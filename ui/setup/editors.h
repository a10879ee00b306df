#pragma once

#include <QComboBox>
#include <QDoubleSpinBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QSpinBox>
#include <QWheelEvent>

#include <initializer_list>

namespace mergarium {

/// What the form of a run is filled in with.

/// Numbers are typed, not scrolled: a wheel that moves the page must not move a parameter.
template <typename Box>
class TypedBox : public Box {
public:
    using Box::Box;

protected:
    void wheelEvent(QWheelEvent* event) override { event->ignore(); }
};

inline QSpinBox* countBox(QWidget* parent, int most) {
    auto* box = new TypedBox<QSpinBox>(parent);
    box->setRange(0, most);
    box->setGroupSeparatorShown(true);
    box->setAlignment(Qt::AlignRight);
    box->setLocale(QLocale(QLocale::English, QLocale::UnitedStates));
    return box;
}

inline QDoubleSpinBox* numberBox(QWidget* parent, double most, int decimals, double step) {
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
inline QWidget* pairOf(QWidget* parent, QWidget* first, const QString& between, QWidget* second) {
    auto* both = new QWidget(parent);
    auto* layout = new QHBoxLayout(both);
    layout->setContentsMargins({});
    layout->addWidget(first, 1);
    layout->addWidget(new QLabel(between, both));
    layout->addWidget(second, 1);
    both->setFocusProxy(first);
    return both;
}

}  // namespace mergarium
