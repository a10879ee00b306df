#pragma once

#include "core/founders/founder_settings.h"

#include <QString>

#include <string>
#include <vector>

class QLineEdit;

namespace mergarium {

/// Lists as one line of text that people can edit, and back.

/// Words apart by spaces; within a word \n is a line's end, \t a tab, \s a space and \\ a backslash.
QString joinWords(const std::vector<std::string>& words);
std::vector<std::string> splitWords(const QString& text);

/// A program and its arguments, as typed in a terminal: double quotes keep spaces together, a backslash keeps the next
/// character.
QString joinCommand(const std::vector<std::string>& command);
std::vector<std::string> splitCommand(const QString& text);

/// "*norm*=1 lm_head.weight=2"; founders are counted from 1. A founder that can't be read becomes one that no run has.
QString joinRules(const std::vector<FreezeRule>& rules);
std::vector<FreezeRule> splitRules(const QString& text);

/// Leaves the cursor alone when the text is there already.
void setWords(QLineEdit* line, const QString& text);

}  // namespace mergarium
