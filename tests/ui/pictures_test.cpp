#include "tests/support/pictures.h"
#include "core/images/encode_image.h"
#include "tests/support/painted_snapshot.h"
#include "tests/support/patience.h"
#include "tests/support/suite.h"
#include "ui/inspector/inspector_view.h"
#include "ui/niches/niches_view.h"
#include "ui/pictures/founder_shares.h"
#include "ui/pictures/picture_board.h"
#include "ui/pictures/sample_image.h"
#include "ui/pictures/thumbnails.h"
#include "ui/trial/tried_pictures.h"

#include <QCheckBox>
#include <QComboBox>
#include <QFontMetricsF>
#include <QLabel>
#include <QSignalSpy>
#include <QTest>

using namespace mergarium;
using test::paintedSnapshot;

namespace {

/// What is painted in the middle of an item's picture.
QColor middleOf(PictureBoard& board, std::size_t index) {
    const auto place = board.placeOf(index);
    const auto picture = QRectF(place.topLeft(), QSizeF(board.geometryOfBoard().side, board.geometryOfBoard().side));
    return board.viewport()->grab().toImage().pixelColor(picture.center().toPoint());
}

void see(QWidget& widget, QSize size) {
    widget.resize(size);
    widget.show();
    QVERIFY(QTest::qWaitForWindowExposed(&widget));
}

std::vector<std::uint32_t> allSamples(const SnapshotPtr& snapshot) {
    std::vector<std::uint32_t> samples(snapshot->run->samples->size());
    for (std::uint32_t j = 0; j < samples.size(); ++j) samples[j] = j;
    return samples;
}

BoardContent wholeTable(const SnapshotPtr& snapshot) {
    return tableOf(snapshot, allSamples(snapshot), snapshot->members);
}

}  // namespace

class PicturesTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void samplesAreSeenInColour() {
        SampleSet set;
        set.groups = {0, 0};
        set.pictureWidth = 2;
        set.pictureHeight = 1;
        set.pictureChannels = 3;
        set.pixels = {1, 2, 3, 4, 5, 6, 255, 0, 0, 0, 0, 255};
        const auto image = imageOf(set, 1);
        QCOMPARE(image.size(), QSize(2, 1));
        QCOMPARE(image.pixelColor(0, 0), QColor(255, 0, 0));
        QCOMPARE(image.pixelColor(1, 0), QColor(0, 0, 255));
        QVERIFY(imageOf(set, 2).isNull());
        // Of an odd width, whose rows Qt would pad.
        set.pictureChannels = 1;
        set.pictureWidth = 3;
        set.pictureHeight = 2;
        set.pixels = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
        QCOMPARE(imageOf(set, 1).pixelColor(0, 1), QColor(9, 9, 9));
    }

    void pixelsStaySharpWhereTheyAreEnlarged() {
        QImage image(2, 1, QImage::Format_RGB32);
        image.setPixelColor(0, 0, Qt::black);
        image.setPixelColor(1, 0, Qt::white);
        const auto large = fitted(image, {8, 8});
        QCOMPARE(large.size(), QSize(8, 4));
        QCOMPARE(large.pixelColor(3, 3), QColor(Qt::black));
        QCOMPARE(large.pixelColor(4, 3), QColor(Qt::white));
        QCOMPARE(fitted(image, {1, 1}).size(), QSize(1, 1));
    }

    void whatIsNoThumbnailIsNotDecoded() {
        auto picture = test::encodedOf(test::drawing(0, 0.5, 1.0, 32));
        QCOMPARE(decoded(picture).size(), QSize(32, 32));
        auto other = picture;
        other.width = 31;
        QVERIFY(decoded(other).isNull());
        other = picture;
        other.bytes.resize(other.bytes.size() / 3);
        QVERIFY(decoded(other).isNull());
        QVERIFY(decoded({}).isNull());
        // Qt itself reads no WebP everywhere.
        const Image red{.width = 2, .height = 1, .pixels = {255, 0, 0, 0, 0, 255}};
        const auto webp = decoded({.width = 2, .height = 1, .bytes = encodeWebp(red, 100)});
        QCOMPARE(webp.pixelColor(0, 0), QColor(255, 0, 0));
        QCOMPARE(webp.pixelColor(1, 0), QColor(0, 0, 255));
    }

    void theBestAreNextToTheReference() {
        const auto snapshot = paintedSnapshot();
        const auto wall = wallOf(snapshot, 3);
        QCOMPARE(wall.size(), std::size_t{11});
        QVERIFY(!wall.items[0].member);
        for (std::size_t i = 2; i < wall.size(); ++i)
            QVERIFY(wall.items[i - 1].member->scores[3] >= wall.items[i].member->scores[3]);
        QCOMPARE(wall.items[1].member->scores[3], bestScore(*snapshot, 3));
        const auto table = wholeTable(snapshot);
        QCOMPARE(table.size(), std::size_t{8 * 11});
        QVERIFY(table.items[12].sample == 1 && table.items[12].member == snapshot->members[0]);
        QVERIFY(itemText(*snapshot, table.items[12]).contains("a orange square"));
    }

    void picturesFillTheRoomAndAreFound() {
        const auto snapshot = paintedSnapshot();
        const QFontMetricsF metrics(QFont{});
        for (const auto& content :
             {wholeTable(snapshot), wallOf(snapshot, 1), paintingsOf(snapshot, snapshot->members[0])})
            for (const double width : {150.0, 400.0, 1200.0, 3000.0}) {
                const auto geometry = boardGeometry(content, {width, 700.0}, metrics);
                QVERIFY(geometry.side <= kThumbnailSide);
                if (content.form != BoardContent::Form::Table && width > 150.0)
                    QVERIFY(geometry.size().width() <= width);
                for (std::size_t index = 0; index < content.size(); ++index) {
                    QCOMPARE(geometry.at(geometry.picture(index).center()), std::optional(index));
                    QVERIFY(geometry.cell(index).right() <= geometry.size().width());
                    QVERIFY(geometry.cell(index).bottom() <= geometry.size().height());
                }
                QVERIFY(!geometry.at(geometry.picture(0).topLeft() - QPointF(1, 1)));
                const auto printed = printedGeometry(content, {width, 500.0}, metrics);
                QVERIFY(printed.size().width() <= width + 1.0 || printed.side <= 1.0);
                QVERIFY2(printed.size().height() <= 501.0 || printed.side <= 1.0,
                         qPrintable(QString::number(printed.size().height())));
            }
    }

    void onlyWhatIsSeenIsDecoded() {
        const auto snapshot = paintedSnapshot(60, 10);
        PictureBoard board;
        board.setContent(wholeTable(snapshot));
        see(board, {900, 300});
        const auto& painted = *snapshot->members[0];
        QTRY_COMPARE_WITH_TIMEOUT(middleOf(board, 1), decoded((*painted.pictures)[0]).pixelColor(64, 64),
                                  test::kPatience);
        auto* thumbnails = board.findChild<Thumbnails*>();
        QVERIFY(thumbnails->find(painted, 0).state == Thumbnails::State::Known);
        QVERIFY(thumbnails->find(painted, 59).state == Thumbnails::State::Awaited);
        board.see(59);
        QTRY_VERIFY_WITH_TIMEOUT(thumbnails->find(painted, 59).state == Thumbnails::State::Known, test::kPatience);
    }

    void damagedAndMissingPicturesAreSaid() {
        auto snapshot = std::make_shared<SessionSnapshot>(*paintedSnapshot(2, 3));
        Member member = *snapshot->members[0];
        auto pictures = *member.pictures;
        pictures[0].bytes.resize(60);
        pictures[1] = {};
        member.pictures = std::make_shared<const std::vector<EncodedPicture>>(pictures);
        Thumbnails thumbnails;
        QVERIFY(thumbnails.find(member, 1).state == Thumbnails::State::None);
        QVERIFY(thumbnails.find(member, 0).state == Thumbnails::State::Awaited);
        thumbnails.decodeWanted();
        QTRY_VERIFY_WITH_TIMEOUT(thumbnails.find(member, 0).state == Thumbnails::State::Damaged, test::kPatience);
        member.pictures = nullptr;
        QVERIFY(thumbnails.find(member, 0).state == Thumbnails::State::None);
    }

    void aClickChoosesAMemberOrASample() {
        const auto snapshot = paintedSnapshot();
        PictureBoard board;
        board.setContent(wholeTable(snapshot));
        see(board, {1200, 600});
        QSignalSpy members(&board, &PictureBoard::memberSelected), samples(&board, &PictureBoard::sampleSelected);
        const auto click = [&](QPointF point) {
            QTest::mouseClick(board.viewport(), Qt::LeftButton, {}, point.toPoint());
        };
        click(board.placeOf(13).center());
        QCOMPARE(members.takeFirst().front().value<MemberId>(), snapshot->members[1]->id);
        QCOMPARE(samples.takeFirst().front().value<std::size_t>(), std::size_t{1});
        // The reference, a caption, a name.
        click(board.placeOf(22).center());
        QCOMPARE(samples.takeFirst().front().value<std::size_t>(), std::size_t{2});
        click({5.0, board.placeOf(33).center().y()});
        QCOMPARE(samples.takeFirst().front().value<std::size_t>(), std::size_t{3});
        click({board.placeOf(3).center().x(), 5.0});
        QCOMPARE(members.takeFirst().front().value<MemberId>(), snapshot->members[2]->id);
        QVERIFY(members.isEmpty() && samples.isEmpty());
    }

    void theArrowKeysGoThroughCaptions() {
        const auto snapshot = paintedSnapshot();
        PictureBoard board;
        const std::vector<MemberPtr> two{snapshot->members[0], snapshot->members[1]};
        board.setContent(tableOf(snapshot, allSamples(snapshot), two));
        see(board, {900, 320});
        QSignalSpy members(&board, &PictureBoard::memberSelected), samples(&board, &PictureBoard::sampleSelected);
        QSignalSpy readouts(&board, &PictureBoard::readoutChanged);
        QTest::keyClick(&board, Qt::Key_Home);
        QTest::keyClick(&board, Qt::Key_Right);
        for (int i = 0; i < 6; ++i) QTest::keyClick(&board, Qt::Key_Down);
        QCOMPARE(board.cursor(), std::optional<std::size_t>(19));
        QCOMPARE(samples.last().front().value<std::size_t>(), std::size_t{6});
        QVERIFY(readouts.last().front().toString().contains("violet"));
        // It was brought into view.
        QVERIFY(QRectF(board.viewport()->rect()).contains(board.placeOf(19)));
        QTest::keyClick(&board, Qt::Key_Left);
        QTest::keyClick(&board, Qt::Key_Left);
        QCOMPARE(board.cursor(), std::optional<std::size_t>(18));
        QTest::keyClick(&board, Qt::Key_End);
        QTest::keyClick(&board, Qt::Key_Down);
        QCOMPARE(board.cursor(), std::optional<std::size_t>(23));
        QTest::keyClick(&board, Qt::Key_Return);
        QCOMPARE(members.last().front().value<MemberId>(), two[1]->id);
    }

    void founderSharesAreThoseOfTheWholeVector() {
        const auto snapshot = paintedSnapshot();
        FounderShares shares;
        QCOMPARE(shares.of(*snapshot, *snapshot->members[0]), (std::vector<float>{1.0f, 0.0f}));
        const auto& child = shares.of(*snapshot, *snapshot->members[5]);
        QCOMPARE(child.size(), std::size_t{2});
        QVERIFY(std::abs(child[0] + child[1] - 1.0f) < 1e-5f);
        QVERIFY(child[0] > 0.0f && child[1] > 0.0f);
        Member bare = *snapshot->members[1];
        bare.genome = nullptr;
        QVERIFY(shares.of(*snapshot, bare).empty());
    }

    void theTableLeavesTheWindowAsOnePicture() {
        const auto snapshot = paintedSnapshot();
        PictureBoard board;
        board.setContent(wholeTable(snapshot));
        const auto png = QImage::fromData(test::bytesOf(board, "png"));
        QVERIFY(!png.isNull());
        // High enough for the width.
        FigureForm form;
        form.height = form.width * board.figureShape();
        const auto svg = test::read(test::bytesOf(board, "svg", form));
        QVERIFY2(svg.wellFormed, qPrintable(svg.problem));
        QCOMPARE(svg.images, 8 * 11);
        QVERIFY(svg.texts.join(' ').contains("Ref"));
        QVERIFY(!test::bytesOf(PictureBoard(), "png").size());
    }

    void nichesOfferPicturesWhereThereAreSome() {
        Selection selection;
        NichesView view(selection);
        view.setSnapshot(exampleSnapshot());
        see(view, {1000, 800});
        auto* offered = view.findChild<QCheckBox*>("pictured");
        QVERIFY(offered->isHidden());
        const auto snapshot = paintedSnapshot();
        view.setSnapshot(nullptr);
        view.setSnapshot(snapshot);
        QVERIFY(offered->isVisible() && offered->isChecked());
        auto* board = view.findChild<PictureBoard*>();
        QTRY_VERIFY_WITH_TIMEOUT(board->content().size() > 0, test::kPatience);
        auto* whom = view.findChild<QComboBox*>("pictures.whom");
        whom->setCurrentIndex(1);
        QCOMPARE(board->content().perRow, std::size_t{11});
        whom->setCurrentIndex(2);
        QCOMPARE(board->content().perRow, std::size_t{3});
        selection.select(snapshot->members[4]->id);
        QCOMPARE(board->content().items[1].member, snapshot->members[4]);
        auto* other = view.findChild<QComboBox*>("pictures.other");
        other->setCurrentIndex(0);
        QCOMPARE(board->content().items[2].member->id.value, other->currentData().toULongLong());
        // Put away, they stay away.
        offered->click();
        view.setSnapshot(paintedSnapshot());
        QVERIFY(offered->isVisible() && !offered->isChecked());
    }

    // Founder by founder, and those samples alone that were tried.
    void aTrialsPicturesStandBesideTheReferences() {
        const auto snapshot = paintedSnapshot();
        Trial trial;
        trial.samples = snapshot->run->samples;
        for (std::size_t k = 0; k < 2; ++k) {
            FounderTrial founder{.name = "founder " + std::to_string(k), .attempts = {}, .failure = {}};
            for (const std::uint32_t sample : {2u, 5u})
                founder.attempts.push_back({.sample = sample,
                                            .score = snapshot->members[k]->scores[sample],
                                            .picture = (*snapshot->members[k]->pictures)[sample]});
            trial.founders.push_back(founder);
        }
        // The last one could not be scored.
        trial.founders.push_back({.name = "broken", .attempts = {}, .failure = "It is broken."});
        QVERIFY(paints(trial));
        const auto content = picturesOf(trial);
        QCOMPARE(content.perRow, std::size_t{3});
        QCOMPARE(content.size(), std::size_t{6});
        QCOMPARE(content.items[5].sample, 5u);
        const auto& second = *content.items[5].member;
        QCOMPARE(second.scores[5], snapshot->members[1]->scores[5]);
        QVERIFY((*second.pictures)[5] == (*snapshot->members[1]->pictures)[5]);
        QVERIFY(painterText(*content.snapshot, second).contains("founder 1"));
        trial.founders.erase(trial.founders.begin(), trial.founders.begin() + 2);
        QVERIFY(!paints(trial));
    }

    void theInspectorShowsASampleInPictures() {
        Selection selection;
        InspectorView inspector(selection);
        const auto snapshot = paintedSnapshot();
        inspector.setSnapshot(snapshot);
        see(inspector, {300, 700});
        selection.select(std::size_t{2});
        auto* board = inspector.findChild<PictureBoard*>("sample.pictures");
        QVERIFY(board->isVisible());
        QCOMPARE(board->content().size(), std::size_t{11});
        const auto best = board->content().items[1].member->id;
        QTest::mouseClick(board->viewport(), Qt::LeftButton, {}, board->placeOf(1).center().toPoint());
        QCOMPARE(selection.member(), std::optional(best));
        auto* paintings = inspector.findChild<PictureBoard*>("member.pictures");
        QVERIFY(paintings->isVisible() && !board->isVisible());
        QCOMPARE(paintings->content().size(), std::size_t{8});
        QTest::mouseClick(paintings->viewport(), Qt::LeftButton, {}, paintings->placeOf(0).center().toPoint());
        QCOMPARE(selection.sample(), std::optional<std::size_t>(0));
        QVERIFY(board->isVisible());
        // Another run, whose samples are digits.
        inspector.setSnapshot(exampleSnapshot());
        QVERIFY(!board->isVisible());
    }
};

MERGARIUM_SUITE(PicturesTest)
#include "pictures_test.moc"
