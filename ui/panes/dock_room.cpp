#include "ui/panes/dock_room.h"

#include <QDockWidget>
#include <QMainWindow>

#include <algorithm>

namespace mergarium {

DockRoom::DockRoom(QMainWindow& window, QDockWidget& dock, int least, int usual)
    : QObject(&dock), window_(window), dock_(dock), least_(least), usual_(usual) {
    apply();
}

int DockRoom::usual() const { return speaking_ && isBeside() && dock_.isVisible() ? dock_.width() : usual_; }

void DockRoom::setUsual(int usual) {
    usual_ = std::max(usual, least_);
    apply();
}

void DockRoom::setSpeaking(bool speaking) {
    if (speaking == speaking_) return;
    usual_ = usual();
    speaking_ = speaking;
    apply();
}

bool DockRoom::isBeside() const {
    const auto area = window_.dockWidgetArea(&dock_);
    return !dock_.isFloating() && (area == Qt::LeftDockWidgetArea || area == Qt::RightDockWidgetArea) &&
           window_.tabifiedDockWidgets(&dock_).isEmpty();
}

void DockRoom::apply() {
    if (isBeside()) window_.resizeDocks({&dock_}, {speaking_ ? usual_ : least_}, Qt::Horizontal);
}

}  // namespace mergarium
