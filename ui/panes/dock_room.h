#pragma once

#include <QObject>

class QDockWidget;
class QMainWindow;

namespace mergarium {

/// How wide a dock beside the window's middle is: as it was left while its content says something, and just as wide as
/// a sentence needs while it says nothing. A dock that floats, lies above or below, or shares its place with another is
/// left alone.
class DockRoom : public QObject {
    Q_OBJECT

public:
    /// In pixels: `least` for a sentence, `usual` until it is remembered otherwise. The content says nothing yet.
    /// `window` and `dock` outlive this.
    DockRoom(QMainWindow& window, QDockWidget& dock, int least, int usual);

    void setSpeaking(bool speaking);
    /// While the content says something; to be remembered.
    int usual() const;
    void setUsual(int usual);

private:
    bool isBeside() const;
    void apply();

    QMainWindow& window_;
    QDockWidget& dock_;
    const int least_;
    int usual_;
    bool speaking_ = false;
};

}  // namespace mergarium
