#include "ui/pictures/board_painter.h"

#include "ui/canvas/selection_marks.h"
#include "ui/genome/founder_colors.h"
#include "ui/members/member_text.h"
#include "ui/theme/translation.h"

#include <QFontMetricsF>
#include <QPainter>

#include <algorithm>
#include <cmath>

namespace mergarium {
namespace {

using Form = BoardContent::Form;
using State = Thumbnails::State;

QString whyNoPicture(State state, bool reference) {
    switch (state) {
        case State::Awaited: return {};
        case State::Damaged: return tr("damaged");
        default: return reference ? tr("no picture") : tr("not kept");
    }
}

/// As many words as fit, from the top.
void paintCaption(QPainter& painter, const QRectF& place, const QString& words) {
    const QFontMetricsF metrics(painter.font());
    QString shown = words;
    const int flags = Qt::AlignLeft | Qt::AlignTop | Qt::TextWordWrap;
    while (shown.size() > 1 && metrics.boundingRect(place, flags, shown).height() > place.height()) {
        const auto last = shown.lastIndexOf(' ', -2);
        shown = shown.left(last > 0 ? last : shown.size() / 2) + QChar(0x2026);
    }
    painter.drawText(place, flags, shown);
}

class BoardPainting {
public:
    BoardPainting(QPainter& painter, const BoardPicture& board)
        : painter_(painter),
          board_(board),
          founders_(std::max<std::size_t>(1, board.content.snapshot->run->founders.size())),
          line_(QFontMetricsF(painter.font()).height()) {}

    void paint() {
        const auto& geometry = board_.geometry;
        const auto top = std::max(0.0, board_.seen.top() - geometry.top);
        const auto first = static_cast<std::size_t>(top / geometry.rowHeight());
        const auto end =
            std::min(geometry.count,
                     (static_cast<std::size_t>(board_.seen.bottom() / geometry.rowHeight()) + 1) * geometry.perRow);
        for (auto index = first * geometry.perRow; index < end; ++index)
            if (geometry.cell(index).intersects(board_.seen)) paintItem(index);
        if (board_.content.form != Form::Table) return;
        paintCaptions(first, end / geometry.perRow);
        paintHeadings();
    }

private:
    const SessionSnapshot& snapshot() const { return *board_.content.snapshot; }

    void paintItem(std::size_t index) {
        const auto& item = board_.content.items[index];
        const auto box = board_.geometry.picture(index);
        paintImage(item, box);
        const bool isBest = item.member && item.member->scores[item.sample] > 0.0f &&
                            item.member->scores[item.sample] >= bestScore(snapshot(), item.sample);
        paintLabel(item, QRectF(box.left(), box.bottom(), box.width(), line_), isBest);
        if (board_.content.form == Form::Wall && item.member)
            paintShares(*item.member, barBelow(QRectF(box.left(), box.bottom(), box.width(), line_)));
        const bool chosen = item.member && item.member->id == board_.member &&
                            (board_.content.form == Form::Wall || item.sample == board_.sample);
        const bool chosenSample = board_.content.form == Form::Samples && item.sample == board_.sample;
        if (chosen || chosenSample) paintSelectionFrame(painter_, box, board_.colors);
        if (board_.cursor == index) {
            painter_.setPen(QPen(board_.colors.text, 1.0, Qt::DashLine));
            painter_.setBrush(Qt::NoBrush);
            const double out = std::round(board_.geometry.gap / 4.0);
            painter_.drawRect(board_.geometry.cell(index).adjusted(-out, -out, out, out));
        }
    }

    void paintImage(const BoardItem& item, const QRectF& box) {
        const auto found = board_.image(item);
        if (found.state != State::Known) {
            painter_.fillRect(box, faded(board_.colors.absent, found.state == State::Awaited ? 0.25 : 0.5));
            painter_.setPen(board_.colors.mutedText);
            painter_.drawText(box, Qt::AlignCenter | Qt::TextWordWrap, whyNoPicture(found.state, !item.member));
            return;
        }
        auto size = QSizeF(found.image.size()).scaled(box.size(), Qt::KeepAspectRatio);
        QRectF place(QPointF(), size);
        place.moveCenter(box.center());
        painter_.drawImage(place, found.image);
    }

