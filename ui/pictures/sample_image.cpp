#include "ui/pictures/sample_image.h"

namespace mergarium {

QImage imageOf(const Picture& picture) {
    const auto stride = static_cast<qsizetype>(picture.width * picture.channels);
    return QImage(picture.pixels.data(), static_cast<int>(picture.width), static_cast<int>(picture.height), stride,
                  picture.channels == 3 ? QImage::Format_RGB888 : QImage::Format_Grayscale8)
        .copy();
}

QImage imageOf(const SampleSet& samples, std::size_t sample) {
    return samples.hasPictures() && sample < samples.size() ? imageOf(samples.picture(sample)) : QImage();
}

QImage fitted(const QImage& image, QSize pixels) {
    if (image.isNull() || pixels.isEmpty()) return {};
    const auto size = image.size().scaled(pixels, Qt::KeepAspectRatio).expandedTo({1, 1});
    const bool enlarged = size.width() >= 2 * image.width() && size.height() >= 2 * image.height();
    return image.scaled(size, Qt::IgnoreAspectRatio, enlarged ? Qt::FastTransformation : Qt::SmoothTransformation);
}

}  // namespace mergarium
