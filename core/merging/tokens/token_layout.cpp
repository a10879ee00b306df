#include "core/merging/tokens/token_layout.h"

#include "core/files/excerpt.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

namespace mergarium {
namespace {

using Json = nlohmann::ordered_json;
using Row = TokenRows::Row;

/// Tokens that a note names.
constexpr std::size_t kMostNamed = 5;

Json addedToken(const std::string& content, std::uint64_t id) {
    return {{"id", id},        {"content", content}, {"single_word", false}, {"lstrip", false},
            {"rstrip", false}, {"normalized", true}, {"special", false}};
}

class Layouter {
public:
    Layouter(const MergeConfiguration& configuration, std::span<const MergeModel> models)
        : configuration_(configuration),
          rule_(*configuration.tokenizer),
          models_(models),
          names_(configuration.models()) {
        base_ = indexOf(configuration.base.value_or(names_.front()), rule_.line);
        layout_.like = rule_.source == "union" || rule_.source == "base" ? base_ : indexOf(rule_.source, rule_.line);
        // Files of tokenizers take hundreds of megabytes once they are read; one of them is kept, and read last.
        lists_.resize(models.size());
        for (std::size_t model = 0; model < models.size(); ++model) {
            if (model == layout_.like) continue;
            lists_[model] = tokensOf(models[model]);
            lists_[model].json = nullptr;
        }
        lists_[layout_.like] = tokensOf(models[layout_.like]);
    }

    TokenLayout layOut() {
        auto& like = lists_[layout_.like];
        for (const auto& [token, id] : like.ids) add(token, id);
        if (rule_.source == "union") unite();
        for (const auto& rule : rule_.tokens)
            if (!ids_.contains(rule.token)) append(addedToken(rule.token, next_));
        if (!layout_.fresh.empty() && like.json.is_null())
            refuse(rule_.line, fmt::format("tokens are added to the tokenizer of {}, which has no tokenizer.json",
                                           names_[layout_.like]));
        if (like.isCut || !layout_.fresh.empty()) layout_.json = std::move(like.json);
        like.json = nullptr;
        for (const auto& token : layout_.fresh) layout_.json["added_tokens"].push_back(token);
        const auto multiple = rule_.multiple.value_or(1);
        layout_.rows = (next_ + multiple - 1) / multiple * multiple;
        placeRows();
        noteDifferences();
        return std::move(layout_);
    }

private:
    [[noreturn]] void refuse(int line, std::string_view what) const {
        throw ConfigurationError(line > 0 ? fmt::format("{}, line {}: {}.", configuration_.path.string(), line, what)
                                          : fmt::format("{}: {}.", configuration_.path.string(), what));
    }

    std::size_t indexOf(const std::string& model, int line) const {
        const auto found = std::ranges::find(names_, model);
        if (found == names_.end()) refuse(line, fmt::format("{} is not one of the models that are merged", model));
        return static_cast<std::size_t>(found - names_.begin());
    }

    void add(const std::string& token, std::uint64_t id) {
        ids_[token] = id;
        next_ = std::max(next_, id + 1);
    }

    void append(Json token) {
        token["id"] = next_;
        add(token["content"].get<std::string>(), next_);
        layout_.fresh.push_back(std::move(token));
    }

    /// The base first, then as listed.
    std::vector<std::size_t> inOrder() const {
        std::vector<std::size_t> order{base_};
        for (std::size_t model = 0; model < models_.size(); ++model)
            if (model != base_) order.push_back(model);
        return order;
    }

    void unite() {
        for (const auto model : inOrder())
            for (const auto& token : lists_[model].ordinary())
                if (!ids_.contains(token)) append(addedToken(token, next_));
        for (const auto model : inOrder())
            for (const auto& token : lists_[model].added)
                if (!ids_.contains(token["content"].get<std::string>())) append(token);
    }

    /// The row that stands in where a model has none of its own.
    Row standIn(const std::string& token, const TokenRule* rule) {
        using enum TokenRule::Kind;
        if (rule && rule->hasSource) {
            if (rule->kind == Zero) return {};
            const auto model = indexOf(rule->model, rule->line);
            const auto& name = rule->kind == Model ? token : rule->modelToken;
            const auto row = rule->modelTokenId ? rule->modelTokenId : lists_[model].idOf(name);
            if (!row || *row >= lists_[model].rows)
                refuse(rule->line, fmt::format("{} has no token '{}'", rule->model,
                                               rule->modelTokenId ? std::to_string(*row) : excerptOf(name)));
            return {.kind = Row::Kind::OfModel, .model = model, .row = *row};
        }
        TokenRows::Mean having;
        for (std::size_t model = 0; model < models_.size(); ++model)
            if (const auto id = lists_[model].idOf(token)) having.emplace_back(model, *id);
        if (having.empty()) return {};
        if (having.size() == 1) return {.kind = Row::Kind::OfModel, .model = having[0].first, .row = having[0].second};
        if (configuration_.base)
            if (const auto id = lists_[base_].idOf(token))
                return {.kind = Row::Kind::OfModel, .model = base_, .row = *id};
        places_->means.push_back(std::move(having));
        return {.kind = Row::Kind::Mean, .model = 0, .row = places_->means.size() - 1};
    }

    void placeRows() {
        places_->rows.assign(models_.size(), std::vector<Row>(layout_.rows, {.kind = Row::Kind::Padding}));
        for (const auto& [token, id] : ids_) {
            const auto rule = std::ranges::find(rule_.tokens, token, &TokenRule::token);
            const auto* given = rule == rule_.tokens.end() ? nullptr : &*rule;
            const bool forced = given && given->force;
            std::optional<Row> instead;
            for (std::size_t model = 0; model < models_.size(); ++model) {
                const auto own = lists_[model].idOf(token);
                if (own && !forced) {
                    places_->rows[model][id] = {.kind = Row::Kind::OfModel, .model = model, .row = *own};
                    continue;
                }
                if (!instead) instead = standIn(token, given);
                places_->rows[model][id] = *instead;
            }
        }
        layout_.places = places_;
    }

    void noteDifferences() {
        for (std::size_t model = 0; model < models_.size(); ++model) {
            std::vector<std::string> alone;
            for (const auto& [token, id] : lists_[model].ids) {
                bool elsewhere = false;
                for (std::size_t other = 0; other < models_.size() && !elsewhere; ++other)
                    elsewhere = other != model && lists_[other].idOf(token);
                if (!elsewhere) alone.push_back("'" + excerptOf(token, 40) + "'");
            }
            if (alone.empty() || models_.size() < 2) continue;
            const auto count = alone.size();
            alone.resize(std::min(count, kMostNamed));
            layout_.notes.push_back(fmt::format(
                "Only {} has the token{} {}{}.", names_[model], count == 1 ? "" : "s", fmt::join(alone, ", "),
                count > kMostNamed ? fmt::format(" and {} more", count - kMostNamed) : ""));
        }
    }

    const MergeConfiguration& configuration_;
    const TokenizerRule& rule_;
    std::span<const MergeModel> models_;
    std::vector<std::string> names_;
    std::vector<TokenList> lists_;
    std::size_t base_ = 0;
    TokenLayout layout_;
    std::shared_ptr<TokenRows> places_ = std::make_shared<TokenRows>();
    std::map<std::string, std::uint64_t> ids_;
    std::uint64_t next_ = 0;
};

}  // namespace

TokenLayout layOutTokens(const MergeConfiguration& configuration, std::span<const MergeModel> models) {
    return Layouter(configuration, models).layOut();
}

}  // namespace mergarium
