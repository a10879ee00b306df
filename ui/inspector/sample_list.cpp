#include "ui/inspector/sample_list.h"

#include "ui/inspector/picture.h"
#include "ui/niches/niche_frame.h"
#include "ui/session/run_text.h"

#include <QEvent>

namespace mergarium {

void SampleListModel::setSamples(std::vector<std::uint32_t> samples, const SnapshotPtr& snapshot) {
    const auto setOf = [](const SnapshotPtr& each) { return each && each->run ? each->run->samples : nullptr; };
    const bool same = samples == samples_ && setOf(snapshot) == setOf(snapshot_);
    snapshot_ = snapshot;
    if (same) return;
    beginResetModel();
    samples_ = std::move(samples);
    endResetModel();
}

void SampleListModel::setSide(int side, double devicePixelRatio) {
    if (side == side_ && devicePixelRatio == devicePixelRatio_) return;
    side_ = side;
    devicePixelRatio_ = devicePixelRatio;
    if (rowCount() > 0) Q_EMIT dataChanged(index(0), index(rowCount() - 1), {Qt::DecorationRole});
}

int SampleListModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(samples_.size());
}

bool SampleListModel::hasTexts() const {
    return snapshot_ && snapshot_->run && snapshot_->run->samples && snapshot_->run->samples->hasTexts();
}

QVariant SampleListModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid() || index.row() >= rowCount()) return {};
    const auto sample = sampleAt(index.row());
    const auto& set = snapshot_->run ? snapshot_->run->samples : nullptr;
    const bool pictured = set && set->hasPictures();
    const auto group = groupText(*snapshot_, sample);
    const auto words = group.isEmpty() ? tr("Sample %1").arg(countText(sample))
                                       : tr("Sample %1, %2 %3").arg(countText(sample), groupNoun(*snapshot_), group);
    const auto* text = hasTexts() ? &set->texts[sample] : nullptr;
    switch (role) {
        case Qt::DecorationRole:
            return pictured ? QVariant(pictureOf(*set, sample, side_, devicePixelRatio_)) : QVariant();
        case Qt::DisplayRole:
            if (text) return QString::fromStdString(text->question).simplified();
            return pictured ? QVariant() : QVariant(words);
        case Qt::ToolTipRole:
        case Qt::AccessibleTextRole:
            return text ? tr("%1: %2\nReference: %3")
                              .arg(words, QString::fromStdString(text->question),
                                   QString::fromStdString(text->reference))
                        : words;
        default: return {};
    }
}

SampleList::SampleList(QWidget* parent) : QListView(parent), model_(new SampleListModel(this)) {
    setModel(model_);
    setResizeMode(QListView::Adjust);
    setTextElideMode(Qt::ElideRight);
    setViewMode(QListView::IconMode);
    setMovement(QListView::Static);
    setUniformItemSizes(true);
    setSelectionMode(QAbstractItemView::SingleSelection);
    setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    setFrameShape(QFrame::NoFrame);
    setAccessibleName(tr("Samples solved alone"));
    adoptFont();
    connect(this, &QListView::clicked, this,
            [this](const QModelIndex& index) { Q_EMIT sampleSelected(model_->sampleAt(index.row())); });
    connect(this, &QListView::activated, this, [this](const QModelIndex& index) {
        // Enter; a click has been told already.
        if (!underMouse()) Q_EMIT sampleSelected(model_->sampleAt(index.row()));
    });
}

void SampleList::setSamples(std::vector<std::uint32_t> samples, const SnapshotPtr& snapshot) {
    model_->setSamples(std::move(samples), snapshot);
    // Nothing to list is no box; what is around it stays where it is.
    auto policy = sizePolicy();
    policy.setRetainSizeWhenHidden(true);
    setSizePolicy(policy);
    setVisible(count() > 0);
    const auto mode = model_->hasTexts() ? QListView::ListMode : QListView::IconMode;
    if (mode == viewMode()) return;
    setViewMode(mode);
    setMovement(QListView::Static);
    setSpacing(fontMetrics().height() / 6);
}

void SampleList::changeEvent(QEvent* event) {
    QListView::changeEvent(event);
    if (event->type() == QEvent::FontChange) adoptFont();
}

void SampleList::showEvent(QShowEvent* event) {
    QListView::showEvent(event);
    adoptFont();
}

void SampleList::adoptFont() {
    if (!model_) return;
    const int side = fontMetrics().height() * 5 / 2;
    model_->setSide(side, devicePixelRatioF());
    setIconSize({side, side});
    setSpacing(fontMetrics().height() / 6);
}

}  // namespace mergarium
