#pragma once

#include "core/figures/drawing.h"

#include <cairo.h>

#include <memory>

// For what draws with cairo, and nobody else.
namespace mergarium {

template <auto release>
struct Release {
    template <typename Object>
    void operator()(Object* object) const {
        release(object);
    }
};
using CairoSurface = std::unique_ptr<cairo_surface_t, Release<cairo_surface_destroy>>;
using CairoContext = std::unique_ptr<cairo_t, Release<cairo_destroy>>;

/// Throws std::runtime_error where cairo failed.
void requireDrawn(cairo_status_t status);

/// For cairo_write_func_t: appends to the std::string that `out` is.
cairo_status_t appendTo(void* out, const unsigned char* bytes, unsigned int size);

/// Draws the marks of a drawing on a page that has its coordinates.
void drawMarks(const Drawing& drawing, cairo_t* page);

/// The raster's pixels, one for a cell.
CairoSurface surfaceOf(const Raster& raster);

}  // namespace mergarium
