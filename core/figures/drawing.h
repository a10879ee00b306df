#pragma once

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

/// A picture as a list of marks, later ones on top: what both file formats are written from. A plain value.
struct Drawing {
    double width = 0.0;
    double height = 0.0;
    std::string title;
    std::vector<std::variant<Line, Area, Label>> marks;
};

/// An SVG 1.1 document.
std::string toSvg(const Drawing& drawing);

/// A PDF 1.4 document of one page. Text is set in Helvetica, which every reader has; characters beyond Latin-1 become
/// '?'.
std::string toPdf(const Drawing& drawing);

/// How wide Helvetica sets a text at a size, in points.
double textWidth(const std::string& text, double size, bool bold = false);

}  // namespace mergarium
