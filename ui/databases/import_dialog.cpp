#include "ui/databases/import_dialog.h"

#include "core/import/import_runs.h"
#include "core/text/words.h"
#include "ui/session/run_text.h"
#include "ui/theme/plain_labels.h"

#include <QDialogButtonBox>
#include <QLabel>
#include <QListWidget>
#include <QPushButton>
#include <QVBoxLayout>

#include <variant>

namespace mergarium {
namespace {

QString fileNameOf(const std::filesystem::path& path) { return QString::fromStdString(path.filename().string()); }

QString lineOf(const RunSummary& run) {
    return ImportDialog::tr("%1  %2, %3, %4")
        .arg(run.id.value)
        .arg(QString::fromStdString(run.name), phaseText(run.phase).toLower(),
             evaluationsText(run.evaluations, run.budget));
}

}  // namespace

ImportDialog::ImportDialog(std::filesystem::path database, std::filesystem::path from, QWidget* parent)
    : QDialog(parent),
      database_(std::move(database)),
      from_(std::move(from)),
      runs_(new QListWidget(this)),
      state_(new QLabel(this)) {
    setWindowTitle(tr("Import runs of %1").arg(fileNameOf(from_)));
    setMinimumWidth(60 * fontMetrics().averageCharWidth());
    runs_->setObjectName("importedRuns");
    runs_->setAccessibleName(tr("Runs that can be imported"));
    runs_->setSelectionMode(QAbstractItemView::ExtendedSelection);
    state_->setWordWrap(true);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Cancel, this);
    import_ = buttons->addButton(tr("&Import"), QDialogButtonBox::AcceptRole);
    import_->setObjectName("import");
    import_->setDefault(true);
    auto* layout = new QVBoxLayout(this);
    layout->addWidget(runs_, 1);
    layout->addWidget(state_);
    layout->addWidget(buttons);
    connect(buttons, &QDialogButtonBox::accepted, this, &ImportDialog::begin);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(runs_, &QListWidget::itemSelectionChanged, this, &ImportDialog::judge);
    showSentence(*state_, tr("Reading the runs."));
    import_->setEnabled(false);

    using Answer = std::variant<std::vector<RunSummary>, QString>;
    worker_.run(
        [path = from_]() -> Answer {
            try {
                return RunCatalog(path).runs();
            } catch (const std::exception& error) {
                return QString::fromStdString(words::failure(error, "reading the runs"));
            }
        },
        [this](const Answer& answer) {
            if (const auto* sentence = std::get_if<QString>(&answer))
                showWarning(*state_, *sentence);
            else
                list(std::get<std::vector<RunSummary>>(answer));
        });
}

void ImportDialog::list(const std::vector<RunSummary>& runs) {
    for (const auto& run : runs) {
        if (!run.damage.empty()) continue;
        auto* item = new QListWidgetItem(lineOf(run), runs_);
        item->setData(Qt::UserRole, QVariant::fromValue<qlonglong>(run.id.value));
    }
    listed_ = true;
    runs_->selectAll();
    runs_->setFocus();
    judge();
}

void ImportDialog::judge() {
    if (!listed_) return;
    const auto chosen = runs_->selectedItems().size();
    import_->setEnabled(chosen > 0);
    showSentence(
        *state_,
        runs_->count() == 0
            ? tr("No run of it can be imported.")
            : tr("%1 of %2 runs are copied into this database, with new numbers.").arg(chosen).arg(runs_->count()));
}

void ImportDialog::begin() {
    // The oldest first, so that they keep their order.
    std::vector<RunId> chosen;
    for (int row = runs_->count() - 1; row >= 0; --row)
        if (const auto* item = runs_->item(row); item->isSelected())
            chosen.push_back({item->data(Qt::UserRole).toLongLong()});
    runs_->setEnabled(false);
    import_->setEnabled(false);
    showSentence(*state_, tr("Checking and copying."));
    using Answer = std::variant<ImportedRuns, QString>;
    worker_.run(
        [database = database_, from = from_, chosen]() -> Answer {
            try {
                return importRuns(database, from, chosen);
            } catch (const std::exception& error) {
                return QString::fromStdString(words::failure(error, "importing the runs"));
            }
        },
        [this](const Answer& answer) {
            if (const auto* sentence = std::get_if<QString>(&answer)) {
                Q_EMIT said({.kind = Message::Kind::Error, .sentence = *sentence});
            } else {
                const auto& [runs, refused] = std::get<ImportedRuns>(answer);
                const auto taken = tr("%1 of %2 runs of %3 were imported.")
                                       .arg(runs.size())
                                       .arg(runs.size() + refused.size())
                                       .arg(fileNameOf(from_));
                Q_EMIT said(refused.empty()
                                ? Message{.sentence = taken}
                                : Message{.kind = Message::Kind::Warning,
                                          .sentence = tr("%1 The first that was not: %2")
                                                          .arg(taken, QString::fromStdString(refused.front()))});
                if (!runs.empty()) Q_EMIT imported();
            }
            accept();
        });
}

}  // namespace mergarium
