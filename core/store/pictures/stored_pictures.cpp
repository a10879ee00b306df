// Thumbnails of what members painted, as they are read.
#include "core/images/encoded_picture.h"
#include "core/store/stored_run.h"

#include <algorithm>

namespace mergarium {

std::map<MemberId, PicturesPtr> StoredRun::pictures(std::span<const MemberId> members) const {
    std::map<MemberId, PicturesPtr> found;
    auto rows = query(
        "SELECT member, sample, width, height, picture FROM pictures WHERE run = ?1 AND member = ?2 ORDER BY sample");
    for (const auto member : members) {
        rows.bind(2, static_cast<std::int64_t>(member.value));
        std::vector<EncodedPicture> pictures;
        std::size_t total = 0;
        while (rows.executeStep()) {
            const Row row(rows, "pictures", 0);
            const auto sample = row.count(1, 0, samples_ - 1);
            const auto blob = row.blob(4);
            total += blob.size();
            if (blob.size() > kThumbnailBytes || total > kThumbnailsBytes)
                row.refuse(4, "is longer than a thumbnail may be");
            EncodedPicture picture{.width = static_cast<std::uint32_t>(row.count(2, 1, kThumbnailSide)),
                                   .height = static_cast<std::uint32_t>(row.count(3, 1, kThumbnailSide)),
                                   .bytes = {blob.begin(), blob.end()}};
            if (!isThumbnail(picture)) row.refuse(4, "is no picture of the size that is stored with it");
            pictures.resize(samples_);
            pictures[sample] = std::move(picture);
        }
        rows.reset();
        if (!pictures.empty()) found[member] = std::make_shared<const std::vector<EncodedPicture>>(std::move(pictures));
    }
    return found;
}

}  // namespace mergarium
