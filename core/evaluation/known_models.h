#pragma once

#include "core/search/strategy.h"

#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

namespace mergarium {

/// What models scored that were scored whole, by their contents: the same model is never scored twice. Pictures take
/// memory: of models that nobody holds, those of the latest are known, and the others are without. Any thread.
class KnownModels {
public:
    std::optional<Scored> find(const std::string& content) const {
        const std::lock_guard lock(mutex_);
        const auto found = models_.find(content);
        if (found == models_.end()) return std::nullopt;
        auto scored = found->second.scored;
        scored.pictures = found->second.pictures.lock();
        return scored;
    }

    void remember(const std::string& content, const Scored& scored) {
        const std::lock_guard lock(mutex_);
        auto& model = models_[content];
        model = {scored, scored.pictures};
        model.scored.pictures = nullptr;
        if (scored.pictures) keep(scored.pictures);
    }

    /// Forgets all when there are many.
    void trim() {
        const std::lock_guard lock(mutex_);
        if (models_.size() >= kMost) models_.clear();
    }

private:
    static constexpr std::size_t kMost = 4096;
    static constexpr std::size_t kPictureMemory = std::size_t{64} << 20;

    struct Model {
        Scored scored;
        std::weak_ptr<const std::vector<EncodedPicture>> pictures;
    };

    void keep(const PicturesPtr& pictures) {
        latest_.push_back(pictures);
        latestBytes_ += bytesOf(*pictures);
        while (latestBytes_ > kPictureMemory) {
            latestBytes_ -= bytesOf(*latest_.front());
            latest_.pop_front();
        }
    }

    mutable std::mutex mutex_;
    std::unordered_map<std::string, Model> models_;
    std::deque<PicturesPtr> latest_;
    std::size_t latestBytes_ = 0;
};

}  // namespace mergarium
