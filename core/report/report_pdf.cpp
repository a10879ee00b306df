#include "core/figures/cairo_objects.h"
#include "core/report/report.h"
#include "core/text/unicode.h"

#include <cairo-pdf.h>
#include <pango/pangocairo.h>

#include <algorithm>
#include <memory>
#include <numeric>
#include <string_view>

namespace mergarium {
namespace {

using PageFont = std::unique_ptr<PangoFontDescription, Release<pango_font_description_free>>;
using PageLayout = std::unique_ptr<PangoLayout, Release<g_object_unref>>;

/// A4, in points.
constexpr double kPageWidth = 595.28;
constexpr double kPageHeight = 841.89;
constexpr double kMargin = 54.0;
constexpr double kRoom = kPageWidth - 2 * kMargin;
constexpr double kCellGap = 8.0;

struct Letters {
    double size = 9.5;
    bool bold = false;
    bool oneWidth = false;
};

double heightOf(PangoLayout* layout) {
    int height = 0;
    pango_layout_get_size(layout, nullptr, &height);
    return static_cast<double>(height) / PANGO_SCALE;
}

double widthOf(PangoLayout* layout) {
    int width = 0;
    pango_layout_get_size(layout, &width, nullptr);
    return static_cast<double>(width) / PANGO_SCALE;
}

/// Sets blocks below each other, page after page.
class PageSetter {
public:
    explicit PageSetter(cairo_t* page) : page_(page) {}

    void title(const std::string& text) { set(text, {.size = 16.0, .bold = true}, 8.0); }
    void operator()(const ReportHeading& heading) {
        // With room for a few lines of what it is the heading of.
        y_ += 10.0;
        need(60.0);
        set(heading.text, {.size = 12.0, .bold = true}, 5.0);
    }
    void operator()(const ReportParagraph& paragraph) { set(paragraph.text, {}, 6.0); }
    void operator()(const ReportListing& listing) { set(listing.text, {.size = 7.5, .oneWidth = true}, 8.0); }

    void operator()(const Drawing& drawing) {
        const double scale = std::min({1.0, kRoom / drawing.width, (kPageHeight - 2 * kMargin) / drawing.height});
        need(drawing.height * scale);
        cairo_save(page_);
        cairo_translate(page_, kMargin, y_);
        cairo_scale(page_, scale, scale);
        drawMarks(drawing, page_);
        cairo_restore(page_);
        y_ += drawing.height * scale + 6.0;
    }

