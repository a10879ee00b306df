#pragma once

#include "core/drafts/drafts.h"
#include "ui/background/ordered_worker.h"
#include "ui/message_bar/message_bar.h"

#include <QObject>
#include <QTimer>

#include <array>
#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace mergarium {

/// Keeps in the database what is being edited, of each kind one draft at a time: about a second after it was typed, and
/// when the desk is destroyed. Lives on the window's thread, and writes on one of its own.
class DraftDesk : public QObject {
    Q_OBJECT

public:
    explicit DraftDesk(std::filesystem::path database, QObject* parent = nullptr);
    ~DraftDesk() override;

    /// Reads what is kept; `changed` follows, and `found`.
    void look();
    /// The latest first.
    const std::vector<Draft>& drafts() const { return drafts_; }
    /// Being edited now; absent: none that is kept already.
    bool isEdited(std::int64_t id) const;

    /// What is being edited is this now. A draft that a person has named keeps its name.
    void edit(DraftKind kind, const QString& name, std::string text);
    /// What is edited from now on is another draft; `edits`: this one can be gone back to.
    void leave(DraftKind kind, bool edits);
    void goBack(DraftKind kind);
    /// What is edited from now on is this draft; `named`: by a person.
    void take(const Draft& draft, bool named);

    void duplicate(std::int64_t id);
    void rename(std::int64_t id, const QString& name);
    void remove(std::int64_t id);

Q_SIGNALS:
    void changed(const std::vector<mergarium::Draft>& drafts);
    /// Once for each that was being edited when the last window closed, unless something is edited already.
    void found(const mergarium::Draft& draft);
    void said(const mergarium::Message& message);

private:
    /// A draft that is or was being edited.
    struct Sheet {
        DraftKind kind = DraftKind::Run;
        /// 0 until it has been kept; the worker sets it.
        std::shared_ptr<std::atomic<std::int64_t>> id = std::make_shared<std::atomic<std::int64_t>>(0);
        std::string name;
        std::string text;
        bool named = false;
        /// The database has it as it is.
        bool kept = false;
    };
    using SheetPtr = std::shared_ptr<Sheet>;
    using Change = std::function<void(const std::filesystem::path& database)>;
    using PerKind = std::array<SheetPtr, 2>;

    /// On the worker's thread; the drafts are read again afterwards.
    void change(Change what);
    void keep(Sheet& sheet, bool open);
    void keepEdits();
    void receive(std::vector<Draft> drafts);
    /// As it is, also where the database lags behind; absent: there is none.
    std::optional<Draft> find(std::int64_t id) const;
    static SheetPtr& of(PerKind& sheets, DraftKind kind) { return sheets[static_cast<std::size_t>(kind)]; }

    const std::filesystem::path database_;
    std::vector<Draft> drafts_;
    /// What is edited, and what can be gone back to.
    PerKind now_, before_;
    QTimer quiet_;
    bool looked_ = false;
    /// Said once, and not every second.
    QString trouble_;
    // Last: joined first.
    OrderedWorker worker_;
};

}  // namespace mergarium
