#pragma once

#include <QString>

namespace mergarium {

enum class FileKind { Database, Run, Sweep, Recipe, Merge, Other };

/// What a file is taken for when it is dropped on the window or named to it: SQLite's databases by what they hold, YAML
/// by its ending, a sweep, a model's recipe and a merge configuration by keys that only they have. Reads a few
/// kilobytes; whoever opens the file says what is wrong with it.
FileKind kindOfFile(const QString& path);

}  // namespace mergarium
