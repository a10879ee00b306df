#pragma once

#include "core/archive/member.h"
#include "core/images/encoded_picture.h"

#include <QCache>
#include <QImage>
#include <QObject>

#include <cstddef>
#include <vector>

namespace mergarium {

class LatestWorker;

/// Decodes a thumbnail, whoever made it; null where it is none, or damaged. Any thread.
QImage decoded(const EncodedPicture& picture);

/// Members' pictures, decoded on a thread of its own when they are asked for, and kept while they are among the latest.
/// Wants the window's thread.
class Thumbnails : public QObject {
    Q_OBJECT

public:
    explicit Thumbnails(QObject* parent = nullptr);

    enum class State { None, Awaited, Damaged, Known };
    struct Found {
        State state = State::None;
        /// Null unless it is known.
        QImage image = {};
    };
    /// What the member painted for the sample. Where it isn't decoded yet, `arrived` follows once `decodeWanted` has
    /// been called.
    Found find(const Member& member, std::size_t sample);
    /// Begins to decode what was looked for and not found since the last call: the first few dozen of it.
    void decodeWanted();

Q_SIGNALS:
    /// More pictures are known.
    void arrived();

private:
    /// Where its bytes lie: as long as somebody holds them, nobody else's do.
    using Key = const std::byte*;
    struct Wanted {
        PicturesPtr pictures;
        std::size_t sample = 0;
    };
    struct Decoded {
        /// Keeps the key its own.
        PicturesPtr pictures;
        QImage image;
    };

    void take(const std::vector<Wanted>& wanted, const std::vector<QImage>& images);

    LatestWorker* worker_ = nullptr;
    QCache<Key, Decoded> known_;
    std::vector<Wanted> wanted_;
};

}  // namespace mergarium
