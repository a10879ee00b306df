#pragma once

#include "core/run/snapshot.h"

#include <QWidget>

#include <cstddef>
#include <optional>

class QFormLayout;
class QLabel;
class QPushButton;

namespace mergarium {

class LatestWorker;
class PictureBoard;
class SampleList;

/// One member: how good it is, where it came from, and what it painted or else the samples that it alone solves.
class MemberPage : public QWidget {
    Q_OBJECT

public:
    explicit MemberPage(QWidget* parent = nullptr);

    /// A member that has left the archive stays as it was last seen.
    void show(const SnapshotPtr& snapshot, MemberId member);
    using QWidget::show;
    /// Nothing is remembered of members seen.
    void clear();

    /// Frames a sample's picture.
    void mark(std::optional<std::size_t> sample);

Q_SIGNALS:
    void memberSelected(mergarium::MemberId member);
    void sampleSelected(std::size_t sample);
    void exportRequested(mergarium::MemberId member);

private:
    QLabel* addFact(QFormLayout* form, const QString& name, const QString& meaning);
    /// Of a member that isn't in the archive.
    QString whyNotThere(const SessionSnapshot& snapshot) const;
    void showFacts(const SessionSnapshot& snapshot);
    void showPictures(const SnapshotPtr& snapshot);
    void showSolvedAlone(const SnapshotPtr& snapshot, std::size_t slot);

    MemberId id_;
    /// As last seen in the archive; null when it never was.
    MemberPtr member_;
    LatestWorker* worker_ = nullptr;
    QLabel* title_ = nullptr;
    QLabel* state_ = nullptr;
    QLabel* train_ = nullptr;
    QLabel* test_ = nullptr;
    QLabel* fitness_ = nullptr;
    QLabel* born_ = nullptr;
    QLabel* parents_ = nullptr;
    QLabel* splice_ = nullptr;
    QLabel* alone_ = nullptr;
    SampleList* samples_ = nullptr;
    PictureBoard* board_ = nullptr;
    QPushButton* export_ = nullptr;
};

}  // namespace mergarium
