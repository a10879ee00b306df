#include "ui/inspector/picture.h"

#include "ui/pictures/sample_image.h"

namespace mergarium {

QPixmap pictureOf(const SampleSet& samples, std::size_t sample, int side, double devicePixelRatio) {
    const auto image = imageOf(samples, sample);
    if (image.isNull()) return {};
    const int pixels = qRound(side * devicePixelRatio);
    auto pixmap = QPixmap::fromImage(fitted(image, {pixels, pixels}));
    pixmap.setDevicePixelRatio(devicePixelRatio);
    return pixmap;
}

}  // namespace mergarium
