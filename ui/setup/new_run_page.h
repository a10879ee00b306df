#pragma once

#include "core/configuration/presets.h"

#include <QWidget>

#include <vector>

class QLabel;
class QListWidget;
class QPushButton;
class QSpinBox;

namespace mergarium {

class RunForm;
class RunReport;

/// Where runs begin: a preset starts as it is with one key, or its parameters are changed first.
class NewRunPage : public QWidget {
    Q_OBJECT

public:
    explicit NewRunPage(std::vector<Preset> presets, QWidget* parent = nullptr);

    /// Fills the form with another run's configuration.
    void setConfiguration(const RunConfiguration& configuration);
    /// False when there is no such preset.
    bool choosePreset(const QString& name);
    void start();
    /// Children that are to be scored side by side; 0: as many as are worth it. No part of the configuration.
    int lanes() const;
    void setLanes(int lanes);

Q_SIGNALS:
    void startRequested(const mergarium::RunConfiguration& configuration);
    void lanesChanged(int lanes);

protected:
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;

private:
    void review();
    void judge();

    std::vector<Preset> presets_;
    QListWidget* list_ = nullptr;
    QLabel* description_ = nullptr;
    RunForm* form_ = nullptr;
    RunReport* report_ = nullptr;
    QLabel* verdict_ = nullptr;
    QSpinBox* lanes_ = nullptr;
    QPushButton* reset_ = nullptr;
    QPushButton* start_ = nullptr;
};

}  // namespace mergarium
