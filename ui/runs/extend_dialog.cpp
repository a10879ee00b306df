#include "ui/runs/extend_dialog.h"

#include "core/configuration/yaml.h"
#include "core/founders/founder_names.h"
#include "core/store/run_catalog.h"
#include "ui/session/run_text.h"
#include "ui/setup/number_boxes.h"
#include "ui/setup/path_edit.h"

#include <QDialogButtonBox>
#include <QFormLayout>
#include <QLabel>
#include <QPlainTextEdit>
#include <QPushButton>

#include <algorithm>
#include <stdexcept>

namespace mergarium {

ExtendDialog::ExtendDialog(const RunSummary& run, QWidget* parent)
    : QDialog(parent),
      run_(run.id),
      budget_(run.budget),
      evaluations_(new CountBox(this)),
      changes_(new QPlainTextEdit(this)),
      stays_(new QLabel(this)),
      founder_(new PathEdit(PathEdit::Kind::Folder, tr("none"), this)),
      problem_(new QLabel(this)) {
    setWindowTitle(tr("Extend or change the run"));
    auto* layout = new QFormLayout(this);
    auto* now = new QLabel(tr("%1 stands at %2 evaluations.")
                               .arg(QString::fromStdString(run.name), evaluationsText(run.evaluations, run.budget)),
                           this);
    auto* meaning =
        new QLabel(tr("It goes on with the same stream of random numbers, and ends as if it had had its new "
                      "budget from the start."),
                   this);
    auto* event =
        new QLabel(tr("From the next evaluation on. Every change is kept with the run, and repeated when the run "
                      "is gone on with."),
                   this);
    problem_->setObjectName("extend.problem");
    stays_->setObjectName("extend.stays");
    stays_->hide();
    for (auto* label : {now, meaning, stays_, event, problem_}) label->setWordWrap(true);
    changes_->setObjectName("extend.changes");
    changes_->setAccessibleName(tr("Parameters that change"));
    changes_->setPlaceholderText(QStringLiteral("strategy.alpha=0.5\nstrategy.archive=40"));
    changes_->setToolTip(
        tr("A key of the strategy and its new value, one a line, as the configuration has them. The "
           "archive can become smaller, too: then the weakest members leave."));
    changes_->setTabChangesFocus(true);
    changes_->setFixedHeight(4 * fontMetrics().lineSpacing());
    founder_->setObjectName("extend.founder");
    founder_->setName(tr("Founder that joins"));
    founder_->setToolTip(
        tr("A model folder or safetensors file, or BASE+ADAPTER; it may be dropped here. It is scored as the next "
           "evaluation, and sits in an empty place or in that of the weakest member."));
    evaluations_->setObjectName("extend.evaluations");
    evaluations_->setAccessibleName(tr("Evaluations in all"));
    evaluations_->setToolTip(tr("Children to be scored in all; %1 so far.").arg(countText(budget_)));
    // Who changes a run that has not ended may want nothing more of it.
    evaluations_->setValue(run.evaluations < budget_ ? budget_ : 2 * budget_);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Cancel, this);
    extend_ = buttons->addButton(tr("&Go on"), QDialogButtonBox::AcceptRole);
    extend_->setObjectName("extend");
    extend_->setDefault(true);
    layout->addRow(now);
    layout->addRow(tr("&Evaluations in all"), evaluations_);
    layout->addRow(meaning);
    layout->addRow(tr("&Parameters"), changes_);
    layout->addRow(stays_);
    layout->addRow(tr("&Founder"), founder_);
    layout->addRow(event);
    layout->addRow(problem_);
    layout->addRow(buttons);

    connect(evaluations_, &CountBox::changed, this, &ExtendDialog::judge);
    connect(changes_, &QPlainTextEdit::textChanged, this, &ExtendDialog::judge);
    connect(founder_, &PathEdit::changed, this, &ExtendDialog::judge);
    connect(buttons, &QDialogButtonBox::accepted, this, [this] {
        QString problem;
        Q_EMIT chosen(wish(problem));
        accept();
    });
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    resize(fontMetrics().averageCharWidth() * 60, sizeHint().height());
    judge();
}

void ExtendDialog::sayWhatStays(const QString& sentence) {
    stays_->setText(sentence);
    stays_->setVisible(!sentence.isEmpty());
    resize(width(), std::max(height(), layout()->totalHeightForWidth(width())));
}

ResumedRun ExtendDialog::wish(QString& problem) const {
    ResumedRun wish{.id = run_};
    const auto evaluations = evaluations_->value().value_or(0);
    if (evaluations > budget_) wish.evaluations = evaluations;
    if (evaluations < budget_)
        problem = tr("A run's budget can become larger than %1, not smaller.").arg(countText(budget_));
    if (!founder_->path().isEmpty()) wish.founder = founderNamed(founder_->path().toStdString());
    for (const auto& line : changes_->toPlainText().split('\n')) {
        if (line.trimmed().isEmpty()) continue;
        try {
            wish.changes.push_back(parseOverride(line.trimmed().toStdString()));
        } catch (const std::runtime_error& error) {
            problem = QString::fromUtf8(error.what());
        }
    }
    return wish;
}

void ExtendDialog::judge() {
    QString problem;
    const auto asked = wish(problem);
    problem_->setText(problem);
    problem_->setVisible(!problem.isEmpty());
    extend_->setEnabled(problem.isEmpty() && (asked.evaluations || !asked.changes.empty() || asked.founder));
}

}  // namespace mergarium
