#include "core/cluster/workers/fetched_files.h"

#include "core/cluster/cluster_settings.h"
#include "core/cluster/messages/worker_messages.h"
#include "core/cluster/offered_run.h"
#include "core/progress/progress.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace mergarium {
namespace {

namespace fs = std::filesystem;

constexpr Milliseconds kPartTime{10'000};
/// Parts that may get no answer, one after another.
constexpr int kMostTries = 5;

}  // namespace

FetchedFiles::FetchedFiles(const MessageBus& bus, std::string key, std::string offer, fs::path folder, Watch watch)
    : bus_(bus), key_(std::move(key)), offer_(std::move(offer)), folder_(std::move(folder)), watch_(std::move(watch)) {}

fs::path FetchedFiles::fetch(const OfferedPlace& place, std::size_t first, const std::string& beneath) const {
    const auto root = folder_ / beneath;
    const auto target = root / place.name;
    for (std::size_t k = 0; k < place.files.size(); ++k)
        fetchTo(place.isFolder ? target / place.files[k].name : target, place.files[k], first + k);
    return target;
}

fs::path FetchedFiles::fetch(const OfferedFile& file, std::size_t index) const {
    const auto name = fs::path(file.name).filename().string();
    const bool plain = !name.empty() && name != "." && name != "..";
    const auto target = folder_ / file.hash.substr(0, 16) / (plain ? name : "file");
    fetchTo(target, file, index);
    return target;
}

void FetchedFiles::fetchTo(const fs::path& target, const OfferedFile& file, std::size_t index) const {
    std::error_code error;
    if (fs::is_regular_file(target, error) && fs::file_size(target, error) == file.size &&
        (file.hash.empty() || digestOfFile(target) == file.hash))
        return;
    fs::create_directories(target.parent_path());
    const fs::path draft = target.string() + ".part";
    std::uint64_t done = fs::is_regular_file(draft, error) ? fs::file_size(draft, error) : 0;
    if (done > file.size) {
        fs::remove(draft);
        done = 0;
    }
    std::ofstream out(draft, std::ios::binary | std::ios::app);
    int tries = 0;
    while (done < file.size) {
        if (watch_ && !watch_(file.name, done, file.size)) throw Cancelled();
        const PartWanted wanted{.offer = offer_,
                                .file = index,
                                .begin = done,
                                .size = std::min<std::uint64_t>({kMostPart, bus_.largest() / 2, file.size - done})};
        const auto part = bus_.ask(subjectTo(key_, kAskPart), encode(wanted), kPartTime);
        if (!part || part->empty() || part->size() > wanted.size) {
            if (++tries == kMostTries || (part && part->size() > wanted.size))
                throw std::runtime_error(
                    fmt::format("{}: it can't be fetched from the run's program; it goes on where it "
                                "ended when the worker tries again.",
                                file.name));
            continue;
        }
        tries = 0;
        out.write(reinterpret_cast<const char*>(part->data()), static_cast<std::streamsize>(part->size()));
        if (!out.flush())
            throw std::runtime_error(fmt::format("{}: it can't be written; is the disk full?", draft.string()));
        done += part->size();
    }
    out.close();
    if (!file.hash.empty() && digestOfFile(draft) != file.hash) {
        fs::remove(draft);
        throw std::runtime_error(fmt::format("{}: what was fetched isn't what was offered.", file.name));
    }
    fs::rename(draft, target);
}

}  // namespace mergarium
