#pragma once

#include "core/fields/field_visitor.h"
#include "core/fields/value.h"
#include "core/tasks/task_outline.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mergarium {

/// One file of questions, a JSON object per line.
struct QuestionFile {
    /// What people call it; empty: the file's name.
    std::string name;
    std::filesystem::path train;
    /// Held-out questions; empty: the last `heldOut` share of `train`.
    std::filesystem::path test;
    double heldOut = 0.0;
    /// How much a question of this file counts in the competition.
    double weight = 1.0;
    /// At most this many questions of each, from the beginning; 0: all.
    std::uint64_t limit = 0;
    bool operator==(const QuestionFile&) const = default;
};

void visit(FieldVisitor& visitor, QuestionFile& file);

/// A list of files of questions.
class QuestionFilesField final : public StructuredField {
public:
    explicit QuestionFilesField(std::vector<QuestionFile>& files) : files_(files) {}
    std::string_view shape() const override { return "a list of maps like {train: questions.jsonl, held_out: 0.2}"; }
    Value write() const override;
    void read(std::string_view key, const Value& value, MapReader& map) override;
    std::optional<std::string> violation() const override;
    std::vector<FieldEntry> parts() const override;

    std::vector<QuestionFile>& files() const { return files_; }

private:
    std::vector<QuestionFile>& files_;
};

/// How a network's weights are held on the CPU. On a GPU they are bf16.
enum class WeightPrecision {
    Float32,
    /// Half the memory. The weights of children are rounded to it, as they are where children are exported so; sums are
    /// computed in fp32 as ever.
    BFloat16,
};

std::string_view nameOf(WeightPrecision precision);

/// What follows from it alone.
TaskTraits traitsOfWeights(WeightPrecision precision);

/// The parameter `weights`.
void visitWeights(FieldVisitor& visitor, WeightPrecision& weights);

}  // namespace mergarium
