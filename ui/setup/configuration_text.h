#pragma once

#include "core/configuration/presets.h"

#include <QDialog>

#include <vector>

class QButtonGroup;
class QLabel;
class QPlainTextEdit;
class QPushButton;

namespace mergarium {

/// A run's parameters as text: YAML, short or whole, or a command line; to be copied, edited, and pasted back.
class ConfigurationText : public QDialog {
    Q_OBJECT

public:
    enum Form { Short, Whole, CommandLine };

    ConfigurationText(RunConfiguration configuration, const std::vector<Preset>& presets, QWidget* parent = nullptr);

Q_SIGNALS:
    /// What is in the text is to be what is run.
    void taken(const mergarium::RunConfiguration& configuration);

private:
    void fill();
    void take();

    const RunConfiguration configuration_;
    const std::vector<Preset>& presets_;
    QButtonGroup* form_ = nullptr;
    QPlainTextEdit* text_ = nullptr;
    QLabel* problem_ = nullptr;
    QPushButton* take_ = nullptr;
};

}  // namespace mergarium
