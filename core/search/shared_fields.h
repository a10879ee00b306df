#pragma once

#include "core/archive/competition.h"
#include "core/fields/field_checker.h"
#include "core/fields/field_visitor.h"
#include "core/fields/value.h"
#include "core/genome/splice.h"

#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

namespace mergarium {

// Parameters that several strategies have.

/// `archive`: the number of slots.
void visitArchiveSize(FieldVisitor& visitor, std::uint64_t& slots);
/// `alpha`, `epsilon`, `capacity`, `baseline` (paper, section 3.1).
void visitCompetition(FieldVisitor& visitor, CompetitionRule& rule);
/// `crossover`, `splits`, `ratio`, `interpolation`, `mutation`, `snap`, `chromosomes` (paper, section 3.2); `genes`,
/// `inherit`, `chance`.
void visitBreeding(FieldVisitor& visitor, bool& crossover, SpliceRule& rule);
/// What these can't be together.
std::optional<Violation> violationOfBreeding(bool crossover, const SpliceRule& rule);
void visitInterpolation(FieldVisitor& visitor, Interpolation& interpolation);
/// `early_rejection`; nothing said: where scoring is more than one cheap batch.
void visitEarlyRejection(FieldVisitor& visitor, std::optional<bool>& early);

/// How many split points: a number, or [least, most].
class SplitsField final : public StructuredField {
public:
    explicit SplitsField(SplitCount& splits) : splits_(splits) {}
    std::string_view shape() const override { return "a number of split points, or [least, most]"; }
    Value write() const override;
    void read(std::string_view key, const Value& value, MapReader& map) override;
    std::optional<std::string> violation() const override;

    SplitCount& splits() const { return splits_; }

private:
    SplitCount& splits_;
};

/// A map from names to lists of patterns of tensors.
class ChromosomesField final : public StructuredField {
public:
    explicit ChromosomesField(std::vector<ChromosomeRule>& rules) : rules_(rules) {}
    std::string_view shape() const override {
        return "a map from names to lists of patterns of tensors, like {attention: [\"*attn*\"]}";
    }
    Value write() const override;
    void read(std::string_view key, const Value& value, MapReader& map) override;
    std::optional<std::string> violation() const override;

private:
    std::vector<ChromosomeRule>& rules_;
};

/// Mixing ratios at equal distances from 0 to 1, as many as there are evaluations.
struct EvenRatios {
    bool operator==(const EvenRatios&) const = default;
};
using RatioChoice = std::variant<UniformRatio, BetaRatio, WholeRatio, EvenRatios>;

/// How mixing ratios are chosen: uniform, {beta: a}, and whole, or grid where that is allowed.
class RatioField final : public StructuredField {
public:
    RatioField(RatioChoice& ratio, bool evenToo) : ratio_(ratio), evenToo_(evenToo) {}
    std::string_view shape() const override;
    Value write() const override;
    void read(std::string_view key, const Value& value, MapReader& map) override;
    std::optional<std::string> violation() const override;

    RatioChoice& ratio() const { return ratio_; }
    bool evenToo() const { return evenToo_; }

private:
    RatioChoice& ratio_;
    bool evenToo_;
};

/// The chance that a gene comes from the second parent: half, uniform, or {beta: b}.
class ChanceField final : public StructuredField {
public:
    explicit ChanceField(ChanceRule& chance) : chance_(chance) {}
    std::string_view shape() const override { return "half, uniform, or a map like {beta: 0.3}"; }
    Value write() const override;
    void read(std::string_view key, const Value& value, MapReader& map) override;
    std::optional<std::string> violation() const override;

private:
    ChanceRule& chance_;
};

}  // namespace mergarium
