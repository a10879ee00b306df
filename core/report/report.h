#pragma once

#include "core/figures/drawing.h"
#include "core/progress/progress.h"

#include <cstddef>
#include <filesystem>
#include <string>
#include <variant>
#include <vector>

namespace mergarium {

struct ReportHeading {
    std::string text;
};

struct ReportParagraph {
    std::string text;
};

/// Lines as they are, in letters of one width.
struct ReportListing {
    std::string text;
};

/// Every row has a cell for every column.
struct ReportTable {
    struct Column {
        std::string name;
        /// Stands at the right of its column.
        bool number = false;
    };
    std::vector<Column> columns;
    std::vector<std::vector<std::string>> rows;
};

using ReportBlock = std::variant<ReportHeading, ReportParagraph, ReportListing, ReportTable, Drawing>;

/// A document as a list of blocks: what both file formats are written from. Texts are UTF-8 of any origin, broken or
/// not. A plain value.
struct Report {
    std::string title;
    std::vector<ReportBlock> blocks;
};

/// One HTML file that needs nothing else: drawings as inline SVG, no scripts, nothing from the network; well-formed as
/// XML too. Everything is escaped.
std::string reportHtml(const Report& report);

/// A PDF on pages of A4. Throws std::runtime_error when drawing fails.
std::string reportPdf(const Report& report);

/// Writes a report as the file's name says, .html or .pdf; whole or not at all, in the place of what was there. Throws
/// std::runtime_error with one sentence, and Cancelled when `progress` says so before the file is written.
void writeReport(const Report& report, const std::filesystem::path& path, const Progress& progress = nullptr);

}  // namespace mergarium
