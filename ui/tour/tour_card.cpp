#include "ui/tour/tour_card.h"

#include "ui/theme/theme.h"

#include <QAccessible>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QPainter>
#include <QPushButton>
#include <QVBoxLayout>

namespace mergarium {
namespace {

constexpr int kCharacters = 46;

}  // namespace

TourCard::TourCard(QWidget* window)
    : QFrame(window),
      title_(new QLabel(this)),
      text_(new QLabel(this)),
      progress_(new QLabel(this)),
      leave_(new QPushButton(tr("Leave"), this)),
      back_(new QPushButton(tr("Back"), this)),
      next_(new QPushButton(this)) {
    setObjectName("tourCard");
    setFocusPolicy(Qt::StrongFocus);
    setBackgroundRole(QPalette::Base);
    setAutoFillBackground(true);
    auto font = title_->font();
    font.setBold(true);
    font.setPointSizeF(font.pointSizeF() * 1.15);
    title_->setFont(font);
    for (auto* label : {title_, text_, progress_}) label->setWordWrap(true);
    leave_->setObjectName("tourLeave");
    leave_->setToolTip(tr("End the tour here (Esc)."));
    back_->setObjectName("tourBack");
    back_->setToolTip(tr("To the step before (Left)."));
    next_->setObjectName("tourNext");
    next_->setToolTip(tr("Go on (Enter, Right)."));
    connect(leave_, &QPushButton::clicked, this, &TourCard::leaveRequested);
    connect(back_, &QPushButton::clicked, this, &TourCard::backRequested);
    connect(next_, &QPushButton::clicked, this, &TourCard::nextRequested);
    for (auto* button : {leave_, back_, next_}) button->installEventFilter(this);

    const int line = fontMetrics().height();
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(line, line * 3 / 4, line, line * 3 / 4);
    layout->setSpacing(line / 2);
    layout->addWidget(title_);
    layout->addWidget(text_);
    layout->addWidget(progress_);
    auto* buttons = new QHBoxLayout;
    buttons->addWidget(leave_);
    buttons->addStretch();
    buttons->addWidget(back_);
    buttons->addWidget(next_);
    layout->addLayout(buttons);
    setFixedWidth(kCharacters * fontMetrics().averageCharWidth() + 2 * line);
}

void TourCard::show(const CardText& text) {
    title_->setText(text.title);
    text_->setText(text.text);
    progress_->setText(text.progress);
    next_->setText(text.next);
    back_->setEnabled(text.canGoBack);
    setAccessibleName(text.title);
    setAccessibleDescription(tr("%1 %2").arg(text.text, text.progress));
    resize(width(), layout()->totalHeightForWidth(width()));
    setVisible(true);
    raise();
    QAccessibleEvent event(this, QAccessible::Alert);
    QAccessible::updateAccessibility(&event);
}

bool TourCard::event(QEvent* event) {
    // Before the window's shortcuts take it, and then as a key.
    if (event->type() == QEvent::ShortcutOverride || event->type() == QEvent::KeyPress) {
        const auto& key = *static_cast<QKeyEvent*>(event);
        const bool bare = !(key.modifiers() & ~Qt::KeypadModifier);
        if (bare && obeys(key.key(), event->type() == QEvent::ShortcutOverride)) {
            event->accept();
            return true;
        }
    }
    return QFrame::event(event);
}

/// On a button Enter is the button's, and the arrows are the card's.
bool TourCard::eventFilter(QObject* button, QEvent* event) {
    if (event->type() == QEvent::KeyPress) {
        const int key = static_cast<QKeyEvent*>(event)->key();
        if (key == Qt::Key_Left || key == Qt::Key_Right) return obeys(key, false);
        if (key == Qt::Key_Return || key == Qt::Key_Enter) {
            static_cast<QPushButton*>(button)->click();
            return true;
        }
    }
    return QFrame::eventFilter(button, event);
}

bool TourCard::obeys(int key, bool only) {
    const auto carryOut = [only](auto&& what) {
        if (!only) what();
        return true;
    };
    switch (key) {
        case Qt::Key_Return:
        case Qt::Key_Enter:
        case Qt::Key_Right: return carryOut([this] { Q_EMIT nextRequested(); });
        case Qt::Key_Left:
            return carryOut([this] {
                if (back_->isEnabled()) Q_EMIT backRequested();
            });
        case Qt::Key_Escape: return carryOut([this] { Q_EMIT leaveRequested(); });
        default: return false;
    }
}

void TourCard::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setPen(QPen(colorsOf(palette()).accent, 2));
    painter.drawRect(rect().adjusted(1, 1, -1, -1));
}

}  // namespace mergarium
