#pragma once

#include "core/configuration/configuration.h"

#include <QWidget>

#include <functional>
#include <optional>
#include <vector>

class QComboBox;
class QFormLayout;
class QLabel;

namespace mergarium {

class FounderList;
class PathEdit;
class QuestionFiles;

/// The parameters of a run as fields. What is in them is always a configuration, possibly one that can't be run.
class RunForm : public QWidget {
    Q_OBJECT

public:
    explicit RunForm(QWidget* parent = nullptr);

    /// Fills the fields; what differs from it later on is marked as changed.
    void setConfiguration(const RunConfiguration& configuration);
    /// Back to what was last set.
    void reset() { setConfiguration(reference_); }
    RunConfiguration configuration() const;
    /// What is in the fields and can't be run; the field is marked.
    std::optional<Violation> violation() const { return violation_; }
    /// Takes over dropped files: questions or samples where they are JSON lines, everything else as founders. A form
    /// for the digits becomes one for language models.
    void take(const QStringList& paths);
    bool isChanged() const { return !(configuration() == reference_); }

Q_SIGNALS:
    void changed();

private:
    /// One line of the form, bound to one part of the configuration.
    struct Field {
        /// Dotted, as in YAML.
        QString key;
        QString name;
        QLabel* label = nullptr;
        QWidget* editor = nullptr;
        std::function<void(const RunConfiguration&)> fill;
        std::function<void(RunConfiguration&)> collect;
        /// Shown only for such configurations; null: always.
        std::function<bool(const RunConfiguration&)> applies = nullptr;
    };

    void addNameField();
    void addTaskFields();
    void addCheckpointFields();
    void addLanguageFields();
    void addCommandFields();
    void addStrategyFields();
    void addRunFields();
    QWidget* add(Field field, const QString& meaning);
    void review();

    QFormLayout* layout_ = nullptr;
    std::vector<Field> fields_;
    QComboBox* task_ = nullptr;
    FounderList* checkpoints_ = nullptr;
    QuestionFiles* questions_ = nullptr;
    PathEdit* samples_ = nullptr;
    RunConfiguration reference_;
    std::optional<Violation> violation_;
    bool filling_ = false;
};

}  // namespace mergarium
