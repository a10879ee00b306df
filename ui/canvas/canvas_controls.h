#pragma once

#include <QString>

#include <functional>

class QHBoxLayout;
class QLabel;
class QWidget;

namespace mergarium {

struct ZoomActions {
    std::function<void()> in, out, all;
};
/// Buttons that zoom in, out, and to everything.
void addZoomButtons(QHBoxLayout* row, QWidget* parent, const QString& meaningOfAll, const ZoomActions& actions);

/// The same, of a canvas.
template <class Canvas>
void addZoomButtons(QHBoxLayout* row, Canvas* canvas, const QString& meaningOfAll) {
    addZoomButtons(row, canvas->parentWidget(), meaningOfAll,
                   {[canvas] { canvas->zoomIn(); }, [canvas] { canvas->zoomOut(); }, [canvas] { canvas->seeAll(); }});
}

/// Adds a control behind its label; both say what it means.
void addLabelled(QHBoxLayout* row, const QString& label, const QString& meaning, QWidget* control);

/// Two lines under a canvas that say what there is to read.
QLabel* makeReadout(QWidget* parent);

}  // namespace mergarium
