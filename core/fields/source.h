#pragma once

#include "core/fields/value.h"

#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>

namespace mergarium {

/// Bad input: one sentence that says what is wrong, where, and what to do.
class ConfigurationError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// Where a text came from: what messages call it, and what its relative paths are relative to.
class Source {
public:
    /// Paths that came by `--set`, and all where `folder` is empty, are relative to the current folder.
    Source(std::string name, std::filesystem::path folder) : name_(std::move(name)), folder_(std::move(folder)) {}

    std::filesystem::path resolve(const Value& at, const std::string& path) const;
    /// Throws ConfigurationError: "FILE, line N: KEY: SENTENCE.", or the `--set` in place of the file.
    [[noreturn]] void refuse(const std::string& key, const Value& at, std::string_view sentence) const;
    /// The same for the key of an entry.
    [[noreturn]] void refuse(const std::string& key, const Value::Entry& entry, std::string_view sentence) const;

private:
    std::string name_;
    std::filesystem::path folder_;
};

}  // namespace mergarium
