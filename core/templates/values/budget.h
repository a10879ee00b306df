#pragma once

#include <cstddef>
#include <stdexcept>

namespace mergarium::jinja {

/// Why a template can't be read or filled: no full stop, and no place, which whoever catches it adds.
class Fault : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// What one rendering of a template, which anybody may have written, may take: steps, bytes of all values that it
/// makes, and depth. Published templates take less than a hundredth. Of one thread.
class Budget {
public:
    /// `input`: the bytes of what the template is filled with.
    explicit Budget(std::size_t input);

    /// Of evaluation; also what goes through a text, a step for every 64 bytes. Throws Fault.
    void step(std::size_t count = 1);
    void goThrough(std::size_t bytes) { step(1 + bytes / 64); }
    /// To be called before a value of so many bytes is made. Throws Fault.
    void take(std::size_t bytes);

    /// One level of evaluation, as long as it lives.
    class Level {
    public:
        explicit Level(Budget& budget);
        ~Level() { --budget_.depth_; }
        Level(const Level&) = delete;
        Level& operator=(const Level&) = delete;

    private:
        Budget& budget_;
    };

private:
    std::size_t steps_;
    std::size_t bytes_;
    std::size_t depth_ = 0;
};

}  // namespace mergarium::jinja
