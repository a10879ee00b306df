#pragma once

#include "ui/figures/figure.h"

#include <QByteArray>
#include <QSize>
#include <QString>

#include <filesystem>

namespace mergarium {

/// How a figure is to be.
struct FigureForm {
    /// The whole of it, in millimetres.
    double width = 180.0;
    double height = 110.0;
    double textPoints = 8.0;
    /// Of a PNG.
    int dotsPerInch = 300;
    /// In the window's colours; otherwise as on paper.
    bool asShown = false;

    bool operator==(const FigureForm&) const = default;
};

/// Pixels of a PNG.
QSize pixelsOf(const FigureForm& form);

/// What is left of the form for the painter, with a little white around it. `shown`: the window's palette, `font`: its
/// font.
FigurePage pageOf(const FigureForm& form, const QPalette& shown, const QFont& font);

/// A figure as a file's contents: "svg", "pdf" or "png". For any thread. Throws std::runtime_error with one sentence
/// where it is too large.
QByteArray figureBytes(const FigurePainter& paint, const FigurePage& page, const FigureForm& form,
                       const QString& format, const QString& title);

/// The format that a file's name says; throws std::runtime_error with one sentence where it says another.
QString figureFormatOf(const std::filesystem::path& path);

}  // namespace mergarium
