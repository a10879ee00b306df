#include "core/files/whole_file.h"
#include "core/report/report.h"

#include <fmt/format.h>

#include <stdexcept>

namespace mergarium {

void writeReport(const Report& report, const std::filesystem::path& path) {
    const auto ending = path.extension();
    if (ending != ".html" && ending != ".pdf")
        throw std::runtime_error(fmt::format("{}: name a file that ends with .html or .pdf.", path.string()));
    writeWholeFile(path, ending == ".pdf" ? reportPdf(report) : reportHtml(report));
}

}  // namespace mergarium
