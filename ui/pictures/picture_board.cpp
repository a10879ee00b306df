#include "ui/pictures/picture_board.h"

#include "ui/members/member_text.h"
#include "ui/pictures/board_painter.h"
#include "ui/pictures/sample_image.h"
#include "ui/theme/theme.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QPainter>
#include <QScrollBar>
#include <QToolTip>

#include <algorithm>
#include <cmath>
#include <utility>

namespace mergarium {
namespace {

/// Pictures of the size in which they are seen that are kept.
constexpr qsizetype kFitted = 1024;

QImage referenceOf(const SessionSnapshot& snapshot, std::size_t sample) {
    const auto& set = snapshot.run->samples;
    return set ? imageOf(*set, sample) : QImage();
}

}  // namespace

PictureBoard::PictureBoard(QWidget* parent)
    : QAbstractScrollArea(parent), thumbnails_(new Thumbnails(this)), fitted_(kFitted) {
    setFocusPolicy(Qt::StrongFocus);
    viewport()->setMouseTracking(true);
    setFont(tabularFont());
    setFrameShape(QFrame::NoFrame);
    setAccessibleName(tr("Pictures"));
    setMinimumSize(fontMetrics().height() * 8, fontMetrics().height() * 8);
    connect(thumbnails_, &Thumbnails::arrived, viewport(), qOverload<>(&QWidget::update));
}

QSize PictureBoard::sizeHint() const { return {fontMetrics().height() * 40, fontMetrics().height() * 20}; }

void PictureBoard::setContent(BoardContent content) {
    const auto at = cursor_ ? std::optional(content_.items[*cursor_]) : std::nullopt;
    const bool otherRun = !sameRun(content.snapshot, content_.snapshot);
    if (otherRun) {
        shares_.clear();
        fitted_.clear();
    }
    const bool same = content.items == content_.items && content.form == content_.form;
    content_ = std::move(content);
    if (same && !otherRun) {
        announce();
        viewport()->update();
        return;
    }
    cursor_.reset();
    if (at && !otherRun)
        if (const auto found = std::ranges::find(content_.items, *at); found != content_.items.end())
            cursor_ = static_cast<std::size_t>(found - content_.items.begin());
    arrange();
    announce();
}

void PictureBoard::select(std::optional<MemberId> member, std::optional<std::size_t> sample) {
    if (member == member_ && sample == sample_) return;
    member_ = member;
    sample_ = sample;
    viewport()->update();
}

void PictureBoard::see(std::size_t sample) {
    const auto found = std::ranges::find(content_.items, sample, &BoardItem::sample);
    if (found != content_.items.end()) bringIntoView(static_cast<std::size_t>(found - content_.items.begin()));
}

void PictureBoard::arrange() {
    const QFontMetricsF metrics(font(), this);
    auto room = maximumViewportSize();
    geometry_ = boardGeometry(content_, room, metrics);
    // What is scrolled is narrower by the bar.
    if (geometry_.size().height() > room.height()) {
        room.rwidth() -= verticalScrollBar()->sizeHint().width();
        geometry_ = boardGeometry(content_, room, metrics);
    }
    const auto size = geometry_.size();
    if (size.width() > room.width()) room.rheight() -= horizontalScrollBar()->sizeHint().height();
    const auto setBar = [](QScrollBar* bar, double whole, double seen, double step) {
        bar->setPageStep(static_cast<int>(seen));
        bar->setSingleStep(std::max(1, static_cast<int>(step)));
        bar->setRange(0, std::max(0, static_cast<int>(std::ceil(whole - seen))));
    };
    setBar(horizontalScrollBar(), isEmpty() ? 0.0 : size.width(), room.width(), (geometry_.side + geometry_.gap) / 2);
    setBar(verticalScrollBar(), isEmpty() ? 0.0 : size.height(), room.height(), geometry_.rowHeight() / 3);
    viewport()->update();
}

QPointF PictureBoard::scrolled() const {
    return {static_cast<double>(horizontalScrollBar()->value()), static_cast<double>(verticalScrollBar()->value())};
}

QRectF PictureBoard::placeOf(std::size_t index) const { return geometry_.cell(index).translated(-scrolled()); }

PictureBoard::Target PictureBoard::targetAt(QPointF point) const {
    Target target;
    if (isEmpty()) return target;
    const auto inside = point + scrolled();
    if (point.x() >= geometry_.left && point.y() >= geometry_.top) {
        target.item = geometry_.at(inside);
    } else if (point.y() >= geometry_.top) {
        const auto row = (inside.y() - geometry_.top - geometry_.gap) / geometry_.rowHeight();
        if (row >= 0.0 && row < static_cast<double>(geometry_.rows())) target.row = static_cast<std::size_t>(row);
    } else if (point.x() >= geometry_.left) {
        const auto column = (inside.x() - geometry_.left - geometry_.gap) / (geometry_.side + geometry_.gap);
        if (column >= 0.0 && column < static_cast<double>(std::min(geometry_.perRow, geometry_.count)))
            target.column = static_cast<std::size_t>(column);
    }
    return target;
}

QString PictureBoard::textOf(const Target& target) {
    const auto& snapshot = *content_.snapshot;
    if (target.item) return itemText(snapshot, content_.items[*target.item]);
    if (target.row) return captionOf(snapshot, content_.items[*target.row * geometry_.perRow].sample);
    const auto* member = target.column ? content_.items[*target.column].member.get() : nullptr;
    if (!member) return target.column ? tr("What the samples look like themselves") : QString();
    auto text = tr("%1, train %2 %").arg(painterText(snapshot, *member), percentNumber(member->scores.mean()));
    const auto& shares = shares_.of(snapshot, *member);
    for (std::size_t founder = 0; founder < shares.size(); ++founder)
        text += tr("; %1 % %2")
                    .arg(percentNumber(static_cast<double>(shares[founder])),
                         QString::fromStdString(snapshot.run->founders[founder].name));
    return text;
}

void PictureBoard::choose(const Target& target) {
    if (isEmpty()) return;
    const auto index = target.item     ? target.item
                       : target.row    ? std::optional(*target.row * geometry_.perRow)
                       : target.column ? target.column
                                       : std::nullopt;
    if (!index || *index >= content_.size()) return;
    const auto item = content_.items[*index];
    if (target.item) cursor_ = index;
    // Of a Samples board the member is known.
    if (!target.column && (target.row || !item.member || content_.form != BoardContent::Form::Wall))
        Q_EMIT sampleSelected(item.sample);
    if (!target.row && item.member && content_.form != BoardContent::Form::Samples)
        Q_EMIT memberSelected(item.member->id);
    viewport()->update();
}

void PictureBoard::moveCursor(std::ptrdiff_t by) {
    const auto last = static_cast<std::ptrdiff_t>(content_.size()) - 1;
    const auto now = cursor_ ? static_cast<std::ptrdiff_t>(*cursor_) : std::ptrdiff_t{-1};
    auto next = now < 0 ? std::ptrdiff_t{0} : now + by;
    if (next < 0 || next > last) return;
    const auto row = content_.items[static_cast<std::size_t>(next)].sample;
    cursor_ = static_cast<std::size_t>(next);
    mouse_.reset();
    bringIntoView(*cursor_);
    announce();
    viewport()->update();
    if (content_.form == BoardContent::Form::Table && sample_ != row) Q_EMIT sampleSelected(row);
}

void PictureBoard::bringIntoView(std::size_t index) {
    const auto place = placeOf(index);
    const auto reach = [](QScrollBar* bar, double begin, double end, double from, double to) {
        if (begin < from)
            bar->setValue(bar->value() + static_cast<int>(std::floor(begin - from)));
        else if (end > to)
            bar->setValue(bar->value() + static_cast<int>(std::ceil(std::min(end - to, begin - from))));
    };
    const double gap = geometry_.gap;
    reach(horizontalScrollBar(), place.left() - gap, place.right() + gap, geometry_.left, viewport()->width());
    reach(verticalScrollBar(), place.top() - gap, place.bottom() + gap, geometry_.top, viewport()->height());
}

void PictureBoard::announce() {
    Target target;
    if (mouse_ && !isEmpty()) target = targetAt(*mouse_);
    if (!target.item && !target.row && !target.column) target.item = cursor_;
    const auto text = isEmpty() ? QString() : textOf(target);
    if (text == accessibleDescription()) return;
    setAccessibleDescription(text);
    Q_EMIT readoutChanged(text);
}

Thumbnails::Found PictureBoard::imageOfItem(const BoardItem& item) {
    Thumbnails::Found found;
    // References by their number, below all keys of images.
    auto key = -1 - static_cast<qint64>(item.sample);
    if (item.member) {
        found = thumbnails_->find(*item.member, item.sample);
        if (found.state != Thumbnails::State::Known) return found;
        key = found.image.cacheKey();
    }
    const int side = qRound(geometry_.side * devicePixelRatioF());
    if (const auto* known = fitted_.object({key, side})) return {Thumbnails::State::Known, *known};
    auto image = item.member ? found.image : referenceOf(*content_.snapshot, item.sample);
    if (image.isNull()) return {};
    image = fitted(image, {side, side});
    image.setDevicePixelRatio(devicePixelRatioF());
    fitted_.insert({key, side}, new QImage(image));
    return {Thumbnails::State::Known, image};
}

bool PictureBoard::viewportEvent(QEvent* event) {
    if (event->type() == QEvent::ToolTip && !isEmpty()) {
        const auto* help = static_cast<QHelpEvent*>(event);
        QToolTip::showText(help->globalPos(), textOf(targetAt(help->pos())), viewport());
        return true;
    }
    if (event->type() == QEvent::Leave) {
        mouse_.reset();
        announce();
    }
    return QAbstractScrollArea::viewportEvent(event);
}

void PictureBoard::paintEvent(QPaintEvent*) {
    QPainter painter(viewport());
    const auto colors = colorsOf(palette());
    painter.fillRect(viewport()->rect(), colors.background);
    if (isEmpty()) return;
    painter.setFont(font());
    const auto offset = scrolled();
    painter.translate(-offset);
    paintBoard(painter, {.content = content_,
                         .geometry = geometry_,
                         .colors = colors,
                         .image = [this](const BoardItem& item) { return imageOfItem(item); },
                         .shares = [this](const Member& member) -> std::span<const float> {
                             return shares_.of(*content_.snapshot, member);
                         },
                         .member = member_,
                         .sample = sample_,
                         .cursor = hasFocus() ? cursor_ : std::nullopt,
                         .seen = QRectF(offset, viewport()->size())});
    thumbnails_->decodeWanted();
}

FigurePainter PictureBoard::figure(const FigurePage& page) const {
    if (isEmpty()) return nullptr;
    return [page, content = content_](QPainter& painter) {
        const auto geometry = printedGeometry(content, page.size, QFontMetricsF(page.font));
        const int side = static_cast<int>(std::ceil(geometry.side * page.density));
        FounderShares shares;
        paintBoard(painter, {.content = content,
                             .geometry = geometry,
                             .colors = page.colors(),
                             .image = [&](const BoardItem& item) -> Thumbnails::Found {
                                 const auto* member = item.member.get();
                                 if (member && (!member->pictures || item.sample >= member->pictures->size()))
                                     return {};
                                 const auto image = member ? decoded((*member->pictures)[item.sample])
                                                           : referenceOf(*content.snapshot, item.sample);
                                 if (image.isNull()) return {};
                                 return {Thumbnails::State::Known, fitted(image, {side, side})};
                             },
                             .shares = [&](const Member& member) -> std::span<const float> {
                                 return shares.of(*content.snapshot, member);
                             },
                             .seen = QRectF(QPointF(), page.size)});
    };
}

double PictureBoard::figureShape() const {
    if (isEmpty()) return 0.0;
    // Squares and their words, as wide as the table is.
    const auto columns = static_cast<double>(geometry_.perRow), rows = static_cast<double>(geometry_.rows());
    return rows * 1.15 / (columns + (content_.form == BoardContent::Form::Table ? 1.2 : 0.0));
}

void PictureBoard::resizeEvent(QResizeEvent* event) {
    QAbstractScrollArea::resizeEvent(event);
    arrange();
}

void PictureBoard::changeEvent(QEvent* event) {
    QAbstractScrollArea::changeEvent(event);
    if (event->type() == QEvent::FontChange) arrange();
    if (event->type() == QEvent::PaletteChange) viewport()->update();
}

void PictureBoard::mousePressEvent(QMouseEvent* event) { event->accept(); }

void PictureBoard::mouseMoveEvent(QMouseEvent* event) {
    mouse_ = event->position();
    announce();
}

void PictureBoard::mouseReleaseEvent(QMouseEvent* event) {
    if (event->button() == Qt::LeftButton) choose(targetAt(event->position()));
}

void PictureBoard::leaveEvent(QEvent*) {
    mouse_.reset();
    announce();
}

void PictureBoard::keyPressEvent(QKeyEvent* event) {
    if (isEmpty()) return QAbstractScrollArea::keyPressEvent(event);
    const auto row = static_cast<std::ptrdiff_t>(geometry_.perRow);
    const auto place = static_cast<std::ptrdiff_t>(cursor_.value_or(0));
    switch (event->key()) {
        case Qt::Key_Left: moveCursor(place % row == 0 ? 0 : -1); break;
        case Qt::Key_Right: moveCursor(place % row == row - 1 ? 0 : 1); break;
        case Qt::Key_Up: moveCursor(-row); break;
        case Qt::Key_Down: moveCursor(row); break;
        case Qt::Key_Home: moveCursor(-place); break;
        case Qt::Key_End: moveCursor(static_cast<std::ptrdiff_t>(content_.size()) - 1 - place); break;
        case Qt::Key_Return:
        case Qt::Key_Enter: choose({.item = cursor_, .row = {}, .column = {}}); break;
        default: QAbstractScrollArea::keyPressEvent(event);
    }
}

void PictureBoard::focusInEvent(QFocusEvent* event) {
    QAbstractScrollArea::focusInEvent(event);
    if (!cursor_ && !isEmpty() && event->reason() != Qt::MouseFocusReason) {
        cursor_ = 0;
        announce();
    }
    viewport()->update();
}

void PictureBoard::focusOutEvent(QFocusEvent* event) {
    QAbstractScrollArea::focusOutEvent(event);
    viewport()->update();
}

}  // namespace mergarium
