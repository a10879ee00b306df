#include "core/drafts/drafts.h"

#include "core/database/binding.h"
#include "core/database/changing.h"
#include "core/database/row.h"

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Statement.h>
#include <fmt/chrono.h>
#include <fmt/format.h>

#include <chrono>
#include <ctime>
#include <optional>
#include <stdexcept>
#include <system_error>

namespace mergarium {
namespace {

/// The last second of the year 9999.
constexpr std::uint64_t kLastDraftSecond = 253'402'300'799;

DraftKind draftKindOf(const Row& row, int column) {
    const auto name = row.text(column, 16);
    for (const auto kind : {DraftKind::Run, DraftKind::Sweep})
        if (name == nameOf(kind)) return kind;
    row.refuse(column, "is neither run nor sweep");
}

/// Absent for what can be no draft: there is nothing in it to be lost.
std::optional<Draft> draftIn(const Row& row) {
    try {
        return Draft{
            .id = static_cast<std::int64_t>(row.bits(0)),
            .kind = draftKindOf(row, 1),
            .name = row.text(2, kMostDraftBytes),
            .text = row.text(3, kMostDraftBytes),
            .open = row.count(5, 0, 1) == 1,
            .changed = fmt::format("{:%Y-%m-%d %H:%M}",
                                   fmt::localtime(static_cast<std::time_t>(row.count(4, 0, kLastDraftSecond))))};
    } catch (const std::runtime_error&) {
        return std::nullopt;
    }
}

}  // namespace

std::string_view nameOf(DraftKind kind) { return kind == DraftKind::Run ? "run" : "sweep"; }

std::vector<Draft> draftsIn(const std::filesystem::path& database) {
    std::error_code error;
    if (!std::filesystem::exists(database, error)) return {};
    const auto connection = openDatabase(database, Access::Read);
    try {
        std::vector<Draft> drafts;
        SQLite::Statement rows(connection,
                               "SELECT draft, kind, name, text, changed, open FROM drafts ORDER BY changed DESC, draft "
                               "DESC LIMIT ?");
        rows.bind(1, stored(kMostDrafts));
        while (rows.executeStep())
            if (auto draft = draftIn(Row(rows, "drafts", 0))) drafts.push_back(*std::move(draft));
        return drafts;
    } catch (const SQLite::Exception& failure) {
        throwExplained(failure, database);
    }
}

std::int64_t keepDraft(const std::filesystem::path& database, const Draft& draft) {
    if (draft.text.size() > kMostDraftBytes || draft.name.size() > kMostDraftBytes)
        throw StoreError(
            fmt::format("{}: the draft '{:.40}' is larger than a megabyte and isn't kept; save it as a file.",
                        database.string(), draft.name));
    std::int64_t id = draft.id;
    changing(database, [&](SQLite::Database& connection) {
        SQLite::Statement shut(connection, "UPDATE drafts SET open = 0 WHERE kind = ?");
        shut.bind(1, std::string(nameOf(draft.kind)));
        if (draft.open) shut.exec();
        SQLite::Statement keep(connection,
                               "INSERT OR REPLACE INTO drafts (draft, kind, name, text, changed, open) VALUES (?, ?, "
                               "?, ?, ?, ?)");
        if (draft.id > 0) keep.bind(1, draft.id);
        keep.bind(2, std::string(nameOf(draft.kind)));
        keep.bind(3, draft.name);
        keep.bind(4, draft.text);
        keep.bind(5, static_cast<std::int64_t>(std::chrono::duration_cast<std::chrono::seconds>(
                                                   std::chrono::system_clock::now().time_since_epoch())
                                                   .count()));
        keep.bind(6, draft.open ? 1 : 0);
        keep.exec();
        id = connection.getLastInsertRowid();
        if (connection.execAndGet("SELECT count(*) FROM drafts").getInt64() > stored(kMostDrafts))
            throw StoreError(
                fmt::format("{}: there are {} drafts already; delete some of them.", database.string(), kMostDrafts));
    });
    return id;
}

void removeDraft(const std::filesystem::path& database, std::int64_t id) {
    changing(database, [&](SQLite::Database& connection) {
        SQLite::Statement remove(connection, "DELETE FROM drafts WHERE draft = ?");
        remove.bind(1, id);
        remove.exec();
    });
}

}  // namespace mergarium
