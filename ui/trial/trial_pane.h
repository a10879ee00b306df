#pragma once

#include "core/trial/trial.h"
#include "ui/trial/trial_runner.h"

#include <QWidget>

#include <memory>
#include <optional>

class QLabel;
class QPushButton;
class QStackedLayout;
class QTableView;
class QTextEdit;
class QTimer;

namespace mergarium {

class PictureBoard;
class TriedFounders;
class TriedSamples;

/// Tries the founders of the run that is being set up: what speaks against it, what each founder scored and takes, and
/// what it read and answered, or painted. Begins by itself where that takes but a moment.
class TrialPane : public QWidget {
    Q_OBJECT

public:
    explicit TrialPane(Trier trier, QWidget* parent = nullptr);

    /// What the form says now; null where it can't be run. What was tried before is abandoned and forgotten.
    void setConfiguration(const std::optional<RunConfiguration>& configuration);
    /// Files and founders have been looked at, and nothing is wrong with them.
    void beginIfQuick();
    void begin();
    void cancel();
    /// Of the present configuration; null: not tried.
    const std::shared_ptr<const Trial>& trial() const { return trial_; }

Q_SIGNALS:
    /// There is another trial, or none.
    void changed();

protected:
    void changeEvent(QEvent* event) override;
    void showEvent(QShowEvent* event) override;

private:
    void present(const TrialOutcome& outcome);
    void setTrial(std::shared_ptr<const Trial> trial);
    void writeFindings();
    void showFounder(int row);
    void showPictures();
    QString stateText() const;
    void showAttempt(int row);
    void refreshButton();

    std::optional<RunConfiguration> configuration_;
    /// Nothing is wrong with its files.
    bool runnable_ = false;
    std::shared_ptr<const Trial> trial_;
    TrialRunner* runner_ = nullptr;
    TrialRunner::If condition_ = TrialRunner::If::Asked;
    QTimer* quiet_ = nullptr;
    QLabel* state_ = nullptr;
    QPushButton* button_ = nullptr;
    QStackedLayout* pages_ = nullptr;
    QWidget* nothing_ = nullptr;
    QWidget* results_ = nullptr;
    QTextEdit* findings_ = nullptr;
    TriedFounders* foundersModel_ = nullptr;
    QTableView* founders_ = nullptr;
    TriedSamples* samplesModel_ = nullptr;
    QTableView* samples_ = nullptr;
    QTextEdit* attempt_ = nullptr;
    QWidget* answers_ = nullptr;
    /// In the place of answers, where founders paint.
    PictureBoard* pictures_ = nullptr;
};

}  // namespace mergarium
