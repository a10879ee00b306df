#include "ui/pictures/picture_pane.h"

#include "ui/members/member_choice.h"
#include "ui/pictures/picture_board.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QVBoxLayout>

#include <algorithm>
#include <span>

namespace mergarium {
namespace {

/// Of a picture that is seen well, in lines of text, with the space around it.
constexpr int kSeenWell = 7;

}  // namespace

PicturePane::PicturePane(Selection& selection, QWidget* parent)
    : QWidget(parent),
      selection_(selection),
      whom_(new QComboBox(this)),
      beside_(new QLabel(tr("besi&de the selected one"), this)),
      other_(new MemberChoice(this)),
      board_(new PictureBoard(this)) {
    auto* label = new QLabel(tr("&Pictures of"), this);
    label->setBuddy(whom_);
    whom_->setObjectName("pictures.whom");
    whom_->setToolTip(tr("Whose pictures stand beside the references."));
    whom_->addItem(tr("the fittest members"), static_cast<int>(Whom::Fitting));
    whom_->addItem(tr("all members"), static_cast<int>(Whom::All));
    whom_->addItem(tr("two members"), static_cast<int>(Whom::Two));
    beside_->setBuddy(other_);
    other_->setObjectName("pictures.other");
    other_->setToolTip(tr("A second member, to be compared caption by caption."));
    auto* row = new QHBoxLayout;
    row->addWidget(label);
    row->addWidget(whom_);
    row->addWidget(beside_);
    row->addWidget(other_);
    row->addStretch(1);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->addLayout(row);
    layout->addWidget(board_, 1);

    for (QComboBox* box : std::initializer_list<QComboBox*>{whom_, other_})
        connect(box, &QComboBox::currentIndexChanged, this, [this] {
            refresh();
            if (selection_.sample()) board_->see(*selection_.sample());
        });
    connect(board_, &PictureBoard::sampleSelected, &selection, qOverload<std::size_t>(&Selection::select));
    connect(board_, &PictureBoard::memberSelected, &selection, qOverload<MemberId>(&Selection::select));
    connect(board_, &PictureBoard::readoutChanged, this, &PicturePane::readoutChanged);
    refresh();
}

void PicturePane::setFrame(const NicheFramePtr& frame) {
    frame_ = frame;
    other_->list(frame_ ? std::span<const RankedMember>(frame_->rows) : std::span<const RankedMember>(), 1);
    refresh();
}

void PicturePane::mark() {
    if (whom() == Whom::Two) refresh();
    board_->select(selection_.member(), selection_.sample());
    if (selection_.latest() == Selection::Subject::Sample) board_->see(*selection_.sample());
}

void PicturePane::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    if (whom() == Whom::Fitting) refresh();
}

PicturePane::Whom PicturePane::whom() const { return static_cast<Whom>(whom_->currentData().toInt()); }

std::vector<MemberPtr> PicturePane::members() const {
    std::vector<MemberPtr> members;
    for (const auto& row : frame_->rows) members.push_back(row.member);
    if (whom() == Whom::Fitting) {
        // The captions take the room of two pictures at most, the references that of one.
        const int fit = board_->width() / (fontMetrics().height() * kSeenWell) - 2;
        members.resize(std::min(members.size(), static_cast<std::size_t>(std::max(2, fit))));
    }
    if (whom() == Whom::Two) {
        const auto find = [&](const std::optional<MemberId>& id) -> MemberPtr {
            const auto found = std::ranges::find_if(members, [&](const auto& one) { return one->id == id; });
            return found == members.end() ? nullptr : *found;
        };
        const auto first = find(selection_.member()), second = find(other_->chosen());
        std::vector<MemberPtr> two{first ? first : members.front()};
        if (second && second != two.front()) two.push_back(second);
        return two;
    }
    return members;
}

void PicturePane::refresh() {
    const bool two = whom() == Whom::Two;
    beside_->setVisible(two);
    other_->setVisible(two);
    if (!frame_ || frame_->rows.empty() || !hasPictures(frame_->snapshot)) {
        board_->setContent({});
        return;
    }
    board_->setContent(tableOf(frame_->snapshot, *frame_->samples, members()));
    board_->select(selection_.member(), selection_.sample());
}

}  // namespace mergarium