    void paintLabel(const BoardItem& item, const QRectF& place, bool isBest) {
        const auto font = painter_.font();
        const QFontMetricsF metrics(font);
        if (!item.member) {
            painter_.setPen(board_.colors.mutedText);
            if (board_.content.form != Form::Table)
                painter_.drawText(place, Qt::AlignLeft | Qt::AlignVCenter, tr("Reference"));
            return;
        }
        const auto score = scoreText(static_cast<double>(item.member->scores[item.sample]));
        auto bold = font;
        bold.setWeight(QFont::Bold);
        if (isBest) painter_.setFont(bold);
        painter_.setPen(board_.colors.text);
        painter_.drawText(place, Qt::AlignRight | Qt::AlignVCenter, score);
        const double taken = QFontMetricsF(bold).horizontalAdvance(score) + line_ / 2;
        painter_.setFont(font);
        if (board_.content.form == Form::Table) return;
        const auto words = board_.content.form == Form::Wall ? painterText(snapshot(), *item.member)
                                                             : captionOf(snapshot(), item.sample);
        painter_.drawText(place, Qt::AlignLeft | Qt::AlignVCenter,
                          metrics.elidedText(words, Qt::ElideRight, place.width() - taken));
    }

    QRectF barBelow(const QRectF& words) const {
        return {words.left(), words.bottom() + std::round(line_ * 0.1), words.width(), std::round(line_ * 0.25)};
    }

    /// From left to right the founders, each as long as its share.
    void paintShares(const Member& member, const QRectF& place) {
        const auto shares = board_.shares(member);
        double left = place.left();
        for (std::size_t founder = 0; founder < shares.size(); ++founder) {
            const double width = place.width() * static_cast<double>(shares[founder]);
            painter_.fillRect(QRectF(left, place.top(), width, place.height()), founders_.of(founder));
            left += width;
        }
    }

    void paintCaptions(std::size_t first, std::size_t end) {
        const auto& geometry = board_.geometry;
        const double x = board_.seen.left();
        painter_.fillRect(QRectF(x, board_.seen.top(), geometry.left + geometry.gap / 2, board_.seen.height()),
                          board_.colors.background);
        for (auto row = first; row < end; ++row) {
            const auto sample = board_.content.items[row * geometry.perRow].sample;
            const auto place = geometry.caption(row).translated(x, 0.0);
            if (board_.sample == sample) {
                painter_.fillRect(QRectF(x + geometry.gap / 4, place.top(), std::round(line_ * 0.2), geometry.side),
                                  board_.colors.accent);
            }
            painter_.setPen(board_.colors.text);
            paintCaption(painter_, place.adjusted(geometry.gap / 4, 0, -geometry.gap / 2, -geometry.label),
                         captionOf(snapshot(), sample));
        }
    }

    void paintHeadings() {
        const auto& geometry = board_.geometry;
        const double y = board_.seen.top();
        painter_.fillRect(QRectF(board_.seen.left(), y, board_.seen.width(), geometry.top + geometry.gap / 2),
                          board_.colors.background);
        const QFontMetricsF metrics(painter_.font());
        painter_.save();
        painter_.setClipRect(
            QRectF(board_.seen.left() + geometry.left + geometry.gap / 2, y, board_.seen.width(), board_.seen.height()),
            Qt::IntersectClip);
        for (std::size_t column = 0; column < std::min(geometry.perRow, geometry.count); ++column) {
            const auto place = geometry.heading(column).translated(0.0, y);
            if (!place.intersects(board_.seen)) continue;
            const auto& member = board_.content.items[column].member;
            const QRectF words(place.left(), place.top(), place.width(), line_);
            painter_.setPen(member ? board_.colors.text : board_.colors.mutedText);
            const auto name = member ? painterText(snapshot(), *member) : tr("Reference");
            painter_.drawText(words, Qt::AlignLeft | Qt::AlignVCenter,
                              metrics.elidedText(name, Qt::ElideRight, words.width()));
            if (!member) continue;
            paintShares(*member, barBelow(words));
            if (member->id == board_.member) {
                const double out = std::round(geometry.gap / 4);
                paintSelectionFrame(painter_, place.adjusted(-out, -out / 2, out, -out / 2), board_.colors);
            }
        }
        painter_.restore();
    }

    QPainter& painter_;
    const BoardPicture& board_;
    FounderColors founders_;
    double line_;
};

}  // namespace

void paintBoard(QPainter& painter, const BoardPicture& board) {
    if (board.content.items.empty() || !board.content.snapshot) return;
    BoardPainting(painter, board).paint();
}

}  // namespace mergarium
