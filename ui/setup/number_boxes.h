#pragma once

#include <QAbstractSpinBox>

#include <cstdint>
#include <optional>

namespace mergarium {

/// A whole number of any size, grouped by commas, with steps. Typed, not scrolled: a wheel that moves the page must not
/// move a parameter.
class CountBox : public QAbstractSpinBox {
    Q_OBJECT

public:
    explicit CountBox(QWidget* parent = nullptr);

    /// What 0 is called; empty: 0.
    void setUnset(const QString& words);
    void setUnit(const QString& unit) { unit_ = unit; }
    void setValue(std::uint64_t value);
    /// Absent: what is typed is no whole number.
    std::optional<std::uint64_t> value() const;

    void stepBy(int steps) override;

Q_SIGNALS:
    void changed();

protected:
    StepEnabled stepEnabled() const override;
    void wheelEvent(QWheelEvent* event) override;

private:
    QString unset_, unit_;
};

/// A number, kept as it is to its last digit.
class NumberBox : public QAbstractSpinBox {
    Q_OBJECT

public:
    explicit NumberBox(QWidget* parent = nullptr);

    /// What an empty box stands for; without it an empty box is no number.
    void setUnset(const QString& words);
    void setUnit(const QString& unit) { unit_ = unit; }
    void setValue(std::optional<double> value);
    /// Absent: empty, or no number.
    std::optional<double> value() const;
    bool isEmpty() const;

    /// By a tenth of the number's size.
    void stepBy(int steps) override;

Q_SIGNALS:
    void changed();

protected:
    StepEnabled stepEnabled() const override;
    void wheelEvent(QWheelEvent* event) override;

private:
    QString typed() const;

    QString unit_;
};

}  // namespace mergarium
