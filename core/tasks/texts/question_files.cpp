#include "core/tasks/texts/question_files.h"

#include "core/fields/field_checker.h"
#include "core/fields/field_list.h"
#include "core/fields/field_reader.h"
#include "core/fields/field_writer.h"

#include <fmt/format.h>

namespace mergarium {
namespace {

constexpr WeightPrecision kPrecisions[] = {WeightPrecision::Float32, WeightPrecision::BFloat16};

}  // namespace

std::string_view nameOf(WeightPrecision precision) {
    return precision == WeightPrecision::Float32 ? "float32" : "bfloat16";
}

void visit(FieldVisitor& visitor, QuestionFile& file) {
    visitor.text({.key = "name", .label = "Name", .help = "What people call it; empty: the file's name."}, file.name,
                 {});
    visitor.path({.key = "train", .label = "Questions", .help = "A JSON object per line."}, file.train,
                 {.required = true});
    visitor.path({.key = "test",
                  .label = "Held-out questions",
                  .help = "Scored for members and never competed for; nothing said: the last held_out share of train."},
                 file.test, {});
    visitor.number({.key = "held_out",
                    .label = "Held out",
                    .help = "The share of the questions, from the end of the file, that is held out."},
                   file.heldOut, {.least = 0.0, .most = 1.0, .below = true});
    visitor.number(
        {.key = "weight", .label = "Weight", .help = "How much a question of this file counts in the competition."},
        file.weight, {.least = 0.0, .above = true});
    visitor.whole({.key = "limit",
                   .label = "At most",
                   .help = "At most this many questions of each, from the beginning.",
                   .unset = "all"},
                  file.limit, {.zero = true});
}

Value QuestionFilesField::write() const {
    Value::List list;
    for (auto file : files_) {
        FieldWriter writer;
        visit(writer, file);
        list.push_back(writer.map());
    }
    return Value(std::move(list));
}

void QuestionFilesField::read(std::string_view key, const Value& value, MapReader& map) {
    if (!value.isList()) map.refuse(key, value, fmt::format("must be {}", shape()));
    files_.clear();
    for (const auto& one : value.list()) {
        FieldReader reader(one, map.source(), OthersKeys::Refused, map.full(key));
        QuestionFile file;
        visit(reader, file);
        reader.close();
        files_.push_back(std::move(file));
    }
}

std::optional<std::string> QuestionFilesField::violation() const {
    if (files_.empty()) return "names no file of questions";
    for (auto file : files_) {
        FieldChecker checker;
        visit(checker, file);
        if (const auto& found = checker.violation()) return fmt::format("{} {}", found->key, found->sentence);
    }
    return std::nullopt;
}

std::vector<FieldEntry> QuestionFilesField::parts() const { return fieldsOf(QuestionFile{}); }

TaskTraits traitsOfWeights(WeightPrecision precision) {
    if (precision == WeightPrecision::BFloat16) return {.bytesPerParameter = 2};
    return {.fewerBytes = "task.weights: bfloat16, half of it"};
}

void visitWeights(FieldVisitor& visitor, WeightPrecision& weights) {
    visitor.choice({.key = "weights",
                    .label = "Weights in memory",
                    .help = "How the network's weights are held on the CPU: bfloat16 takes half the memory of float32, "
                            "and rounds the weights of children as an export in bfloat16 does."},
                   weights, std::span<const WeightPrecision>(kPrecisions));
}

}  // namespace mergarium
