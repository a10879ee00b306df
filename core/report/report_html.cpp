#include "core/figures/markup.h"
#include "core/report/report.h"

#include <fmt/format.h>

#include <string_view>

namespace mergarium {
namespace {

constexpr std::string_view kHead =
    R"(<meta charset="utf-8"/>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:"/>
<meta name="viewport" content="width=device-width"/>
<style>
body { margin: 2em auto; max-width: 60em; padding: 0 1em; color: #1d2126; background: #fff;
       font: 16px/1.45 Helvetica, Arial, sans-serif; }
h1 { font-size: 1.6em; } h2 { font-size: 1.2em; margin-top: 2em; border-bottom: 1px solid #c9cdd2; }
pre { padding: .8em 1em; background: #f2f3f5; overflow-x: auto; font-size: .85em; }
div.wide { overflow-x: auto; }
table { border-collapse: collapse; font-size: .9em; font-variant-numeric: tabular-nums; }
th, td { padding: .25em .8em; text-align: left; vertical-align: top; border-bottom: 1px solid #e3e5e8;
         white-space: pre-wrap; overflow-wrap: anywhere; }
.number { text-align: right; white-space: nowrap; }
svg { max-width: 100%; height: auto; }
</style>
)";

/// Writes each block as elements.
class HtmlWriter {
public:
    explicit HtmlWriter(std::string& out) : out_(out) {}

    void operator()(const ReportHeading& heading) const { element("h2", heading.text); }
    void operator()(const ReportParagraph& paragraph) const { element("p", paragraph.text); }
    void operator()(const ReportListing& listing) const { element("pre", listing.text); }
    void operator()(const Drawing& drawing) const { out_ += toInlineSvg(drawing); }

    void operator()(const ReportTable& table) const {
        out_ += "<div class=\"wide\"><table>\n<tr>";
        for (const auto& column : table.columns) cell("th", column.name, column.number);
        out_ += "</tr>\n";
        for (const auto& row : table.rows) {
            out_ += "<tr>";
            for (std::size_t i = 0; i < row.size(); ++i) cell("td", row[i], table.columns[i].number);
            out_ += "</tr>\n";
        }
        out_ += "</table></div>\n";
    }

private:
    void element(std::string_view name, const std::string& text) const {
        out_ += fmt::format("<{}>{}</{}>\n", name, escapedMarkup(text), name);
    }
    void cell(std::string_view name, const std::string& text, bool number) const {
        out_ += fmt::format("<{}{}>{}</{}>", name, number ? " class=\"number\"" : "", escapedMarkup(text), name);
    }

    std::string& out_;
};

}  // namespace

std::string reportHtml(const Report& report) {
    const auto title = escapedMarkup(report.title);
    auto out = fmt::format(
        "<!DOCTYPE html>\n<html xmlns=\"http://www.w3.org/1999/xhtml\" lang=\"en\">\n<head>\n{}<title>{}</title>\n"
        "</head>\n<body>\n<h1>{}</h1>\n",
        kHead, title, title);
    const HtmlWriter writer(out);
    for (const auto& block : report.blocks) std::visit(writer, block);
    return out + "</body>\n</html>\n";
}

}  // namespace mergarium
