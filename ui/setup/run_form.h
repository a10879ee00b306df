#pragma once

#include "core/configuration/configuration.h"

#include <QWidget>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

class QFormLayout;
class QLabel;

namespace mergarium {

/// The parameters of a run as fields, which it knows from `visit` alone. What is in them is always a configuration,
/// possibly one that can't be run.
class RunForm : public QWidget {
    Q_OBJECT

public:
    explicit RunForm(QWidget* parent = nullptr);

    /// Fills the fields; what differs from `reference` is marked as changed.
    void setConfiguration(const RunConfiguration& configuration, const RunConfiguration& reference);
    const RunConfiguration& configuration() const { return configuration_; }
    /// What is in the fields and can't be run; the field is marked.
    const std::optional<Violation>& violation() const { return violation_; }
    /// Takes over dropped files: questions or samples where they are JSON lines, everything else as founders. A form
    /// for a task that brings its own founders becomes one for the first that doesn't.
    void take(const QStringList& paths);
    const RunConfiguration& reference() const { return reference_; }
    bool isChanged() const { return !(configuration_ == reference_); }
    /// Shows only the parameters that differ from the reference.
    void showOnlyChanges(bool only);
    /// With the keys of fields below their names, where they go when they have no room beside them.
    QSize minimumSizeHint() const override;

Q_SIGNALS:
    void changed();

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    friend class FormPass;

    /// One line of the form.
    struct Row {
        /// Dotted, as in YAML.
        std::string key;
        /// What kind of editor it has; another kind of the same key gets a new one.
        std::string type;
        QString name;
        QLabel* label = nullptr;
        QWidget* editor = nullptr;
        bool relevant = true;
        bool changed = false;
        bool wrong = false;
        /// What the layout was last told; absent: nothing yet.
        std::optional<bool> shown = std::nullopt;

        /// Its name, and whether it was changed.
        QString spoken() const;
    };

    /// Puts the configuration into the fields, making and removing rows.
    void fill();
    /// Takes what is in the fields into the configuration.
    void collect();
    void chooseKind(const std::string& section, std::size_t index);
    void edited();
    void review();
    void nameRows();
    /// How much narrower labels are with keys below names.
    int spared() const;
    /// Keys go below names, or back.
    void fit();

    QFormLayout* layout_ = nullptr;
    std::vector<Row> rows_;
    RunConfiguration configuration_, reference_;
    /// What is typed and is no value at all.
    std::optional<Violation> unreadable_;
    std::optional<Violation> violation_;
    bool filling_ = false;
    bool onlyChanges_ = false;
    bool narrow_ = false;
};

}  // namespace mergarium
