#include "core/export/founder_files.h"

#include "core/files/beneath.h"
#include "core/files/mapped_file.h"
#include "core/founders/child_folder.h"

#include <algorithm>
#include <array>
#include <string>

namespace mergarium {
namespace {

namespace fs = std::filesystem;

constexpr const char* kConfiguration = "config.json";
/// Vocabularies reach tens of megabytes; what is larger are weights under another name.
constexpr std::size_t kLargest = 200'000'000;

/// Within a subfolder, which comes along whole.
bool isDeeper(const std::string& name) { return name.find('/') != name.npos; }

bool isWanted(const std::string& name) {
    constexpr std::array<std::string_view, 7> kKinds{".json", ".txt", ".model", ".jinja", ".py", ".tiktoken", ".bpe"};
    constexpr std::array<std::string_view, 4> kStarts{"LICENSE", "LICENCE", "NOTICE", "USE_POLICY"};
    if (isDeeper(name)) return true;
    if (name.starts_with('.') || name.ends_with(".index.json") || name.starts_with("adapter_")) return false;
    return std::ranges::find(kKinds, fs::path(name).extension().string()) != kKinds.end() ||
           std::ranges::any_of(kStarts, [&](auto start) { return name.starts_with(start); });
}

}  // namespace

void copyFounderFiles(const FounderSource& founder, std::span<const TensorDescription> tensors, const Layout& layout,
                      const PendingFolder& folder) {
    const auto configuration = childConfiguration(founder, tensors, layout);
    for (const auto& companion : companionsOf(founder)) {
        if (configuration && companion.name == kConfiguration) continue;
        if (!isWanted(companion.name)) continue;
        const auto file = openBeneath(companion.folder, companion.name);
        if (isDeeper(companion.name) || file->bytes().size() <= kLargest) folder.copyFile(*file, companion.name);
    }
    if (configuration) folder.writeFile(kConfiguration, *configuration);
}

}  // namespace mergarium
