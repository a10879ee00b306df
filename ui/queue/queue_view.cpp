#include "ui/queue/queue_view.h"

#include "ui/queue/queue_model.h"
#include "ui/table/plain_table.h"
#include "ui/theme/plain_labels.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QShortcut>
#include <QTableView>
#include <QVBoxLayout>

#include <algorithm>

namespace mergarium {
namespace {

/// More are scrolled: most of the room is the list of runs'.
constexpr int kRowsSeen = 5;

}  // namespace

QueueView::QueueView(QWidget* parent) : QWidget(parent), model_(new QueueModel(this)) {
    auto* title = new QLabel(tr("<b>Queue</b>"), this);
    title->setTextFormat(Qt::RichText);
    start_ = new QPushButton(this);
    start_->setObjectName("queue.start");
    verdict_ = new QLabel(this);
    verdict_->setObjectName("queue.verdict");
    verdict_->setWordWrap(true);
    table_ = makePlainTable(this);
    table_->setObjectName("queue");
    table_->setAccessibleName(tr("Runs that wait"));
    table_->setModel(model_);
    table_->horizontalHeader()->setSectionResizeMode(QueueModel::RunColumn, QHeaderView::Stretch);
    table_->horizontalHeader()->setStretchLastSection(false);
    table_->horizontalHeader()->setSectionResizeMode(QueueModel::StateColumn, QHeaderView::ResizeToContents);
    setFocusProxy(table_);

    const auto button = [this](const QString& text, const QString& tip, auto act) {
        auto* one = new QPushButton(text, this);
        one->setToolTip(tip);
        connect(one, &QPushButton::clicked, this, act);
        return one;
    };
    retry_ = button(tr("Try again"), tr("Let the chosen run wait again."), [this] {
        if (const auto* run = chosen()) Q_EMIT retryRequested(run->entry);
    });
    remove_ = button(tr("Remove"), tr("Take the chosen run out of the queue (Delete)."), [this] {
        if (const auto* run = chosen()) Q_EMIT removeRequested(run->entry);
    });
    up_ = button(QStringLiteral("\u2191"), tr("Let the chosen run begin before the one above it (Ctrl+Up)."), [this] {
        if (const auto* run = chosen()) Q_EMIT moveRequested(run->entry, -1);
    });
    down_ =
        button(QStringLiteral("\u2193"), tr("Let the chosen run begin after the one below it (Ctrl+Down)."), [this] {
            if (const auto* run = chosen()) Q_EMIT moveRequested(run->entry, 1);
        });
    for (auto* one : {up_, down_}) one->setMaximumWidth(fontMetrics().height() * 2);
    up_->setAccessibleName(tr("Up"));
    down_->setAccessibleName(tr("Down"));
    const auto key = [this](const QKeySequence& keys, QPushButton* does) {
        auto* shortcut = new QShortcut(keys, table_);
        shortcut->setContext(Qt::WidgetShortcut);
        connect(shortcut, &QShortcut::activated, does, &QPushButton::click);
    };
    key(QKeySequence::Delete, remove_);
    key(Qt::CTRL | Qt::Key_Up, up_);
    key(Qt::CTRL | Qt::Key_Down, down_);

    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    auto* head = new QHBoxLayout;
    head->addWidget(title, 1);
    head->addWidget(start_);
    layout->addLayout(head);
    layout->addWidget(verdict_);
    layout->addWidget(table_);
    auto* foot = new QHBoxLayout;
    foot->addWidget(retry_);
    foot->addWidget(remove_);
    foot->addStretch(1);
    foot->addWidget(up_);
    foot->addWidget(down_);
    layout->addLayout(foot);

    connect(start_, &QPushButton::clicked, this, [this] { isGoing_ ? holdRequested() : startRequested(); });
    connect(table_->selectionModel(), &QItemSelectionModel::selectionChanged, this, &QueueView::judge);
    setState({});
}

void QueueView::setState(const QueueState& state) {
    isGoing_ = state.isGoing;
    begun_ = state.begun;
    const auto* now = chosen();
    const auto kept = now ? std::optional(static_cast<std::uint64_t>(now->entry)) : std::nullopt;
    model_->setState(state);
    // A list that has become shorter forgets what was chosen.
    if (const auto row = kept ? model_->rowOf(*kept) : std::nullopt) table_->selectRow(*row);
    const int rows = std::clamp(model_->rowCount(), 2, kRowsSeen);
    table_->setFixedHeight(table_->horizontalHeader()->sizeHint().height() +
                           rows * table_->verticalHeader()->defaultSectionSize() + 2 * table_->frameWidth());
    setVisible(!state.waiting.empty());
    judge();
}

const QueuedRun* QueueView::chosen() const {
    const auto rows = table_->selectionModel()->selectedRows();
    return rows.size() == 1 ? model_->run(rows.first().row()) : nullptr;
}

void QueueView::judge() {
    const auto* run = chosen();
    const bool free = run && run->entry != begun_;
    const int row = run ? table_->selectionModel()->selectedRows().first().row() : -1;
    retry_->setEnabled(free && !run->trouble.empty());
    remove_->setEnabled(free);
    up_->setEnabled(free && row > 0);
    down_->setEnabled(free && row + 1 < model_->rowCount());
    start_->setText(isGoing_ ? tr("Hold queue") : tr("Start queue"));
    start_->setToolTip(isGoing_ ? tr("Begin no more of them; what runs goes on.")
                                : tr("Begin them, one after another, from above."));
    bool anyWaits = false;
    for (int one = 0; one < model_->rowCount(); ++one) anyWaits = anyWaits || model_->run(one)->trouble.empty();
    start_->setEnabled(isGoing_ || anyWaits);
    if (run && !run->trouble.empty())
        showWarning(*verdict_, QString::fromStdString(run->trouble));
    else if (isGoing_)
        showSentence(*verdict_, tr("The next begins when the run that goes has ended."));
    else
        showSentence(*verdict_, anyWaits ? tr("They wait until you start the queue.")
                                         : tr("What was passed over waits again when it is tried again."));
}

}  // namespace mergarium
