#include "core/founders/naming.h"

#include "core/founders/alignment.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

namespace mergarium {
namespace {

/// Real pairs need one to three.
constexpr std::size_t kMostRules = 8;
/// Of tensors without a partner, so many are looked at for what a rule may be.
constexpr std::size_t kTried = 24;

using Tensors = std::map<std::string, const TensorDescription*>;
using Prefixes = std::pair<std::string, std::string>;
using Names = std::map<std::string, std::string>;

std::vector<std::string> wordsOf(std::string_view prefix) {
    std::vector<std::string> parts;
    while (!prefix.empty()) {
        const auto dot = std::min(prefix.find('.'), prefix.size() - 1);
        parts.emplace_back(prefix.substr(0, dot));
        prefix.remove_prefix(dot + 1);
    }
    std::ranges::sort(parts);
    return parts;
}

/// A layer or an expert is no prefix of a whole model.
bool isNumbered(std::string_view prefix) {
    return std::ranges::any_of(wordsOf(prefix), [](const auto& part) {
        return !part.empty() && part.find_first_not_of("0123456789") == part.npos;
    });
}

/// One is the other with something before or behind it, or the same in another order. Else two things are two things.
bool isNaming(const Prefixes& prefixes) {
    const auto& [from, to] = prefixes;
    if (from == to || isNumbered(from) || isNumbered(to)) return false;
    return from.starts_with(to) || to.starts_with(from) || wordsOf(from) == wordsOf(to);
}

bool haveOneShape(const TensorDescription& a, const TensorDescription& b) {
    if (a.shape == b.shape) return true;
    return isVocabulary(b.name) && a.shape.size() == b.shape.size() && a.shape.size() > 1 &&
           std::equal(a.shape.begin() + 1, a.shape.end(), b.shape.begin() + 1);
}

bool beginsWith(const std::string& name, const std::string& prefix) { return name.starts_with(prefix); }

/// What the rule makes of names; absent when that isn't one to one.
std::optional<Names> renamed(const Prefixes& prefixes, const Tensors& own, const Tensors& free) {
    const auto& from = prefixes.first;
    const auto& to = prefixes.second;
    Names names;
    std::size_t begin = 0;
    for (const auto& [name, tensor] : own) {
        if (!beginsWith(name, from)) continue;
        ++begin;
        const auto found = free.find(to + name.substr(from.size()));
        if (found == free.end()) continue;
        if (!haveOneShape(*tensor, *found->second)) return std::nullopt;
        names[name] = found->first;
    }
    const auto wanted = static_cast<std::size_t>(
        std::ranges::count_if(free, [&](const auto& entry) { return beginsWith(entry.first, to); }));
    if (names.empty() || (names.size() < begin && names.size() < wanted)) return std::nullopt;
    return names;
}

/// Names by what they end with.
class Endings {
public:
    explicit Endings(const Tensors& tensors) {
        for (const auto& [name, tensor] : tensors) backwards_.emplace_back(name.rbegin(), name.rend());
        std::ranges::sort(backwards_);
    }

    /// What stands before `ending` in the names that end with it, in whole parts; the first few.
    std::vector<std::string> before(std::string_view ending) const {
        const std::string wanted(ending.rbegin(), ending.rend());
        std::vector<std::string> prefixes;
        for (auto name = std::ranges::lower_bound(backwards_, wanted);
             name != backwards_.end() && name->starts_with(wanted) && prefixes.size() < kTried; ++name)
            if (name->size() == wanted.size() || (*name)[wanted.size()] == '.')
                prefixes.emplace_back(name->rbegin(), name->rend() - static_cast<std::ptrdiff_t>(wanted.size()));
        return prefixes;
    }

private:
    std::vector<std::string> backwards_;
};

/// By the longest ending, in whole parts, that a name has in common with others.
void addCandidates(const std::string& name, const Endings& endings, std::set<Prefixes>& found) {
    for (std::size_t begin = 0; begin < name.size(); begin = std::min(name.find('.', begin), name.size() - 1) + 1) {
        bool any = false;
        for (auto& to : endings.before(std::string_view(name).substr(begin)))
            if (Prefixes prefixes{name.substr(0, begin), std::move(to)}; isNaming(prefixes)) {
                found.insert(std::move(prefixes));
                any = true;
            }
        if (any) return;
    }
}

std::set<Prefixes> candidates(const Tensors& own, const Tensors& free) {
    const Endings endings(free);
    std::set<Prefixes> found;
    const auto step = std::max<std::size_t>(1, own.size() / kTried);
    std::size_t i = 0;
    for (const auto& [name, tensor] : own)
        if (i++ % step == 0) addCandidates(name, endings, found);
    return found;
}

/// The rule that renames most; absent when there is none, or no telling which.
std::optional<std::pair<Prefixes, Names>> bestRule(const Tensors& own, const Tensors& free) {
    std::optional<std::pair<Prefixes, Names>> best;
    bool several = false;
    for (const auto& prefixes : candidates(own, free)) {
        auto names = renamed(prefixes, own, free);
        if (!names || (best && names->size() < best->second.size())) continue;
        const bool asMany = best && names->size() == best->second.size();
        several = asMany && (several || *names != best->second);
        best.emplace(prefixes, std::move(*names));
    }
    return several ? std::nullopt : best;
}

}  // namespace

const std::string& Naming::nameOf(const std::string& own) const {
    const auto found = names.find(own);
    return found == names.end() ? own : found->second;
}

Naming namingAs(std::span<const TensorDescription> first, std::span<const TensorDescription> other) {
    Tensors own, free;
    for (const auto& tensor : first) free[tensor.name] = &tensor;
    for (const auto& tensor : other)
        if (free.erase(tensor.name) == 0) own[tensor.name] = &tensor;
    Naming naming;
    while (!own.empty() && !free.empty() && naming.rules.size() < kMostRules) {
        const auto best = bestRule(own, free);
        if (!best) break;
        const auto& [prefixes, names] = *best;
        naming.rules.push_back({prefixes.first, prefixes.second, names.size()});
        for (const auto& [from, to] : names) {
            own.erase(from);
            free.erase(to);
        }
        naming.names.insert(names.begin(), names.end());
    }
    return naming;
}

std::vector<std::string> sentencesOf(const Naming& naming, const std::string& founder, const std::string& first) {
    std::vector<std::string> sentences;
    for (const auto& [from, to, tensors] : naming.rules) {
        const auto what = to.empty()     ? fmt::format("'{}' is taken off", from)
                          : from.empty() ? fmt::format("'{}' is put before", to)
                                         : fmt::format("'{}' becomes '{}' in", from, to);
        sentences.push_back(fmt::format("{}: {} the names of {} {}, to be called as in {}.", founder, what, tensors,
                                        tensors == 1 ? "tensor" : "tensors", first));
    }
    return sentences;
}

}  // namespace mergarium
