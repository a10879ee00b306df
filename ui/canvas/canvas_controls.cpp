#include "ui/canvas/canvas_controls.h"

#include "ui/canvas/row_canvas.h"

#include <QCoreApplication>
#include <QHBoxLayout>
#include <QLabel>
#include <QToolButton>

namespace mergarium {
namespace {

QString tr(const char* text) { return QCoreApplication::translate("mergarium::CanvasControls", text); }

QToolButton* addButton(QHBoxLayout* row, const QString& text, const QString& meaning, QWidget* parent) {
    auto* button = new QToolButton(parent);
    button->setText(text);
    button->setToolTip(meaning);
    button->setAccessibleName(meaning);
    button->setAutoRaise(true);
    row->addWidget(button);
    return button;
}

}  // namespace

void addZoomButtons(QHBoxLayout* row, RowCanvas* canvas, const QString& meaningOfAll) {
    auto* parent = canvas->parentWidget();
    auto* in = addButton(row, QStringLiteral("+"), tr("Zoom in (+, or the wheel)"), parent);
    auto* out = addButton(row, QStringLiteral("\u2212"), tr("Zoom out (-, or the wheel)"), parent);
    auto* all = addButton(row, tr("All"), meaningOfAll, parent);
    QObject::connect(in, &QToolButton::clicked, canvas, &RowCanvas::zoomIn);
    QObject::connect(out, &QToolButton::clicked, canvas, &RowCanvas::zoomOut);
    QObject::connect(all, &QToolButton::clicked, canvas, &RowCanvas::seeAll);
}

QLabel* makeReadout(QWidget* parent) {
    auto* readout = new QLabel(parent);
    readout->setForegroundRole(QPalette::WindowText);
    readout->setMinimumWidth(1);
    readout->setWordWrap(true);
    readout->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    // Always two lines, so that the canvas doesn't jump when the mouse comes.
    readout->setFixedHeight(readout->fontMetrics().lineSpacing() * 2);
    readout->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
    return readout;
}

}  // namespace mergarium
