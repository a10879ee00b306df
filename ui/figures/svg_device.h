#pragma once

#include <QByteArray>
#include <QPaintDevice>
#include <QSizeF>
#include <QString>

#include <memory>

namespace mergarium {

class SvgEngine;

/// Paints an SVG 1.1 document: paths stay paths, text stays text, images keep sharp pixels. Unlike Qt's own generator
/// it clips what is clipped and escapes whatever it is given, so that the document is well-formed. Units are 1/96 inch.
/// Brushes are of one colour; pens and pictures are not sheared.
class SvgDevice final : public QPaintDevice {
public:
    SvgDevice(QSizeF size, const QString& title);
    ~SvgDevice() override;

    /// Once the painter has ended.
    QByteArray document() const;

    QPaintEngine* paintEngine() const override;

protected:
    int metric(PaintDeviceMetric metric) const override;

private:
    QSizeF size_;
    QString title_;
    std::unique_ptr<SvgEngine> engine_;
};

}  // namespace mergarium
