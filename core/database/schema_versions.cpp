#include "core/database/schema_versions.h"

namespace mergarium {
namespace {

// From an empty file to version 1. Numbers of members: founders 1..K, the child of step t is K + t.
// Blobs of numbers are little-endian; encoding.h says how scores are packed.
constexpr const char* kVersion1 = R"sql(
CREATE TABLE runs (
    run INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    configuration TEXT NOT NULL,          -- complete YAML
    created INTEGER NOT NULL,             -- seconds since 1970
    phase TEXT NOT NULL,
    message TEXT NOT NULL DEFAULT '',
    owner TEXT NOT NULL DEFAULT '',       -- the process that is running it
    evaluations INTEGER NOT NULL DEFAULT 0,
    budget INTEGER NOT NULL,
    samples INTEGER NOT NULL,             -- length of every score list
    accepted INTEGER NOT NULL DEFAULT 0,
    seconds REAL NOT NULL DEFAULT 0,
    best_train REAL NOT NULL DEFAULT 0,
    best_test REAL NOT NULL DEFAULT 0,
    archive_hash TEXT NOT NULL DEFAULT '',
    device TEXT NOT NULL DEFAULT ''
);
CREATE TABLE founders (
    run INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
    member INTEGER NOT NULL,
    name TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    hash TEXT NOT NULL,                   -- identity of the contents
    genome BLOB,                          -- fp32 parameters of small networks
    train REAL NOT NULL,
    test REAL NOT NULL,
    scores BLOB NOT NULL,
    PRIMARY KEY (run, member)
) WITHOUT ROWID;
CREATE TABLE tensors (                    -- the layout of the parameter vector, in order
    run INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
    position INTEGER NOT NULL,
    name TEXT NOT NULL,
    shape TEXT NOT NULL,                  -- "64 256"
    PRIMARY KEY (run, position)
) WITHOUT ROWID;
CREATE TABLE births (
    run INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
    step INTEGER NOT NULL,
    first INTEGER NOT NULL,
    second INTEGER NOT NULL,
    splits BLOB,                          -- 64-bit split points
    ratio REAL NOT NULL,
    interpolation TEXT NOT NULL,
    sigma REAL,                           -- mutation
    mutation_seed INTEGER,
    train REAL NOT NULL,
    fitness REAL NOT NULL,
    slot INTEGER,                         -- NULL: rejected
    replaced INTEGER,                     -- the member that left; NULL: nobody
    scores BLOB,                          -- of accepted children
    seconds REAL NOT NULL,                -- computing time of the run at this birth
    PRIMARY KEY (run, step)
) WITHOUT ROWID;
CREATE INDEX accepted_births ON births (run, slot, step) WHERE slot IS NOT NULL;
CREATE TABLE progress (
    run INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
    step INTEGER NOT NULL,
    best_train REAL NOT NULL,
    mean_train REAL NOT NULL,
    best_test REAL NOT NULL,
    coverage REAL NOT NULL,
    disagreement REAL NOT NULL,
    PRIMARY KEY (run, step)
) WITHOUT ROWID;
CREATE TABLE tests (                      -- held-out scores, of the members for which they were computed
    run INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
    member INTEGER NOT NULL,
    score REAL NOT NULL,
    PRIMARY KEY (run, member)
) WITHOUT ROWID;
CREATE TABLE checkpoints (                -- the latest archive of dense genomes; births after `step` are bred again from it
    run INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
    slot INTEGER NOT NULL,
    step INTEGER NOT NULL,
    member INTEGER NOT NULL,
    genome BLOB NOT NULL,
    PRIMARY KEY (run, slot)
);
CREATE TABLE events (
    event INTEGER PRIMARY KEY,
    run INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
    step INTEGER NOT NULL,
    time INTEGER NOT NULL,                -- seconds since 1970
    kind TEXT NOT NULL,
    text TEXT NOT NULL DEFAULT ''
);
CREATE INDEX events_of_run ON events (run);
CREATE TABLE exports (
    export INTEGER PRIMARY KEY,
    run INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
    member INTEGER NOT NULL,
    time INTEGER NOT NULL,
    path TEXT NOT NULL,
    hash TEXT NOT NULL
);
CREATE INDEX exports_of_run ON exports (run);
)sql";

// Models from checkpoints, births without parents or cut short, answers, sweeps.
constexpr const char* kVersion2 = R"sql(
ALTER TABLE runs ADD COLUMN samples_scored INTEGER NOT NULL DEFAULT 0;
ALTER TABLE runs ADD COLUMN samples_saved INTEGER NOT NULL DEFAULT 0;     -- not scored, thanks to early rejection and known recipes
ALTER TABLE runs ADD COLUMN sweep TEXT NOT NULL DEFAULT '';               -- the sweep that a run belongs to, and its arm there
ALTER TABLE runs ADD COLUMN arm TEXT NOT NULL DEFAULT '';
UPDATE runs SET samples_scored = evaluations * samples;
ALTER TABLE founders ADD COLUMN path TEXT NOT NULL DEFAULT '';            -- '': made by Mergarium itself
ALTER TABLE founders ADD COLUMN adapter TEXT NOT NULL DEFAULT '';         -- a LoRA adapter on it
ALTER TABLE founders ADD COLUMN slot INTEGER;                             -- where it sat at first; NULL: not in the archive
UPDATE founders SET slot = member - 1;
ALTER TABLE tensors ADD COLUMN dtype TEXT NOT NULL DEFAULT 'F32';
ALTER TABLE tensors ADD COLUMN founder INTEGER;                           -- whom a frozen tensor is taken from; NULL: merged
ALTER TABLE progress ADD COLUMN entropy REAL NOT NULL DEFAULT 0;
CREATE TABLE aliases (                                                    -- second names of tied tensors
    run INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
    name TEXT NOT NULL,
    of TEXT NOT NULL,
    PRIMARY KEY (run, name)
) WITHOUT ROWID;
CREATE TABLE answers (                                                    -- of founders and of the archive's members
    run INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
    member INTEGER NOT NULL,
    texts BLOB NOT NULL,                                                  -- one per sample; encoding.h says how they are packed
    PRIMARY KEY (run, member)
);
CREATE TABLE strategy_states (                                            -- what a strategy knows beyond its archive, as of the checkpoint
    run INTEGER PRIMARY KEY REFERENCES runs ON DELETE CASCADE,
    step INTEGER NOT NULL,
    state BLOB NOT NULL
);
CREATE TABLE new_births (
    run INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
    step INTEGER NOT NULL,
    first INTEGER,                        -- NULL: the strategy made the model itself
    second INTEGER,
    splits BLOB,                          -- 64-bit split points
    ratio REAL,
    interpolation TEXT,
    sigma REAL,                           -- mutation
    mutation_seed INTEGER,
    train REAL NOT NULL,                  -- mean over the samples that were scored
    fitness REAL NOT NULL,
    slot INTEGER,                         -- NULL: rejected
    replaced INTEGER,                     -- the member that left; NULL: nobody
    scores BLOB,                          -- of accepted children
    seconds REAL NOT NULL,                -- computing time of the run at this birth
    scored INTEGER,                       -- samples scored before it was certain to be rejected; NULL: all
    failure TEXT,                         -- why it could not be scored
    PRIMARY KEY (run, step)
) WITHOUT ROWID;
INSERT INTO new_births (run, step, first, second, splits, ratio, interpolation, sigma, mutation_seed, train, fitness, slot, replaced, scores, seconds)
    SELECT run, step, first, second, splits, ratio, interpolation, sigma, mutation_seed, train, fitness, slot, replaced, scores, seconds FROM births;
DROP TABLE births;
ALTER TABLE new_births RENAME TO births;
CREATE INDEX accepted_births ON births (run, slot, step) WHERE slot IS NOT NULL;
)sql";

