#pragma once

#include <QLabel>

namespace mergarium {

class Selection;

/// "Selected: #412, sample 1,033", and how to be rid of it; hidden while nothing is selected.
class SelectionLabel : public QLabel {
    Q_OBJECT

public:
    /// `selection` outlives it.
    explicit SelectionLabel(const Selection& selection, QWidget* parent = nullptr);

private:
    void refresh();

    const Selection& selection_;
};

}  // namespace mergarium
