#pragma once

#include "core/checkpoint/layout.h"
#include "core/founders/founder_segment.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace mergarium {

/// One seed model: its identity, and where its numbers lie.
struct FounderModel {
    /// For people.
    std::string name;
    /// Content hash; empty until it is needed.
    std::string hash;
    /// Tile [0, layout.extent()), ascending.
    std::vector<FounderSegment> segments;
    /// Keeps the bytes alive.
    std::shared_ptr<const void> storage;
};

/// The seed models side by side: for every position of the parameter vector one number of each. Nothing is copied;
/// pages of mapped files come in when they are read. Immutable; any thread.
class Founders {
public:
    /// Throws std::invalid_argument when a founder's segments don't tile the layout.
    Founders(Layout layout, std::vector<FounderModel> models);
    /// Small models in memory, one flat fp32 vector each, as long as the layout.
    static std::shared_ptr<const Founders> ofVectors(Layout layout,
                                                     std::vector<std::pair<std::string, std::vector<float>>> models);

    /// K.
    std::size_t size() const { return models_.size(); }
    const Layout& layout() const { return layout_; }
    /// D.
    std::uint64_t length() const { return layout_.length(); }
    const FounderModel& model(std::size_t founder) const { return models_[founder]; }

    /// The numbers [begin, begin + out.size()) of one founder as fp32; positions up to layout().extent(). Throws
    /// std::runtime_error when a file has been truncated.
    void read(std::size_t founder, std::uint64_t begin, std::span<float> out) const;
    /// The segment that holds position `position` of one founder.
    const FounderSegment& segmentAt(std::size_t founder, std::uint64_t position) const;

private:
    Layout layout_;
    std::vector<FounderModel> models_;
};

using FoundersPtr = std::shared_ptr<const Founders>;

}  // namespace mergarium
