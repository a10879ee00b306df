#pragma once

#include <QFrame>
#include <QString>

#include <functional>

class QLabel;
class QPushButton;
class QToolButton;

namespace mergarium {

/// One sentence for people, with at most one thing that they can do about it.
struct Message {
    enum class Kind { Information, Warning, Error };
    Kind kind = Kind::Information;
    QString sentence;
    /// The button's text; empty for none.
    QString action = {};
    std::function<void()> carryOut = nullptr;
};

/// The line at the foot of the window that says what happened. An error stays until it is dismissed or another one
/// comes; everything else gives way to what is newer. Never a dialog: the window goes on living.
class MessageBar : public QFrame {
    Q_OBJECT

public:
    explicit MessageBar(QWidget* parent = nullptr);

    void say(Message message);
    void dismiss();
    const Message& message() const { return message_; }

protected:
    void changeEvent(QEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    void show(const Message& message);
    void fit();

    Message message_;
    QLabel* mark_ = nullptr;
    QLabel* sentence_ = nullptr;
    QPushButton* action_ = nullptr;
    QToolButton* close_ = nullptr;
};

}  // namespace mergarium
