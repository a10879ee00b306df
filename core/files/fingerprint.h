#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace mergarium {

/// SHA-256 of everything added to it, in order.
class Fingerprint {
public:
    Fingerprint();
    ~Fingerprint();
    void add(std::span<const std::byte> bytes);
    /// Eight bytes, little-endian.
    void add(std::uint64_t number);
    /// A text and where it ends: "ab", "c" is another sequence than "a", "bc".
    void add(std::string_view text);
    /// Ends the computation.
    std::array<std::byte, 32> digest();
    /// The same as 64 hexadecimal digits.
    std::string hex();

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace mergarium
