#include "ui/setup/configuration_text.h"

#include "core/configuration/command_line.h"
#include "core/configuration/short_yaml.h"
#include "ui/theme/plain_labels.h"

#include <QButtonGroup>
#include <QClipboard>
#include <QDialogButtonBox>
#include <QFontDatabase>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLabel>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QRadioButton>
#include <QVBoxLayout>

#include <utility>

namespace mergarium {

ConfigurationText::ConfigurationText(RunConfiguration configuration, const std::vector<Preset>& presets,
                                     QWidget* parent)
    : QDialog(parent), configuration_(std::move(configuration)), presets_(presets), form_(new QButtonGroup(this)) {
    setWindowTitle(tr("Parameters as text"));
    auto* forms = new QHBoxLayout;
    for (const auto& [form, name, meaning] :
         {std::tuple(Short, tr("YAML, only what &differs"), tr("Everything else is as if it were not said.")),
          std::tuple(Whole, tr("YAML, &everything"), tr("Every parameter with its value.")),
          std::tuple(CommandLine, tr("Command &line"), tr("What to type in a terminal to run the same."))}) {
        auto* button = new QRadioButton(name, this);
        button->setToolTip(meaning);
        form_->addButton(button, form);
        forms->addWidget(button);
    }
    forms->addStretch(1);
    form_->button(Short)->setChecked(true);
    text_ = new QPlainTextEdit(this);
    text_->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    text_->setAccessibleName(tr("Parameters"));
    text_->setTabChangesFocus(true);
    problem_ = new QLabel(this);
    problem_->setObjectName("problem");
    problem_->setWordWrap(true);
    auto* hint = new QLabel(tr("Edit it, or paste YAML or a command line here, and take it over."), this);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close, this);
    auto* copy = buttons->addButton(tr("&Copy"), QDialogButtonBox::ActionRole);
    take_ = buttons->addButton(tr("&Take over"), QDialogButtonBox::ActionRole);
    take_->setObjectName("take");
    auto* layout = new QVBoxLayout(this);
    layout->addLayout(forms);
    layout->addWidget(text_, 1);
    layout->addWidget(hint);
    layout->addWidget(problem_);
    layout->addWidget(buttons);
    resize(fontMetrics().averageCharWidth() * 100, fontMetrics().height() * 32);

    connect(form_, &QButtonGroup::idClicked, this, &ConfigurationText::fill);
    connect(text_, &QPlainTextEdit::textChanged, this, [this] {
        problem_->clear();
        take_->setEnabled(true);
    });
    connect(copy, &QPushButton::clicked, this, [this] { QGuiApplication::clipboard()->setText(text_->toPlainText()); });
    connect(take_, &QPushButton::clicked, this, &ConfigurationText::take);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    fill();
}

void ConfigurationText::fill() {
    std::string text;
    switch (form_->checkedId()) {
        case Whole: text = toYaml(configuration_); break;
        case CommandLine: text = commandLineOf(configuration_, presets_); break;
        default: text = toShortYaml(configuration_);
    }
    text_->setPlainText(QString::fromStdString(text));
    // There is nothing new in it.
    take_->setEnabled(false);
}

void ConfigurationText::take() {
    const auto text = text_->toPlainText().toStdString();
    try {
        const auto configuration =
            isCommandLine(text) ? parseCommandLine(text, presets_) : parseConfiguration(text, tr("text").toStdString());
        Q_EMIT taken(configuration);
        accept();
    } catch (const std::exception& error) {
        showWarning(*problem_, QString::fromUtf8(error.what()));
    }
}

}  // namespace mergarium
