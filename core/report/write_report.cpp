#include "core/files/whole_file.h"
#include "core/report/report.h"

#include <fmt/format.h>

#include <stdexcept>

namespace mergarium {

void writeReport(const Report& report, const std::filesystem::path& path, const Progress& progress) {
    const auto ending = path.extension();
    if (ending != ".html" && ending != ".pdf")
        throw std::runtime_error(fmt::format("{}: name a file that ends with .html or .pdf.", path.string()));
    const auto file = ending == ".pdf" ? reportPdf(report) : reportHtml(report);
    if (progress && !progress(0, 0)) throw Cancelled();
    writeWholeFile(path, file);
}

}  // namespace mergarium
