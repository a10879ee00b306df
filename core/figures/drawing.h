#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace mergarium {

/// In points (1/72 inch) from the upper left corner.
struct Place {
    double x = 0.0;
    double y = 0.0;
};

struct Ink {
    /// 0xRRGGBB.
    std::uint32_t colour = 0;
    /// 0 to 1.
    double opacity = 1.0;
};

struct Line {
    std::vector<Place> points;
    Ink ink;
    double width = 1.0;
    /// Lengths drawn and left out in turn; empty: solid.
    std::vector<double> dashes = {};
};

struct Area {
    std::vector<Place> points;
    Ink ink;
};

enum class Anchor { Start, Middle, End };

struct Label {
    Place place;
    /// UTF-8.
    std::string text;
    double size = 10.0;
    Anchor anchor = Anchor::Start;
    /// Reads from bottom to top.
    bool upwards = false;
    bool bold = false;
};

/// A picture of few cells, which are drawn with sharp edges.
struct Raster {
    Place corner;
    double width = 0.0;
    double height = 0.0;
    std::size_t columns = 0;
    /// Row by row, 0xRRGGBB.
    std::vector<std::uint32_t> pixels;
};

/// A picture as a list of marks, later ones on top: what both file formats are written from. A plain value.
struct Drawing {
    double width = 0.0;
    double height = 0.0;
    std::string title;
    std::vector<std::variant<Line, Area, Label, Raster>> marks;
};

/// Both are drawn alike, in Helvetica or what stands in for it on this machine; characters that it lacks come from a
/// font that has them. Throw std::runtime_error when drawing fails.

/// An SVG document; text becomes outlines, so that it looks the same everywhere.
std::string toSvg(const Drawing& drawing);

/// An svg element to stand within HTML: text stays text, in a font of the reader's, and the title is said to those who
/// can't see it. All text is escaped; what XML can't hold is replaced.
std::string toInlineSvg(const Drawing& drawing);

/// A PDF of one page with its fonts embedded. The same drawing makes the same bytes where the fonts are the same.
std::string toPdf(const Drawing& drawing);

}  // namespace mergarium
