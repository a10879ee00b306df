#include "core/founders/alignment.h"

#include "core/checkpoint/depth_order.h"
#include "core/founders/configuration_differences.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <deque>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <stdexcept>
#include <utility>

namespace mergarium {
namespace {

using Shape = std::vector<std::int64_t>;
/// One tensor as each founder has it; nullptr where it has none.
using Row = std::vector<const TensorDescription*>;

constexpr std::array<std::string_view, 8> kEmbeddings{"embed_tokens", "wte",    "word_embeddings", "tok_embeddings",
                                                      "embed_in",     "shared", "token_embedding", "embeddings"};
constexpr std::array<std::string_view, 2> kHeads{"lm_head", "embed_out"};

/// The last part before the leaf: "lm_head" of "model.lm_head.weight".
std::string_view ownerOf(std::string_view tensor) {
    const auto leaf = tensor.rfind('.');
    if (leaf == tensor.npos) return {};
    tensor.remove_suffix(tensor.size() - leaf);
    return tensor.substr(tensor.rfind('.') + 1);  // the whole name when there is no further dot
}

bool sameButRows(const Shape& a, const Shape& b) {
    return !a.empty() && !b.empty() && std::equal(a.begin() + 1, a.end(), b.begin() + 1, b.end());
}

/// The work of align(), step by step.
class Aligning {
public:
    Aligning(std::span<const FounderOutline> founders, const TensorRules& rules) : founders_(founders), rules_(rules) {
        if (founders.empty()) throw std::runtime_error("There are no founders to merge.");
        for (std::size_t founder = 0; founder < founders.size(); ++founder)
            for (const auto& tensor : calledAsFirst(founder)) {
                auto& row = rows_.try_emplace(tensor.name, founders.size(), nullptr).first->second;
                row[founder] = &tensor;
            }
        std::vector<std::string> names;
        for (const auto& [name, row] : rows_) names.push_back(name);
        sortInDepthOrder(names);
        checkRules(names);
        std::erase_if(names, [&](const auto& name) { return isExcluded(name); });
        result.differences = configurationDifferences(founders_);
        std::erase_if(result.differences, [&](const auto& one) { return isOfOneFounder(one.tensor); });
        compareTokenizers();
        for (const auto& name : names) place(name, rows_.at(name), names);
        missHeads();
        finish();
    }

    Alignment result;

private:
    std::span<const TensorDescription> calledAsFirst(std::size_t founder) {
        const auto& tensors = founders_[founder].tensors;
        const auto& naming = result.namings.emplace_back(namingAs(founders_.front().tensors, tensors));
        if (naming.rules.empty()) return tensors;
        auto& renamed = renamed_.emplace_back(tensors);
        for (auto& tensor : renamed) tensor.name = naming.nameOf(tensor.name);
        return renamed;
    }

    void checkRules(const std::vector<std::string>& names) const {
        const auto check = [&](const std::string& pattern, const char* key) {
            if (std::ranges::none_of(names, [&](const auto& name) { return matches(pattern, name); }))
                throw std::runtime_error(fmt::format(
                    "{}: the pattern '{}' matches no tensor of any founder; the first tensor is called '{}'.", key,
                    pattern, names.empty() ? "" : names.front()));
        };
        for (const auto& pattern : rules_.exclude) check(pattern, "tensors.exclude");
        for (const auto& rule : rules_.freeze) {
            check(rule.pattern, "tensors.freeze");
            if (rule.founder >= founders_.size())
                throw std::runtime_error(fmt::format(
                    "tensors.freeze: '{}' is to come from founder {}, but there are only {} (counted from 1).",
                    rule.pattern, rule.founder + 1, founders_.size()));
        }
    }

    bool isExcluded(const std::string& name) const {
        return std::ranges::any_of(rules_.exclude, [&](const auto& pattern) { return matches(pattern, name); });
    }

    std::optional<std::size_t> frozenTo(const std::string& name) const {
        const auto rule =
            std::ranges::find_if(rules_.freeze, [&](const auto& one) { return matches(one.pattern, name); });
        return rule == rules_.freeze.end() ? std::nullopt : std::optional(rule->founder);
    }

    /// Whether a key is one of a component ("vae.scaling_factor") that is taken over whole.
    bool isOfOneFounder(const std::string& key) const {
        const auto dot = key.find('.');
        if (dot == key.npos) return false;
        const auto component = key.substr(0, dot + 1);
        bool any = false;
        for (const auto& [name, row] : rows_) {
            if (!name.starts_with(component)) continue;
            any = true;
            if (!isExcluded(name) && !frozenTo(name)) return false;
        }
        return any;
    }

