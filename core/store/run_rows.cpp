#include "core/store/run_rows.h"

#include "core/database/binding.h"
#include "core/database/encoding.h"
#include "core/genes/gene_runs.h"
#include "core/store/births/cuts.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace mergarium {

void RunRows::insert(const Layout& layout) {
    SQLite::Statement insert(
        database_, "INSERT INTO tensors (run, position, name, shape, dtype, founder) VALUES (?, ?, ?, ?, ?, ?)");
    std::int64_t position = 0;
    const auto add = [&](const Layout::Tensor& tensor, std::optional<std::size_t> founder) {
        insert.clearBindings();
        insert.bind(1, run_.value);
        insert.bind(2, position++);
        insert.bind(3, tensor.name);
        insert.bind(4, fmt::format("{}", fmt::join(tensor.shape, " ")));
        insert.bind(5, std::string(nameOf(tensor.dtype)));
        if (founder) insert.bind(6, stored(*founder));
        insert.exec();
        insert.reset();
    };
    for (const auto& tensor : layout.tensors) add(tensor, std::nullopt);
    for (const auto& frozen : layout.frozen) add(frozen.tensor, frozen.founder);
    SQLite::Statement alias(database_, "INSERT INTO aliases (run, name, of) VALUES (?, ?, ?)");
    for (const auto& one : layout.aliases) {
        alias.bind(1, run_.value);
        alias.bind(2, one.name);
        alias.bind(3, one.of);
        alias.exec();
        alias.reset();
    }
}

void RunRows::insert(const Genes& genes) {
    SQLite::Statement insert(database_, "INSERT INTO genes (run, genes) VALUES (?, ?)");
    const auto packed = packGenes(genes);
    insert.bind(1, run_.value);
    bindBlob(insert, 2, packed);
    insert.exec();
}

void RunRows::insert(std::span<const FounderRecord> founders) {
    SQLite::Statement insert(
        database_,
        "INSERT INTO founders (run, member, name, bytes, hash, genome, train, test, scores, path, adapter, slot) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    for (const auto& founder : founders) {
        const auto& member = *founder.member;
        insert.clearBindings();
        insert.bind(1, run_.value);
        insert.bind(2, stored(member.id.value));
        insert.bind(3, founder.name);
        insert.bind(4, stored(founder.bytes));
        insert.bind(5, founder.hash);
        Blob genome;
        if (founder.source.base.empty()) genome = member.genome->pack();
        if (!genome.empty()) bindBlob(insert, 6, genome);
        insert.bind(7, member.scores.mean());
        insert.bind(8, founder.test);
        const auto scores = packScores(member.scores.values());
        bindBlob(insert, 9, scores);
        insert.bind(10, founder.source.base.string());
        insert.bind(11, founder.source.adapter.text());
        if (founder.slot) insert.bind(12, stored(*founder.slot));
        insert.exec();
        insert.reset();
        keepAnswers(member);
        keepPictures(member);
    }
}

void RunRows::keepAnswers(const Member& member) {
    if (!member.answers) return;
    SQLite::Statement insert(database_, "INSERT OR REPLACE INTO answers (run, member, texts) VALUES (?, ?, ?)");
    const auto texts = packTexts(*member.answers);
    insert.bind(1, run_.value);
    insert.bind(2, stored(member.id.value));
    bindBlob(insert, 3, texts);
    insert.exec();
}

