#pragma once

#include <filesystem>
#include <string_view>

namespace mergarium {

/// Throws runtime_error, one sentence: what is wrong with a file or folder, `what` without a full stop. Parts of `what`
/// may come from the file.
[[noreturn]] void refuse(const std::filesystem::path& path, std::string_view what);

}  // namespace mergarium
