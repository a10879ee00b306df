#include "core/figures/drawing.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace mergarium {
namespace {

std::string escaped(const std::string& text) {
    std::string out;
    for (const char letter : text) switch (letter) {
            case '&': out += "&amp;"; break;
            case '<': out += "&lt;"; break;
            case '>': out += "&gt;"; break;
            case '"': out += "&quot;"; break;
            default:
                if (static_cast<unsigned char>(letter) >= 0x20) out += letter;
        }
    return out;
}

std::string points(const std::vector<Place>& places) {
    std::string out;
    for (const auto& place : places) out += fmt::format("{}{:.2f},{:.2f}", out.empty() ? "" : " ", place.x, place.y);
    return out;
}

struct Writer {
    std::string& out;

    void operator()(const Line& line) const {
        out += fmt::format(
            "<polyline points=\"{}\" fill=\"none\" stroke=\"#{:06x}\" stroke-opacity=\"{}\" stroke-width=\"{}\"",
            points(line.points), line.ink.colour, line.ink.opacity, line.width);
        if (!line.dashes.empty()) out += fmt::format(" stroke-dasharray=\"{}\"", fmt::join(line.dashes, " "));
        out += "/>\n";
    }
    void operator()(const Area& area) const {
        out += fmt::format("<polygon points=\"{}\" fill=\"#{:06x}\" fill-opacity=\"{}\"/>\n", points(area.points),
                           area.ink.colour, area.ink.opacity);
    }
    void operator()(const Label& label) const {
        const char* anchor = label.anchor == Anchor::Start    ? "start"
                             : label.anchor == Anchor::Middle ? "middle"
                                                              : "end";
        out += fmt::format("<text x=\"{0:.2f}\" y=\"{1:.2f}\" font-size=\"{2}\" text-anchor=\"{3}\"{4}{5}>{6}</text>\n",
                           label.place.x, label.place.y, label.size, anchor, label.bold ? " font-weight=\"bold\"" : "",
                           label.upwards
                               ? fmt::format(" transform=\"rotate(-90 {:.2f} {:.2f})\"", label.place.x, label.place.y)
                               : std::string(),
                           escaped(label.text));
    }
};

}  // namespace

std::string toSvg(const Drawing& drawing) {
    std::string out = fmt::format(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        "<svg xmlns=\"http://www.w3.org/2000/svg\" version=\"1.1\" width=\"{0}\" height=\"{1}\" viewBox=\"0 0 {0} "
        "{1}\" "
        "font-family=\"Helvetica, Arial, sans-serif\" stroke-linejoin=\"round\">\n<title>{2}</title>\n"
        "<rect width=\"{0}\" height=\"{1}\" fill=\"#ffffff\"/>\n",
        drawing.width, drawing.height, escaped(drawing.title));
    for (const auto& mark : drawing.marks) std::visit(Writer{out}, mark);
    return out + "</svg>\n";
}

}  // namespace mergarium
