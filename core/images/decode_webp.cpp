#include "core/images/decoders.h"

#include <webp/decode.h>
#include <webp/demux.h>

#include <memory>
#include <stdexcept>

namespace mergarium::images {
namespace {

int orientationOf(const WebPData& file) {
    const std::unique_ptr<WebPDemuxer, decltype(&WebPDemuxDelete)> demuxer(WebPDemux(&file), &WebPDemuxDelete);
    WebPChunkIterator chunk;
    if (!demuxer || !WebPDemuxGetChunk(demuxer.get(), "EXIF", 1, &chunk)) return 1;
    const auto orientation = orientationIn(std::as_bytes(std::span(chunk.chunk.bytes, chunk.chunk.size)));
    WebPDemuxReleaseChunkIterator(&chunk);
    return orientation;
}

}  // namespace

Decoded decodeWebp(std::span<const std::byte> file, const ImageLimits& limits) {
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(file.data());
    WebPBitstreamFeatures features;
    if (WebPGetFeatures(bytes, file.size(), &features) != VP8_STATUS_OK)
        throw std::runtime_error("its beginning is damaged");
    if (features.has_animation) throw std::runtime_error("it is an animation");
    Decoded image{.width = static_cast<std::size_t>(features.width),
                  .height = static_cast<std::size_t>(features.height),
                  .channels = features.has_alpha ? std::size_t{4} : std::size_t{3}};
    requirePixels(image.width, image.height, limits);
    const auto stride = image.width * image.channels;
    image.pixels.resize(stride * image.height);
    const auto decode = features.has_alpha ? &WebPDecodeRGBAInto : &WebPDecodeRGBInto;
    if (!decode(bytes, file.size(), image.pixels.data(), image.pixels.size(), static_cast<int>(stride)))
        throw std::runtime_error("its data are damaged, or end early");
    image.orientation = orientationOf({bytes, file.size()});
    return image;
}

}  // namespace mergarium::images
