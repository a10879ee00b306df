#include "ui/setup/run_report.h"

#include "ui/background/latest_worker.h"
#include "ui/theme/plain_labels.h"
#include "ui/theme/theme.h"

#include <QFormLayout>
#include <QLabel>
#include <QPlainTextEdit>
#include <QScrollArea>
#include <QVBoxLayout>

namespace mergarium {
namespace {

/// Typing goes on for so long, in milliseconds, before files are looked at.
constexpr int kQuiet = 300;

QString nothingYet() {
    return RunReport::tr(
        "What the run will take, and what the models will be asked, appears here once the parameters are complete.");
}

}  // namespace

RunReport::RunReport(QWidget* parent, Look look)
    : QWidget(parent),
      look_(std::move(look)),
      quiet_(new QTimer(this)),
      state_(new QLabel(this)),
      facts_(new QFormLayout),
      heading_(new QLabel(this)),
      prompts_(new QPlainTextEdit(this)),
      worker_(new LatestWorker(this)) {
    setObjectName("runReport");
    state_->setWordWrap(true);
    state_->setObjectName("outlook");
    facts_->setContentsMargins({});
    facts_->setVerticalSpacing(fontMetrics().height() / 5);
    heading_->setTextFormat(Qt::RichText);
    heading_->setText(tr("<b>First prompts, as the models will see them</b>"));
    heading_->setWordWrap(true);
    prompts_->setReadOnly(true);
    prompts_->setTabChangesFocus(true);
    prompts_->setAccessibleName(tr("First prompts"));
    prompts_->setMinimumHeight(fontMetrics().lineSpacing() * 5);
    // Where there is little room, facts are read by scrolling and not squeezed.
    auto* inside = new QWidget;
    auto* area = new QScrollArea(this);
    area->setWidget(inside);
    area->setWidgetResizable(true);
    area->setFrameShape(QFrame::NoFrame);
    area->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    area->setAccessibleName(tr("Before it starts"));
    auto* outside = new QVBoxLayout(this);
    outside->setContentsMargins({});
    outside->addWidget(area);
    auto* layout = new QVBoxLayout(inside);
    layout->setContentsMargins({});
    auto* title = new QLabel(tr("<b>Before it starts</b>"), this);
    title->setTextFormat(Qt::RichText);
    layout->addWidget(title);
    layout->addWidget(state_);
    layout->addLayout(facts_);
    layout->addWidget(heading_);
    layout->addWidget(prompts_, 1000);
    layout->addStretch(1);
    quiet_->setSingleShot(true);
    quiet_->setInterval(kQuiet);
    connect(quiet_, &QTimer::timeout, this, &RunReport::lookNow);
    present({});
    showSentence(*state_, nothingYet());
}

void RunReport::show(const std::optional<RunConfiguration>& configuration) {
    if (configuration == configuration_) return;
    configuration_ = configuration;
    refusal_.reset();
    worker_->forget();
    quiet_->stop();
    present({});
    if (!configuration) return showSentence(*state_, nothingYet());
    showSentence(*state_, tr("Looking at founders and files."));
    quiet_->start();
}

void RunReport::lookNow() {
    worker_->run([look = look_, configuration = *configuration_] { return look(configuration); },
                 [this](const Preflight& outlook) {
                     refusal_ = outlook.refusal;
                     present(outlook);
                     if (outlook.refusal)
                         showWarning(*state_, QString::fromStdString(*outlook.refusal));
                     else
                         showSentence(*state_, tr("It can be run."));
                     Q_EMIT found();
                 });
}

void RunReport::present(const Preflight& outlook) {
    while (facts_->rowCount() > 0) facts_->removeRow(0);
    for (const auto& [what, text] : outlook.facts) {
        auto* value = new QLabel(QString::fromStdString(text), this);
        value->setWordWrap(true);
        value->setFont(tabularFont());
        auto* name = new QLabel(QString::fromStdString(what), this);
        name->setForegroundRole(QPalette::PlaceholderText);
        facts_->addRow(name, value);
    }
    QStringList prompts;
    for (const auto& prompt : outlook.prompts) prompts << QString::fromStdString(prompt);
    prompts_->setPlainText(prompts.join(QStringLiteral("\n\u2500\u2500\u2500\u2500\u2500\u2500\n")));
    heading_->setVisible(!prompts.isEmpty());
    prompts_->setVisible(!prompts.isEmpty());
}

}  // namespace mergarium
