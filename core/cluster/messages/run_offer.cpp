#include "core/cluster/messages/run_offer.h"

#include "core/cluster/messages/message_head.h"
#include "core/files/fingerprint.h"

#include <cmath>
#include <filesystem>

namespace mergarium {
namespace {

constexpr std::string_view kOfferKind = "MRGOFFER";
constexpr std::string_view kNoOffer = "This is no offer of a run of this version of Mergarium.";

template <typename List, typename Write>
void writeList(ByteWriter& out, const List& list, const Write& one) {
    out.number(std::uint64_t{list.size()});
    for (const auto& item : list) one(item);
}

/// Each takes eight bytes at least.
template <typename Item, typename Read>
std::vector<Item> readList(ByteReader& in, const Read& one) {
    const auto count = in.number<std::uint64_t>();
    if (count > in.left() / 8) in.refuse();
    std::vector<Item> list;
    for (std::uint64_t k = 0; k < count; ++k) list.push_back(one());
    return list;
}

void writeFile(ByteWriter& out, const OfferedFile& file) {
    out.text(file.name);
    out.number(file.size);
    out.text(file.hash);
}

OfferedFile readFileOffer(ByteReader& in) {
    OfferedFile file;
    file.name = in.text();
    file.size = in.number<std::uint64_t>();
    file.hash = in.text();
    if (file.name.empty() || (!file.hash.empty() && !isDigest(file.hash))) in.refuse();
    return file;
}

void writePlace(ByteWriter& out, const OfferedPlace& place) {
    out.text(place.name);
    out.number(static_cast<std::uint8_t>(place.isFolder));
    writeList(out, place.files, [&](const auto& file) { writeFile(out, file); });
}

/// Where a file of this name would lie within a folder, it lies beneath it.
bool isBeneath(const std::string& name) {
    const std::filesystem::path path(name);
    if (path.is_absolute() || path.empty()) return false;
    for (const auto& part : path)
        if (part == ".." || part == "." || part.empty()) return false;
    return name.find('\0') == name.npos;
}

OfferedPlace readPlace(ByteReader& in) {
    OfferedPlace place;
    place.name = in.text();
    place.isFolder = readEnum<std::uint8_t>(in, 2) == 1;
    place.files = readList<OfferedFile>(in, [&] { return readFileOffer(in); });
    if (!isBeneath(place.name) || std::filesystem::path(place.name).has_parent_path() || place.files.empty() ||
        (!place.isFolder && place.files.size() > 1))
        in.refuse();
    for (const auto& file : place.files)
        if (!isBeneath(file.name)) in.refuse();
    return place;
}

void writeModel(ByteWriter& out, const OfferedModel& model) {
    out.text(model.name);
    out.text(model.hash);
    writePlace(out, model.base);
    writeList(out, model.adapters, [&](const auto& adapter) {
        writePlace(out, adapter.place);
        out.number(adapter.weight);
    });
}

OfferedModel readModel(ByteReader& in) {
    OfferedModel model;
    model.name = in.text();
    model.hash = in.text();
    model.base = readPlace(in);
    model.adapters = readList<OfferedAdapter>(in, [&] {
        auto place = readPlace(in);
        const auto weight = in.number<double>();
        if (!std::isfinite(weight)) in.refuse();
        return OfferedAdapter{std::move(place), weight};
    });
    if (!isDigest(model.hash)) in.refuse();
    return model;
}

}  // namespace

std::string RunOffer::digest() const {
    Fingerprint fingerprint;
    fingerprint.add(encode(*this));
    return fingerprint.hex();
}

std::vector<std::byte> encode(const RunOffer& offer) {
    auto out = beginMessage(kOfferKind);
    out.text(offer.version);
    out.text(offer.configuration);
    writeList(out, offer.models, [&](const auto& model) { writeModel(out, model); });
    out.number(offer.begunWith);
    writeList(out, offer.networks, [&](const auto& network) {
        out.text(network.name);
        writeBytes(out, network.packed);
    });
    writeList(out, offer.files, [&](const auto& file) { writeFile(out, file); });
    writeList(out, offer.founders, [&](const auto& hash) { out.text(hash); });
    out.text(offer.layout);
    out.text(offer.samples);
    return std::move(out).take();
}

RunOffer decodeOffer(std::span<const std::byte> bytes) {
    ByteReader in(bytes, kNoOffer);
    readHead(in, kOfferKind);
    RunOffer offer;
    offer.version = in.text();
    offer.configuration = in.text();
    offer.models = readList<OfferedModel>(in, [&] { return readModel(in); });
    offer.begunWith = in.number<std::uint64_t>();
    offer.networks = readList<OfferedNetwork>(in, [&] {
        OfferedNetwork network;
        network.name = in.text();
        network.packed = readBytes(in);
        return network;
    });
    offer.files = readList<OfferedFile>(in, [&] { return readFileOffer(in); });
    offer.founders = readList<std::string>(in, [&] { return in.text(); });
    offer.layout = in.text();
    offer.samples = in.text();
    in.close();
    if (!isPlainName(offer.version) || offer.begunWith > offer.models.size() || !isDigest(offer.layout) ||
        !isDigest(offer.samples))
        in.refuse();
    return offer;
}

}  // namespace mergarium
