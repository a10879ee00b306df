#pragma once

#include "core/sweeps/sweep_draft.h"

#include <QStringList>
#include <QWidget>

class QComboBox;
class QGridLayout;
class QLineEdit;
class QTableView;

namespace mergarium {

class EntriesModel;

/// A sweep as fields: what it varies, in tables that are edited in place. Checks nothing.
class SweepForm : public QWidget {
    Q_OBJECT

public:
    /// `bases` are the presets that a sweep can start from.
    explicit SweepForm(const QStringList& bases, QWidget* parent = nullptr);

    /// Emits nothing.
    void setDraft(const SweepDraft& draft);
    SweepDraft draft() const;

Q_SIGNALS:
    /// By a person.
    void edited();

private:
    void add(const QString& name, QWidget* editor, const QString& meaning);
    QLineEdit* addLine(const QString& name, const QString& key, const QString& empty, const QString& meaning);
    QTableView* addTable(const QString& name, const QString& key, EntriesModel* model, const QStringList& keys,
                         const QString& meaning);
    void announce();

    QGridLayout* layout_ = nullptr;
    QLineEdit* name_ = nullptr;
    QComboBox* base_ = nullptr;
    QLineEdit* common_ = nullptr;
    EntriesModel* arms_ = nullptr;
    EntriesModel* axes_ = nullptr;
    QLineEdit* seeds_ = nullptr;
    /// What the fields don't show.
    SweepDraft rest_;
    bool filling_ = false;
};

}  // namespace mergarium