// Samples from files can change under a run.
constexpr const char* kVersion3 = R"sql(
ALTER TABLE runs ADD COLUMN samples_hash TEXT NOT NULL DEFAULT '';       -- '': not known, or they ship with the program
)sql";

// Fitness of stored runs, also when their samples are out of reach; and how their genomes are to be read.
constexpr const char* kVersion4 = R"sql(
ALTER TABLE runs ADD COLUMN sample_weights BLOB;                         -- 64-bit floats, one per sample; NULL: all 1
ALTER TABLE runs ADD COLUMN genomes TEXT NOT NULL DEFAULT 'recipe';      -- or 'dense'
UPDATE runs SET genomes = 'dense' WHERE run IN (SELECT run FROM founders WHERE genome IS NOT NULL);
)sql";

// What decides a run's result is sealed (seals.h).
constexpr const char* kVersion5 = R"sql(
DROP INDEX accepted_births;
CREATE TABLE seals (                      -- SHA-256 of a part as it was last written
    run INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
    part TEXT NOT NULL,
    digest TEXT NOT NULL,
    PRIMARY KEY (run, part)
) WITHOUT ROWID;
CREATE TABLE birth_seals (                -- one per flush; each digest goes on from the one before
    run INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
    step INTEGER NOT NULL,
    digest TEXT NOT NULL,
    accepted INTEGER NOT NULL,            -- what the run had counted by then
    seconds REAL NOT NULL,
    samples_scored INTEGER NOT NULL,
    samples_saved INTEGER NOT NULL,
    PRIMARY KEY (run, step)
) WITHOUT ROWID;
)sql";

