#pragma once

#include <cstddef>
#include <cstdint>

namespace mergarium::text {

/// What the rules of a tokenizer, which anybody may have written, may make of one text: bytes in all its steps
/// together, bytes in one step, and processor time where a rule may go back again and again. Of one thread.
class TextBudget {
public:
    /// For a text of `size` bytes, whose work begins now. Ordinary rules make less than a tenth of it.
    explicit TextBudget(std::size_t size);

    /// To be called before a step makes this many bytes. Throws std::runtime_error with one sentence where it is more
    /// than is left.
    void spend(std::size_t bytes);
    /// The same for `count` texts of `bytes` bytes each, however many those are together.
    void spend(std::size_t count, std::size_t bytes);
    /// To be called often where work isn't linear in the text. Throws std::runtime_error with one sentence when it has
    /// taken too long.
    void checkTime() const;

private:
    std::size_t size_;
    std::size_t left_;
    std::size_t mostAtOnce_;
    double seconds_;
    double began_;
    double processorBegan_;
};

}  // namespace mergarium::text
