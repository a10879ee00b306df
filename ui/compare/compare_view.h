#pragma once

#include "core/comparison/comparison.h"

#include <QString>
#include <QStringList>
#include <QWidget>

#include <functional>
#include <memory>
#include <vector>

class QComboBox;
class QLabel;
class QStackedLayout;
class QTableView;

namespace mergarium {

class ComparePlot;
class CompareTable;
class LatestWorker;

/// Several runs or sweeps side by side: mean curve and standard error band against evaluations, and the end in numbers.
class CompareView : public QWidget {
    Q_OBJECT

public:
    /// Reads what is to be compared: names of sweeps, numbers of runs. Called on another thread; throws with one
    /// sentence.
    using Read = std::function<std::vector<Comparison>(const std::vector<std::string>& names)>;

    explicit CompareView(Read read, QWidget* parent = nullptr);

    void compare(const QStringList& names);
    /// What is stored may have changed.
    void refresh();

protected:
    void showEvent(QShowEvent* event) override;

Q_SIGNALS:
    void failed(const QString& sentence);
    void saved(const QString& path);

private:
    using Comparisons = std::shared_ptr<const std::vector<Comparison>>;

    void take(const Comparisons& comparisons);
    void present();
    void stressChosen();
    void save();
    std::shared_ptr<const Comparison> chosen() const;

    Read read_;
    QStringList names_;
    /// To be read once it is seen.
    bool stale_ = false;
    Comparisons comparisons_;
    QStackedLayout* pages_ = nullptr;
    QComboBox* which_ = nullptr;
    QComboBox* measure_ = nullptr;
    ComparePlot* plot_ = nullptr;
    CompareTable* model_ = nullptr;
    QTableView* table_ = nullptr;
    QLabel* readout_ = nullptr;
    LatestWorker* worker_ = nullptr;
};

/// Writes a comparison as the file's name says: .svg, .pdf, .csv or .md. Throws std::runtime_error with one sentence.
void saveComparisons(const std::vector<Comparison>& comparisons, const QString& path);

}  // namespace mergarium
