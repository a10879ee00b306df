#include "ui/runs/notes_delegate.h"

#include "ui/runs/runs_model.h"

#include <QKeyEvent>
#include <QPlainTextEdit>
#include <QTextDocument>

#include <algorithm>

namespace mergarium {

QWidget* NotesDelegate::createEditor(QWidget* parent, const QStyleOptionViewItem&, const QModelIndex&) const {
    auto* editor = new QPlainTextEdit(parent);
    editor->setAccessibleName(tr("Notes on the run"));
    editor->setTabChangesFocus(true);
    return editor;
}

void NotesDelegate::setEditorData(QWidget* editor, const QModelIndex& index) const {
    // The list is read again while one writes.
    auto* text = static_cast<QPlainTextEdit*>(editor);
    if (text->document()->isModified()) return;
    text->setPlainText(index.data(RunsModel::NotesRole).toString());
    text->document()->setModified(false);
}

void NotesDelegate::setModelData(QWidget* editor, QAbstractItemModel*, const QModelIndex& index) const {
    Q_EMIT noted(index.row(), static_cast<QPlainTextEdit*>(editor)->toPlainText().trimmed());
}

void NotesDelegate::updateEditorGeometry(QWidget* editor, const QStyleOptionViewItem& option,
                                         const QModelIndex&) const {
    constexpr int kLines = 6, kCharacters = 36;
    const auto room = editor->parentWidget()->rect();
    const auto metrics = editor->fontMetrics();
    QRect place(option.rect.topLeft(), QSize(std::max(option.rect.width(), kCharacters * metrics.averageCharWidth()),
                                             kLines * metrics.lineSpacing()));
    place.setSize(place.size().boundedTo(room.size()));
    place.moveLeft(std::clamp(place.left(), 0, room.width() - place.width()));
    place.moveTop(std::clamp(place.top(), 0, room.height() - place.height()));
    editor->setGeometry(place);
}

bool NotesDelegate::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() == QEvent::KeyPress) {
        const auto* key = static_cast<QKeyEvent*>(event);
        const bool enter = key->key() == Qt::Key_Return || key->key() == Qt::Key_Enter;
        if (enter && key->modifiers().testFlag(Qt::ControlModifier)) {
            auto* editor = static_cast<QWidget*>(watched);
            Q_EMIT commitData(editor);
            Q_EMIT closeEditor(editor);
            return true;
        }
    }
    return QStyledItemDelegate::eventFilter(watched, event);
}

}  // namespace mergarium
