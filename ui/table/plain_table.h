#pragma once

class QTableView;
class QWidget;

namespace mergarium {

/// A read-only table of whole rows in the program's manner: tabular figures, no grid, one line per row.
QTableView* makePlainTable(QWidget* parent);

}  // namespace mergarium