    void place(const std::string& name, Row row, const std::vector<std::string>& names) {
        if (isHead(name) && name.ends_with(".weight")) {
            const auto embedding = std::ranges::find_if(names, isEmbedding);
            if (embedding != names.end() && std::ranges::all_of(founders_, &FounderOutline::tiedEmbeddings))
                return result.layout.aliases.push_back({name, *embedding});
            if (embedding != names.end()) untie(name, *embedding, row);
        }
        if (const auto founder = frozenTo(name)) {
            if (row[*founder])
                freeze(name, row, *founder);
            else
                differ(Difference::Kind::Missing, name, row);
            return;
        }
        const auto first = std::ranges::find_if(row, [](const auto* tensor) { return tensor != nullptr; });
        const auto isMergeable = [](const auto* tensor) { return !tensor || isFloating(tensor->dtype); };
        if (std::ranges::none_of(row, [](const auto* tensor) { return tensor && isFloating(tensor->dtype); }))
            return static_cast<void>(frozen_.emplace_back(*first, static_cast<std::size_t>(first - row.begin())));
        if (!std::ranges::all_of(row, isMergeable)) return differ(Difference::Kind::Type, name, row);
        if (std::ranges::count(row, nullptr) > 0) return differ(Difference::Kind::Missing, name, row);

        const auto& shape = row.front()->shape;
        const bool same = std::ranges::all_of(row, [&](const auto* tensor) { return tensor->shape == shape; });
        const bool rowsOnly = isVocabulary(name) && std::ranges::all_of(row, [&](const auto* tensor) {
                                  return sameButRows(shape, tensor->shape);
                              });
        if (!same && !rowsOnly) return differ(Difference::Kind::Shape, name, row);
        if (!same && !rules_.commonVocabulary) return differ(Difference::Kind::Vocabulary, name, row);
        if (rowsOnly)
            for (const auto* tensor : row)
                rowsOfAll_ = std::min(rowsOfAll_, static_cast<std::uint64_t>(tensor->shape.front()));
        result.layout.append(name, shape, row.front()->dtype);
    }

    /// Models compute as founder 0's config.json says, so a shape of another's is of no use to them.
    void freeze(const std::string& name, const Row& row, std::size_t founder) {
        const auto *own = row.front(), *taken = row[founder];
        const bool fits =
            !own || own->shape == taken->shape || (isVocabulary(name) && sameButRows(own->shape, taken->shape));
        if (!fits && !founders_.front().settings.empty())
            throw std::runtime_error(fmt::format(
                "tensors.freeze: '{}' of founder {} is [{}], where the first founder, whose configuration all models "
                "have, has [{}]; take it over from founder 1, or begin with the other one.",
                name, founder + 1, fmt::join(taken->shape, ", "), fmt::join(own->shape, ", ")));
        frozen_.emplace_back(taken, founder);
    }

    /// Where founder 0's embedding and head have as many rows as each other, so must the models'.
    void compareRows() const {
        const auto rowsOf = [](const Shape& shape) { return shape.empty() ? 0 : shape.front(); };
        std::set<std::int64_t> before;
        std::map<std::int64_t, std::string> after;
        for (const auto& [name, row] : rows_)
            if (isVocabulary(name) && row.front()) {
                before.insert(rowsOf(row.front()->shape));
                // What is left out is founder 0's; a head would be the embedding.
                if (isExcluded(name) && !isHead(name)) after.emplace(rowsOf(row.front()->shape), name);
            }
        for (const auto& tensor : result.layout.tensors)
            if (isVocabulary(tensor.name)) after.emplace(rowsOf(tensor.shape), tensor.name);
        for (const auto& [tensor, founder] : result.layout.frozen)
            if (isVocabulary(tensor.name)) after.emplace(rowsOf(tensor.shape), tensor.name);
        if (founders_.front().settings.empty() || before.size() > 1 || after.size() < 2) return;
        throw std::runtime_error(fmt::format(
            "tensors.freeze: '{}' would have {} rows and '{}' {}, where a vocabulary has one number of them; take both "
            "over from one founder.",
            after.begin()->second, after.begin()->first, after.rbegin()->second, after.rbegin()->first));
    }

    /// Of language models that don't tie their heads and store none, beside some that tie theirs. A head that some
    /// founder stores is a tensor like others, and may be excluded.
    void missHeads() {
        const auto storesHead = [](const auto& founder) {
            return std::ranges::any_of(founder.tensors, [](const auto& one) { return isHead(one.name); });
        };
        const auto lacksHead = [](const auto& founder) {
            return !founder.tiedEmbeddings && founder.network && founder.network->labels.empty();
        };
        if (std::ranges::any_of(founders_, storesHead) ||
            std::ranges::none_of(founders_, &FounderOutline::tiedEmbeddings))
            return;
        if (std::ranges::any_of(founders_, lacksHead))
            differ(Difference::Kind::Missing, fmt::format("{}.weight", kHeads.front()), Row(founders_.size()));
    }

    /// The heads of those that tie them are their embeddings, whatever they store beside.
    void untie(const std::string& head, const std::string& embedding, Row& row) {
        Alignment::TiedHead tiedHead{head, embedding, {}};
        for (std::size_t founder = 0; founder < row.size(); ++founder) {
            const auto* stored = rows_.at(embedding)[founder];
            tiedHead.tied.push_back(founders_[founder].tiedEmbeddings && stored);
            if (tiedHead.tied.back()) {
                named_.push_back({head, stored->dtype, stored->shape, stored->count});
                row[founder] = &named_.back();
            }
        }
        if (std::ranges::count(tiedHead.tied, true) > 0) result.tiedHeads.push_back(std::move(tiedHead));
    }

