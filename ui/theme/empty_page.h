#pragma once

#include <QString>

class QLabel;
class QWidget;

namespace mergarium {

/// What a pane shows while it has nothing: a sentence that says what will appear there and how to get it.
QLabel* makeEmptyPage(const QString& sentence, QWidget* parent);

}  // namespace mergarium
