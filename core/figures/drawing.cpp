#include "core/figures/drawing.h"

#include "core/figures/cairo_objects.h"

#include <cairo-pdf.h>
#include <cairo-svg.h>
#include <pango/pangocairo.h>

#include <memory>
#include <numbers>

namespace mergarium {
namespace {

using FontOptions = std::unique_ptr<cairo_font_options_t, Release<cairo_font_options_destroy>>;
using Font = std::unique_ptr<PangoFontDescription, Release<pango_font_description_free>>;
using Layout = std::unique_ptr<PangoLayout, Release<g_object_unref>>;

/// Draws the marks of a figure.
class Pen {
public:
    explicit Pen(cairo_t* page) : page_(page), font_(pango_font_description_new()) {
        pango_font_description_set_family_static(font_.get(), "Helvetica, Arial, sans-serif");
        // As on paper: letters stand where the outlines put them, on no grid of pixels.
        const FontOptions options(cairo_font_options_create());
        cairo_font_options_set_hint_style(options.get(), CAIRO_HINT_STYLE_NONE);
        cairo_font_options_set_hint_metrics(options.get(), CAIRO_HINT_METRICS_OFF);
        cairo_set_font_options(page_, options.get());
        cairo_set_line_join(page_, CAIRO_LINE_JOIN_ROUND);
    }

    void operator()(const Line& line) const {
        trace(line.points);
        use(line.ink);
        cairo_set_line_width(page_, line.width);
        cairo_set_dash(page_, line.dashes.data(), static_cast<int>(line.dashes.size()), 0.0);
        cairo_stroke(page_);
    }

    void operator()(const Area& area) const {
        trace(area.points);
        use(area.ink);
        cairo_close_path(page_);
        cairo_fill(page_);
    }

    void operator()(const Label& label) const {
        pango_font_description_set_absolute_size(font_.get(), label.size * PANGO_SCALE);
        pango_font_description_set_weight(font_.get(), label.bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
        const Layout layout(pango_cairo_create_layout(page_));
        pango_layout_set_single_paragraph_mode(layout.get(), TRUE);
        pango_layout_set_font_description(layout.get(), font_.get());
        pango_layout_set_text(layout.get(), label.text.data(), static_cast<int>(label.text.size()));
        int width = 0;
        pango_layout_get_size(layout.get(), &width, nullptr);
        const double before = label.anchor == Anchor::Start ? 0.0 : label.anchor == Anchor::Middle ? 0.5 : 1.0;

        cairo_save(page_);
        use({});
        cairo_translate(page_, label.place.x, label.place.y);
        if (label.upwards) cairo_rotate(page_, -0.5 * std::numbers::pi);
        cairo_move_to(page_, -before * width / PANGO_SCALE,
                      -static_cast<double>(pango_layout_get_baseline(layout.get())) / PANGO_SCALE);
        pango_cairo_show_layout(page_, layout.get());
        cairo_restore(page_);
    }

    void operator()(const Raster& raster) const {
        const auto cells = surfaceOf(raster);
        const int columns = cairo_image_surface_get_width(cells.get());
        const int rows = cairo_image_surface_get_height(cells.get());
        if (columns == 0 || rows == 0) return;
        cairo_save(page_);
        cairo_translate(page_, raster.corner.x, raster.corner.y);
        cairo_scale(page_, raster.width / columns, raster.height / rows);
        cairo_set_source_surface(page_, cells.get(), 0.0, 0.0);
        cairo_pattern_set_filter(cairo_get_source(page_), CAIRO_FILTER_NEAREST);
        cairo_paint(page_);
        cairo_restore(page_);
    }

private:
    void use(const Ink& ink) const {
        const auto part = [&](int shift) { return static_cast<double>((ink.colour >> shift) & 0xFF) / 255.0; };
        cairo_set_source_rgba(page_, part(16), part(8), part(0), ink.opacity);
    }

    void trace(const std::vector<Place>& points) const {
        cairo_new_path(page_);
        for (const auto& place : points) cairo_line_to(page_, place.x, place.y);
    }

    cairo_t* page_;
    Font font_;
};

void draw(const Drawing& drawing, cairo_surface_t* surface) {
    const CairoContext page(cairo_create(surface));
    cairo_set_source_rgb(page.get(), 1.0, 1.0, 1.0);
    cairo_paint(page.get());
    drawMarks(drawing, page.get());
    requireDrawn(cairo_status(page.get()));
    cairo_surface_finish(surface);
    requireDrawn(cairo_surface_status(surface));
}

}  // namespace

void drawMarks(const Drawing& drawing, cairo_t* page) {
    const Pen pen(page);
    for (const auto& mark : drawing.marks) std::visit(pen, mark);
}

std::string toSvg(const Drawing& drawing) {
    std::string out;
    const CairoSurface surface(cairo_svg_surface_create_for_stream(appendTo, &out, drawing.width, drawing.height));
    draw(drawing, surface.get());
    return out;
}

std::string toPdf(const Drawing& drawing) {
    std::string out;
    const CairoSurface surface(cairo_pdf_surface_create_for_stream(appendTo, &out, drawing.width, drawing.height));
    cairo_pdf_surface_set_metadata(surface.get(), CAIRO_PDF_METADATA_TITLE, drawing.title.c_str());
    // Without a date the same figure is the same file.
    cairo_pdf_surface_set_metadata(surface.get(), CAIRO_PDF_METADATA_CREATE_DATE, "");
    draw(drawing, surface.get());
    return out;
}

}  // namespace mergarium
