#include "ui/runs/name_delegate.h"

#include <QLineEdit>

namespace mergarium {

void NameDelegate::initStyleOption(QStyleOptionViewItem* option, const QModelIndex& index) const {
    QStyledItemDelegate::initStyleOption(option, index);
    option->textElideMode = Qt::ElideMiddle;
}

QWidget* NameDelegate::createEditor(QWidget* parent, const QStyleOptionViewItem&, const QModelIndex&) const {
    auto* editor = new QLineEdit(parent);
    editor->setAccessibleName(tr("Name of the run"));
    return editor;
}

void NameDelegate::setEditorData(QWidget* editor, const QModelIndex& index) const {
    // The list is read again while one types.
    if (auto* name = static_cast<QLineEdit*>(editor); !name->isModified()) name->setText(index.data().toString());
}

void NameDelegate::setModelData(QWidget* editor, QAbstractItemModel*, const QModelIndex& index) const {
    Q_EMIT named(index.row(), static_cast<QLineEdit*>(editor)->text().trimmed());
}

}  // namespace mergarium
