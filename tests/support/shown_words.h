#pragma once

#include <QLabel>
#include <QString>
#include <QWidget>

namespace mergarium::test {

/// Whether a label within `widget` has these words.
inline bool says(const QWidget& widget, const QString& words) {
    for (const auto* label : widget.findChildren<QLabel*>())
        if (label->text().contains(words)) return true;
    return false;
}

/// And can be seen.
inline bool shows(const QWidget& widget, const QString& words) {
    for (const auto* label : widget.findChildren<QLabel*>())
        if (label->isVisible() && label->text().contains(words)) return true;
    return false;
}

}  // namespace mergarium::test
