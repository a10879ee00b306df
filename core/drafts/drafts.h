#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace mergarium {

enum class DraftKind { Run, Sweep };

std::string_view nameOf(DraftKind kind);

/// A run or a sweep that is being set up: text alone, which need not be one that can be run.
struct Draft {
    /// 0: not kept yet.
    std::int64_t id = 0;
    DraftKind kind = DraftKind::Run;
    std::string name;
    /// YAML; at most kMostDraftBytes.
    std::string text;
    /// It was being edited when it was last kept.
    bool open = false;
    /// Local time, "2026-01-31 14:05"; not kept, but read.
    std::string changed = {};
};

constexpr std::size_t kMostDraftBytes = std::size_t{1} << 20;
constexpr std::size_t kMostDrafts = 1000;

/// The latest first; none where there is no database yet. Reads whatever anybody wrote, and leaves out what can be no
/// draft. Throws StoreError.
std::vector<Draft> draftsIn(const std::filesystem::path& database);
/// Keeps it, in place of what it was; a draft that was removed is kept anew. Returns its number. Of a kind, the one
/// that was kept open last is open. Throws StoreError.
std::int64_t keepDraft(const std::filesystem::path& database, const Draft& draft);
/// Throws StoreError.
void removeDraft(const std::filesystem::path& database, std::int64_t id);

}  // namespace mergarium
