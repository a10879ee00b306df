#pragma once

namespace mergarium {

/// P(T <= t) for Student's t with `freedom` > 0 degrees of freedom.
double studentT(double t, double freedom);

/// The t that is exceeded with probability (1 - confidence) / 2: half the width of a two-sided interval, in standard
/// errors. `confidence` in (0, 1).
double studentTQuantile(double confidence, double freedom);

}  // namespace mergarium
