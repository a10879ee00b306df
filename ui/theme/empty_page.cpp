#include "ui/theme/empty_page.h"

#include <QLabel>

namespace mergarium {

QLabel* makeEmptyPage(const QString& sentence, QWidget* parent) {
    auto* label = new QLabel(sentence, parent);
    label->setAlignment(Qt::AlignCenter);
    label->setWordWrap(true);
    label->setForegroundRole(QPalette::PlaceholderText);
    label->setMargin(2 * label->fontMetrics().height());
    label->setMinimumWidth(0);
    return label;
}

}  // namespace mergarium
