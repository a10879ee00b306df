// Thumbnails of what members painted, as they are written.
#include "core/database/binding.h"
#include "core/images/encoded_picture.h"
#include "core/store/run_rows.h"

#include <SQLiteCpp/Column.h>

#include <algorithm>
#include <vector>

namespace mergarium {

void RunRows::keepPictures(const Member& member) {
    if (!member.pictures || bytesOf(*member.pictures) == 0) return;
    SQLite::Statement painter(database_, "INSERT OR REPLACE INTO painters (run, member, bytes) VALUES (?, ?, ?)");
    painter.bind(1, run_.value);
    painter.bind(2, stored(member.id.value));
    painter.bind(3, stored(bytesOf(*member.pictures)));
    painter.exec();
    SQLite::Statement insert(
        database_,
        "INSERT OR REPLACE INTO pictures (run, member, sample, width, height, picture) VALUES (?, ?, ?, ?, ?, ?)");
    for (std::size_t sample = 0; sample < member.pictures->size(); ++sample) {
        const auto& picture = (*member.pictures)[sample];
        if (picture.bytes.empty()) continue;
        insert.bind(1, run_.value);
        insert.bind(2, stored(member.id.value));
        insert.bind(3, stored(sample));
        insert.bind(4, stored(picture.width));
        insert.bind(5, stored(picture.height));
        bindBlob(insert, 6, picture.bytes);
        insert.exec();
        insert.reset();
    }
}

void RunRows::seeOff(MemberId member, std::uint64_t step) {
    SQLite::Statement update(database_,
                             "UPDATE painters SET gone = ?3 WHERE run = ?1 AND member = ?2 AND member > (SELECT "
                             "max(member) FROM founders WHERE run = ?1)");
    update.bind(1, run_.value);
    update.bind(2, stored(member.value));
    update.bind(3, stored(step));
    update.exec();
}

void RunRows::reseat(std::span<const MemberId> seating, std::uint64_t step) {
    SQLite::Statement staying(database_, "SELECT member FROM painters WHERE run = ? AND gone IS NULL");
    staying.bind(1, run_.value);
    std::vector<MemberId> leaving;
    while (staying.executeStep()) {
        const MemberId member{static_cast<std::uint64_t>(staying.getColumn(0).getInt64())};
        if (!std::ranges::count(seating, member)) leaving.push_back(member);
    }
    for (const auto member : leaving) seeOff(member, step);
    removePicturesOfTheDeparted();
}

void RunRows::removePicturesOfTheDeparted() {
    SQLite::Statement departed(database_,
                               "SELECT member, bytes FROM painters WHERE run = ? AND gone IS NOT NULL ORDER BY gone "
                               "DESC, member DESC");
    departed.bind(1, run_.value);
    std::vector<std::int64_t> removed;
    std::size_t kept = 0;
    while (departed.executeStep()) {
        kept += static_cast<std::size_t>(departed.getColumn(1).getInt64());
        if (kept > kDepartedBytes) removed.push_back(departed.getColumn(0).getInt64());
    }
    for (const char* sql :
         {"DELETE FROM pictures WHERE run = ? AND member = ?", "DELETE FROM painters WHERE run = ? AND member = ?"}) {
        SQLite::Statement remove(database_, sql);
        for (const auto member : removed) {
            remove.bind(1, run_.value);
            remove.bind(2, member);
            remove.exec();
            remove.reset();
        }
    }
}

}  // namespace mergarium