    void operator()(const ReportTable& table) {
        const auto widths = widthsOf(table);
        std::vector<std::string> names;
        for (const auto& column : table.columns) names.push_back(column.name);
        setRow(table, names, widths, true);
        for (const auto& row : table.rows) setRow(table, row, widths, false);
        y_ += 6.0;
    }

private:
    /// Wrapped to `width`; negative: not wrapped.
    PageLayout layOut(const std::string& text, const Letters& letters, double width) const {
        const PageFont font(pango_font_description_new());
        pango_font_description_set_family_static(
            font.get(), letters.oneWidth ? "DejaVu Sans Mono, monospace" : "Helvetica, Arial, sans-serif");
        pango_font_description_set_absolute_size(font.get(), letters.size * PANGO_SCALE);
        pango_font_description_set_weight(font.get(), letters.bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
        PageLayout layout(pango_cairo_create_layout(page_));
        pango_layout_set_font_description(layout.get(), font.get());
        pango_layout_set_wrap(layout.get(), PANGO_WRAP_WORD_CHAR);
        pango_layout_set_width(layout.get(), width < 0.0 ? -1 : static_cast<int>(width * PANGO_SCALE));
        auto whole = text::repaired(text);
        std::ranges::replace(whole, '\0', ' ');
        pango_layout_set_text(layout.get(), whole.data(), static_cast<int>(whole.size()));
        return layout;
    }

    /// Goes to the next page where there is less than `height` left of this one.
    void need(double height) {
        if (y_ + height <= kPageHeight - kMargin || y_ <= kMargin) return;
        cairo_show_page(page_);
        y_ = kMargin;
    }

    /// Line by line, so that long texts go on on the next page.
    void set(const std::string& text, const Letters& letters, double after) {
        const auto layout = layOut(text, letters, kRoom);
        for (int i = 0; i < pango_layout_get_line_count(layout.get()); ++i) {
            auto* line = pango_layout_get_line_readonly(layout.get(), i);
            PangoRectangle extent;
            pango_layout_line_get_extents(line, nullptr, &extent);
            const double height = static_cast<double>(extent.height) / PANGO_SCALE;
            need(height);
            cairo_set_source_rgb(page_, 0.0, 0.0, 0.0);
            cairo_move_to(page_, kMargin, y_ - static_cast<double>(extent.y) / PANGO_SCALE);
            pango_cairo_show_layout_line(page_, line);
            y_ += height;
        }
        y_ += after;
    }

    /// As wide as what stands in it; where that is more than the page has, words give way and numbers don't.
    std::vector<double> widthsOf(const ReportTable& table) const {
        std::vector<double> widths;
        double words = 0.0, numbers = 0.0;
        for (std::size_t i = 0; i < table.columns.size(); ++i) {
            double width = widthOf(layOut(table.columns[i].name, kHeader, -1).get());
            for (const auto& row : table.rows) width = std::max(width, widthOf(layOut(row[i], kCell, -1).get()));
            widths.push_back(width + kCellGap);
            (table.columns[i].number ? numbers : words) += widths.back();
        }
        const double share = words > 0.0 ? std::clamp((kRoom - numbers) / words, 0.1, 1.0) : 1.0;
        for (std::size_t i = 0; i < widths.size(); ++i)
            if (!table.columns[i].number) widths[i] *= share;
        return widths;
    }

    void setRow(const ReportTable& table, const std::vector<std::string>& row, const std::vector<double>& widths,
                bool header) {
        std::vector<PageLayout> cells;
        double height = 0.0;
        for (std::size_t i = 0; i < row.size(); ++i) {
            cells.push_back(layOut(row[i], header ? kHeader : kCell, std::max(4.0, widths[i] - kCellGap)));
            pango_layout_set_alignment(cells[i].get(), table.columns[i].number ? PANGO_ALIGN_RIGHT : PANGO_ALIGN_LEFT);
            height = std::max(height, heightOf(cells[i].get()));
        }
        need(height + 3.0);
        double x = kMargin;
        cairo_set_source_rgb(page_, 0.0, 0.0, 0.0);
        for (std::size_t i = 0; i < cells.size(); ++i) {
            cairo_move_to(page_, x, y_);
            pango_cairo_show_layout(page_, cells[i].get());
            x += widths[i];
        }
        y_ += height + 1.5;
        cairo_set_source_rgb(page_, 0.85, 0.85, 0.85);
        cairo_set_line_width(page_, header ? 1.0 : 0.5);
        cairo_move_to(page_, kMargin, y_);
        cairo_line_to(page_, kMargin + std::accumulate(widths.begin(), widths.end(), 0.0), y_);
        cairo_stroke(page_);
        y_ += 1.5;
    }

    static constexpr Letters kHeader{.size = 8.0, .bold = true};
    static constexpr Letters kCell{.size = 8.0};

    cairo_t* page_;
    double y_ = kMargin;
};

}  // namespace

std::string reportPdf(const Report& report) {
    std::string out;
    const CairoSurface surface(cairo_pdf_surface_create_for_stream(appendTo, &out, kPageWidth, kPageHeight));
    cairo_pdf_surface_set_metadata(surface.get(), CAIRO_PDF_METADATA_TITLE, text::repaired(report.title).c_str());
    // Without a date the same report is the same file.
    cairo_pdf_surface_set_metadata(surface.get(), CAIRO_PDF_METADATA_CREATE_DATE, "");
    const CairoContext page(cairo_create(surface.get()));
    PageSetter setter(page.get());
    setter.title(report.title);
    for (const auto& block : report.blocks) std::visit(setter, block);
    requireDrawn(cairo_status(page.get()));
    cairo_surface_finish(surface.get());
    requireDrawn(cairo_surface_status(surface.get()));
    return out;
}

}  // namespace mergarium
