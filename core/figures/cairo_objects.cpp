#include "core/figures/cairo_objects.h"

#include <fmt/format.h>

#include <cstring>
#include <stdexcept>
#include <string>

namespace mergarium {

void requireDrawn(cairo_status_t status) {
    if (status != CAIRO_STATUS_SUCCESS)
        throw std::runtime_error(fmt::format("The figure can't be drawn: {}.", cairo_status_to_string(status)));
}

cairo_status_t appendTo(void* out, const unsigned char* bytes, unsigned int size) {
    static_cast<std::string*>(out)->append(reinterpret_cast<const char*>(bytes), size);
    return CAIRO_STATUS_SUCCESS;
}

CairoSurface surfaceOf(const Raster& raster) {
    const auto rows = raster.columns > 0 ? raster.pixels.size() / raster.columns : 0;
    CairoSurface surface(
        cairo_image_surface_create(CAIRO_FORMAT_RGB24, static_cast<int>(raster.columns), static_cast<int>(rows)));
    requireDrawn(cairo_surface_status(surface.get()));
    cairo_surface_flush(surface.get());
    auto* line = cairo_image_surface_get_data(surface.get());
    for (std::size_t row = 0; row < rows; ++row, line += cairo_image_surface_get_stride(surface.get()))
        std::memcpy(line, raster.pixels.data() + row * raster.columns, raster.columns * sizeof(std::uint32_t));
    cairo_surface_mark_dirty(surface.get());
    return surface;
}

}  // namespace mergarium
