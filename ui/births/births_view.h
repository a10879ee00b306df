#pragma once

#include "ui/members/run_view.h"

#include <filesystem>
#include <optional>

class QLabel;
class QStackedLayout;
class QTableView;

namespace mergarium {

class BirthFilters;
class BirthTable;

/// Every birth of a run, from the first to the latest that is stored: filtered, sorted, and gone through at any place.
class BirthsView final : public RunView {
    Q_OBJECT

public:
    /// The run's births are read from `database`.
    BirthsView(std::filesystem::path database, Selection& selection, QWidget* parent = nullptr);

private:
    void clear() override;
    QString whyNothing() const override;
    void draw() override;
    void mark() override;

    void connectTable();
    void seeRows();
    void followShift(int before, int now);
    void noticeLook();
    void choose();
    void goTo(int row);
    void putCursorOn(int row);
    void sortBy(int column, Qt::SortOrder order);
    QString summary() const;
    /// A sentence where the table has no row.
    QString whyEmpty() const;

    BirthFilters* filters_ = nullptr;
    BirthTable* births_ = nullptr;
    QTableView* table_ = nullptr;
    QLabel* summary_ = nullptr;
    QLabel* empty_ = nullptr;
    QStackedLayout* pages_ = nullptr;
    /// Of the snapshot that was drawn last.
    std::optional<std::uint64_t> drawn_;
    /// Who is marked, and whether the row is still to be brought into sight.
    std::optional<MemberId> marked_;
    bool reveal_ = false;
    /// The row was chosen before it was there: its child is selected when it is.
    bool chosen_ = false;
    /// The row is being chosen for what is selected elsewhere.
    bool marking_ = false;
    bool atEnd_ = false;
};

}  // namespace mergarium
