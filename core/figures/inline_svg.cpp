#include "core/figures/cairo_objects.h"
#include "core/figures/markup.h"

#include <fmt/format.h>

#include <iterator>
#include <string>
#include <string_view>

namespace mergarium {
namespace {

/// Writes each mark of a drawing as an element.
class SvgWriter {
public:
    explicit SvgWriter(std::string& out) : out_(out) {}

    void operator()(const Line& line) const {
        add("<polyline points=\"{}\" fill=\"none\" stroke=\"#{:06x}\" stroke-width=\"{:g}\"{}", pointsOf(line.points),
            line.ink.colour, line.width, opacityOf("stroke", line.ink));
        if (!line.dashes.empty()) {
            std::string dashes;
            for (const double dash : line.dashes) dashes += fmt::format("{}{:g}", dashes.empty() ? "" : " ", dash);
            add(" stroke-dasharray=\"{}\"", dashes);
        }
        add("/>\n");
    }

    void operator()(const Area& area) const {
        add("<polygon points=\"{}\" fill=\"#{:06x}\"{}/>\n", pointsOf(area.points), area.ink.colour,
            opacityOf("fill", area.ink));
    }

    void operator()(const Label& label) const {
        constexpr std::string_view kAnchors[]{"start", "middle", "end"};
        add("<text x=\"{:g}\" y=\"{:g}\" font-size=\"{:g}\" text-anchor=\"{}\"{}", label.place.x, label.place.y,
            label.size, kAnchors[static_cast<int>(label.anchor)], label.bold ? " font-weight=\"bold\"" : "");
        if (label.upwards) add(" transform=\"rotate(-90 {:g} {:g})\"", label.place.x, label.place.y);
        add(">{}</text>\n", escapedMarkup(label.text));
    }

    void operator()(const Raster& raster) const {
        std::string png;
        requireDrawn(cairo_surface_write_to_png_stream(surfaceOf(raster).get(), appendTo, &png));
        add("<image x=\"{:g}\" y=\"{:g}\" width=\"{:g}\" height=\"{:g}\" preserveAspectRatio=\"none\" "
            "style=\"image-rendering:pixelated\" href=\"data:image/png;base64,{}\"/>\n",
            raster.corner.x, raster.corner.y, raster.width, raster.height, base64(png));
    }

private:
    template <typename... Values>
    void add(fmt::format_string<Values...> format, Values&&... values) const {
        fmt::format_to(std::back_inserter(out_), format, std::forward<Values>(values)...);
    }

    static std::string pointsOf(const std::vector<Place>& points) {
        std::string text;
        for (const auto& point : points)
            text += fmt::format("{}{:.2f},{:.2f}", text.empty() ? "" : " ", point.x, point.y);
        return text;
    }

    static std::string opacityOf(std::string_view what, const Ink& ink) {
        return ink.opacity < 1.0 ? fmt::format(" {}-opacity=\"{:g}\"", what, ink.opacity) : std::string();
    }

    std::string& out_;
};

}  // namespace

std::string toInlineSvg(const Drawing& drawing) {
    std::string out = fmt::format(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" viewBox=\"0 0 {:g} {:g}\" width=\"{:g}\" "
        "font-family=\"Helvetica, Arial, sans-serif\">\n<title>{}</title>\n",
        drawing.width, drawing.height, drawing.width, escapedMarkup(drawing.title));
    const SvgWriter writer(out);
    for (const auto& mark : drawing.marks) std::visit(writer, mark);
    return out + "</svg>\n";
}

}  // namespace mergarium
