#pragma once

#include "core/genes/genes.h"
#include "core/store/run_recorder.h"

#include <SQLiteCpp/Database.h>

#include <cstdint>
#include <span>
#include <string>
#include <utility>

namespace mergarium {

/// Something that happened to a run: started, resumed, failed.
struct EventRecord {
    std::uint64_t step = 0;
    /// Seconds since 1970.
    std::int64_t time = 0;
    std::string kind, text;
};

/// A member and its held-out score.
using TestRecord = std::pair<MemberId, double>;

/// Writes what belongs to one run, table by table. To be used within a transaction, and not beyond the connection's
/// life. Throws SQLite::Exception.
class RunRows {
public:
    RunRows(SQLite::Database& database, RunId run) : database_(database), run_(run) {}

    void insert(const Layout& layout);
    void insert(const Genes& genes);
    void insert(std::span<const FounderRecord> founders);
    /// With the answers and pictures of children that were accepted. The answers of members that they replaced are
    /// removed; of their pictures, those of the members that left last stay, up to kDepartedBytes bytes.
    void insert(std::span<const BirthRecord> births);
    void insert(std::span<const ProgressPoint> progress);
    void insert(std::span<const TestRecord> tests);
    void insert(std::span<const EventRecord> events);
    /// A founder that joined; its birth says the rest.
    void insertJoined(const FounderRecord& founder);
    /// The archive's members are these from `step` on: of others, pictures are kept as of those that are replaced.
    void reseat(std::span<const MemberId> seating, std::uint64_t step);
    void removeCheckpoint();
    /// In place of the last one.
    void replace(const CheckpointRecord& checkpoint, std::uint64_t step);

private:
    void keepAnswers(const Member& member);
    void keepPictures(const Member& member);
    /// Its pictures, if there are any, are those of a member that has left.
    void seeOff(MemberId member, std::uint64_t step);
    void removePicturesOfTheDeparted();

    SQLite::Database& database_;
    RunId run_;
};

}  // namespace mergarium
