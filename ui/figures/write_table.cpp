#include "ui/figures/write_table.h"

#include "core/files/whole_file.h"

#include <algorithm>

namespace mergarium {

void writeCsv(const FileRows& rows, const std::filesystem::path& path, const std::stop_token& stop,
              const Progress& progress) {
    WholeFile file(path);
    const auto write = [&](const QByteArray& lines) {
        file.write({lines.constData(), static_cast<std::size_t>(lines.size())});
    };
    write(csvLine(QVariantList(rows.heads.begin(), rows.heads.end())));
    std::uint64_t done = 0;
    for (auto some = rows.next(stop); !some.empty(); some = rows.next(stop)) {
        QByteArray lines;
        for (const auto& row : some) lines += csvLine(row);
        write(lines);
        done += some.size();
        if (stop.stop_requested() || (progress && !progress(done, std::max(done, rows.count)))) throw Cancelled();
    }
    file.finish();
}

}  // namespace mergarium
