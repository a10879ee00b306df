#pragma once

#include <QStyledItemDelegate>

namespace mergarium {

/// Lets notes of several lines be written over the list, below their cell. Ctrl+Enter and leaving keep them, Escape
/// doesn't. Says what was written instead of writing it: the database is asked first.
class NotesDelegate : public QStyledItemDelegate {
    Q_OBJECT

public:
    using QStyledItemDelegate::QStyledItemDelegate;

    QWidget* createEditor(QWidget* parent, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    void setEditorData(QWidget* editor, const QModelIndex& index) const override;
    void setModelData(QWidget* editor, QAbstractItemModel* model, const QModelIndex& index) const override;
    void updateEditorGeometry(QWidget* editor, const QStyleOptionViewItem& option,
                              const QModelIndex& index) const override;

Q_SIGNALS:
    void noted(int row, const QString& notes) const;

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;
};

}  // namespace mergarium
