#pragma once

#include "ui/pictures/board_geometry.h"
#include "ui/pictures/thumbnails.h"
#include "ui/theme/theme.h"

#include <QRectF>

#include <functional>
#include <optional>
#include <span>

class QPainter;

namespace mergarium {

/// A board as it is painted.
struct BoardPicture {
    const BoardContent& content;
    const BoardGeometry& geometry;
    Colors colors;
    /// Fitted into the geometry's side.
    std::function<Thumbnails::Found(const BoardItem&)> image;
    /// As FounderShares::of.
    std::function<std::span<const float>(const Member&)> shares;
    /// What is selected, and where the keyboard is.
    std::optional<MemberId> member = {};
    std::optional<std::size_t> sample = {};
    std::optional<std::size_t> cursor = {};
    /// The part of it that is seen: captions and names stay at its edges.
    QRectF seen;
};

/// With a painter whose origin is the board's, before it is scrolled.
void paintBoard(QPainter& painter, const BoardPicture& board);

}  // namespace mergarium
