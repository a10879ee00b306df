#pragma once

#include <string>
#include <vector>

namespace mergarium {

/// What a device computes right, and how fast.
struct Examination {
    struct Comparison {
        /// "models of recipes".
        std::string what;
        bool agrees = false;
        /// One sentence: what was compared, and how far it lies apart.
        std::string found;
    };
    struct Measurement {
        std::string what;
        double rate = 0.0;
        std::string unit;
        /// What the rate is compared with, and its rate in the same unit.
        std::string against;
        double bound = 0.0;
    };
    std::vector<Comparison> comparisons;
    std::vector<Measurement> measurements;

    bool passed() const {
        for (const auto& one : comparisons)
            if (!one.agrees) return false;
        return true;
    }
};

}  // namespace mergarium
