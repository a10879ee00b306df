#include "core/statistics/student_t.h"

#include <cmath>
#include <initializer_list>

namespace mergarium {
namespace {

double betaFraction(double a, double b, double x) {
    constexpr double kTiny = 1e-300;
    const auto away = [](double value) { return std::abs(value) < kTiny ? kTiny : value; };
    double c = 1.0;
    double d = 1.0 / away(1.0 - (a + b) * x / (a + 1.0));
    double fraction = d;
    for (int m = 1; m <= 1000; ++m) {
        const double even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        const double odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        double change = 1.0;
        for (const double term : {even, odd}) {
            d = 1.0 / away(1.0 + term * d);
            c = away(1.0 + term / c);
            change = c * d;
            fraction *= change;
        }
        if (std::abs(change - 1.0) < 1e-15) break;
    }
    return fraction;
}

}  // namespace

double incompleteBeta(double a, double b, double x) {
    if (x <= 0.0) return 0.0;
    if (x >= 1.0) return 1.0;
    // The fraction converges fast below the mean; above it the symmetry I_x(a, b) = 1 - I_(1-x)(b, a) helps.
    if (x > (a + 1.0) / (a + b + 2.0)) return 1.0 - incompleteBeta(b, a, 1.0 - x);
    const double front =
        std::exp(std::lgamma(a + b) - std::lgamma(a) - std::lgamma(b) + a * std::log(x) + b * std::log1p(-x));
    return front * betaFraction(a, b, x) / a;
}

double studentT(double t, double freedom) {
    if (std::isinf(t)) return t > 0.0 ? 1.0 : 0.0;
    const double tail = 0.5 * incompleteBeta(0.5 * freedom, 0.5, freedom / (freedom + t * t));
    return t > 0.0 ? 1.0 - tail : tail;
}

double studentTQuantile(double confidence, double freedom) {
    const double wanted = 0.5 * (1.0 + confidence);
    double low = 0.0;
    double high = 1.0;
    while (studentT(high, freedom) < wanted && high < 1e12) high *= 2.0;
    for (int halving = 0; halving < 200 && high - low > 1e-13 * high; ++halving) {
        const double middle = 0.5 * (low + high);
        (studentT(middle, freedom) < wanted ? low : high) = middle;
    }
    return 0.5 * (low + high);
}

}  // namespace mergarium
