#include "ui/pictures/thumbnails.h"

#include "core/images/read_image.h"
#include "ui/background/latest_worker.h"
#include "ui/pictures/sample_image.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace mergarium {
namespace {

/// Decoded at a time, so that what came into view since is next.
constexpr std::size_t kAtOnce = 32;
/// Bytes of pixels that are kept.
constexpr qsizetype kMemory = qsizetype{64} << 20;

}  // namespace

QImage decoded(const EncodedPicture& picture) {
    if (!isThumbnail(picture)) return {};
    try {
        const auto image =
            decodeImage(picture.bytes, "a picture",
                        {.bytes = kThumbnailBytes, .pixels = std::size_t{kThumbnailSide} * kThumbnailSide});
        if (image.width != picture.width || image.height != picture.height) return {};
        return imageOf({image.width, image.height, 3, image.pixels});
    } catch (const std::runtime_error&) {
        return {};
    }
}

Thumbnails::Thumbnails(QObject* parent) : QObject(parent), worker_(new LatestWorker(this)), known_(kMemory) {}

Thumbnails::Found Thumbnails::find(const Member& member, std::size_t sample) {
    if (!member.pictures || sample >= member.pictures->size()) return {};
    const auto& picture = (*member.pictures)[sample];
    if (picture.bytes.empty()) return {};
    if (const auto* found = known_.object(picture.bytes.data()))
        return {found->image.isNull() ? State::Damaged : State::Known, found->image};
    wanted_.push_back({member.pictures, sample});
    return {State::Awaited};
}

void Thumbnails::decodeWanted() {
    auto wanted = std::exchange(wanted_, {});
    if (wanted.empty()) return;
    wanted.resize(std::min(wanted.size(), kAtOnce));
    worker_->run(
        [wanted] {
            std::vector<QImage> images;
            for (const auto& [pictures, sample] : wanted) images.push_back(decoded((*pictures)[sample]));
            return images;
        },
        [this, wanted](const std::vector<QImage>& images) { take(wanted, images); });
}

void Thumbnails::take(const std::vector<Wanted>& wanted, const std::vector<QImage>& images) {
    for (std::size_t i = 0; i < wanted.size(); ++i)
        known_.insert((*wanted[i].pictures)[wanted[i].sample].bytes.data(), new Decoded{wanted[i].pictures, images[i]},
                      std::max<qsizetype>(1, images[i].sizeInBytes()));
    Q_EMIT arrived();
}

}  // namespace mergarium