    void differ(Difference::Kind kind, const std::string& name, const Row& row) {
        Difference difference{kind, name, {}};
        for (std::size_t founder = 0; founder < row.size(); ++founder) {
            const auto* tensor = row[founder];
            difference.founders.push_back(
                tensor ? fmt::format("{} [{}]", nameOf(tensor->dtype), fmt::join(tensor->shape, ", "))
                : isHead(name) && founders_[founder].tiedEmbeddings ? "tied to the embedding"
                                                                    : "missing");
        }
        result.differences.push_back(std::move(difference));
    }

    /// Ids that two tokenizers give to different tokens.
    void compareTokenizers() {
        const auto& tokens = founders_.front().tokens;
        conflicting_.assign(tokens.size(), false);
        Difference difference{Difference::Kind::Tokenizer, "tokenizer", {fmt::format("{} tokens", tokens.size())}};
        bool differs = false;
        for (const auto& founder : founders_.subspan(1)) {
            std::size_t conflicts = 0;
            std::string example;
            for (std::size_t id = 0; id < std::min(tokens.size(), founder.tokens.size()); ++id) {
                if (tokens[id].empty() || founder.tokens[id].empty() || tokens[id] == founder.tokens[id]) continue;
                if (conflicts++ == 0)
                    example = fmt::format(", {} is '{}' not '{}'", id, founder.tokens[id], tokens[id]);
                conflicting_[id] = differs = true;
            }
            difference.founders.push_back(
                founder.tokens.empty() ? "unknown"
                : conflicts == 0       ? fmt::format("{} tokens", founder.tokens.size())
                                 : fmt::format("{} tokens, {} differ{}", founder.tokens.size(), conflicts, example));
        }
        if (differs && !rules_.commonVocabulary) result.differences.push_back(std::move(difference));
    }

    void finish() {
        for (const auto& [tensor, founder] : frozen_)
            result.layout.freeze(tensor->name, tensor->shape, tensor->dtype, founder);
        if (result.differences.empty() && result.layout.length() == 0)
            throw std::runtime_error(
                "The founders have no tensor in common that could be merged; all are excluded, frozen or no floating "
                "numbers.");
        compareRows();
        if (!rules_.commonVocabulary || rowsOfAll_ == std::numeric_limits<std::uint64_t>::max()) return;
        auto& ranges = result.commonRows.emplace();
        for (std::uint64_t row = 0; row < rowsOfAll_; ++row) {
            if (row < conflicting_.size() && conflicting_[row]) continue;
            if (ranges.empty() || ranges.back().end != row) ranges.push_back({row, row});
            ranges.back().end = row + 1;
        }
    }

    std::span<const FounderOutline> founders_;
    const TensorRules& rules_;
    /// Tensors of founders that name them otherwise.
    std::deque<std::vector<TensorDescription>> renamed_;
    std::map<std::string, Row> rows_;
    /// Embeddings that stand for heads.
    std::deque<TensorDescription> named_;
    std::vector<std::pair<const TensorDescription*, std::size_t>> frozen_;
    std::vector<bool> conflicting_;
    /// The smallest vocabulary.
    std::uint64_t rowsOfAll_ = std::numeric_limits<std::uint64_t>::max();
};

}  // namespace

Alignment align(std::span<const FounderOutline> founders, const TensorRules& rules) {
    return std::move(Aligning(founders, rules).result);
}

bool isHead(std::string_view tensor) {
    return std::ranges::find(kHeads, ownerOf(tensor)) != kHeads.end() || tensor == "output.weight";
}

bool isEmbedding(std::string_view tensor) {
    return std::ranges::find(kEmbeddings, ownerOf(tensor)) != kEmbeddings.end();
}

bool isVocabulary(std::string_view tensor) { return isEmbedding(tensor) || isHead(tensor); }

bool matches(std::string_view pattern, std::string_view name) {
    std::size_t p = 0, n = 0, star = pattern.npos, resume = 0;
    while (n < name.size()) {
        if (p < pattern.size() && pattern[p] == '*') {
            star = p++;
            resume = n;
        } else if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == name[n])) {
            ++p;
            ++n;
        } else if (star != pattern.npos) {  // let the last star take one more
            p = star + 1;
            n = ++resume;
        } else {
            return false;
        }
    }
    return pattern.find_first_not_of('*', p) == pattern.npos;
}

const std::string& Alignment::nameIn(std::size_t founder, const std::string& tensor) const {
    const auto found = std::ranges::find(tiedHeads, tensor, &TiedHead::head);
    return found != tiedHeads.end() && found->tied.at(founder) ? found->embedding : tensor;
}

}  // namespace mergarium
