// Founders that joined a run that was going on.
#include "core/database/binding.h"
#include "core/database/encoding.h"
#include "core/store/run_rows.h"
#include "core/store/stored_run.h"

#include <fmt/format.h>

#include <stdexcept>

namespace mergarium {

void RunRows::insertJoined(const FounderRecord& founder) {
    SQLite::Statement insert(database_,
                             "INSERT INTO joined_founders (run, step, name, bytes, hash, genome, test, path, adapter) "
                             "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)");
    insert.bind(1, run_.value);
    insert.bind(2, stored(founder.joined));
    insert.bind(3, founder.name);
    insert.bind(4, stored(founder.bytes));
    insert.bind(5, founder.hash);
    Blob genome;
    if (founder.source.base.empty()) genome = founder.member->genome->pack();
    if (!genome.empty()) bindBlob(insert, 6, genome);
    insert.bind(7, founder.test);
    insert.bind(8, founder.source.base.string());
    insert.bind(9, founder.source.adapter.text());
    insert.exec();
}

void StoredRun::readJoinedFounders(RunDescription& description) const {
    auto rows = query(
        "SELECT step, name, test, path, adapter, hash, (SELECT train FROM births WHERE run = ?1 AND step = "
        "joined_founders.step AND slot IS NOT NULL AND first IS NULL) FROM joined_founders WHERE run = ?1 ORDER BY "
        "step");
    while (rows.executeStep()) {
        const Row row(rows, "joined_founders", 0);
        const auto step = row.count(0, 1, evaluations_);
        if (row.isNull(6)) row.refuse(0, "is no step that a founder took");
        description.founders.push_back(
            {.id = {founders_.size() + step},
             .name = row.text(1),
             .train = row.fraction(6),
             .test = row.fraction(2),
             .source = {row.text(3), row.as(4, [&] { return AdapterStack::parse(row.text(4)); })},
             .hash = row.text(5),
             .joined = step});
    }
}

}  // namespace mergarium
