#include "app/about/version.h"

#include "app/about/commit.h"
#include "core/compute/networks.h"

#include <dlfcn.h>
#include <fmt/format.h>

#include <exception>

namespace mergarium {
namespace {

using Lines = std::vector<std::pair<std::string, std::string>>;

void addNetworks(Lines& lines) {
    try {
        const auto networks = openNetworks("cpu", 1);
        lines.emplace_back("libtorch", networks->version());
        const auto blas = networks->blas();
        lines.emplace_back("BLAS", blas.empty() ? "the slow reference one" : blas);
    } catch (const std::exception& error) {
        lines.emplace_back("libtorch", error.what());
    }
}

/// Of the library that the core brought; its header is the store's affair.
std::string sqliteVersion() {
    const auto version = reinterpret_cast<const char* (*)()>(dlsym(RTLD_DEFAULT, "sqlite3_libversion"));
    return version ? version() : "unknown";
}

}  // namespace

std::string versionNumber() { return MERGARIUM_VERSION; }

std::string versionAndCommit() { return fmt::format("{} (commit {})", versionNumber(), kCommit); }

Lines partsOfMergarium() {
    Lines lines;
    addNetworks(lines);
    lines.emplace_back("SQLite", sqliteVersion());
    return lines;
}

std::string versionText(const std::string& program, const Lines& more) {
    auto lines = partsOfMergarium();
    lines.insert(lines.end(), more.begin(), more.end());
    auto text = fmt::format("{} {}", program, versionAndCommit());
    for (const auto& [name, version] : lines) text += fmt::format("\n{:<9} {}", name, version);
    return text;
}

}  // namespace mergarium
