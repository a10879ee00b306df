#pragma once

#include "core/search/strategy.h"

#include <cstddef>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

namespace mergarium {

/// What models scored that were scored whole, by their contents: the same model is never scored twice. Any thread.
class KnownModels {
public:
    std::optional<Scored> find(const std::string& content) const {
        const std::lock_guard lock(mutex_);
        const auto found = models_.find(content);
        return found == models_.end() ? std::nullopt : std::optional(found->second);
    }

    void remember(const std::string& content, const Scored& scored) {
        const std::lock_guard lock(mutex_);
        models_[content] = scored;
    }

    /// Forgets all when there are many.
    void trim() {
        const std::lock_guard lock(mutex_);
        if (models_.size() >= kMost) models_.clear();
    }

private:
    static constexpr std::size_t kMost = 4096;

    mutable std::mutex mutex_;
    std::unordered_map<std::string, Scored> models_;
};

}  // namespace mergarium
