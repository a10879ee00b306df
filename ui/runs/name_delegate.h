#pragma once

#include <QStyledItemDelegate>

namespace mergarium {

/// Lets a name be typed over in its cell. Says what was typed instead of writing it: the database is asked first.
class NameDelegate : public QStyledItemDelegate {
    Q_OBJECT

public:
    using QStyledItemDelegate::QStyledItemDelegate;

    QWidget* createEditor(QWidget* parent, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    void setEditorData(QWidget* editor, const QModelIndex& index) const override;
    void setModelData(QWidget* editor, QAbstractItemModel* model, const QModelIndex& index) const override;

protected:
    /// A name that is too long loses its middle: names often differ at their ends.
    void initStyleOption(QStyleOptionViewItem* option, const QModelIndex& index) const override;

Q_SIGNALS:
    void named(int row, const QString& name) const;
};

}  // namespace mergarium
