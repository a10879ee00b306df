#pragma once

#include <QObject>
#include <QTimer>

#include <set>

class QTableView;

namespace mergarium {

/// Keeps a table's columns as wide as what is seen in them: they grow with it and shrink only when the table has been
/// empty, so that nothing dances. The last one takes what is left, or scrolls where that is too little. A column that a
/// person has drawn to a width keeps it. Belongs to the table, which must have its model already.
class FittedColumns : public QObject {
    Q_OBJECT

public:
    explicit FittedColumns(QTableView& table);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void fit();
    void fitLast();

    QTableView& table_;
    QTimer soon_;
    /// Drawn to their widths by hand.
    std::set<int> held_;
    int last_ = 0;
    bool fitting_ = false;
    bool wasEmpty_ = true;
};

}  // namespace mergarium
