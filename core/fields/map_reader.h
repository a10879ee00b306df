#pragma once

#include "core/fields/source.h"
#include "core/fields/value.h"

#include <cstdint>
#include <filesystem>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace mergarium {

/// One map of a configuration file, read key by key; `close` refuses what nobody asked for. Every function throws
/// ConfigurationError naming the key and where it stands. Refers to value and source, which must outlive it.
class MapReader {
public:
    /// `path` is the dotted key of the map itself; empty for the whole file.
    MapReader(const Value& map, std::string path, const Source& source);

    /// Null where the map has no such key; it counts as asked for.
    const Value* find(std::string_view key);
    std::string full(std::string_view key) const;
    [[noreturn]] void refuse(std::string_view key, const Value& at, std::string_view sentence) const;

    // Into `into` where the map has the key, which else stays as it is.
    void text(std::string_view key, std::string& into);
    void path(std::string_view key, std::filesystem::path& into);
    /// A list of texts; a single text is a list of one.
    void texts(std::string_view key, std::vector<std::string>& into);
    void whole(std::string_view key, std::uint64_t& into);
    void number(std::string_view key, double& into);
    void boolean(std::string_view key, bool& into);

    // Of a value at hand; `key` is what messages call it.
    const std::string& scalarOf(std::string_view key, const Value& value) const;
    std::filesystem::path pathOf(std::string_view key, const Value& value) const;
    std::uint64_t wholeOf(std::string_view key, const Value& value) const;
    /// Finite.
    double numberOf(std::string_view key, const Value& value) const;

    const Source& source() const { return source_; }
    const Value& map() const { return map_; }
    bool isAskedFor(std::string_view key) const { return asked_.contains(key); }
    /// Refuses the first key that was not asked for, naming those that were.
    void close() const;

private:
    const Value& map_;
    std::string path_;
    const Source& source_;
    std::set<std::string, std::less<>> asked_;
};

}  // namespace mergarium
