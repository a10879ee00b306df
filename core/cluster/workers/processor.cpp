#include "core/cluster/workers/processor.h"

#include "core/cluster/messages/ticket.h"

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <string_view>
#include <system_error>

namespace mergarium {
namespace {

constexpr std::array<std::string_view, 9> kLinesThatDecide{
    "vendor_id", "cpu family", "model", "CPU implementer", "CPU architecture", "CPU variant", "CPU part", "cpu", "isa"};
constexpr std::array<std::string_view, 4> kFlagsThatDecide{"fma", "avx2", "avx512f", "avx512_bf16"};

/// "KEY : VALUE" of the first processor; empty: no such line.
std::string valueIn(const std::string& line, std::string_view key) {
    if (!line.starts_with(key)) return {};
    const auto colon = line.find(':');
    if (colon == line.npos || line.find_first_not_of(" \t", key.size()) != colon) return {};
    const auto begin = line.find_first_not_of(" \t", colon + 1);
    return begin == line.npos ? std::string() : line.substr(begin);
}

std::string cpuKind() {
    std::ifstream file("/proc/cpuinfo");
    std::string kind;
    for (std::string line; std::getline(file, line) && !line.empty();) {
        for (const auto key : kLinesThatDecide)
            if (const auto value = valueIn(line, key); !value.empty()) kind += (kind.empty() ? "" : " ") + value;
        if (const auto flags = ' ' + valueIn(line, "flags") + ' '; flags.size() > 2)
            for (const auto flag : kFlagsThatDecide)
                if (flags.find(fmt::format(" {} ", flag)) != flags.npos) kind += fmt::format(" {}", flag);
    }
    return kind.empty() ? "unknown" : kind;
}

/// The first GPU's, as NVIDIA's driver has it.
std::string gpuKind() {
    std::error_code error;
    for (const auto& gpu : std::filesystem::directory_iterator("/proc/driver/nvidia/gpus", error)) {
        std::ifstream file(gpu.path() / "information");
        for (std::string line; std::getline(file, line);)
            if (const auto model = valueIn(line, "Model"); !model.empty()) return model;
    }
    return "GPU";
}

std::string plain(std::string text) {
    for (auto& c : text)
        if (c < ' ' || c > '~') c = '?';
    text.resize(std::min<std::size_t>(text.size(), 128));
    return text.empty() ? "unknown" : text;
}

}  // namespace

std::string processorKind(const std::string& device, const std::string& library) {
    const bool onGpu = device.starts_with("CUDA");
    auto kind = onGpu ? gpuKind() : cpuKind();
    if (!library.empty()) kind += fmt::format(", libtorch {}", library);
    return plain(std::move(kind));
}

std::string hostName() {
    std::array<char, 65> name{};
    if (gethostname(name.data(), name.size() - 1) != 0 || !isPlainName(name.data())) return "machine";
    return name.data();
}

}  // namespace mergarium
