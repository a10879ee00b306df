#include "ui/setup/form_pass.h"

#include "core/fields/field_list.h"
#include "ui/setup/editors.h"
#include "ui/setup/list_text.h"
#include "ui/setup/number_boxes.h"
#include "ui/setup/path_edit.h"

#include <QCheckBox>
#include <QFormLayout>
#include <QLineEdit>
#include <QPlainTextEdit>

#include <algorithm>

namespace mergarium {
namespace {

/// The row goes, its widgets stay.
void takeOut(QFormLayout* layout, QWidget* editor) {
    const auto row = layout->takeRow(editor);
    delete row.labelItem;
    delete row.fieldItem;
}

QPlainTextEdit* textBox(std::size_t lines) {
    auto* box = new QPlainTextEdit;
    box->setTabChangesFocus(true);
    box->setFixedHeight(box->fontMetrics().lineSpacing() * (static_cast<int>(lines) + 1));
    return box;
}

QComboBox* listBox(std::span<const std::string_view> names) {
    auto* box = new TypedBox<QComboBox>;
    for (const auto name : names) box->addItem(textOf(name));
    return box;
}

}  // namespace

QString FormPass::meaningOf(const FieldText& text, const QString& values) const {
    auto meaning = textOf(text.help);
    if (!values.isEmpty()) meaning += RunForm::tr("\nIt is %1.").arg(values);
    return meaning + RunForm::tr("\nIn YAML: %1").arg(QString::fromStdString(full(text)));
}

QWidget* FormPass::editorOfRow(const FieldText& text, const char* type, const QString& values,
                               const std::function<QWidget*()>& make) {
    auto& rows = form_.rows_;
    const auto key = full(text);
    const auto found = std::ranges::find_if(rows, [&](const auto& row) { return row.key == key && row.type == type; });
    if (!fills()) {
        if (found == rows.end()) return nullptr;
        found->relevant = text.relevant && relevant_;
        return way_ == Way::Collect ? found->editor : nullptr;
    }

    RunForm::Row row;
    if (found == rows.end()) {
        row = {.key = key, .type = type, .name = {}, .label = new QLabel(&form_), .editor = make()};
        row.editor->setParent(&form_);
        row.editor->setObjectName(QString::fromStdString(key));
        row.label->setBuddy(row.editor);
    } else {
        row = *found;
        const auto at = static_cast<std::size_t>(found - rows.begin());
        if (at != next_) {
            takeOut(form_.layout_, row.editor);
            rows.erase(found);
        }
    }
    if (next_ == rows.size() || rows[next_].editor != row.editor) {
        rows.insert(rows.begin() + static_cast<std::ptrdiff_t>(next_), row);
        form_.layout_->insertRow(static_cast<int>(next_), row.label, row.editor);
    }
    auto& placed = rows[next_++];
    placed.name = textOf(text.label);
    placed.relevant = text.relevant && relevant_;
    placed.label->setToolTip(meaningOf(text, values));
    placed.editor->setToolTip(meaningOf(text, values));
    placed.editor->setAccessibleName(placed.name);
    // Of an editor in parts, the one that takes the keyboard.
    if (auto* part = placed.editor->focusProxy(); part && part->accessibleName().isEmpty())
        part->setAccessibleName(placed.name);
    return placed.editor;
}

void FormPass::removeOthers() {
    while (form_.rows_.size() > next_) {
        const auto row = form_.rows_.back();
        form_.rows_.pop_back();
        takeOut(form_.layout_, row.editor);
        // Nobody finds them or hears of them any more, though one of them may be who asked for this.
        row.editor->disconnect(&form_);
        row.label->setParent(nullptr);
        row.editor->setParent(nullptr);
        row.label->deleteLater();
        row.editor->deleteLater();
    }
}

void FormPass::refuse(const FieldText& text, std::string sentence) {
    if (!form_.unreadable_) form_.unreadable_ = {full(text), std::move(sentence)};
}

void FormPass::boolean(const FieldText& text, bool& value) {
    if (text.shorthand) return;
    auto* box = editorOf<QCheckBox>(text, "boolean", {}, [&] {
        auto* made = new QCheckBox;
        QObject::connect(made, &QCheckBox::toggled, &form_, &RunForm::edited);
        return made;
    });
    exchange(
        box, value, [](auto* from, bool& to) { to = from->isChecked(); },
        [](auto* to, bool from) { to->setChecked(from); });
}

void FormPass::whole(const FieldText& text, std::uint64_t& value, const WholeBounds& bounds) {
    const auto values = QString::fromStdString("a whole number " + boundsText(text, bounds));
    auto* box = editorOf<CountBox>(text, "whole", values, [&] {
        auto* made = new CountBox;
        QObject::connect(made, &CountBox::changed, &form_, &RunForm::edited);
        return made;
    });
    if (!box) return;
    if (fills()) {
        box->setUnset(textOf(text.unset));
        box->setUnit(textOf(text.unit));
        box->setValue(value);
    } else if (const auto typed = box->value()) {
        value = *typed;
    } else {
        refuse(text, "must be a whole number " + boundsText(text, bounds));
    }
}

void FormPass::number(const FieldText& text, double& value, const NumberBounds& bounds) {
    const auto values = QString::fromStdString("a number " + boundsText(bounds));
    auto* box = editorOf<NumberBox>(text, "number", values, [&] {
        auto* made = new NumberBox;
        QObject::connect(made, &NumberBox::changed, &form_, &RunForm::edited);
        return made;
    });
    if (!box) return;
    if (fills()) {
        box->setUnit(textOf(text.unit));
        box->setValue(value);
    } else if (const auto typed = box->value()) {
        value = *typed;
    } else {
        refuse(text, "must be a number " + boundsText(bounds));
    }
}

std::size_t FormPass::choice(const FieldText& text, std::span<const std::string_view> names, std::size_t index) {
    const bool isKind = text.key == "kind";
    auto* box = editorOf<QComboBox>(text, "choice", {}, [&] {
        auto* made = listBox(names);
        if (isKind)
            QObject::connect(made, &QComboBox::currentIndexChanged, &form_,
                             [form = &form_, section = section_](int chosen) {
                                 if (chosen >= 0) form->chooseKind(section, static_cast<std::size_t>(chosen));
                             });
        else
            QObject::connect(made, &QComboBox::currentIndexChanged, &form_, &RunForm::edited);
        return made;
    });
    if (!box) return index;
    if (fills()) box->setCurrentIndex(static_cast<int>(index));
    // Another kind has other fields: RunForm::chooseKind.
    return fills() || isKind || box->currentIndex() < 0 ? index : static_cast<std::size_t>(box->currentIndex());
}

void FormPass::text(const FieldText& text, std::string& value, const TextShape& shape) {
    const auto words = QString::fromStdString(value);
    if (shape.lines > 1) {
        auto* box = editorOf<QPlainTextEdit>(text, "lines", {}, [&] {
            auto* made = textBox(shape.lines);
            QObject::connect(made, &QPlainTextEdit::textChanged, &form_, &RunForm::edited);
            return made;
        });
        exchange(
            box, value, [](auto* from, std::string& to) { to = from->toPlainText().toStdString(); },
            [&](auto* to, const std::string&) {
                if (to->toPlainText() != words) to->setPlainText(words);
            });
    } else if (!shape.suggestions.empty()) {
        auto* box = editorOf<QComboBox>(text, "suggestions", {}, [&] {
            auto* made = listBox(shape.suggestions);
            made->setEditable(true);
            QObject::connect(made, &QComboBox::currentTextChanged, &form_, &RunForm::edited);
            return made;
        });
        exchange(
            box, value, [](auto* from, std::string& to) { to = from->currentText().trimmed().toStdString(); },
            [&](auto* to, const std::string&) { to->setCurrentText(words); });
    } else {
        auto* line = editorOf<QLineEdit>(text, "line", {}, [&] {
            auto* made = new QLineEdit;
            QObject::connect(made, &QLineEdit::textChanged, &form_, &RunForm::edited);
            return made;
        });
        exchange(
            line, value, [](auto* from, std::string& to) { to = from->text().toStdString(); },
            [&](auto* to, const std::string&) { setWords(to, words); });
    }
}

void FormPass::texts(const FieldText& text, std::vector<std::string>& value, TextsAre what, bool) {
    const bool command = what == TextsAre::Command;
    const auto values = command ? RunForm::tr("a program and its arguments as in a terminal")
                                : RunForm::tr("words apart by spaces; \\n is a line's end, \\s a space");
    auto* line = editorOf<QLineEdit>(text, command ? "arguments" : "words", values, [&] {
        auto* made = new QLineEdit;
        made->setPlaceholderText(command ? RunForm::tr("python3 evaluate.py") : QString());
        QObject::connect(made, &QLineEdit::textChanged, &form_, &RunForm::edited);
        return made;
    });
    exchange(
        line, value,
        [&](auto* from, auto& to) { to = command ? splitCommand(from->text()) : splitWords(from->text()); },
        [&](auto* to, const auto& from) { setWords(to, command ? joinCommand(from) : joinWords(from)); });
}

void FormPass::path(const FieldText& text, std::filesystem::path& value, const PathShape& shape) {
    const bool file = shape.kind == PathShape::Kind::File;
    auto* edit = editorOf<PathEdit>(text, file ? "file" : "folder", {}, [&] {
        auto* made = new PathEdit(file ? PathEdit::Kind::File : PathEdit::Kind::Folder, textOf(text.unset), &form_);
        QObject::connect(made, &PathEdit::changed, &form_, &RunForm::edited);
        return made;
    });
    exchange(
        edit, value, [](auto* from, auto& to) { to = from->path().toStdString(); },
        [](auto* to, const auto& from) { to->setPath(QString::fromStdString(from.string())); });
}

void FormPass::boolean(const FieldText& text, std::optional<bool>& value) {
    auto* box = editorOf<QComboBox>(text, "optional boolean", {}, [&] {
        auto* made = new TypedBox<QComboBox>;
        made->addItems({textOf(text.unset), RunForm::tr("yes"), RunForm::tr("no")});
        QObject::connect(made, &QComboBox::currentIndexChanged, &form_, &RunForm::edited);
        return made;
    });
    exchange(
        box, value,
        [](auto* from, std::optional<bool>& to) {
            to = from->currentIndex() == 0 ? std::nullopt : std::optional(from->currentIndex() == 1);
        },
        [](auto* to, const std::optional<bool>& from) {
            to->setCurrentIndex(!from ? 0 : *from ? 1 : 2);
        });
}

void FormPass::number(const FieldText& text, std::optional<double>& value, const NumberBounds& bounds) {
    const auto values = QString::fromStdString("a number " + boundsText(bounds));
    auto* box = editorOf<NumberBox>(text, "optional number", values, [&] {
        auto* made = new NumberBox;
        made->setUnset(textOf(text.unset));
        QObject::connect(made, &NumberBox::changed, &form_, &RunForm::edited);
        return made;
    });
    if (!box) return;
    if (fills()) {
        box->setValue(value);
        return;
    }
    value = box->value();
    if (!value && !box->isEmpty()) refuse(text, "must be a number " + boundsText(bounds) + ", or nothing");
}

void FormPass::section(const FieldText& text, const std::function<void()>& fields) {
    const auto outside = section_;
    const bool relevant = relevant_;
    section_ += std::string(text.key) + ".";
    relevant_ = relevant_ && text.relevant;
    fields();
    section_ = outside;
    relevant_ = relevant;
}

}  // namespace mergarium
