#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <span>
#include <string>

namespace mergarium {

/// SHA-256 of everything added to it, in order.
class Fingerprint {
public:
    Fingerprint();
    ~Fingerprint();
    void add(std::span<const std::byte> bytes);
    /// Ends the computation.
    std::array<std::byte, 32> digest();
    /// The same as 64 hexadecimal digits.
    std::string hex();

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace mergarium
