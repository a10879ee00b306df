#pragma once

#include <QFrame>
#include <QString>

class QLabel;
class QPushButton;

namespace mergarium {

/// What a card says and offers.
struct CardText {
    QString title, text;
    /// "3 of 14", and what it waits for.
    QString progress;
    QString next;
    bool canGoBack = false;
};

/// The text of one step, with Back, Next and Leave. Enter and Right go on, Left goes back, Escape leaves; all of it is
/// said to screen readers.
class TourCard : public QFrame {
    Q_OBJECT

public:
    explicit TourCard(QWidget* window);

    void show(const CardText& text);

Q_SIGNALS:
    void nextRequested();
    void backRequested();
    void leaveRequested();

protected:
    bool event(QEvent* event) override;
    bool eventFilter(QObject* button, QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;

private:
    /// Whether it is a key of the card's own; carries it out unless it is only asked for.
    bool obeys(int key, bool only);

    QLabel* title_ = nullptr;
    QLabel* text_ = nullptr;
    QLabel* progress_ = nullptr;
    QPushButton* leave_ = nullptr;
    QPushButton* back_ = nullptr;
    QPushButton* next_ = nullptr;
};

}  // namespace mergarium
