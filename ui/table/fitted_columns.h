#pragma once

#include <QObject>
#include <QTimer>

#include <optional>
#include <set>
#include <vector>

class QTableView;

namespace mergarium {

/// Which columns give way in a table that is too narrow for all of them: the last one, which is the least important, or
/// all. What they elide has to be in their tooltips.
enum class GivesWay { Last, All };

/// Keeps a table's columns as wide as what is seen in them: they grow with it and shrink only when the table has been
/// empty, so that nothing dances. The last one takes what is left, unless it holds numbers. Where there is too little
/// room, headers are elided first and cells of words then, down to the narrower of the two; beyond that the table
/// scrolls. A column that a person has drawn to a width keeps it. Belongs to the table, which must have its model
/// already.
class FittedColumns : public QObject {
    Q_OBJECT

public:
    explicit FittedColumns(QTableView& table, GivesWay who = GivesWay::Last);

    /// The column that says what a row is: the others give way before it does.
    void setKey(int column);
    /// The column that takes what is left, instead of the last one, though it may hold numbers.
    void setWide(int column);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    /// In pixels.
    struct Column {
        int content = 0;
        int header = 0;
        int wanted() const { return content > header ? content : header; }
        int least() const { return content < header ? content : header; }
    };

    void fit();
    void measure();
    void share();
    bool isFixed(int column) const;
    bool isOfNumbers(int column) const;
    /// Who takes what is left; absent: nobody.
    std::optional<int> widest() const;

    QTableView& table_;
    const GivesWay who_;
    QTimer soon_;
    /// By logical index.
    std::vector<Column> columns_;
    /// Drawn to their widths by hand.
    std::set<int> held_;
    std::optional<int> key_, wide_;
    bool fitting_ = false;
    bool wasEmpty_ = true;
};

}  // namespace mergarium
