#pragma once

class QWidget;

namespace mergarium {

/// Gives the keyboard to what takes keys in `view`: the view's focus proxy where it can be seen, else the first that
/// Tab reaches. A view that shows nothing but a sentence gets it itself.
void focusWithin(QWidget& view);

}  // namespace mergarium
