#include "ui/session/history_loader.h"

#include "core/history/history.h"
#include "core/text/words.h"

#include <chrono>
#include <exception>
#include <utility>

namespace mergarium {
namespace {

/// Runs are stored about once a second.
constexpr std::chrono::milliseconds kRest{1000};

}  // namespace

struct HistoryLoader::Book {
    std::filesystem::path database;
    SnapshotPtr latest;
    /// Once it has been opened.
    std::unique_ptr<History> history;
};

struct HistoryLoader::Answer {
    std::optional<HistoryOutline> outline;
    std::optional<std::uint64_t> step;
    SnapshotPtr snapshot;
    QString problem;
};

HistoryLoader::HistoryLoader(std::filesystem::path database, QObject* parent)
    : QObject(parent), database_(std::move(database)) {
    rest_.setSingleShot(true);
    rest_.setInterval(kRest);
    connect(&rest_, &QTimer::timeout, this, [this] {
        wantsOutline_ = true;
        ask();
    });
}

HistoryLoader::~HistoryLoader() = default;

void HistoryLoader::follow(const SnapshotPtr& latest) {
    const auto run = latest ? latest->run : nullptr;
    evaluations_ = latest ? latest->evaluations : 0;
    if (run == run_) {
        refreshIfBehind();
        return;
    }
    wantsOutline_ = false;
    forget();
    run_ = run;
    book_ = run ? std::make_shared<Book>(Book{database_, latest, nullptr}) : nullptr;
    outline_ = {};
    rest_.stop();
    wantsOutline_ = run != nullptr;
    Q_EMIT outlineChanged(outline_);
    if (run) ask();
}

void HistoryLoader::refreshIfBehind() {
    if (run_ && evaluations_ > outline_.evaluations && !rest_.isActive() && !wantsOutline_) rest_.start();
}

void HistoryLoader::lookAt(std::uint64_t step) {
    if (!book_) return;
    step_ = step;
    ask();
}

void HistoryLoader::forget() {
    step_.reset();
    worker_.forget();
    if (wantsOutline_ && book_) ask();
}

void HistoryLoader::ask() {
    worker_.run([book = book_, step = step_, outline = wantsOutline_] { return read(*book, step, outline); },
                [this, book = book_](const Answer& answer) {
                    if (book == book_) receive(answer);
                });
}

HistoryLoader::Answer HistoryLoader::read(Book& book, std::optional<std::uint64_t> step, bool outline) {
    Answer answer{.outline = {}, .step = step, .snapshot = nullptr, .problem = {}};
    try {
        if (!book.history)
            book.history = std::make_unique<History>(book.database, book.latest);
        else if (outline)
            book.history->refresh();
        auto& history = *book.history;
        if (outline)
            answer.outline =
                HistoryOutline{.evaluations = history.evaluations(),
                               .accepted = std::make_shared<const std::vector<std::uint64_t>>(history.acceptedSteps()),
                               .curve = history.curve()};
        if (step) answer.snapshot = history.at(*step);
    } catch (const std::exception& error) {
        answer.problem = QString::fromStdString(words::failure(error, "reading the run's past"));
    }
    return answer;
}

void HistoryLoader::receive(const Answer& answer) {
    if (answer.outline) {
        outline_ = *answer.outline;
        wantsOutline_ = false;
        Q_EMIT outlineChanged(outline_);
        // It may have been read before the end of the run was stored.
        refreshIfBehind();
    }
    const bool wanted = step_.has_value();
    if (answer.step == step_) step_.reset();
    if (wanted && answer.snapshot) Q_EMIT lookedAt(answer.snapshot);
    if (answer.problem.isEmpty()) return;
    if (std::exchange(wantsOutline_, false)) {
        outline_ = {.problem = answer.problem};
        Q_EMIT outlineChanged(outline_);
    }
    step_.reset();
    if (wanted) Q_EMIT failed(answer.problem);
}

}  // namespace mergarium
