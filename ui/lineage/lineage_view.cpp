#include "ui/lineage/lineage_view.h"

#include "ui/background/latest_worker.h"
#include "ui/canvas/canvas_controls.h"
#include "ui/lineage/lineage_canvas.h"
#include "ui/members/member_text.h"

#include <QCheckBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QSpinBox>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>
#include <chrono>
#include <variant>

namespace mergarium {
namespace {

constexpr int kMostGenerations = 50;
/// Births are stored about once a second: asking more often brings nothing new.
constexpr std::chrono::milliseconds kRest{1000};

QSpinBox* addCount(QHBoxLayout* row, const QString& label, const QString& meaning, int value, QWidget* parent) {
    auto* box = new QSpinBox(parent);
    box->setRange(0, kMostGenerations);
    box->setValue(value);
    addLabelled(row, label, meaning, box);
    return box;
}

}  // namespace

LineageView::LineageView(FamilySource source, Selection& selection, QWidget* parent)
    : RunView(
          tr("Where a member comes from appears here: its ancestors back to the founders, the splice at each birth, "
             "and what each birth added. Start a new run, or open one from the list of runs."),
          selection, parent),
      source_(std::move(source)),
      worker_(new LatestWorker(this)) {
    setAccessibleName(tr("Lineage"));
    auto* page = new QWidget(this);
    title_ = new QLabel(page);
    title_->setMinimumWidth(1);
    canvas_ = new LineageCanvas(page);
    readout_ = makeReadout(page);

    auto* controls = new QHBoxLayout;
    controls->addWidget(title_, 1);
    follow_ = new QCheckBox(tr("Follow the &selection"), page);
    follow_->setChecked(true);
    follow_->setToolTip(tr("Show the lineage of whichever member is selected in another view."));
    controls->addWidget(follow_);
    back_ = addCount(controls, tr("&Births back"), tr("How many births back from the member."), 4, page);
    forth_ = addCount(controls, tr("f&orth"), tr("How many births forth: the member's descendants."), 0, page);
    addZoomButtons(controls, canvas_, tr("See the whole family (Home)"));
    auto* layout = new QVBoxLayout(page);
    layout->addLayout(controls);
    layout->addWidget(canvas_, 1);
    layout->addWidget(readout_);

    rest_.setSingleShot(true);
    rest_.setInterval(kRest);
    connect(&rest_, &QTimer::timeout, this, [this] {
        if (isVisible() && hasMembers(snapshot())) draw();
    });
    const auto askAgain = [this] { request(); };
    connect(back_, &QSpinBox::valueChanged, this, askAgain);
    connect(forth_, &QSpinBox::valueChanged, this, askAgain);
    connect(follow_, &QCheckBox::toggled, this, [this] { mark(); });
    connect(canvas_, &LineageCanvas::memberSelected, &selection, qOverload<MemberId>(&Selection::select));
    connect(canvas_, &LineageCanvas::toggled, this, &LineageView::toggle);
    connect(canvas_, &LineageCanvas::readoutChanged, this, &LineageView::say);
    say({});
    setPage(page);
}

void LineageView::clear() {
    worker_->forget();
    subject_.reset();
    closed_.clear();
    opened_.clear();
    askedAt_ = 0;
    rest_.stop();
    layout_.reset();
    canvas_->setSubject({});
    canvas_->show(nullptr, nullptr);
    title_->clear();
}

void LineageView::draw() {
    if (!subject_)
        if (const auto best = bestSlot(snapshot()->members)) subject_ = snapshot()->members[*best]->id;
    canvas_->show(layout_, snapshot());
    // A member that has just been born is stored a second later; descendants come as long as the run goes.
    const bool missing = !layout_ || layout_->family.relatives.empty() || forth_->value() > 0;
    if (askedAt_ == 0 || (missing && snapshot()->evaluations != askedAt_ && !rest_.isActive())) request();
}

void LineageView::mark() {
    const auto member = selection().member();
    const bool related = layout_ && member && std::ranges::any_of(layout_->family.relatives, [&](const auto& one) {
                             return one.member->id == *member;
                         });
    if (member && !related && follow_->isChecked() && member != subject_) {
        subject_ = member;
        closed_.clear();
        opened_.clear();
        request();
    }
    canvas_->select(member);
}

FamilyReach LineageView::reach() const {
    return {.ancestors = static_cast<std::size_t>(back_->value()),
            .descendants = static_cast<std::size_t>(forth_->value()),
            .closed = closed_,
            .opened = opened_};
}

void LineageView::request() {
    if (!isVisible() || !subject_ || !hasMembers(snapshot()) || !snapshot()->run) return;
    askedAt_ = std::max<std::uint64_t>(1, snapshot()->evaluations);
    rest_.start();
    using Answer = std::variant<LineageLayoutPtr, QString>;
    worker_->run(
        [source = source_, run = snapshot()->run->id, member = *subject_, reach = reach(),
         box = canvas_->boxSize()]() -> Answer {
            try {
                return layOut(source(run, member, reach), box);
            } catch (const std::exception& error) {
                return QString::fromUtf8(error.what());
            }
        },
        [this, member = *subject_](const Answer& answer) {
            // Of the one who was shown before: another answer is on its way.
            if (subject_ != member) return;
            if (const auto* problem = std::get_if<QString>(&answer))
                title_->setText(*problem);
            else
                receive(std::get<LineageLayoutPtr>(answer));
        });
}

void LineageView::receive(const LineageLayoutPtr& layout) {
    layout_ = layout;
    const auto& family = layout->family;
    if (family.relatives.empty())
        title_->setText(
            tr("Nothing is stored of %1: it was rejected, or has only just been born.").arg(memberText(*subject_)));
    else
        title_->setText((family.isCut ? tr("Family of %1, the nearest %2 members") : tr("Family of %1: %2 members"))
                            .arg(memberText(*subject_))
                            .arg(family.relatives.size()));
    canvas_->setSubject(subject_);
    canvas_->show(layout, snapshot());
    canvas_->select(selection().member());
}

void LineageView::say(const QString& sentence) {
    readout_->setText(sentence.isEmpty()
                          ? tr("Point at a member to read it; click it to select it; double-click, or Space, shows or "
                               "hides its parents. Arrow keys move the cursor, Enter selects.")
                          : sentence);
}

void LineageView::toggle(MemberId member) {
    if (!layout_) return;
    const auto& relatives = layout_->family.relatives;
    const auto found = std::ranges::find(relatives, member, [](const auto& one) { return one.member->id; });
    if (found == relatives.end() || !found->member->parentage) return;
    if (found->hiddenParents > 0) {
        closed_.erase(member);
        opened_.insert(member);
    } else {
        closed_.insert(member);
        opened_.erase(member);
    }
    request();
}

}  // namespace mergarium
