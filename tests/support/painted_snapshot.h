#pragma once

#include "core/genome/recipe_genome.h"
#include "core/run/snapshot.h"
#include "tests/support/example_snapshot.h"

#include <QBuffer>
#include <QImage>
#include <QPainter>

#include <cmath>
#include <memory>
#include <string>
#include <vector>

namespace mergarium::test {

/// A coloured shape on a coloured ground, as a model that is so good would paint it.
inline QImage drawing(int shape, double hue, double skill, int side) {
    QImage image(side, side, QImage::Format_RGB888);
    image.fill(QColor::fromHsvF(static_cast<float>(std::fmod(hue + 0.45 * skill + 0.1, 1.0)),
                                static_cast<float>(0.15 + 0.25 * skill), 0.92f));
    QPainter painter(&image);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(QColor::fromHsvF(static_cast<float>(hue), static_cast<float>(0.2 + 0.75 * skill), 0.8f));
    const double size = side * (0.25 + 0.4 * skill), at = (side - size) / 2;
    const QRectF box(at, at + (1.0 - skill) * side * 0.1, size, size);
    if (shape % 3 == 0) painter.drawEllipse(box);
    if (shape % 3 == 1) painter.drawRect(box);
    if (shape % 3 == 2)
        painter.drawPolygon(QPolygonF({box.bottomLeft(), box.bottomRight(), {box.center().x(), box.top()}}));
    return image;
}

inline EncodedPicture encodedOf(const QImage& image) {
    QByteArray bytes;
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::WriteOnly);
    image.save(&buffer, "PNG");
    EncodedPicture picture{.width = static_cast<std::uint32_t>(image.width()),
                           .height = static_cast<std::uint32_t>(image.height()),
                           .bytes = {}};
    for (const auto byte : bytes) picture.bytes.push_back(static_cast<std::byte>(byte));
    return picture;
}

/// A run that paints: so many captions with references in colour, and members that paint them the better the higher
/// their scores are.
inline SnapshotPtr paintedSnapshot(std::size_t captions = 8, std::size_t members = 10, int side = 128) {
    static const char* const kColours[] = {"red", "orange", "yellow", "green", "turquoise", "blue", "violet", "pink"};
    static const char* const kShapes[] = {"circle", "square", "triangle"};
    auto snapshot = std::make_shared<SessionSnapshot>(
        *exampleSnapshot({.slots = members, .members = members, .samples = captions, .evaluations = 413}));
    auto run = std::make_shared<RunDescription>(*snapshot->run);
    run->configuration.name = "shapes";
    run->founders[0].name = "shapes";
    run->founders[1].name = "colours";
    auto set = std::make_shared<SampleSet>();
    set->groupNoun = "file";
    set->groupNames = {"captions.jsonl"};
    set->groups.resize(captions);
    set->pictureWidth = set->pictureHeight = static_cast<std::size_t>(side);
    set->pictureChannels = 3;
    for (std::size_t j = 0; j < captions; ++j) {
        const auto image = drawing(static_cast<int>(j), static_cast<double>(j % 8) / 8.0, 1.0, side);
        for (int y = 0; y < side; ++y)
            set->pixels.insert(set->pixels.end(), image.constScanLine(y), image.constScanLine(y) + 3 * side);
        set->texts.push_back({std::string("a ") + kColours[j % 8] + " " + kShapes[j % 3] + " on a pale " +
                                  kColours[(j + 4) % 8] + " background, drawn with a soft brush",
                              "picture" + std::to_string(j) + ".png"});
    }
    run->samples = set;
    snapshot->run = run;
    for (std::size_t slot = 0; slot < snapshot->members.size(); ++slot) {
        if (!snapshot->members[slot]) continue;
        Member member = *snapshot->members[slot];
        std::vector<float> scores;
        std::vector<EncodedPicture> pictures;
        for (std::size_t j = 0; j < captions; ++j) {
            const double skill =
                0.5 + 0.5 * std::sin(1.7 * static_cast<double>(slot + 1) + 2.3 * static_cast<double>(j * j));
            scores.push_back(static_cast<float>(0.3 + 0.65 * skill));
            pictures.push_back(encodedOf(drawing(static_cast<int>(j), static_cast<double>(j % 8) / 8.0, skill, side)));
        }
        member.scores = Scores(std::move(scores));
        member.pictures = std::make_shared<const std::vector<EncodedPicture>>(std::move(pictures));
        snapshot->fitness[slot] = member.scores.total();
        snapshot->members[slot] = std::make_shared<const Member>(std::move(member));
    }
    return snapshot;
}

}  // namespace mergarium::test
