#pragma once

#include "core/founders/founder_settings.h"

#include <QWidget>

#include <vector>

class QLabel;
class QListWidget;
class QPushButton;

namespace mergarium {

/// The founders of a run from checkpoints: model folders and safetensors files, added by buttons or dropped. A dropped
/// adapter (isAdapter) goes onto the chosen founder, beside those that are on it. F2 changes
/// a founder as text (founderNamed).
class FounderList : public QWidget {
    Q_OBJECT

public:
    explicit FounderList(QWidget* parent = nullptr);

    void setFounders(std::vector<CheckpointFounder> founders);
    const std::vector<CheckpointFounder>& founders() const { return founders_; }
    void add(const QStringList& paths);

Q_SIGNALS:
    void changed();

protected:
    void changeEvent(QEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void refresh(int current);
    void removeCurrent();
    /// As its item says.
    void rename(int row);
    void move(int by);

    std::vector<CheckpointFounder> founders_;
    QListWidget* list_ = nullptr;
    QLabel* note_ = nullptr;
    QPushButton* remove_ = nullptr;
    QPushButton* up_ = nullptr;
    QPushButton* down_ = nullptr;
};

/// Why a path can't be a founder as far as one look at the folder tells; empty when it can.
QString founderProblem(const std::filesystem::path& path);

}  // namespace mergarium
