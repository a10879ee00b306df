#include "core/templates/values/budget.h"

namespace mergarium::jinja {
namespace {

constexpr std::size_t kSteps = 500'000;
constexpr std::size_t kBytes = 64 << 20;
constexpr std::size_t kTimesInput = 32;
/// Of evaluation; bounds the stack.
constexpr std::size_t kDeepest = 400;

}  // namespace

Budget::Budget(std::size_t input) : steps_(kSteps + input), bytes_(kBytes + kTimesInput * input) {}

void Budget::step(std::size_t count) {
    if (count > steps_) throw Fault("the template takes too many steps: it may go round without end");
    steps_ -= count;
}

void Budget::take(std::size_t bytes) {
    if (bytes > bytes_) throw Fault("the template makes too much: its values multiply without end");
    bytes_ -= bytes;
}

Budget::Level::Level(Budget& budget) : budget_(budget) {
    budget.step();
    if (budget.depth_ == kDeepest) throw Fault("the template nests too deep, or calls itself without end");
    ++budget.depth_;
}

}  // namespace mergarium::jinja
