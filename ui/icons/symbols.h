#pragma once

#include <QIcon>

namespace mergarium {

/// What the actions of the window look like.
enum class Symbol {
    New,
    Resume,
    Pause,
    Step,
    Stop,
    Extend,
    First,
    Previous,
    Next,
    Last,
    Open,
    Import,
    Export,
    Sweep,
    Compare,
    Duplicate,
    Rename,
    Notes,
    Delete,
    Runs,
    Inspect,
    Plus,
    Minus,
    Close,
    Help,
};

/// Drawn anew wherever it is shown, in the text colour of the application's palette at that moment, sharp at every
/// size. For the window's thread.
QIcon iconOf(Symbol symbol);

}  // namespace mergarium