void RunRows::insert(std::span<const BirthRecord> births) {
    SQLite::Statement insert(
        database_,
        "INSERT INTO births (run, step, first, second, splits, ratio, interpolation, sigma, mutation_seed, "
        "train, fitness, slot, replaced, scores, seconds, scored, failure, chromosomes, inheritance) VALUES "
        "(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)");
    // Only members of the archive and founders keep their answers.
    SQLite::Statement forget(database_,
                             "DELETE FROM answers WHERE run = ?1 AND member = ?2 AND member > (SELECT max(member) "
                             "FROM founders WHERE run = ?1)");
    bool departed = false;
    for (const auto& birth : births) {
        Blob splits, scores, cuts, inheritance;
        insert.clearBindings();
        insert.bind(1, run_.value);
        insert.bind(2, stored(birth.step));
        if (birth.parentage) {
            const auto& splice = birth.parentage->splice;
            insert.bind(3, stored(birth.parentage->first.value));
            insert.bind(4, stored(birth.parentage->second.value));
            if (!splice.splits.empty()) {
                splits = packNumbers(splice.splits);
                bindBlob(insert, 5, splits);
            }
            insert.bind(6, splice.ratio);
            insert.bind(7, std::string(nameOf(splice.interpolation)));
            if (splice.mutation) {
                insert.bind(8, splice.mutation->sigma);
                insert.bind(9, stored(splice.mutation->seed));
            }
            if (splice.chromosomes) {
                cuts = packCuts(splice.cuts);
                bindBlob(insert, 18, cuts);
            }
            if (splice.each) {
                inheritance = packInheritance(*splice.each);
                bindBlob(insert, 19, inheritance);
            }
        }
        insert.bind(10, birth.train);
        insert.bind(11, birth.fitness);
        if (birth.slot) insert.bind(12, stored(*birth.slot));
        if (birth.replaced) insert.bind(13, stored(birth.replaced->value));
        if (birth.child) {
            scores = packScores(birth.child->scores.values());
            bindBlob(insert, 14, scores);
        }
        insert.bind(15, birth.seconds);
        if (birth.scored) insert.bind(16, stored(*birth.scored));
        if (!birth.failure.empty()) insert.bind(17, birth.failure);
        insert.exec();
        insert.reset();
        if (birth.child) {
            keepAnswers(*birth.child);
            keepPictures(*birth.child);
        }
        if (birth.replaced) {
            departed = true;
            seeOff(*birth.replaced, birth.step);
            forget.bind(1, run_.value);
            forget.bind(2, stored(birth.replaced->value));
            forget.exec();
            forget.reset();
        }
    }
    if (departed) removePicturesOfTheDeparted();
}

void RunRows::insert(std::span<const ProgressPoint> progress) {
    SQLite::Statement insert(database_,
                             "INSERT OR REPLACE INTO progress (run, step, best_train, mean_train, best_test, "
                             "coverage, disagreement, entropy) "
                             "VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
    for (const auto& point : progress) {
        insert.bind(1, run_.value);
        insert.bind(2, stored(point.step));
        insert.bind(3, point.bestTrain);
        insert.bind(4, point.meanTrain);
        insert.bind(5, point.bestTest);
        insert.bind(6, point.coverage);
        insert.bind(7, point.disagreement);
        insert.bind(8, point.entropy);
        insert.exec();
        insert.reset();
    }
}

void RunRows::insert(std::span<const TestRecord> tests) {
    SQLite::Statement test(database_, "INSERT OR REPLACE INTO tests (run, member, score) VALUES (?, ?, ?)");
    for (const auto& [member, score] : tests) {
        test.bind(1, run_.value);
        test.bind(2, stored(member.value));
        test.bind(3, score);
        test.exec();
        test.reset();
    }
}

void RunRows::insert(std::span<const EventRecord> events) {
    SQLite::Statement insert(database_, "INSERT INTO events (run, step, time, kind, text) VALUES (?, ?, ?, ?, ?)");
    for (const auto& event : events) {
        insert.bind(1, run_.value);
        insert.bind(2, stored(event.step));
        insert.bind(3, event.time);
        insert.bind(4, event.kind);
        insert.bind(5, event.text);
        insert.exec();
        insert.reset();
    }
}

void RunRows::removeCheckpoint() {
    for (const char* table : {"checkpoints", "strategy_states"}) {
        SQLite::Statement clear(database_, fmt::format("DELETE FROM {} WHERE run = ?", table));
        clear.bind(1, run_.value);
        clear.exec();
    }
}

void RunRows::replace(const CheckpointRecord& checkpoint, std::uint64_t step) {
    removeCheckpoint();
    SQLite::Statement insert(database_,
                             "INSERT INTO checkpoints (run, slot, step, member, genome) VALUES (?, ?, ?, ?, ?)");
    const auto& slots = checkpoint.archive.slots();
    for (std::size_t slot = 0; slot < slots.size(); ++slot) {
        if (!slots[slot]) continue;
        const auto genome = slots[slot]->genome->pack();
        insert.bind(1, run_.value);
        insert.bind(2, stored(slot));
        insert.bind(3, stored(step));
        insert.bind(4, stored(slots[slot]->id.value));
        bindBlob(insert, 5, genome);
        insert.exec();
        insert.reset();
    }
    if (checkpoint.state.empty()) return;
    SQLite::Statement state(database_, "INSERT INTO strategy_states (run, step, state) VALUES (?, ?, ?)");
    state.bind(1, run_.value);
    state.bind(2, stored(step));
    bindBlob(state, 3, checkpoint.state);
    state.exec();
}

}  // namespace mergarium
