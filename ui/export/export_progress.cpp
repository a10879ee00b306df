#include "ui/export/export_progress.h"

#include "ui/session/run_text.h"
#include "ui/theme/theme.h"

#include <QLabel>
#include <QProgressBar>
#include <QVBoxLayout>

namespace mergarium {
namespace {

/// A progress bar counts in int: thousandths are fine enough.
constexpr int kSteps = 1000;

}  // namespace

ExportProgress::ExportProgress(QWidget* parent)
    : QWidget(parent), bar_(new QProgressBar(this)), rate_(new QLabel(this)) {
    bar_->setRange(0, kSteps);
    bar_->setTextVisible(false);
    rate_->setFont(tabularFont());
    rate_->setObjectName("rate");
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->addWidget(bar_);
    layout->addWidget(rate_);
    hide();
}

void ExportProgress::setRunning(bool running) {
    setVisible(running);
    bar_->setValue(0);
    rate_->clear();
}

void ExportProgress::setProgress(std::uint64_t done, std::uint64_t total, double perSecond) {
    const double part = total > 0 ? static_cast<double>(done) / static_cast<double>(total) : 0.0;
    bar_->setValue(static_cast<int>(part * kSteps));
    auto text = tr("%1 of %2").arg(bytesText(static_cast<double>(done)), bytesText(static_cast<double>(total)));
    if (perSecond > 0.0 && total >= done)
        text = tr("%1, %2/s, %3 left")
                   .arg(text, bytesText(perSecond), durationText(static_cast<double>(total - done) / perSecond));
    rate_->setText(text);
}

}  // namespace mergarium
