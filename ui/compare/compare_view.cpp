#include "ui/compare/compare_view.h"

#include "core/comparison/figure.h"
#include "core/comparison/tables.h"
#include "core/text/words.h"
#include "ui/background/latest_worker.h"
#include "ui/canvas/canvas_controls.h"
#include "ui/compare/compare_plot.h"
#include "ui/compare/compare_table.h"
#include "ui/files/ask_for_path.h"
#include "ui/table/plain_table.h"
#include "ui/theme/empty_page.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QSaveFile>
#include <QSplitter>
#include <QStackedLayout>
#include <QTableView>
#include <QVBoxLayout>

#include <algorithm>
#include <exception>
#include <stdexcept>
#include <variant>

namespace mergarium {

void saveComparisons(const std::vector<Comparison>& comparisons, const QString& path) {
    std::string text;
    if (path.endsWith(".svg"))
        text = toSvg(figureOf(comparisons));
    else if (path.endsWith(".pdf"))
        text = toPdf(figureOf(comparisons));
    else if (path.endsWith(".csv"))
        text = toCsv(comparisons);
    else if (path.endsWith(".md"))
        text = toMarkdown(comparisons);
    else
        throw std::runtime_error(
            QObject::tr("%1: name a file that ends with .svg, .pdf, .csv or .md.").arg(path).toStdString());
    QSaveFile file(path);
    if (!file.open(QSaveFile::WriteOnly) || file.write(text.data(), static_cast<qint64>(text.size())) < 0 ||
        !file.commit())
        throw std::runtime_error(QObject::tr("%1: %2.").arg(path, file.errorString()).toStdString());
}

CompareView::CompareView(Read read, QWidget* parent)
    : QWidget(parent),
      read_(std::move(read)),
      pages_(new QStackedLayout(this)),
      model_(new CompareTable(this)),
      worker_(new LatestWorker(this)) {
    setAccessibleName(tr("Compare"));
    auto* page = new QWidget(this);
    which_ = new QComboBox(page);
    which_->setObjectName("which");
    which_->setToolTip(tr("Which of the comparisons is shown."));
    measure_ = new QComboBox(page);
    measure_->setObjectName("measure");
    measure_->setToolTip(tr("What is drawn against evaluations."));
    for (const auto& measure : comparisonMeasures()) measure_->addItem(measure.name);
    auto* saving = new QPushButton(tr("Save &as..."), page);
    saving->setToolTip(tr("The figure as SVG or PDF, the curves as CSV, the table as Markdown."));
    auto* controls = new QHBoxLayout;
    auto* label = new QLabel(tr("&Show"), page);
    label->setBuddy(measure_);
    controls->addWidget(which_);
    controls->addWidget(label);
    controls->addWidget(measure_);
    controls->addStretch(1);
    controls->addWidget(saving);

    auto* splitter = new QSplitter(Qt::Vertical, page);
    plot_ = new ComparePlot(splitter);
    plot_->setMinimumHeight(fontMetrics().height() * 10);
    table_ = makePlainTable(splitter);
    table_->setModel(model_);
    // Names of arms begin alike.
    table_->setTextElideMode(Qt::ElideMiddle);
    table_->setAccessibleName(tr("The arms at the end"));
    setFocusProxy(table_);
    // Columns are as wide as what is seen of them: measuring hundreds of rows takes longer than drawing them.
    table_->horizontalHeader()->setResizeContentsPrecision(0);
    splitter->setStretchFactor(0, 3);
    splitter->setStretchFactor(1, 1);
    splitter->setChildrenCollapsible(false);
    readout_ = makeReadout(page);
    auto* layout = new QVBoxLayout(page);
    layout->addLayout(controls);
    layout->addWidget(splitter, 1);
    layout->addWidget(readout_);
    pages_->addWidget(makeEmptyPage(
        tr("Runs stand side by side here. Choose several in the list of runs, or one of a sweep, and press Compare."),
        this));
    pages_->addWidget(page);

    connect(which_, &QComboBox::currentIndexChanged, this, &CompareView::present);
    connect(measure_, &QComboBox::currentIndexChanged, this, &CompareView::present);
    connect(saving, &QPushButton::clicked, this, &CompareView::save);
    connect(table_->selectionModel(), &QItemSelectionModel::selectionChanged, this, &CompareView::stressChosen);
    connect(model_, &CompareTable::hiddenChanged, this, [this] { plot_->hideArms(model_->hidden()); });
    connect(plot_, &ComparePlot::readoutChanged, this, [this](const QString& text) {
        readout_->setText(text.isEmpty() ? tr("Mean over the finished runs of each arm, with one standard error to "
                                              "either side. Point at the curves "
                                              "to read them; choose an arm in the table to stress it.")
                                         : text);
    });
    Q_EMIT plot_->readoutChanged({});
}

void CompareView::compare(const QStringList& names) {
    names_ = names;
    refresh();
}

void CompareView::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    if (stale_) refresh();
}

