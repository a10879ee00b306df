#include "core/statistics/student_t.h"

#include <boost/math/distributions/students_t.hpp>

namespace mergarium {

double studentT(double t, double freedom) {
    return boost::math::cdf(boost::math::students_t_distribution<double>(freedom), t);
}

double studentTQuantile(double confidence, double freedom) {
    return boost::math::quantile(boost::math::students_t_distribution<double>(freedom), 0.5 * (1.0 + confidence));
}

}  // namespace mergarium
