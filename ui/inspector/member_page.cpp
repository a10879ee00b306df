#include "ui/inspector/member_page.h"

#include "ui/background/latest_worker.h"
#include "ui/inspector/heading.h"
#include "ui/inspector/sample_list.h"
#include "ui/members/member_text.h"
#include "ui/members/sole_solvers.h"
#include "ui/pictures/picture_board.h"
#include "ui/session/run_text.h"
#include "ui/theme/theme.h"

#include <QFormLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

namespace mergarium {
namespace {

const QString kUnknown = QStringLiteral("\u2013");

/// A link to a member that is still there; else its name alone.
QString linkText(const SessionSnapshot& snapshot, MemberId member) {
    const auto name = memberText(member);
    return slotOf(snapshot, member) ? QStringLiteral("<a href=\"%1\">%2</a>").arg(member.value).arg(name) : name;
}

QString founderName(const SessionSnapshot& snapshot, MemberId member) {
    if (!snapshot.run) return {};
    for (const auto& founder : snapshot.run->founders)
        if (founder.id == member) return QString::fromStdString(founder.name);
    return {};
}

}  // namespace

MemberPage::MemberPage(QWidget* parent)
    : QWidget(parent),
      worker_(new LatestWorker(this)),
      title_(makeHeading(this)),
      state_(new QLabel(this)),
      alone_(new QLabel(this)),
      samples_(new SampleList(this)) {
    state_->setWordWrap(true);
    alone_->setWordWrap(true);
    auto* form = new QFormLayout;
    form->setLabelAlignment(Qt::AlignLeft);
    form->setHorizontalSpacing(fontMetrics().height());
    train_ = addFact(form, tr("Train"), tr("Mean score on the training samples."));
    test_ = addFact(form, tr("Test"), tr("Mean score on held-out samples; a dash where it was not measured."));
    fitness_ = addFact(form, tr("Fitness F"),
                       tr("What the member earns in competition: the sum of its shares s/z over all samples."));
    born_ = addFact(form, tr("Born"), tr("The evaluation at which the member was made."));
    parents_ = addFact(form, tr("Parents"), tr("Who was merged; a link where the parent is still in the archive."));
    splice_ = addFact(form, tr("Splice"),
                      tr("Where the parameter vector was split (0 is its begin, 1 its end), and the second parent's "
                         "mixing ratio before that."));
    parents_->setTextFormat(Qt::RichText);
    parents_->setTextInteractionFlags(Qt::LinksAccessibleByMouse | Qt::LinksAccessibleByKeyboard);
    connect(parents_, &QLabel::linkActivated, this,
            [this](const QString& link) { Q_EMIT memberSelected({link.toULongLong()}); });

    auto* layout = new QVBoxLayout(this);
    layout->addWidget(title_);
    layout->addWidget(state_);
    layout->addLayout(form);
    layout->addSpacing(fontMetrics().height() / 2);
    layout->addWidget(alone_);
    layout->addWidget(samples_, 1);
    board_ = new PictureBoard(this);
    board_->setObjectName("member.pictures");
    layout->addWidget(board_, 3);
    connect(board_, &PictureBoard::sampleSelected, this, &MemberPage::sampleSelected);
    export_ = new QPushButton(tr("E&xport..."), this);
    export_->setToolTip(tr("Write this model as a folder of its own: weights, recipe and model card."));
    layout->addWidget(export_, 0, Qt::AlignLeft);
    connect(export_, &QPushButton::clicked, this, [this] { Q_EMIT exportRequested(id_); });
    connect(samples_, &SampleList::sampleSelected, this, &MemberPage::sampleSelected);
}

QLabel* MemberPage::addFact(QFormLayout* form, const QString& name, const QString& meaning) {
    auto* label = new QLabel(name, this);
    auto* value = new QLabel(this);
    label->setToolTip(meaning);
    value->setToolTip(meaning);
    label->setForegroundRole(QPalette::PlaceholderText);
    value->setFont(tabularFont());
    value->setWordWrap(true);
    value->setAccessibleName(name);
    form->addRow(label, value);
    return value;
}

void MemberPage::clear() {
    worker_->forget();
    id_ = {};
    member_.reset();
}

void MemberPage::show(const SnapshotPtr& snapshot, MemberId member) {
    if (member != id_) {
        member_.reset();
        worker_->forget();
        alone_->clear();
        samples_->setSamples({}, snapshot);
    }
    id_ = member;
    const auto slot = slotOf(*snapshot, member);
    if (slot) member_ = snapshot->members[*slot];

    title_->setText(tr("Member %1").arg(memberText(member)));
    state_->setVisible(!slot);
    state_->setText(whyNotThere(*snapshot));
    showFacts(*snapshot);
    export_->setEnabled(slot.has_value());
    showPictures(snapshot);
    if (slot) {
        showSolvedAlone(snapshot, *slot);
    } else {
        worker_->forget();
        alone_->clear();
        samples_->setSamples({}, snapshot);
    }
}

QString MemberPage::whyNotThere(const SessionSnapshot& snapshot) const {
    const auto born = member_ ? member_->born : stepOfBirth(*snapshot.run, id_);
    if (born > snapshot.evaluations)
        return tr("It isn't born yet at step %1: it is made at step %2.")
            .arg(countText(snapshot.evaluations), countText(born));
    return member_ ? tr("It has left the archive. These are its last known numbers.")
                   : tr("It is not in the archive, so nothing is known of it here.");
}

void MemberPage::showFacts(const SessionSnapshot& snapshot) {
    const auto slot = slotOf(snapshot, id_);
    train_->setText(member_ ? tr("%1 %").arg(percentNumber(member_->scores.mean())) : kUnknown);
    fitness_->setText(slot && *slot < snapshot.fitness.size() ? numberText(snapshot.fitness[*slot], 2) : kUnknown);
    const auto test = slot && *slot < snapshot.test.size() ? snapshot.test[*slot] : std::nullopt;
    test_->setText(test ? tr("%1 %").arg(percentNumber(*test)) : kUnknown);
    if (!member_) {
        for (auto* label : {born_, parents_, splice_}) label->setText(kUnknown);
        return;
    }
    if (!member_->parentage) {
        const auto name = founderName(snapshot, id_);
        born_->setText(name.isEmpty() ? tr("founder") : tr("founder \u201c%1\u201d").arg(name));
        parents_->setText(kUnknown);
        splice_->setText(kUnknown);
        return;
    }
    born_->setText(member_->born > snapshot.evaluations
                       ? tr("step %1 (in %2 evaluations)")
                             .arg(countText(member_->born), countText(member_->born - snapshot.evaluations))
                       : tr("step %1 (%2 evaluations ago)")
                             .arg(countText(member_->born), countText(snapshot.evaluations - member_->born)));
    parents_->setText(
        tr("%1 \u00d7 %2")
            .arg(linkText(snapshot, member_->parentage->first), linkText(snapshot, member_->parentage->second)));
    splice_->setText(spliceText(member_->parentage->splice, vectorLength(snapshot)));
}

void MemberPage::mark(std::optional<std::size_t> sample) { board_->select({}, sample); }

void MemberPage::showPictures(const SnapshotPtr& snapshot) {
    const bool painted = member_ && member_->pictures;
    board_->setVisible(painted);
    samples_->setMaximumHeight(painted ? 0 : QWIDGETSIZE_MAX);
    board_->setContent(painted ? paintingsOf(snapshot, member_) : BoardContent{});
}

void MemberPage::showSolvedAlone(const SnapshotPtr& snapshot, std::size_t slot) {
    worker_->run([snapshot, slot] { return solvedAloneBy(slot, scoreRows(*snapshot)); },
                 [this, snapshot](std::vector<std::uint32_t> samples) {
                     alone_->setText(samples.empty() ? tr("It solves no sample alone.")
                                     : samples.size() == 1
                                         ? tr("Solves alone: 1 sample")
                                         : tr("Solves alone: %1 samples").arg(countText(samples.size())));
                     samples_->setSamples(std::move(samples), snapshot);
                 });
}

}  // namespace mergarium
