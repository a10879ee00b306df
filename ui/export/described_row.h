#pragma once

#include <QFormLayout>
#include <QLabel>
#include <QString>
#include <QWidget>

namespace mergarium {

/// A row of a dialog's form: the editor, which is found by `key`, beside a label that leads to it; both explain
/// themselves by `meaning` when pointed at.
inline void addDescribedRow(QFormLayout& form, const QString& name, QWidget* editor, const char* key,
                            const QString& meaning) {
    auto* label = new QLabel(name, editor->parentWidget());
    label->setBuddy(editor);
    label->setToolTip(meaning);
    editor->setToolTip(meaning);
    editor->setObjectName(key);
    form.addRow(label, editor);
}

}  // namespace mergarium
