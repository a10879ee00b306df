#include "ui/message_bar/message_bar.h"

#include "ui/icons/symbols.h"
#include "ui/theme/theme.h"

#include <QAccessible>
#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QStyle>
#include <QToolButton>

#include <algorithm>
#include <utility>

namespace mergarium {

MessageBar::MessageBar(QWidget* parent)
    : QFrame(parent),
      mark_(new QLabel(this)),
      sentence_(new QLabel(this)),
      action_(new QPushButton(this)),
      close_(new QToolButton(this)) {
    setObjectName("messageBar");
    setAccessibleName(tr("Messages"));
    sentence_->setObjectName("messageSentence");
    sentence_->setWordWrap(true);
    action_->setObjectName("messageAction");
    close_->setIcon(iconOf(Symbol::Close));
    close_->setAutoRaise(true);
    close_->setToolTip(tr("Dismiss (Esc)."));
    close_->setAccessibleName(tr("Dismiss the message"));

    auto* layout = new QHBoxLayout(this);
    const int gap = fontMetrics().height() / 3;
    layout->setContentsMargins(2 * gap, gap / 2, gap, gap / 2);
    layout->addWidget(mark_);
    layout->addWidget(sentence_, 1);
    layout->addWidget(action_);
    layout->addWidget(close_);
    connect(close_, &QToolButton::clicked, this, &MessageBar::dismiss);
    connect(action_, &QPushButton::clicked, this, [this] {
        // The action may say something itself.
        const auto carryOut = std::exchange(message_, {}).carryOut;
        show(message_);
        if (carryOut) carryOut();
    });
    show(message_);
}

void MessageBar::say(Message message) {
    if (message_.kind == Message::Kind::Error && message.kind != Message::Kind::Error) return;
    message_ = std::move(message);
    show(message_);
    QAccessibleEvent event(sentence_, QAccessible::Alert);
    QAccessible::updateAccessibility(&event);
}

void MessageBar::dismiss() {
    message_ = {};
    show(message_);
}

void MessageBar::changeEvent(QEvent* event) {
    if (event->type() == QEvent::PaletteChange) show(message_);
    QFrame::changeEvent(event);
}

void MessageBar::resizeEvent(QResizeEvent* event) {
    QFrame::resizeEvent(event);
    fit();
}

/// As many lines as the sentence needs at this width: left to itself, a label that wraps asks for the height of a
/// narrow one.
void MessageBar::fit() {
    // With a button in it or without: the window above stays where it is.
    const auto margins = layout()->contentsMargins();
    setMinimumHeight(std::max(action_->sizeHint().height(), close_->sizeHint().height()) + margins.top() +
                     margins.bottom());
    sentence_->setFixedHeight(std::max(fontMetrics().lineSpacing(), sentence_->heightForWidth(sentence_->width())));
}

void MessageBar::show(const Message& message) {
    const bool serious = message.kind != Message::Kind::Information;
    mark_->setVisible(serious);
    mark_->setTextFormat(Qt::RichText);
    mark_->setText(QStringLiteral("<b style='color:%1'>%2</b>")
                       .arg(colorsOf(palette()).warning.name(),
                            message.kind == Message::Kind::Error ? tr("Problem:") : tr("Warning:")));
    sentence_->setText(message.sentence);
    // An empty line takes no keyboard.
    sentence_->setTextInteractionFlags(message.sentence.isEmpty() ? Qt::NoTextInteraction : Qt::TextSelectableByMouse);
    action_->setText(message.action);
    action_->setVisible(!message.action.isEmpty());
    close_->setVisible(!message.sentence.isEmpty());
    fit();
}

}  // namespace mergarium
