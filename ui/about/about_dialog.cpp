#include "ui/about/about_dialog.h"

#include "ui/background/latest_worker.h"

#include <QApplication>
#include <QClipboard>
#include <QDialogButtonBox>
#include <QFormLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

namespace mergarium {

AboutDialog::AboutDialog(Tell tell, QWidget* parent) : QDialog(parent), rows_(new QFormLayout) {
    setWindowTitle(tr("About Mergarium"));
    setAttribute(Qt::WA_DeleteOnClose);
    auto* head = new QHBoxLayout;
    auto* icon = new QLabel(this);
    const int size = 4 * fontMetrics().height();
    icon->setPixmap(QApplication::windowIcon().pixmap(size, size));
    auto* name = new QLabel(tr("Mergarium"), this);
    auto font = name->font();
    font.setPointSizeF(1.6 * font.pointSizeF());
    name->setFont(font);
    head->addWidget(icon);
    head->addWidget(name, 1);
    auto* purpose = new QLabel(tr("Evolves new models by merging existing ones, after M2N2, \u201cModel Merging of "
                                  "Natural Niches\u201d (Abrantes, Lange, Tang: arXiv 2508.16204)."),
                               this);
    purpose->setWordWrap(true);
    purpose->setMinimumWidth(60 * fontMetrics().averageCharWidth());
    rows_->setLabelAlignment(Qt::AlignLeft);
    rows_->setHorizontalSpacing(fontMetrics().height());
    addRow(tr("Version"), tr("Asking the libraries \u2026"));

    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close, this);
    copy_ = buttons->addButton(tr("C&opy"), QDialogButtonBox::ActionRole);
    copy_->setToolTip(tr("All of it as text, for a report."));
    copy_->setEnabled(false);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(copy_, &QPushButton::clicked, this, [this] { QApplication::clipboard()->setText(text_); });
    auto* layout = new QVBoxLayout(this);
    layout->addLayout(head);
    layout->addWidget(purpose);
    layout->addSpacing(fontMetrics().height() / 2);
    layout->addLayout(rows_);
    layout->addStretch(1);
    layout->addWidget(buttons);
    (new LatestWorker(this))->run(std::move(tell), [this](const About& about) { present(about); });
}

void AboutDialog::present(const About& about) {
    while (rows_->rowCount() > 0) rows_->removeRow(0);
    text_ = tr("Mergarium %1\n").arg(about.version);
    addRow(tr("Version"), about.version);
    for (const auto& [name, value] : about.parts) {
        addRow(name, value);
        text_ += QStringLiteral("%1: %2\n").arg(name, value);
    }
    addRow(tr("Licence"), about.licence);
    copy_->setEnabled(true);
}

void AboutDialog::addRow(const QString& name, const QString& value) {
    auto* label = new QLabel(name, this);
    auto* text = new QLabel(value, this);
    text->setWordWrap(true);
    text->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    text->setAccessibleName(name);
    rows_->addRow(label, text);
}

}  // namespace mergarium
