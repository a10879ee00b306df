#include "ui/lineage/lineage_painter.h"

#include "ui/members/member_text.h"
#include "ui/session/run_text.h"
#include "ui/theme/translation.h"

#include <QPainter>

#include <algorithm>

namespace mergarium {
namespace {

constexpr std::uint64_t kMostGenesDrawn = 1 << 16;

/// Pixels that a line of words needs to be read.
constexpr double kLeastLine = 5.0;

QColor mixed(const QColor& first, const QColor& second, double share) {
    const auto between = [&](int a, int b) { return static_cast<int>(a + (b - a) * share + 0.5); };
    return {between(first.red(), second.red()), between(first.green(), second.green()),
            between(first.blue(), second.blue())};
}

QString nameOf(const Relative& relative, const SessionSnapshot& snapshot) {
    const auto id = relative.member->id;
    if (relative.member->parentage || !snapshot.run) return memberText(id);
    for (const auto& founder : snapshot.run->founders)
        if (founder.id == id) return tr("%1 %2").arg(memberText(id), QString::fromStdString(founder.name));
    return memberText(id);
}

bool lives(const Relative& relative, const SessionSnapshot& snapshot) {
    return slotOf(snapshot, relative.member->id).has_value();
}

/// The parameter vector from left to right: how much of it comes from which parent. Chromosomes lie below each other,
/// each from its first element to its last. Of more genes than could be told apart their mixture is shown.
void paintSplice(QPainter& painter, const QRectF& place, const Splice& splice, std::uint64_t length,
                 const Colors& colors) {
    if (length == 0) return;
    if (splice.each && length > kMostGenesDrawn)
        return painter.fillRect(place, mixed(colors.first, colors.second, splice.each->chance));
    const auto lanes = splice.chromosomes ? splice.chromosomes->size() : 1;
    const double height = place.height() / static_cast<double>(lanes);
    const double gap = splice.chromosomes && height >= 3.0 ? 1.0 : 0.0;
    std::uint64_t begin = 0;
    for (const auto& stretch : stretchesOf(splice, length)) {
        const auto lane = splice.chromosomes ? splice.chromosomes->chromosomeAt(begin) : 0;
        const auto xOf = [&](std::uint64_t position) {
            const auto whole = splice.chromosomes ? splice.chromosomes->length(lane) : length;
            const auto before = splice.chromosomes ? splice.chromosomes->elementsBefore(lane, position) : position;
            return place.left() + place.width() * static_cast<double>(before) / static_cast<double>(whole);
        };
        const double left = xOf(begin);
        painter.fillRect(
            QRectF(left, place.top() + static_cast<double>(lane) * height, xOf(stretch.end) - left, height - gap),
            mixed(colors.first, colors.second, stretch.ratio));
        begin = stretch.end;
    }
}

void paintBox(QPainter& painter, const LineagePicture& picture, std::size_t index) {
    const auto& relative = picture.layout.family.relatives[index];
    const auto& colors = picture.colors;
    const auto box = picture.layout.boxes[index];
    const QFontMetricsF metrics(painter.font());
    const double line = metrics.height();
    const bool living = lives(relative, picture.snapshot);

    painter.setPen(QPen(living ? colors.text : colors.grid, living ? 1.6 : 1.0));
    painter.setBrush(colors.background);
    painter.drawRoundedRect(box, line * 0.25, line * 0.25);
    if (picture.selected == index || picture.cursor == index) {
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(picture.selected == index ? colors.accent : colors.mutedText, 3.0,
                            picture.selected == index ? Qt::SolidLine : Qt::DotLine));
        painter.drawRoundedRect(box.adjusted(-2, -2, 2, 2), line * 0.25, line * 0.25);
    }

    const double margin = line * 0.35;
    const auto inner = box.adjusted(margin, margin * 0.6, -margin, -margin);
    const auto row = [&](int number) { return QRectF(inner.left(), inner.top() + number * line, inner.width(), line); };
    if (relative.member->parentage)
        paintSplice(painter, {inner.left(), row(2).top() + line * 0.15, inner.width(), line * 0.4},
                    relative.member->parentage->splice, vectorLength(picture.snapshot), colors);
    if (picture.seen && line * painter.worldTransform().m22() < kLeastLine) return;
    auto bold = painter.font();
    bold.setBold(true);
    painter.save();
    if (picture.subject == index) painter.setFont(bold);
    painter.setPen(living ? colors.text : colors.mutedText);
    const auto percent = tr("%1 %").arg(percentNumber(relative.member->scores.mean()));
    const double room = inner.width() - QFontMetricsF(painter.font()).horizontalAdvance(percent) - line * 0.4;
    painter.drawText(
        row(0), Qt::AlignLeft | Qt::AlignVCenter,
        QFontMetricsF(painter.font()).elidedText(nameOf(relative, picture.snapshot), Qt::ElideRight, room));
    painter.drawText(row(0), Qt::AlignRight | Qt::AlignVCenter, percent);
    painter.restore();

