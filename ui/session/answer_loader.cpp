#include "ui/session/answer_loader.h"

#include "core/text/words.h"

#include <algorithm>
#include <exception>
#include <utility>
#include <vector>

namespace mergarium {
namespace {

/// Of a running run there are soon more members than anybody looks at.
constexpr std::size_t kMostKnown = 1024;

MemberPtr withAnswers(const Member& bare, AnswersPtr answers) {
    Member whole = bare;
    whole.answers = std::move(answers);
    return std::make_shared<const Member>(std::move(whole));
}

}  // namespace

AnswerLoader::AnswerLoader(RunPlace place, QObject* parent) : QObject(parent), place_(std::move(place)) {}

SnapshotPtr AnswerLoader::completed(const SnapshotPtr& snapshot) {
    if (!snapshot || !snapshot->run || !AnswerBook::isFor(*snapshot->run)) return snapshot;
    if (snapshot->run != run_) {
        worker_.forget();
        run_ = snapshot->run;
        book_ = std::make_shared<AnswerBook>(place_, run_);
        known_.clear();
        problem_.clear();
    }
    auto whole = std::make_shared<SessionSnapshot>(*snapshot);
    std::vector<MemberPtr> unknown;
    for (auto& member : whole->members) {
        if (!member || member->answers) continue;
        auto known = known_.find(member->id);
        if (known == known_.end()) {
            unknown.push_back(member);
            continue;
        }
        auto& [bare, complete] = known->second;
        // The same member, read again.
        if (bare != member && complete) complete = withAnswers(*member, complete->answers);
        bare = member;
        if (complete) member = complete;
    }
    whole->whyNoAnswers = problem_;
    whole->answersAwaited = !unknown.empty();
    if (known_.size() > kMostKnown) forgetAllBut(*snapshot);
    if (!unknown.empty()) ask(std::move(unknown));
    return whole;
}

void AnswerLoader::forgetAllBut(const SessionSnapshot& shown) {
    std::erase_if(known_, [&](const auto& entry) {
        return std::ranges::none_of(shown.members,
                                    [&](const MemberPtr& member) { return member && member->id == entry.first; });
    });
}

void AnswerLoader::ask(std::vector<MemberPtr> members) {
    worker_.run([book = book_, members = std::move(members)] { return find(*book, members); },
                [this, book = book_](const Found& found) {
                    if (book != book_) return;
                    for (const auto& one : found.members) known_[one.bare->id] = one;
                    problem_ = found.problem;
                    Q_EMIT learnt();
                });
}

AnswerLoader::Found AnswerLoader::find(AnswerBook& book, const std::vector<MemberPtr>& members) {
    Found found;
    for (const auto& member : members) {
        try {
            found.members.push_back({member, withAnswers(*member, book.answersOf(*member))});
        } catch (const std::exception& error) {
            found.members.push_back({member, nullptr});
            found.problem = words::failure(error, "asking the members again");
        }
    }
    return found;
}

}  // namespace mergarium
