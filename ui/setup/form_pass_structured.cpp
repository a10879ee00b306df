// The fields that are neither one value nor a list of texts, each with an editor of its own.
#include "core/fields/map_reader.h"
#include "core/fields/yaml.h"
#include "core/founders/founder_fields.h"
#include "ui/setup/editors.h"
#include "ui/setup/form_pass.h"
#include "ui/setup/list_text.h"
#include "ui/setup/question_files.h"
#include "ui/setup/structured_editors.h"

#include <QLineEdit>

#include <type_traits>

namespace mergarium {

void FormPass::structured(const FieldText& text, StructuredField& field) {
    const auto edited = [this](auto* made) {
        using Editor = std::remove_pointer_t<decltype(made)>;
        QObject::connect(made, &Editor::changed, &form_, &RunForm::edited);
        return made;
    };
    if (auto* splits = dynamic_cast<SplitsField*>(&field)) {
        auto* editor = editorOf<SplitsEditor>(text, "splits", {}, [&] { return edited(new SplitsEditor); });
        if (!editor) return;
        if (fills())
            editor->setSplits(splits->splits());
        else if (const auto typed = editor->splits())
            splits->splits() = *typed;
        else
            refuse(text, "must be numbers of split points");
    } else if (auto* ratio = dynamic_cast<RatioField*>(&field)) {
        const char* type = ratio->evenToo() ? "ratio or grid" : "ratio";
        auto* editor = editorOf<RatioEditor>(text, type, {}, [&] { return edited(new RatioEditor(ratio->evenToo())); });
        if (!editor) return;
        if (fills())
            editor->setRatio(ratio->ratio());
        else if (const auto typed = editor->ratio())
            ratio->ratio() = *typed;
        else
            refuse(text, "the shape of Beta must be a number");
    } else if (auto* extraction = dynamic_cast<ExtractionField*>(&field)) {
        auto* editor = editorOf<ExtractionEditor>(text, "extraction", {}, [&] { return edited(new ExtractionEditor); });
        if (!editor) return;
        if (fills()) {
            editor->set(extraction->extraction(), extraction->pattern());
        } else {
            extraction->extraction() = editor->extraction();
            extraction->pattern() = editor->pattern();
        }
    } else if (auto* files = dynamic_cast<QuestionFilesField*>(&field)) {
        auto* editor = editorOf<QuestionFiles>(text, "question files", {}, [&] { return edited(new QuestionFiles); });
        exchange(
            editor, files->files(), [](auto* from, auto& to) { to = from->files(); },
            [](auto* to, const auto& from) { to->setFiles(from); });
    } else if (auto* founders = dynamic_cast<FoundersField*>(&field)) {
        const char* type = founders->own().empty() ? "models" : "own founders";
        auto* editor =
            editorOf<FoundersEditor>(text, type, {}, [&] { return edited(new FoundersEditor(founders->own())); });
        exchange(
            editor, founders->founders(), [](auto* from, auto& to) { to = from->founders(); },
            [](auto* to, const auto& from) { to->setFounders(from); });
    } else if (auto* freeze = dynamic_cast<FreezeField*>(&field)) {
        auto* line = editorOf<QLineEdit>(text, "rules",
                                         RunForm::tr("name=founder, founders counted from 1, apart by spaces"), [&] {
                                             auto* made = new QLineEdit;
                                             made->setPlaceholderText(RunForm::tr("*norm*=1 lm_head.weight=2"));
                                             QObject::connect(made, &QLineEdit::textChanged, &form_, &RunForm::edited);
                                             return made;
                                         });
        exchange(
            line, freeze->rules(), [](auto* from, auto& to) { to = splitRules(from->text()); },
            [](auto* to, const auto& from) { setWords(to, joinRules(from)); });
    } else {
        // What the window has no editor of its own for is typed as YAML.
        auto* line = editorOf<QLineEdit>(text, "yaml", textOf(field.shape()), [&] {
            auto* made = new QLineEdit;
            QObject::connect(made, &QLineEdit::textChanged, &form_, &RunForm::edited);
            return made;
        });
        if (!line) return;
        if (fills()) {
            setWords(line, QString::fromStdString(toInlineYaml(field.write())));
            return;
        }
        try {
            Value map{Value::Map{}};
            map.at(text.key) = parseYaml(line->text().toStdString(), "");
            const Source source("", {});
            MapReader reader(map, "", source);
            field.read(text.key, map.at(text.key), reader);
        } catch (const ConfigurationError&) {
            refuse(text, "must be " + std::string(field.shape()));
        }
    }
}

}  // namespace mergarium
