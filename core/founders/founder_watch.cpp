#include "core/founders/founder_watch.h"

#include "core/founders/content_hash.h"

#include <fmt/format.h>

#include <stdexcept>
#include <utility>

namespace mergarium {
namespace {

[[noreturn]] void refuseChanged(const MappedFile& file) {
    throw std::runtime_error(
        fmt::format("{}: was changed while it was in use; put the original back to go on.", file.path().string()));
}

}  // namespace

FounderWatch::FounderWatch(std::vector<FounderSourcePtr> sources) {
    for (auto& source : sources) {
        Watched one{.source = std::move(source), .states = {}, .samples = {}};
        for (const auto& file : one.source->files()) one.states.push_back(file->state());
        one.samples = sampledHash(*one.source);
        watched_.push_back(std::move(one));
    }
}

void FounderWatch::look() {
    for (auto& one : watched_) {
        const auto files = one.source->files();
        for (std::size_t i = 0; i < files.size(); ++i) {
            const auto now = files[i]->stateNow();
            if (now == one.states[i]) continue;
            files[i]->check();
            if (now.size != one.states[i].size || now.modifiedNanoseconds != one.states[i].modifiedNanoseconds ||
                sampledHash(*one.source) != one.samples)
                refuseChanged(*files[i]);
            one.states[i] = now;
        }
    }
}

}  // namespace mergarium
