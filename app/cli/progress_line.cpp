#include "app/cli/progress_line.h"

#include "core/text/words.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <utility>

namespace mergarium::cli {
namespace {

constexpr std::uint64_t kBarWidth = 24;

int terminalWidth() {
    winsize size{};
    return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

}  // namespace

std::string progressText(const SessionSnapshot& snapshot, int width) {
    if (!snapshot.run) return snapshot.message.empty() ? "Preparing ..." : snapshot.message;
    const std::uint64_t filled =
        snapshot.budget ? kBarWidth * std::min(snapshot.evaluations, snapshot.budget) / snapshot.budget : 0;
    auto text = fmt::format("[{}{}]  {} of {}", std::string(filled, '#'), std::string(kBarWidth - filled, '.'),
                            words::count(snapshot.evaluations), words::count(snapshot.budget));
    if (snapshot.evaluationsPerSecond > 0.0)
        text += fmt::format("   {:.{}f}/s   {} left", snapshot.evaluationsPerSecond,
                            snapshot.evaluationsPerSecond < 10.0 ? 2 : 0,
                            words::duration(static_cast<double>(snapshot.budget - snapshot.evaluations) /
                                            snapshot.evaluationsPerSecond));
    if (!snapshot.curve->empty()) {
        const auto& now = snapshot.curve->back();
        text += fmt::format("   best {:.1f} % train", 100.0 * now.bestTrain);
        // 0: nothing is held out.
        if (now.bestTest > 0.0) text += fmt::format(", {:.1f} % test", 100.0 * now.bestTest);
    }
    if (!snapshot.message.empty()) text += "   " + snapshot.message;
    return text.substr(0, static_cast<std::size_t>(std::max(10, width - 1)));
}

ProgressLine::ProgressLine(bool quiet) : quiet_(quiet), terminal_(isatty(STDERR_FILENO) == 1) {}

void ProgressLine::show(const SessionSnapshot& snapshot) {
    if (!quiet_) show(progressText(snapshot, terminal_ ? terminalWidth() : 200), snapshot.evaluations, snapshot.budget);
}

void ProgressLine::show(const std::string& text, std::uint64_t done, std::uint64_t total) {
    if (quiet_) return;
    if (terminal_) {
        fmt::print(stderr, "\r\033[K{}", text.substr(0, static_cast<std::size_t>(std::max(10, terminalWidth() - 1))));
        std::fflush(stderr);
        drawn_ = true;
    } else if (const auto tenths = total ? 10 * done / total : 0; tenths > tenths_) {
        tenths_ = tenths;
        fmt::print(stderr, "{}\n", text);
    }
}

void ProgressLine::warn(const std::string& sentence) {
    end();
    fmt::print(stderr, "Warning: {}\n", sentence);
}

void ProgressLine::note(const std::string& sentence) {
    if (quiet_ || terminal_ || std::exchange(noted_, sentence) == sentence || sentence.empty()) return;
    fmt::print(stderr, "{}\n", sentence);
}

void ProgressLine::end() {
    if (std::exchange(drawn_, false)) fmt::print(stderr, "\n");
}

}  // namespace mergarium::cli
