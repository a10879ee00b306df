#include "ui/inspector/picture.h"

#include <QImage>

namespace mergarium {

QPixmap pictureOf(const SampleSet& samples, std::size_t sample, int side, double devicePixelRatio) {
    if (!samples.hasPictures() || sample >= samples.size()) return {};
    const auto picture = samples.picture(sample);
    const QImage image(picture.pixels.data(), static_cast<int>(picture.width), static_cast<int>(picture.height),
                       static_cast<qsizetype>(picture.width), QImage::Format_Grayscale8);
    const int pixels = qRound(side * devicePixelRatio);
    auto pixmap = QPixmap::fromImage(image.scaled(pixels, pixels, Qt::KeepAspectRatio, Qt::FastTransformation));
    pixmap.setDevicePixelRatio(devicePixelRatio);
    return pixmap;
}

}  // namespace mergarium
