#pragma once

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QSpinBox>
#include <QWheelEvent>

#include <string_view>

namespace mergarium {

/// What the form of a run is filled in with.

inline QString textOf(std::string_view text) {
    return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size()));
}

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
