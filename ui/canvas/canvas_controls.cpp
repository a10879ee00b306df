#include "ui/canvas/canvas_controls.h"

#include "ui/theme/translation.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QToolButton>

namespace mergarium {
namespace {

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

void addZoomButtons(QHBoxLayout* row, QWidget* parent, const QString& meaningOfAll, const ZoomActions& actions) {
    auto* in = addButton(row, QStringLiteral("+"), tr("Zoom in (+, or the wheel)"), parent);
    auto* out = addButton(row, QStringLiteral("\u2212"), tr("Zoom out (-, or the wheel)"), parent);
    auto* all = addButton(row, tr("All"), meaningOfAll, parent);
    QObject::connect(in, &QToolButton::clicked, parent, actions.in);
    QObject::connect(out, &QToolButton::clicked, parent, actions.out);
    QObject::connect(all, &QToolButton::clicked, parent, actions.all);
}

void addLabelled(QHBoxLayout* row, const QString& label, const QString& meaning, QWidget* control) {
    auto* text = new QLabel(label, control->parentWidget());
    text->setBuddy(control);
    text->setToolTip(meaning);
    control->setToolTip(meaning);
    row->addWidget(text);
    row->addWidget(control);
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
