#include "core/cluster/part_server.h"

#include <algorithm>
#include <fstream>

namespace mergarium {

PartServer::PartServer(const OfferedRun& run) : places_(run.places) {}

std::vector<std::byte> PartServer::answer(const PartWanted& wanted, const std::string& offer) const {
    std::vector<std::byte> bytes;
    if (wanted.offer != offer || wanted.file >= places_.size()) return bytes;
    std::ifstream stream(places_[wanted.file], std::ios::binary);
    stream.seekg(static_cast<std::streamoff>(wanted.begin));
    bytes.resize(std::min<std::uint64_t>(wanted.size, kMostPart));
    stream.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    bytes.resize(static_cast<std::size_t>(std::max<std::streamsize>(0, stream.gcount())));
    return bytes;
}

}  // namespace mergarium
