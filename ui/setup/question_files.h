#pragma once

#include "core/tasks/causal_lm/causal_lm_settings.h"

#include <QWidget>

#include <vector>

class QPushButton;
class QTableWidget;

namespace mergarium {

/// The files of questions of a language task, one a row; JSON lines files are added by a button or dropped.
class QuestionFiles : public QWidget {
    Q_OBJECT

public:
    explicit QuestionFiles(QWidget* parent = nullptr);

    void setFiles(const std::vector<QuestionFile>& files);
    /// A number that can't be read becomes one that no run takes.
    std::vector<QuestionFile> files() const;
    void add(const QStringList& paths);

Q_SIGNALS:
    void changed();

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    enum Column { TrainColumn, TestColumn, HeldOutColumn, WeightColumn, LimitColumn, Columns };
    void append(const QuestionFile& file);
    void removeCurrent();

    QTableWidget* table_ = nullptr;
    QPushButton* remove_ = nullptr;
    bool filling_ = false;
};

}  // namespace mergarium
