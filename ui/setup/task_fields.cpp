#include "core/text/chat_template.h"
#include "ui/setup/editors.h"
#include "ui/setup/founder_list.h"
#include "ui/setup/list_text.h"
#include "ui/setup/path_edit.h"
#include "ui/setup/question_files.h"
#include "ui/setup/run_form.h"

#include <QCheckBox>
#include <QLineEdit>
#include <QPlainTextEdit>

#include <algorithm>

namespace mergarium {
namespace {

constexpr int kLargestCount = 1'000'000'000;

const CausalLmSettings* language(const RunConfiguration& configuration) {
    return std::get_if<CausalLmSettings>(&configuration.task);
}
CausalLmSettings* language(RunConfiguration& configuration) {
    return std::get_if<CausalLmSettings>(&configuration.task);
}
const CommandSettings* command(const RunConfiguration& configuration) {
    return std::get_if<CommandSettings>(&configuration.task);
}
CommandSettings* command(RunConfiguration& configuration) { return std::get_if<CommandSettings>(&configuration.task); }

bool isLanguage(const RunConfiguration& configuration) { return language(configuration); }
bool isCommand(const RunConfiguration& configuration) { return command(configuration); }
bool isDigits(const RunConfiguration& configuration) { return kindOf(configuration.task) == TaskKind::Digits; }
bool fromCheckpoints(const RunConfiguration& configuration) { return !isDigits(configuration); }
bool scoredBy(const RunConfiguration& configuration, QuestionScoring scoring) {
    return isLanguage(configuration) && language(configuration)->scoring == scoring;
}

/// Another kind of task starts from its defaults, and with founders of its kind.
void setKind(RunConfiguration& configuration, TaskKind kind) {
    if (kindOf(configuration.task) == kind) return;
    switch (kind) {
        case TaskKind::Digits: configuration.task = DigitsSettings{}; break;
        case TaskKind::CausalLm: configuration.task = CausalLmSettings{}; break;
        case TaskKind::Command: configuration.task = CommandSettings{}; break;
    }
    if (kind == TaskKind::Digits)
        configuration.founders = DigitsFounders::ReferenceSpecialists;
    else if (!std::holds_alternative<std::vector<CheckpointFounder>>(configuration.founders))
        configuration.founders = std::vector<CheckpointFounder>();
}

QPlainTextEdit* textBox(QWidget* parent, int lines) {
    auto* box = new QPlainTextEdit(parent);
    box->setTabChangesFocus(true);
    box->setFixedHeight(box->fontMetrics().lineSpacing() * (lines + 1));
    return box;
}

void setText(QPlainTextEdit* box, const QString& text) {
    if (box->toPlainText() != text) box->setPlainText(text);
}

int shown(std::uint64_t count) { return static_cast<int>(std::min<std::uint64_t>(count, kLargestCount)); }

}  // namespace

void RunForm::take(const QStringList& paths) {
    if (paths.isEmpty()) return;
    if (isDigits(configuration())) choose(task_, TaskKind::CausalLm);
    QStringList questions, founders;
    for (const auto& path : paths) (path.endsWith(".jsonl") || path.endsWith(".json") ? questions : founders) << path;
    checkpoints_->add(founders);
    if (isLanguage(configuration()))
        questions_->add(questions);
    else if (!questions.isEmpty())
        samples_->setPath(questions.front());
}

void RunForm::addTaskFields() {
    auto* task = choiceBox(this, {TaskKind::Digits, TaskKind::CausalLm, TaskKind::Command});
    task_ = task;
    connect(task, &QComboBox::currentIndexChanged, this, [this] { review(); });
    add({.key = "task",
         .name = tr("Task"),
         .editor = task,
         .fill = [=](const auto& c) { choose(task, kindOf(c.task)); },
         .collect = [=](auto& c) { setKind(c, chosen<TaskKind>(task)); }},
        tr("What models are scored on: handwritten digits, questions to language models, or a program of yours that "
           "scores checkpoints."));

    auto* founders =
        choiceBox(this, {DigitsFounders::ReferenceSpecialists, DigitsFounders::Specialists, DigitsFounders::Random});
    connect(founders, &QComboBox::currentIndexChanged, this, [this] { review(); });
    add({.key = "founders",
         .name = tr("Founders"),
         .editor = founders,
         .fill =
             [=](const auto& c) {
                 if (const auto* kind = std::get_if<DigitsFounders>(&c.founders)) choose(founders, *kind);
             },
         .collect =
             [=](auto& c) {
                 if (std::holds_alternative<DigitsFounders>(c.founders)) c.founders = chosen<DigitsFounders>(founders);
             },
         .applies = isDigits},
        tr("The published pair of specialists, a pair trained anew for every seed, or two untrained networks (they "
           "need mutation)."));

    addCheckpointFields();
    addLanguageFields();
    addCommandFields();
}

void RunForm::addCheckpointFields() {
    const auto review = [this] { this->review(); };

    auto* list = new FounderList(this);
    checkpoints_ = list;
    connect(list, &FounderList::changed, this, review);
    add({.key = "founders",
         .name = tr("Founders"),
         .editor = list,
         .fill =
             [=](const auto& c) {
                 const auto* founders = std::get_if<std::vector<CheckpointFounder>>(&c.founders);
                 list->setFounders(founders ? *founders : std::vector<CheckpointFounder>());
             },
         .collect =
             [=](auto& c) {
                 if (std::holds_alternative<std::vector<CheckpointFounder>>(c.founders)) c.founders = list->founders();
             },
         .applies = fromCheckpoints},
        tr("The models that are merged, of one architecture. Drop model folders or safetensors files on the list."));

    auto* exclude = new QLineEdit(this);
    connect(exclude, &QLineEdit::textChanged, this, review);
    add({.key = "tensors.exclude",
         .name = tr("Leave out tensors"),
         .editor = exclude,
         .fill = [=](const auto& c) { setWords(exclude, joinWords(c.tensors.exclude)); },
         .collect = [=](auto& c) { c.tensors.exclude = splitWords(exclude->text()); },
         .applies = fromCheckpoints},
        tr("Names of tensors that the merged models don't have, apart by spaces; * and ? stand for any characters."));

    auto* freeze = new QLineEdit(this);
    freeze->setPlaceholderText(tr("*norm*=1 lm_head.weight=2"));
    connect(freeze, &QLineEdit::textChanged, this, review);
    add({.key = "tensors.freeze",
         .name = tr("Keep tensors"),
         .editor = freeze,
         .fill = [=](const auto& c) { setWords(freeze, joinRules(c.tensors.freeze)); },
         .collect = [=](auto& c) { c.tensors.freeze = splitRules(freeze->text()); },
         .applies = fromCheckpoints},
        tr("Tensors taken over from one founder as they are: name=founder, founders counted from 1, apart by spaces."));

    auto* vocabulary = new QCheckBox(tr("where vocabularies differ in size, merge what all have"), this);
    connect(vocabulary, &QCheckBox::toggled, this, review);
    add({.key = "tensors.common_vocabulary",
         .name = tr("Common vocabulary"),
         .editor = vocabulary,
         .fill = [=](const auto& c) { vocabulary->setChecked(c.tensors.commonVocabulary); },
         .collect = [=](auto& c) { c.tensors.commonVocabulary = vocabulary->isChecked(); },
         .applies = fromCheckpoints},
        tr("Off: founders whose vocabularies differ are refused."));
}

void RunForm::addLanguageFields() {
    const auto review = [this] { this->review(); };
    const auto ofLanguage = [](auto collect) {
        return [collect](RunConfiguration& c) {
            if (auto* task = language(c)) collect(*task);
        };
    };
    static const CausalLmSettings defaults;
    const auto task = [](const RunConfiguration& c) -> const CausalLmSettings& {
        return language(c) ? *language(c) : defaults;
    };
    const auto line = [&](const char* key, const QString& name, std::string CausalLmSettings::*part,
                          const QString& meaning, std::function<bool(const RunConfiguration&)> applies) {
        auto* edit = new QLineEdit(this);
        connect(edit, &QLineEdit::textChanged, this, review);
        add({.key = key,
             .name = name,
             .editor = edit,
             .fill = [=](const auto& c) { setWords(edit, QString::fromStdString(task(c).*part)); },
             .collect = ofLanguage([=](CausalLmSettings& t) { t.*part = edit->text().toStdString(); }),
             .applies = std::move(applies)},
            meaning);
    };
    const auto count = [&](const char* key, const QString& name, std::uint64_t CausalLmSettings::*part,
                           const QString& meaning) {
        auto* box = countBox(this, kLargestCount);
        connect(box, &QSpinBox::valueChanged, this, review);
        add({.key = key,
             .name = name,
             .editor = box,
             .fill = [=](const auto& c) { box->setValue(shown(task(c).*part)); },
             .collect = ofLanguage([=](CausalLmSettings& t) { t.*part = static_cast<std::uint64_t>(box->value()); }),
             .applies = isLanguage},
            meaning);
    };
    const auto multipleChoice = [](const RunConfiguration& c) { return scoredBy(c, QuestionScoring::MultipleChoice); };
    const auto exactMatch = [](const RunConfiguration& c) { return scoredBy(c, QuestionScoring::ExactMatch); };

    auto* files = new QuestionFiles(this);
    questions_ = files;
    connect(files, &QuestionFiles::changed, this, review);
    add({.key = "task.files",
         .name = tr("Questions"),
         .editor = files,
         .fill = [=](const auto& c) { files->setFiles(task(c).files); },
         .collect = ofLanguage([=](CausalLmSettings& t) { t.files = files->files(); }),
         .applies = isLanguage},
        tr("Files with a JSON object per line. Drop them on the table."));

    auto* scoring =
        choiceBox(this, {QuestionScoring::ExactMatch, QuestionScoring::MultipleChoice, QuestionScoring::Likelihood});
    connect(scoring, &QComboBox::currentIndexChanged, this, review);
    add({.key = "task.scoring",
         .name = tr("Scored by"),
         .editor = scoring,
         .fill = [=](const auto& c) { choose(scoring, task(c).scoring); },
         .collect = ofLanguage([=](CausalLmSettings& t) { t.scoring = chosen<QuestionScoring>(scoring); }),
         .applies = isLanguage},
        tr("exact-match: generate and compare. multiple-choice: the likeliest choice. likelihood: the probability of "
           "the right answer."));

    auto* prompt = textBox(this, 4);
    connect(prompt, &QPlainTextEdit::textChanged, this, review);
    add({.key = "task.prompt",
         .name = tr("Prompt"),
         .editor = prompt,
         .fill = [=](const auto& c) { setText(prompt, QString::fromStdString(task(c).prompt)); },
         .collect = ofLanguage([=](CausalLmSettings& t) { t.prompt = prompt->toPlainText().toStdString(); }),
         .applies = isLanguage},
        tr("What the model sees of a question; {question} stands for that field of the JSON object."));

    auto* chat = new TypedBox<QComboBox>(this);
    chat->setEditable(true);
    for (const auto name : chatTemplateNames())
        chat->addItem(QString::fromUtf8(name.data(), static_cast<qsizetype>(name.size())));
    connect(chat, &QComboBox::currentTextChanged, this, review);
    add({.key = "task.chat",
         .name = tr("Chat template"),
         .editor = chat,
         .fill = [=](const auto& c) { chat->setCurrentText(QString::fromStdString(task(c).chat)); },
         .collect = ofLanguage([=](CausalLmSettings& t) { t.chat = chat->currentText().trimmed().toStdString(); }),
         .applies = isLanguage},
        tr("What is put around the prompt, as the models were trained on."));

    line("task.system", tr("System text"), &CausalLmSettings::system, tr("Of the chat template; empty: none."),
         isLanguage);
    line("task.reference", tr("Field of the answer"), &CausalLmSettings::reference,
         tr("Which field of the JSON object holds what is right."), isLanguage);
    line("task.choices", tr("Field of the choices"), &CausalLmSettings::choices,
         tr("Which field of the JSON object holds the list of choices."), multipleChoice);

    auto* normalized = new QCheckBox(tr("per token"), this);
    connect(normalized, &QCheckBox::toggled, this, review);
    add({.key = "task.length_normalized",
         .name = tr("Likelihood"),
         .editor = normalized,
         .fill = [=](const auto& c) { normalized->setChecked(task(c).lengthNormalized); },
         .collect = ofLanguage([=](CausalLmSettings& t) { t.lengthNormalized = normalized->isChecked(); }),
         .applies = multipleChoice},
        tr("Divide a choice's log-likelihood by its number of tokens, so that short ones aren't preferred."));

    auto* extraction = new TypedBox<QComboBox>(this);
    extraction->addItems({tr("all of it"), tr("the last number"), tr("what matches")});
    auto* pattern = new QLineEdit(this);
    pattern->setObjectName("extractPattern");
    connect(extraction, &QComboBox::currentIndexChanged, this, [=, this](int index) {
        pattern->setEnabled(index == 2);
        this->review();
    });
    connect(pattern, &QLineEdit::textChanged, this, review);
    add({.key = "task.extract",
         .name = tr("Answer is"),
         .editor = pairOf(this, extraction, {}, pattern),
         .fill =
             [=](const auto& c) {
                 extraction->setCurrentIndex(static_cast<int>(task(c).extraction));
                 pattern->setEnabled(task(c).extraction == Extraction::Pattern);
                 setWords(pattern, QString::fromStdString(task(c).pattern));
             },
         .collect = ofLanguage([=](CausalLmSettings& t) {
             t.extraction = static_cast<Extraction>(extraction->currentIndex());
             t.pattern = pattern->text().toStdString();
         }),
         .applies = exactMatch},
        tr("What of the generated text is compared with the right answer; a regular expression's first group, or all "
           "that matches."));

    auto* stop = new QLineEdit(this);
    stop->setPlaceholderText(tr("\\n\\n Question:"));
    connect(stop, &QLineEdit::textChanged, this, review);
    add({.key = "task.stop",
         .name = tr("Stop at"),
         .editor = stop,
         .fill = [=](const auto& c) { setWords(stop, joinWords(task(c).stop)); },
         .collect = ofLanguage([=](CausalLmSettings& t) { t.stop = splitWords(stop->text()); }),
         .applies = exactMatch},
        tr("Texts at which generation ends besides the end token, apart by spaces; \\n is a line's end, \\s a space."));

    count("task.max_new_tokens", tr("Tokens at most"), &CausalLmSettings::maxNewTokens,
          tr("So many tokens are generated for an answer at most."));
    count("task.batch", tr("Questions at a time"), &CausalLmSettings::batch,
          tr("How many questions are scored together; 0: chosen by memory."));
}

void RunForm::addCommandFields() {
    const auto review = [this] { this->review(); };
    const auto ofCommand = [](auto collect) {
        return [collect](RunConfiguration& c) {
            if (auto* task = command(c)) collect(*task);
        };
    };
    static const CommandSettings defaults;
    const auto task = [](const RunConfiguration& c) -> const CommandSettings& {
        return command(c) ? *command(c) : defaults;
    };
    const auto path = [&](const char* key, const QString& name, PathEdit::Kind kind, const QString& empty,
                          std::filesystem::path CommandSettings::*part, const QString& meaning) {
        auto* edit = new PathEdit(kind, empty, this);
        connect(edit, &PathEdit::changed, this, review);
        add({.key = key,
             .name = name,
             .editor = edit,
             .fill = [=](const auto& c) { edit->setPath(QString::fromStdString((task(c).*part).string())); },
             .collect = ofCommand([=](CommandSettings& t) { t.*part = edit->path().toStdString(); }),
             .applies = isCommand},
            meaning);
        return edit;
    };

    auto* program = new QLineEdit(this);
    program->setPlaceholderText(tr("python3 evaluate.py"));
    connect(program, &QLineEdit::textChanged, this, review);
    add({.key = "task.program",
         .name = tr("Program"),
         .editor = program,
         .fill = [=](const auto& c) { setWords(program, joinCommand(task(c).program)); },
         .collect = ofCommand([=](CommandSettings& t) { t.program = splitCommand(program->text()); }),
         .applies = isCommand},
        tr("The program that scores models and its arguments, JSON lines over its input and output; started without a "
           "shell."));
    path("task.folder", tr("Started in"), PathEdit::Kind::Folder, tr("this program's own folder"),
         &CommandSettings::folder, tr("The folder that the program is started in."));
    samples_ = path("task.samples", tr("Samples"), PathEdit::Kind::File, {}, &CommandSettings::samples,
                    tr("What the program is asked about, a JSON object per line."));
    path("task.test_samples", tr("Held-out samples"), PathEdit::Kind::File, tr("none"), &CommandSettings::testSamples,
         tr("Only scored for members, never competed for."));

    auto* lifetime = choiceBox(this, {EvaluatorLifetime::Kept, EvaluatorLifetime::PerChild});
    connect(lifetime, &QComboBox::currentIndexChanged, this, review);
    add({.key = "task.lifetime",
         .name = tr("Program lives"),
         .editor = lifetime,
         .fill = [=](const auto& c) { choose(lifetime, task(c).lifetime); },
         .collect = ofCommand([=](CommandSettings& t) { t.lifetime = chosen<EvaluatorLifetime>(lifetime); }),
         .applies = isCommand},
        tr("kept: started once. per-child: started anew for every model."));

    auto* handover = choiceBox(this, {Handover::Folder, Handover::InPlace});
    connect(handover, &QComboBox::currentIndexChanged, this, review);
    add({.key = "task.handover",
         .name = tr("Models are handed"),
         .editor = handover,
         .fill = [=](const auto& c) { choose(handover, task(c).handover); },
         .collect = ofCommand([=](CommandSettings& t) { t.handover = chosen<Handover>(handover); }),
         .applies = isCommand},
        tr("folder: a folder of its own for every model. in-place: one file rewritten."));

    auto* timeout = numberBox(this, 1e6, 1, 10.0);
    timeout->setSuffix(tr(" s"));
    connect(timeout, &QDoubleSpinBox::valueChanged, this, review);
    add({.key = "task.timeout",
         .name = tr("Time per answer"),
         .editor = timeout,
         .fill = [=](const auto& c) { timeout->setValue(task(c).timeout); },
         .collect = ofCommand([=](CommandSettings& t) { t.timeout = timeout->value(); }),
         .applies = isCommand},
        tr("A program that takes longer has failed on that model."));

    auto* batch = countBox(this, kLargestCount);
    connect(batch, &QSpinBox::valueChanged, this, review);
    add({.key = "task.batch",
         .name = tr("Samples at a time"),
         .editor = batch,
         .fill = [=](const auto& c) { batch->setValue(shown(task(c).batch)); },
         .collect = ofCommand([=](CommandSettings& t) { t.batch = static_cast<std::uint64_t>(batch->value()); }),
         .applies = isCommand},
        tr("0: all at once. Fewer, and a child that is certain to be rejected needn't be scored on all."));
    path("task.scratch", tr("Scratch folder"), PathEdit::Kind::Folder, tr("beside the run database"),
         &CommandSettings::scratch, tr("Where models lie while they are scored."));
}

}  // namespace mergarium
