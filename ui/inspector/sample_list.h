#pragma once

#include "core/run/snapshot.h"

#include <QAbstractListModel>
#include <QListView>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace mergarium {

/// Samples as a list of their pictures, or of what they ask; made only for those that are seen.
class SampleListModel : public QAbstractListModel {
    Q_OBJECT

public:
    using QAbstractListModel::QAbstractListModel;

    /// Does nothing when these are the samples already shown.
    void setSamples(std::vector<std::uint32_t> samples, const SnapshotPtr& snapshot);
    void setSide(int side, double devicePixelRatio);
    bool hasTexts() const;
    std::size_t sampleAt(int row) const { return samples_[static_cast<std::size_t>(row)]; }

    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;

private:
    std::vector<std::uint32_t> samples_;
    SnapshotPtr snapshot_;
    int side_ = 32;
    double devicePixelRatio_ = 1.0;
};

/// Pictures stand side by side, as many in a row as fit; questions below each other.
class SampleList : public QListView {
    Q_OBJECT

public:
    explicit SampleList(QWidget* parent = nullptr);
    void setSamples(std::vector<std::uint32_t> samples, const SnapshotPtr& snapshot);
    int count() const { return model_->rowCount(); }

Q_SIGNALS:
    void sampleSelected(std::size_t sample);

protected:
    void changeEvent(QEvent* event) override;
    void showEvent(QShowEvent* event) override;

private:
    void adoptFont();

    SampleListModel* model_ = nullptr;
};

}  // namespace mergarium
