#include "core/founders/adapters/adapter_stack.h"

#include "core/files/refusal.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace mergarium {
namespace {

bool decomposes(const LoraAdapter& adapter) {
    return std::ranges::any_of(adapter.deltas, [](const auto& delta) { return delta.magnitude != nullptr; });
}

bool changes(const LoraAdapter& adapter, const std::string& tensor) {
    return std::ranges::find(adapter.deltas, tensor, &LoraDelta::tensor) != adapter.deltas.end() ||
           std::ranges::find(adapter.replacements, tensor, &LoraReplacement::tensor) != adapter.replacements.end();
}

void checkOne(const StackedAdapter& one, bool alone) {
    const auto& [adapter, weight] = one;
    if (decomposes(adapter) && (!alone || weight != 1.0))
        refuse(adapter.place,
               "the adapter decomposes weights (DoRA), so it can neither be weighted nor added to others; name it "
               "alone, or merge it with its base first and name the result as the base");
    if (!adapter.replacements.empty() && weight != 1.0)
        refuse(adapter.place, fmt::format("the adapter brings '{}' whole, which can't be weighted by {}; give it the "
                                          "weight 1",
                                          adapter.replacements.front().tensor, weight));
}

void checkTogether(const std::vector<StackedAdapter>& stack) {
    std::map<std::string, const LoraAdapter*> bringers;
    for (const auto& [adapter, weight] : stack)
        for (const auto& replacement : adapter.replacements)
            if (const auto [other, isNew] = bringers.emplace(replacement.tensor, &adapter); !isNew)
                refuse(adapter.place, fmt::format("the adapter brings '{}' whole, and so does {}; only one of them can "
                                                  "be on the base",
                                                  replacement.tensor, other->second->place.string()));
    for (const auto& [adapter, weight] : stack)
        for (const auto& [other, otherWeight] : stack)
            if (adapter.head && !other.head && changes(other, adapter.head->embedding))
                refuse(adapter.place, fmt::format("the adapter gives the base a head of its own, and {} changes the "
                                                  "embedding that was its head; merge one of them with the base first "
                                                  "and name the result as the base",
                                                  other.place.string()));
}

}  // namespace

std::vector<StackedAdapter> openAdapters(const AdapterStack& named, const LoraBase& base) {
    std::vector<StackedAdapter> stack;
    for (const auto& [path, weight] : named.all()) stack.push_back({openLora(path, base), weight});
    for (const auto& one : stack) checkOne(one, stack.size() == 1);
    checkTogether(stack);
    return stack;
}

}  // namespace mergarium
