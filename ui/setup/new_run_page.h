#pragma once

#include "core/configuration/presets.h"
#include "ui/trial/trial_runner.h"

#include <QWidget>

#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

class QLabel;
class QLineEdit;
class QListWidget;
class QPushButton;
class QSpinBox;

namespace mergarium {

class RunForm;
class RunReport;
class TrialPane;

/// Where runs begin: a preset starts as it is with one key, or its parameters are changed first.
class NewRunPage : public QWidget {
    Q_OBJECT

public:
    /// `trier` makes trials of founders before a run; by default there are none.
    explicit NewRunPage(std::vector<Preset> presets, QWidget* parent = nullptr, const Trier& trier = {});

    /// Fills the form with another run's configuration.
    void setConfiguration(const RunConfiguration& configuration);
    /// With what was being edited once; the preset that it differs least from is what it is compared with.
    void reopen(const RunConfiguration& configuration);
    /// What is being edited; possibly it can't be run.
    const RunConfiguration& configuration() const;
    /// To what was being edited before another preset was chosen, or a run duplicated; what is there now is what can be
    /// gone back to then.
    void goBack();
    bool canGoBack() const { return before_.has_value(); }
    /// False when there is no such preset.
    bool choosePreset(const QString& name);
    /// What is in the form, if it can be run; where a trial has found that the run would be for nothing, says so first,
    /// once. A name that nobody typed gets a number where a run has it already.
    void start();
    /// Names of runs that are there.
    void setTaken(std::set<std::string> names) { taken_ = std::move(names); }
    /// Children that are to be scored side by side; 0: as many as are worth it. No part of the configuration.
    int lanes() const;
    void setLanes(int lanes);
    /// The NATS server whose workers score, and behind spaces files with credentials and certificates; empty: this
    /// machine scores. No part of the configuration, either.
    QString workers() const;
    void setWorkers(const QString& workers);

Q_SIGNALS:
    void startRequested(const mergarium::RunConfiguration& configuration);
    void lanesChanged(int lanes);
    void workersChanged(const QString& workers);
    /// By a person.
    void edited();
    /// Something else takes the place of what was there; `edits`: it can be gone back to.
    void left(bool edits);
    /// It is about to be there again.
    void wentBack();

protected:
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    /// What is in the form, beside what, and whose preset it is.
    struct Content {
        RunConfiguration configuration, reference;
        /// -1: no preset's.
        int row = -1;
    };

    Content content() const;
    void replace(Content content);
    void fill(const Content& content);
    void showText();
    void review();
    void judge();
    /// Another trial has come, or none is left.
    void weigh();

    std::vector<Preset> presets_;
    std::set<std::string> taken_;
    std::optional<Content> before_;
    /// What was last said to be there.
    RunConfiguration told_;
    int row_ = -1;
    QPushButton* back_ = nullptr;
    QListWidget* list_ = nullptr;
    QLabel* description_ = nullptr;
    RunForm* form_ = nullptr;
    RunReport* report_ = nullptr;
    TrialPane* trial_ = nullptr;
    /// The person knows what the trial found, and may start all the same.
    bool warned_ = false;
    QLabel* verdict_ = nullptr;
    QSpinBox* lanes_ = nullptr;
    QLineEdit* workers_ = nullptr;
    QPushButton* reset_ = nullptr;
    QPushButton* start_ = nullptr;
};

}  // namespace mergarium
