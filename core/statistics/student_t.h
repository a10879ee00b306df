#pragma once

namespace mergarium {

/// I_x(a, b), the regularised incomplete beta function, for a, b > 0 and x in [0, 1], to about 1e-14: the continued
/// fraction of Abramowitz and Stegun (26.5.8), evaluated by Lentz's method.
double incompleteBeta(double a, double b, double x);

/// P(T <= t) for Student's t with `freedom` > 0 degrees of freedom.
double studentT(double t, double freedom);

/// The t that is exceeded with probability (1 - confidence) / 2: half the width of a two-sided interval, in standard
/// errors. `confidence` in (0, 1).
double studentTQuantile(double confidence, double freedom);

}  // namespace mergarium
