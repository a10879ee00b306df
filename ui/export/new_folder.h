#pragma once

#include <QString>

#include <filesystem>

namespace mergarium {

std::filesystem::path newFolder(const QString& parent, const QString& name);
/// Why a model can't be written into a new folder of that name; empty when it can.
QString problemOfNewFolder(const QString& parent, const QString& name);

}  // namespace mergarium
