#pragma once

#include <QFont>
#include <QLabel>

namespace mergarium {

/// The name of what a page is about.
inline QLabel* makeHeading(QWidget* parent) {
    auto* label = new QLabel(parent);
    QFont font = label->font();
    font.setPointSizeF(font.pointSizeF() * 1.3);
    font.setWeight(QFont::DemiBold);
    label->setFont(font);
    return label;
}

}  // namespace mergarium
