#pragma once

#include "core/store/birth_pages.h"

#include <QWidget>

#include <optional>

class QComboBox;
class QLineEdit;
class QPushButton;

namespace mergarium {

/// Which births are listed, in one row: by outcome and by a member; and where to go among them.
class BirthFilters : public QWidget {
    Q_OBJECT

public:
    explicit BirthFilters(QWidget* parent = nullptr);

    BirthQuery query() const;
    /// Who can be taken into the filter by one click.
    void offer(std::optional<MemberId> selected);
    /// All births.
    void clear();

Q_SIGNALS:
    void changed();
    void stepSought(quint64 step);

private:
    void announce();
    void goToStep();

    QComboBox* outcome_ = nullptr;
    QComboBox* part_ = nullptr;
    QLineEdit* member_ = nullptr;
    QPushButton* take_ = nullptr;
    QLineEdit* step_ = nullptr;
    std::optional<MemberId> selected_;
    BirthQuery told_;
};

}  // namespace mergarium
