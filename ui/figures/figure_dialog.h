#pragma once

#include "ui/figures/write_figure.h"

#include <QDialog>

class QCheckBox;
class QDoubleSpinBox;
class QLabel;
class QSpinBox;

namespace mergarium {

/// Asks how large a figure is to be, and in which colours. Which format it has is said by the file's name.
class FigureDialog : public QDialog {
    Q_OBJECT

public:
    explicit FigureDialog(QWidget* parent = nullptr);

    FigureForm form() const;
    void setForm(const FigureForm& form);

private:
    void countDots();

    QDoubleSpinBox* width_ = nullptr;
    QDoubleSpinBox* height_ = nullptr;
    QDoubleSpinBox* text_ = nullptr;
    QSpinBox* dots_ = nullptr;
    QCheckBox* shown_ = nullptr;
    QLabel* pixels_ = nullptr;
};

}  // namespace mergarium