void CompareView::refresh() {
    if (names_.isEmpty()) return take(nullptr);
    stale_ = !isVisible();
    if (stale_) return;
    std::vector<std::string> names;
    for (const auto& name : names_) names.push_back(name.toStdString());
    using Answer = std::variant<Comparisons, QString>;
    worker_->run(
        [read = read_, names]() -> Answer {
            try {
                return std::make_shared<const std::vector<Comparison>>(read(names));
            } catch (const std::exception& error) {
                return QString::fromStdString(words::failure(error, "this comparison"));
            }
        },
        [this](const Answer& answer) {
            if (const auto* sentence = std::get_if<QString>(&answer)) {
                take(nullptr);
                Q_EMIT failed(*sentence);
            } else {
                take(std::get<Comparisons>(answer));
            }
        });
}

void CompareView::take(const Comparisons& comparisons) {
    comparisons_ = comparisons;
    const bool any = comparisons_ && !comparisons_->empty();
    pages_->setCurrentIndex(any ? 1 : 0);
    const int before = which_->currentIndex();
    {
        const QSignalBlocker quiet(which_);
        which_->clear();
        if (any)
            for (const auto& one : *comparisons_) which_->addItem(QString::fromStdString(one.title));
        which_->setCurrentIndex(std::clamp(before, which_->count() > 0 ? 0 : -1, which_->count() - 1));
        which_->setVisible(which_->count() > 1);
    }
    present();
}

std::shared_ptr<const Comparison> CompareView::chosen() const {
    const int index = which_->currentIndex();
    if (!comparisons_ || index < 0) return nullptr;
    return {comparisons_, &(*comparisons_)[static_cast<std::size_t>(index)]};
}

void CompareView::present() {
    const auto measure = static_cast<std::size_t>(std::max(0, measure_->currentIndex()));
    model_->show(chosen(), measure);
    plot_->show(chosen(), measure);
    // A model that is reset drops its selection without saying so.
    stressChosen();
    table_->resizeColumnsToContents();
}

void CompareView::stressChosen() {
    const auto rows = table_->selectionModel()->selectedRows();
    plot_->stress(rows.isEmpty() ? std::nullopt : std::optional(static_cast<std::size_t>(rows.front().row())));
}

void CompareView::save() {
    if (!comparisons_) return;
    const auto path = askWhereToSave({.parent = this,
                                      .purpose = "comparisons",
                                      .title = tr("Save the comparison"),
                                      .filter = tr("Figure (*.svg *.pdf);;Curves (*.csv);;Table (*.md)")},
                                     tr("comparison.svg"));
    if (path.isEmpty()) return;
    try {
        saveComparisons(*comparisons_, path);
        Q_EMIT saved(path);
    } catch (const std::exception& error) {
        Q_EMIT failed(QString::fromStdString(words::failure(error, "this comparison")));
    }
}

}  // namespace mergarium
