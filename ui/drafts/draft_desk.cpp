#include "ui/drafts/draft_desk.h"

#include "core/database/patiently.h"
#include "core/text/words.h"

#include <algorithm>
#include <exception>
#include <utility>

namespace mergarium {
namespace {

/// From a keystroke to the database, in milliseconds: what a crash can lose.
constexpr int kRest = 1000;

}  // namespace

DraftDesk::DraftDesk(std::filesystem::path database, QObject* parent)
    : QObject(parent), database_(std::move(database)) {
    quiet_.setSingleShot(true);
    quiet_.setInterval(kRest);
    connect(&quiet_, &QTimer::timeout, this, &DraftDesk::keepEdits);
}

DraftDesk::~DraftDesk() { keepEdits(); }

void DraftDesk::look() {
    change([](const auto&) {});
}

void DraftDesk::change(Change what) {
    struct Answer {
        std::optional<std::vector<Draft>> drafts;
        QString problem;
    };
    worker_.run(
        [database = database_, what = std::move(what)] {
            Answer answer;
            try {
                patiently([&] { what(database); });
                answer.drafts = patiently([&] { return draftsIn(database); });
            } catch (const std::exception& error) {
                answer.problem = QString::fromStdString(words::failure(error, "the drafts"));
            }
            return answer;
        },
        [this](Answer answer) {
            if (std::exchange(trouble_, answer.problem) != answer.problem && !answer.problem.isEmpty())
                Q_EMIT said({.kind = Message::Kind::Error, .sentence = answer.problem});
            if (answer.drafts) receive(*std::move(answer.drafts));
        });
}

void DraftDesk::receive(std::vector<Draft> drafts) {
    drafts_ = std::move(drafts);
    Q_EMIT changed(drafts_);
    if (std::exchange(looked_, true)) return;
    // A copy: who opens them changes the list.
    for (const auto& draft : std::vector(drafts_))
        if (draft.open && !of(now_, draft.kind)) Q_EMIT found(draft);
}

bool DraftDesk::isEdited(std::int64_t id) const {
    return std::ranges::any_of(now_, [id](const auto& sheet) { return sheet && *sheet->id == id; });
}

void DraftDesk::edit(DraftKind kind, const QString& name, std::string text) {
    auto& sheet = of(now_, kind);
    if (!sheet) {
        sheet = std::make_shared<Sheet>();
        sheet->kind = kind;
    }
    if (sheet->text == text) return;
    sheet->text = std::move(text);
    if (!sheet->named) sheet->name = name.toStdString();
    sheet->kept = false;
    if (!quiet_.isActive()) quiet_.start();
}

void DraftDesk::keep(Sheet& sheet, bool open) {
    sheet.kept = true;
    change([draft = Draft{.kind = sheet.kind, .name = sheet.name, .text = sheet.text, .open = open},
            id = sheet.id](const auto& database) mutable {
        draft.id = *id;
        *id = keepDraft(database, draft);
    });
}

void DraftDesk::keepEdits() {
    for (auto& sheet : now_)
        if (sheet && !sheet->kept) keep(*sheet, true);
}

void DraftDesk::leave(DraftKind kind, bool edits) {
    auto sheet = std::exchange(of(now_, kind), nullptr);
    if (sheet) keep(*sheet, false);
    if (edits) of(before_, kind) = std::move(sheet);
}

void DraftDesk::goBack(DraftKind kind) {
    auto &now = of(now_, kind), &before = of(before_, kind);
    std::swap(now, before);
    if (before) keep(*before, false);
    if (now) keep(*now, true);
}

void DraftDesk::take(const Draft& draft, bool named) {
    auto sheet =
        std::make_shared<Sheet>(Sheet{.kind = draft.kind, .name = draft.name, .text = draft.text, .named = named});
    *sheet->id = draft.id;
    // Nothing is written where nothing has changed: the database may be one that can only be read.
    sheet->kept = draft.open;
    if (!draft.open) keep(*sheet, true);
    of(now_, draft.kind) = std::move(sheet);
}

std::optional<Draft> DraftDesk::find(std::int64_t id) const {
    const auto one = std::ranges::find(drafts_, id, &Draft::id);
    if (one == drafts_.end()) return std::nullopt;
    auto draft = *one;
    for (const auto& sheet : now_)
        if (sheet && *sheet->id == id) {
            draft.name = sheet->name;
            draft.text = sheet->text;
        }
    return draft;
}

void DraftDesk::duplicate(std::int64_t id) {
    auto draft = find(id);
    if (!draft) return;
    draft->id = 0;
    draft->open = false;
    draft->name = tr("%1 (copy)").arg(QString::fromStdString(draft->name)).toStdString();
    change([draft = *draft](const auto& database) { keepDraft(database, draft); });
}

void DraftDesk::rename(std::int64_t id, const QString& name) {
    auto draft = find(id);
    if (!draft) return;
    draft->name = name.toStdString();
    for (const auto& sheet : now_)
        if (sheet && *sheet->id == id) {
            sheet->name = draft->name;
            sheet->named = true;
            return keep(*sheet, true);
        }
    change([draft = *draft](const auto& database) { keepDraft(database, draft); });
}

void DraftDesk::remove(std::int64_t id) {
    const auto draft = find(id);
    if (!draft) return;
    // What is in the form stays there; editing it on makes another draft.
    for (auto* sheets : {&now_, &before_})
        for (auto& sheet : *sheets)
            if (sheet && *sheet->id == id) sheet = nullptr;
    change([id](const auto& database) { removeDraft(database, id); });
    Q_EMIT said({.sentence = tr("Deleted the draft %1.").arg(QString::fromStdString(draft->name)),
                 .action = tr("Undo"),
                 .carryOut = [this, draft = *draft] {
                     change([draft](const auto& database) {
                         auto shut = draft;
                         shut.open = false;
                         keepDraft(database, shut);
                     });
                 }});
}

}  // namespace mergarium
