#pragma once

#include "core/cluster/messages/worker_messages.h"
#include "core/cluster/offered_run.h"

#include <cstddef>
#include <vector>

namespace mergarium {

/// Gives out the files of an offer, part by part. Reads nothing else.
class PartServer {
public:
    explicit PartServer(const OfferedRun& run);
    /// The bytes that are there: none where the offer is another one, or has no such file or place. What can't be read
    /// is none, too.
    std::vector<std::byte> answer(const PartWanted& wanted, const std::string& offer) const;

private:
    std::vector<std::filesystem::path> places_;
};

}  // namespace mergarium