// What the window keeps: drafts, runs that wait, runs that are being deleted.
constexpr const char* kVersion6 = R"sql(
CREATE TABLE drafts (                     -- runs and sweeps that are being set up
    draft INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,                   -- run or sweep
    name TEXT NOT NULL,
    text TEXT NOT NULL,                   -- YAML
    changed INTEGER NOT NULL,             -- seconds since 1970
    open INTEGER NOT NULL                 -- 1: being edited; at most one of a kind
);
CREATE TABLE queue (                      -- runs that wait for others to end
    entry INTEGER PRIMARY KEY,
    place INTEGER NOT NULL,               -- ascending, from the first to begin
    configuration TEXT NOT NULL,          -- complete YAML
    trouble TEXT NOT NULL DEFAULT ''      -- why it could not begin; '': it waits
);
CREATE TABLE deletions (                  -- runs that are listed no more
    run INTEGER PRIMARY KEY REFERENCES runs ON DELETE CASCADE,
    owner TEXT NOT NULL                   -- the window that deleted it, and can undo that
);
)sql";

// What a person writes of a run.
constexpr const char* kVersion7 = R"sql(
ALTER TABLE runs ADD COLUMN notes TEXT;                                   -- NULL: none
)sql";

// Founders that join a run that is going on; the birth of their step says what they scored and where they sat.
constexpr const char* kVersion8 = R"sql(
CREATE TABLE joined_founders (
    run INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
    step INTEGER NOT NULL,
    name TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    hash TEXT NOT NULL,                   -- identity of the contents
    genome BLOB,                          -- fp32 parameters of small networks
    test REAL NOT NULL,
    path TEXT NOT NULL,                   -- '': its parameters are stored here
    adapter TEXT NOT NULL,
    PRIMARY KEY (run, step)
) WITHOUT ROWID;
)sql";

// Births of runs with chromosomes, each of which is cut for itself. What models painted: thumbnails of founders, of the
// archive's members, and of some that have left it. They decide no result and are not sealed.
constexpr const char* kVersion9 = R"sql(
ALTER TABLE births ADD COLUMN chromosomes BLOB;                           -- per chromosome: number of split points, these, ratio; NULL: the vector is one
CREATE TABLE painters (
    run INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
    member INTEGER NOT NULL,
    bytes INTEGER NOT NULL,               -- of all its pictures
    gone INTEGER,                         -- the step at which it left the archive; NULL: it has not
    PRIMARY KEY (run, member)
) WITHOUT ROWID;
CREATE TABLE pictures (
    run INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
    member INTEGER NOT NULL,
    sample INTEGER NOT NULL,
    width INTEGER NOT NULL,
    height INTEGER NOT NULL,
    picture BLOB NOT NULL,                -- a PNG or WebP file
    PRIMARY KEY (run, member, sample)
);
)sql";

// Runs whose children inherit genes whole, and births in which every gene was inherited for itself.
constexpr const char* kVersion10 = R"sql(
CREATE TABLE genes (
    run INTEGER PRIMARY KEY REFERENCES runs ON DELETE CASCADE,
    genes BLOB NOT NULL                   -- groups, and to which gene each part of a tensor belongs
);
ALTER TABLE births ADD COLUMN inheritance BLOB;                           -- seed, chance, kind of ratio, its shape; NULL: there are split points
)sql";

}  // namespace

const std::array<const char*, kSchemaVersion> kMigrations{kVersion1, kVersion2, kVersion3, kVersion4, kVersion5,
                                                          kVersion6, kVersion7, kVersion8, kVersion9, kVersion10};

}  // namespace mergarium
