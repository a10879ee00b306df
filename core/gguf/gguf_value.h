#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace mergarium {

/// A list under a key of a GGUF file. The alternatives stand at the numbers that the file has for their types; lists of
/// lists aren't read.
using GgufList = std::variant<std::vector<std::uint8_t>, std::vector<std::int8_t>, std::vector<std::uint16_t>,
                              std::vector<std::int16_t>, std::vector<std::uint32_t>, std::vector<std::int32_t>,
                              std::vector<float>, std::vector<bool>, std::vector<std::string>, std::monostate,
                              std::vector<std::uint64_t>, std::vector<std::int64_t>, std::vector<double>>;

/// A value under a key, likewise.
using GgufValue = std::variant<std::uint8_t, std::int8_t, std::uint16_t, std::int16_t, std::uint32_t, std::int32_t,
                               float, bool, std::string, GgufList, std::uint64_t, std::int64_t, double>;

/// Keys and values in the order of the file.
class GgufMetadata {
public:
    GgufMetadata() = default;
    /// Keys must differ.
    explicit GgufMetadata(std::vector<std::pair<std::string, GgufValue>> entries) : entries_(std::move(entries)) {}

    /// A key that is there already gets another value.
    void set(std::string key, GgufValue value) {
        for (auto& [known, old] : entries_)
            if (known == key) {
                old = std::move(value);
                return;
            }
        entries_.emplace_back(std::move(key), std::move(value));
    }
    /// Null: there is none.
    const GgufValue* find(std::string_view key) const {
        for (const auto& [known, value] : entries_)
            if (known == key) return &value;
        return nullptr;
    }
    const std::vector<std::pair<std::string, GgufValue>>& entries() const { return entries_; }
    bool operator==(const GgufMetadata&) const = default;

private:
    std::vector<std::pair<std::string, GgufValue>> entries_;
};

}  // namespace mergarium
