#include "ui/selection/selection_label.h"

#include "ui/members/member_text.h"
#include "ui/selection/selection.h"
#include "ui/session/run_text.h"
#include "ui/theme/theme.h"

namespace mergarium {

SelectionLabel::SelectionLabel(const Selection& selection, QWidget* parent) : QLabel(parent), selection_(selection) {
    setFont(tabularFont());
    setContentsMargins(0, 0, fontMetrics().averageCharWidth(), 0);
    setToolTip(tr("Marked in every view. Escape clears it."));
    connect(&selection, &Selection::changed, this, &SelectionLabel::refresh);
    refresh();
}

void SelectionLabel::refresh() {
    QStringList parts;
    if (selection_.member()) parts << memberText(*selection_.member());
    if (selection_.sample()) parts << tr("sample %1").arg(countText(*selection_.sample()));
    setText(parts.isEmpty() ? QString() : tr("Selected: %1").arg(parts.join(tr(", "))));
    setVisible(!parts.isEmpty());
}

}  // namespace mergarium
