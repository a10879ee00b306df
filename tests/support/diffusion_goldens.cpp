#include "tests/support/diffusion_goldens.h"

#include "core/random/random_stream.h"
#include "tests/support/json_file.h"

#include <ATen/ATen.h>
#include <fmt/format.h>

#include <cmath>
#include <cstring>

namespace fs = std::filesystem;

namespace mergarium::test {

std::vector<fs::path> goldenDiffusion() {
    std::vector<fs::path> folders{MERGARIUM_TEST_DATA "/t2i"};
    const fs::path all = MERGARIUM_SOURCE_DIR "/../shared/golden/t2i";
    if (fs::is_directory(all)) folders.push_back(all);
    return folders;
}

torch::Tensor storedTensor(const Checkpoint& checkpoint, const std::string& name) {
    const auto* stored = checkpoint.find(name);
    if (stored == nullptr) throw std::runtime_error(fmt::format("There is no tensor {}.", name));
    if (isFloating(stored->dtype)) {
        auto values = at::empty(stored->shape, torch::kFloat32);
        toFloats(stored->dtype, stored->bytes, {values.data_ptr<float>(), stored->count});
        return values;
    }
    auto values = at::empty(stored->shape, stored->dtype == DType::I64 ? torch::kInt64 : torch::kInt32);
    std::memcpy(values.data_ptr(), stored->bytes, stored->byteSize());
    return values;
}

DiffusionGolden::DiffusionGolden(const fs::path& folder, const std::string& file)
    : tensors_(Checkpoint::open(folder / (file + ".safetensors"))) {
    const auto meta = readJson(folder / "meta.json");
    bars_ = meta.contains(file) ? meta[file] : meta["runs"][file]["tensors"];
}

std::vector<std::string> DiffusionGolden::names(const std::string& beginning) const {
    std::vector<std::string> names;
    for (const auto& tensor : tensors_->tensors())
        if (tensor.name.starts_with(beginning)) names.push_back(tensor.name);
    return names;
}

std::string DiffusionGolden::wrong(const std::string& name, const torch::Tensor& value) const {
    const auto expected = (*this)[name].to(torch::kFloat64);
    if (!bars_.contains(name)) return fmt::format("{} has no error bar", name);
    if (value.numel() != expected.numel())
        return fmt::format("{} has {} elements, not {}", name, value.numel(), expected.numel());
    // What a 1x1 convolution makes is compared as tokens are.
    const auto given = value.dim() == 3 && expected.dim() == 4   ? value.transpose(1, 2)
                       : value.dim() == 4 && expected.dim() == 3 ? value.flatten(2).transpose(1, 2)
                                                                 : value;
    const auto bar = bars_[name][2].get<double>();
    const auto tolerance = 4 * bar + 1e-6 * expected.abs().max().item<double>();
    const auto distance = (given.to(torch::kFloat64).reshape(expected.sizes()) - expected).abs().max().item<double>();
    if (distance <= tolerance) return {};
    return fmt::format("{} is off by {:.3g}, {:.1f} error bars, of which {:.3g} is tolerated", name, distance,
                       bar > 0 ? distance / bar : 0.0, tolerance);
}

std::vector<std::pair<fs::path, std::string>> goldenRuns() {
    std::vector<std::pair<fs::path, std::string>> runs;
    for (const auto& root : goldenDiffusion())
        for (const char* pipeline : {"sdxl", "sd15"}) {
            const auto meta = readJson(root / pipeline / "meta.json");
            for (const auto& run : meta["runs"].items())
                if (fs::exists(root / pipeline / (run.key() + ".safetensors")))
                    runs.emplace_back(root / pipeline, run.key());
        }
    return runs;
}

LoadedTensors loadedTensors(const fs::path& file, const std::string& prefix) {
    const auto checkpoint = Checkpoint::open(file);
    LoadedTensors loaded;
    std::vector<torch::Tensor> values;
    for (const auto& tensor : checkpoint->tensors()) {
        if (!isFloating(tensor.dtype)) continue;
        loaded.layout.append(prefix + tensor.name, tensor.shape);
        values.push_back(storedTensor(*checkpoint, tensor.name).flatten());
    }
    loaded.flat = at::cat(values);
    return loaded;
}

torch::Tensor normals(const std::vector<std::int64_t>& shape, std::uint64_t seed) {
    RandomStream stream(seed, 0, Purpose::FounderWeights);
    auto values = at::empty(shape, torch::kFloat32);
    auto* first = values.data_ptr<float>();
    for (std::int64_t i = 0; i < values.numel(); ++i) first[i] = static_cast<float>(stream.normal());
    return values;
}

torch::Tensor randomWeights(const Layout& layout, std::uint64_t seed) {
    auto flat = at::empty({static_cast<std::int64_t>(layout.extent())}, torch::kFloat32);
    for (const auto& tensor : layout.tensors) {
        auto view = flat.narrow(0, static_cast<std::int64_t>(tensor.begin), static_cast<std::int64_t>(tensor.count));
        view.copy_(normals({static_cast<std::int64_t>(tensor.count)}, seed + tensor.begin));
        if (tensor.shape.size() > 1)
            view.mul_(1.0 / std::sqrt(static_cast<double>(tensor.count) / static_cast<double>(tensor.shape[0])));
        else
            view.mul_(0.1).add_(tensor.name.ends_with(".weight") ? 1.0 : 0.0);
    }
    return flat;
}

}  // namespace mergarium::test
