#include "ui/figures/figure_dialog.h"

#include "ui/session/run_text.h"

#include <QCheckBox>
#include <QDialogButtonBox>
#include <QDoubleSpinBox>
#include <QFormLayout>
#include <QLabel>
#include <QPushButton>
#include <QSpinBox>

namespace mergarium {
namespace {

QDoubleSpinBox* makeLength(double least, double most, const QString& unit, const QString& meaning, QWidget* parent) {
    auto* box = new QDoubleSpinBox(parent);
    box->setRange(least, most);
    box->setDecimals(1);
    box->setSuffix(unit);
    box->setToolTip(meaning);
    return box;
}

}  // namespace

FigureDialog::FigureDialog(QWidget* parent) : QDialog(parent) {
    setWindowTitle(tr("Export figure"));
    width_ = makeLength(20.0, 1000.0, tr(" mm"),
                        tr("Of the whole figure. A column of a journal has about 85 mm, a "
                           "page 180 mm."),
                        this);
    height_ = makeLength(20.0, 1000.0, tr(" mm"), tr("Of the whole figure."), this);
    text_ = makeLength(4.0, 24.0, tr(" pt"), tr("How large letters are."), this);
    dots_ = new QSpinBox(this);
    dots_->setRange(72, 1200);
    dots_->setToolTip(tr("Of a PNG; SVG and PDF are drawn as lines and letters."));
    pixels_ = new QLabel(this);
    shown_ = new QCheckBox(tr("In the &window's colours"), this);
    shown_->setToolTip(tr("Otherwise on white, as for paper."));

    auto* note = new QLabel(tr("The file's name says the format: .svg, .pdf or .png."), this);
    note->setWordWrap(true);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Cancel, this);
    auto* saving = buttons->addButton(tr("&Save as..."), QDialogButtonBox::AcceptRole);
    saving->setDefault(true);
    auto* form = new QFormLayout(this);
    form->addRow(tr("W&idth"), width_);
    form->addRow(tr("&Height"), height_);
    form->addRow(tr("&Text"), text_);
    form->addRow(tr("&Dots per inch"), dots_);
    form->addRow(QString(), pixels_);
    form->addRow(shown_);
    form->addRow(note);
    form->addRow(buttons);
    connect(buttons, &QDialogButtonBox::accepted, this, &QDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    for (auto* box : {width_, height_}) connect(box, &QDoubleSpinBox::valueChanged, this, &FigureDialog::countDots);
    connect(dots_, &QSpinBox::valueChanged, this, &FigureDialog::countDots);
    setForm({});
}

FigureForm FigureDialog::form() const {
    return {.width = width_->value(),
            .height = height_->value(),
            .textPoints = text_->value(),
            .dotsPerInch = dots_->value(),
            .asShown = shown_->isChecked()};
}

void FigureDialog::setForm(const FigureForm& form) {
    width_->setValue(form.width);
    height_->setValue(form.height);
    text_->setValue(form.textPoints);
    dots_->setValue(form.dotsPerInch);
    shown_->setChecked(form.asShown);
    countDots();
}

void FigureDialog::countDots() {
    const auto size = pixelsOf(form());
    pixels_->setText(tr("A PNG has %1 x %2 dots.")
                         .arg(countText(static_cast<std::uint64_t>(size.width())),
                              countText(static_cast<std::uint64_t>(size.height()))));
}

}  // namespace mergarium