    painter.setPen(living ? colors.text : colors.mutedText);
    if (!relative.member->parentage) {
        painter.drawText(row(1), Qt::AlignLeft | Qt::AlignVCenter,
                         relative.member->born == 0 ? tr("founder") : tr("sampled"));
    } else {
        painter.drawText(row(1), Qt::AlignLeft | Qt::AlignVCenter,
                         tr("+%1  \u2212%2").arg(relative.gained).arg(relative.lost));
        painter.drawText(row(1), Qt::AlignRight | Qt::AlignVCenter, countText(relative.member->born));
    }
    if (relative.hiddenParents > 0) {
        painter.setPen(QPen(colors.mutedText, 1.2, Qt::DotLine));
        painter.drawLine(QPointF(box.center().x(), box.top() - line * 0.4), QPointF(box.center().x(), box.top()));
    }
    if (relative.hiddenChildren > 0) {
        painter.setPen(QPen(colors.mutedText, 1.2, Qt::DotLine));
        painter.drawLine(QPointF(box.center().x(), box.bottom()), QPointF(box.center().x(), box.bottom() + line * 0.3));
    }
}

void paintLine(QPainter& painter, const LineagePicture& picture, const LineageLine& line) {
    const auto& colors = picture.colors;
    const auto& child = *picture.layout.family.relatives[line.child].member;
    const double second = shareOfSecond(child.parentage->splice, vectorLength(picture.snapshot));
    const double share = line.fromFirst && line.fromSecond ? 1.0 : line.fromFirst ? 1.0 - second : second;
    const bool marked = picture.selected == line.child || picture.selected == line.parent;
    auto color = line.fromFirst && line.fromSecond ? colors.text : line.fromFirst ? colors.first : colors.second;
    if (picture.selected && !marked) color = faded(color, kStandsBack);
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(color, 0.6 + 3.4 * share));
    painter.drawPath(line.path);
}

}  // namespace

QSizeF lineageBoxSize(const QFontMetricsF& metrics) {
    return {metrics.horizontalAdvance(QStringLiteral("#0,000,000  00.0 %")) + metrics.height(), metrics.height() * 3.2};
}

double shareOfSecond(const Splice& splice, std::uint64_t length) {
    if (length == 0) return splice.ratio;
    if (splice.each && length > kMostGenesDrawn) return splice.each->chance;
    double sum = 0.0;
    std::uint64_t begin = 0;
    for (const auto& stretch : stretchesOf(splice, length)) {
        sum += static_cast<double>(stretch.end - begin) / static_cast<double>(length) * stretch.ratio;
        begin = stretch.end;
    }
    return std::clamp(sum, 0.0, 1.0);
}

QString relativeText(const Relative& relative, const SessionSnapshot& snapshot) {
    QStringList parts;
    parts << tr("%1: %2 % of the training samples")
                 .arg(nameOf(relative, snapshot), percentNumber(relative.member->scores.mean()));
    if (relative.member->parentage) {
        parts << tr("born at step %1 of %2")
                     .arg(countText(relative.member->born), parentageText(*relative.member, vectorLength(snapshot)));
        parts << tr("solves %1 samples that no parent does, and not %2 that one does")
                     .arg(countText(relative.gained), countText(relative.lost));
    }
    parts << (lives(relative, snapshot) ? tr("in the archive") : tr("not in the archive any more"));
    if (relative.hiddenParents > 0) parts << tr("its parents are not shown: double-click, or Space, shows them");
    return parts.join(QStringLiteral("; ")) + '.';
}

std::vector<bool> livingOf(const LineageLayout& layout, const SessionSnapshot& snapshot) {
    std::vector<bool> living;
    for (const auto& relative : layout.family.relatives) living.push_back(lives(relative, snapshot));
    return living;
}

void paintLineage(QPainter& painter, const LineagePicture& picture) {
    painter.setRenderHint(QPainter::Antialiasing);
    const auto isSeen = [&](const QRectF& place) { return !picture.seen || picture.seen->intersects(place); };
    for (const auto& line : picture.layout.lines)
        // One that goes straight down has no width of its own.
        if (isSeen(line.path.controlPointRect().adjusted(-1.0, -1.0, 1.0, 1.0))) paintLine(painter, picture, line);
    for (std::size_t i = 0; i < picture.layout.boxes.size(); ++i)
        if (isSeen(picture.layout.boxes[i])) paintBox(painter, picture, i);
}

void paintLineageLegend(QPainter& painter, const Colors& colors, QPointF topLeft, double width) {
    const QFontMetricsF metrics(painter.font());
    const double line = metrics.height();
    double x = topLeft.x();
    const auto entry = [&](const QColor& color, const QString& text) {
        painter.fillRect(QRectF(x, topLeft.y() + line * 0.3, line, line * 0.4), color);
        painter.setPen(colors.text);
        painter.drawText(QRectF(x + line * 1.3, topLeft.y(), metrics.horizontalAdvance(text) + 2, line),
                         Qt::AlignLeft | Qt::AlignVCenter, text);
        x += line * 2.5 + metrics.horizontalAdvance(text);
    };
    entry(colors.first, tr("from parent 1"));
    entry(colors.second, tr("from parent 2"));
    painter.setPen(colors.mutedText);
    const auto text = tr("thick: a large share;  + \u2212: samples gained, lost;  framed: in the archive");
    painter.drawText(QPointF(x, topLeft.y() + metrics.ascent()),
                     metrics.elidedText(text, Qt::ElideRight, width - (x - topLeft.x())));
}

}  // namespace mergarium
