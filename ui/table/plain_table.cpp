#include "ui/table/plain_table.h"

#include "ui/theme/studio_style.h"
#include "ui/theme/theme.h"

#include <QHeaderView>
#include <QStyleOption>
#include <QTableView>

namespace mergarium {
namespace {

/// When columns are fitted to their contents: a thousand rows take longer than the window may be busy.
constexpr int kRowsMeasured = 50;

/// Keeps a number that ends at the right of its cell apart from words that begin at the left of the next, and elides
/// what stands at the head of a narrow column, which Qt would cut off.
class RoomyStyle : public StudioStyle {
public:
    int pixelMetric(PixelMetric metric, const QStyleOption* option, const QWidget* widget) const override {
        const int size = StudioStyle::pixelMetric(metric, option, widget);
        if (metric != PM_FocusFrameHMargin && metric != PM_HeaderMargin) return size;
        return widget ? widget->fontMetrics().height() / 2 - (metric == PM_FocusFrameHMargin ? 1 : 0) : size;
    }

    void drawControl(ControlElement element, const QStyleOption* option, QPainter* painter,
                     const QWidget* widget) const override {
        const auto* head = qstyleoption_cast<const QStyleOptionHeader*>(option);
        if (element != CE_HeaderLabel || !head) return StudioStyle::drawControl(element, option, painter, widget);
        auto elided = *head;
        elided.text = head->fontMetrics.elidedText(head->text, Qt::ElideMiddle, head->rect.width());
        StudioStyle::drawControl(element, &elided, painter, widget);
    }
};

}  // namespace

QTableView* makePlainTable(QWidget* parent) {
    auto* table = new QTableView(parent);
    auto* style = new RoomyStyle;
    style->setParent(table);
    table->setStyle(style);
    table->horizontalHeader()->setStyle(style);
    table->setFont(tabularFont());
    table->setSelectionBehavior(QAbstractItemView::SelectRows);
    table->setSelectionMode(QAbstractItemView::SingleSelection);
    table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    table->setShowGrid(false);
    table->setAlternatingRowColors(true);
    table->setWordWrap(false);
    table->setTabKeyNavigation(false);
    table->setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    table->verticalHeader()->hide();
    table->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    table->verticalHeader()->setDefaultSectionSize(table->fontMetrics().height() * 3 / 2);
    table->horizontalHeader()->setHighlightSections(false);
    table->horizontalHeader()->setResizeContentsPrecision(kRowsMeasured);
    table->horizontalHeader()->setStretchLastSection(true);
    return table;
}

}  // namespace mergarium
