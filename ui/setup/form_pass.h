#pragma once

#include "core/fields/field_visitor.h"
#include "ui/setup/run_form.h"

#include <cstddef>
#include <functional>
#include <string>

namespace mergarium {

/// One walk over a form's configuration: values into the fields, or out of them. Filling makes the rows that are
/// missing, in the order of the parameters, and removes those that were not seen.
class FormPass final : public FieldVisitor {
public:
    enum class Way {
        Fill,
        Collect,
        /// Neither: which rows mean anything as the configuration now is.
        Review
    };
    FormPass(RunForm& form, Way way) : form_(form), way_(way) {}

    void boolean(const FieldText& text, bool& value) override;
    void whole(const FieldText& text, std::uint64_t& value, const WholeBounds& bounds) override;
    void number(const FieldText& text, double& value, const NumberBounds& bounds) override;
    std::size_t choice(const FieldText& text, std::span<const std::string_view> names, std::size_t index) override;
    void text(const FieldText& text, std::string& value, const TextShape& shape) override;
    void texts(const FieldText& text, std::vector<std::string>& value, TextsAre what, bool required) override;
    void path(const FieldText& text, std::filesystem::path& value, const PathShape& shape) override;
    void structured(const FieldText& text, StructuredField& field) override;
    void boolean(const FieldText& text, std::optional<bool>& value) override;
    void number(const FieldText& text, std::optional<double>& value, const NumberBounds& bounds) override;
    void section(const FieldText& text, const std::function<void()>& fields) override;
    using FieldVisitor::choice;

    /// After filling: takes away the rows that this walk did not see.
    void removeOthers();

private:
    /// The editor of a row, made by `make` where the form has none of that type; null where there is nothing to be
    /// filled in or collected.
    template <typename Editor, typename Make>
    Editor* editorOf(const FieldText& text, const char* type, const QString& values, Make&& make) {
        return static_cast<Editor*>(editorOfRow(text, type, values, [&]() -> QWidget* { return make(); }));
    }
    QWidget* editorOfRow(const FieldText& text, const char* type, const QString& values,
                         const std::function<QWidget*()>& make);
    QString meaningOf(const FieldText& text, const QString& values) const;
    std::string full(const FieldText& text) const { return section_ + std::string(text.key); }
    bool fills() const { return way_ == Way::Fill; }
    /// What is typed is no value; the first such is what the form complains of.
    void refuse(const FieldText& text, std::string sentence);
    template <typename Editor, typename Value, typename Get, typename Set>
    void exchange(Editor* editor, Value& value, Get&& get, Set&& set) {
        if (!editor) return;
        if (fills())
            set(editor, value);
        else
            get(editor, value);
    }

    RunForm& form_;
    Way way_;
    std::string section_;
    bool relevant_ = true;
    std::size_t next_ = 0;
};

}  // namespace mergarium
