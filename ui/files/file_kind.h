#pragma once

#include <QString>

namespace mergarium {

enum class FileKind { Database, Run, Sweep, Other };

/// What a file is taken for when it is dropped on the window: SQLite's databases by how they begin, YAML by its ending,
/// a sweep by the keys that only sweeps have. Reads a few kilobytes; whoever opens the file says what is wrong with it.
FileKind kindOfFile(const QString& path);

}  // namespace mergarium
