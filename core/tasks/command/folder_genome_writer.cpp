#include "core/tasks/command/folder_genome_writer.h"

#include "core/checkpoint/range_guard.h"
#include "core/files/beneath.h"
#include "core/files/mapped_file.h"
#include "core/files/scratch_folder.h"
#include "core/founders/child_folder.h"
#include "core/genome/materialize.h"
#include "core/models/model_writer.h"
#include "core/tasks/task.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <deque>
#include <fstream>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <system_error>
#include <utility>

namespace mergarium {
namespace {

/// Models are turned from fp32 into their own element type in pieces of this size.
constexpr std::size_t kPiece = 1 << 14;

/// Where a tensor of the written model comes from.
struct Origin {
    /// Of a merged one: its first parameter.
    std::uint64_t begin = 0;
    DType dtype = DType::F32;
    /// Of a frozen one: its elements.
    const std::byte* frozen = nullptr;
    /// What they are mapped from; null: they lie in memory.
    const MappedFile* file = nullptr;
};

/// Weight files and shard indexes, which must not be linked beside the new weights.
bool isWeights(const std::string& name) {
    for (const std::string_view ending :
         {".safetensors", ".index.json", ".bin", ".pt", ".pth", ".ckpt", ".gguf", ".h5", ".msgpack", ".onnx"})
        if (name.ends_with(ending)) return true;
    return false;
}

class FolderGenomeWriter final : public GenomeWriter {
public:
    FolderGenomeWriter(Handover kind, const std::filesystem::path& scratch, FoundersPtr founders,
                       std::vector<FounderSourcePtr> sources)
        : kind_(kind),
          founders_(std::move(founders)),
          sources_(std::move(sources)),
          plan_(planModel(describeTensors(), 0,
                          {.stem = childStem(*sources_.front()), .metadata = childMetadata(*sources_.front())})),
          scratch_(scratch) {}

    std::filesystem::path write(const Genome& genome) override {
        if (!model_ || kind_ == Handover::Folder) makeFolder();
        try {
            model_->rewrite(contentsOf(genome));
        } catch (const ModelTruncated& truncated) {
            model_.reset();
            throw EvaluationFailure(
                fmt::format("{} An evaluator may not change the models that it is given.", truncated.what()));
        }
        return folder_;
    }

private:
    std::vector<TensorDescription> describeTensors() {
        const auto& layout = founders_->layout();
        std::vector<TensorDescription> tensors;
        for (const auto& tensor : layout.tensors) {
            tensors.push_back(
                {.name = tensor.name, .dtype = tensor.dtype, .shape = tensor.shape, .count = tensor.count});
            origins_.push_back({.begin = tensor.begin, .dtype = tensor.dtype});
        }
        for (const auto& [tensor, founder] : layout.frozen) {
            tensors.push_back(
                {.name = tensor.name, .dtype = tensor.dtype, .shape = tensor.shape, .count = tensor.count});
            origins_.push_back(frozenOf(tensor, founder));
        }
        const auto& first = *sources_.front();
        for (const auto index : leftOutOf(layout, first)) {
            tensors.push_back(first.tensors()[index]);
            tensors.back().dtype = first.outputType(index);
            origins_.push_back(takenOver(first, index));
        }
        return tensors;
    }

    Origin takenOver(const FounderSource& source, std::size_t tensor) {
        const auto& [name, dtype, shape, count] = source.tensors()[tensor];
        if (dtype != source.outputType(tensor))
            return roundedOf(dtype, source.bytes(tensor), count, source.outputType(tensor));
        return {.dtype = dtype, .frozen = source.bytes(tensor), .file = source.file(tensor)};
    }

    /// Numbers that were computed, as the model stores them.
    Origin roundedOf(DType computed, const std::byte* from, std::uint64_t count, DType dtype) {
        std::vector<float> values(count);
        toFloats(computed, from, values);
        auto& bytes = rounded_.emplace_back(values.size() * sizeOf(dtype));
        fromFloats(dtype, values, bytes.data());
        return {.dtype = dtype, .frozen = bytes.data(), .file = nullptr};
    }

    Origin frozenOf(const Layout::Tensor& tensor, std::size_t founder) {
        const auto missing = [&] {
            return std::logic_error(fmt::format("The frozen tensor {} is missing in its founder.", tensor.name));
        };
        if (isFloating(tensor.dtype)) {
            const auto& segments = founders_->model(founder).segments;
            const auto found = std::ranges::find(segments, tensor.begin, &FounderSegment::begin);
            if (found == segments.end() || found->count != tensor.count) throw missing();
            if (found->dtype != tensor.dtype) return roundedOf(found->dtype, found->bytes, found->count, tensor.dtype);
            return {.dtype = tensor.dtype, .frozen = found->bytes, .file = found->file};
        }
        const auto& source = *sources_.at(founder);
        const auto index = source.indexOf(tensor.name);
        if (!index) throw missing();
        return takenOver(source, *index);
    }

    /// The last one's is gone then, with everything in it.
    void makeFolder() {
        std::error_code error;
        model_.reset();
        if (!folder_.empty()) std::filesystem::remove_all(folder_, error);
        folder_ = scratch_.path() / fmt::format("model-{}", ++made_);
        std::filesystem::create_directory(folder_, error);
        if (error) throw std::runtime_error(fmt::format("{}: can't be made: {}.", folder_.string(), error.message()));
        model_.emplace(folder_, plan_);
        const auto& first = *sources_.front();
        const auto configuration = childConfiguration(first, plan_.tensors, founders_->layout(), ElementType::AsGiven);
        if (configuration) std::ofstream(folder_ / "config.json") << *configuration;
        for (const auto& [from, name] : companionsOf(first)) {
            const bool deeper = name.find('/') != name.npos;
            if ((!deeper && isWeights(name)) || (configuration && name == "config.json")) continue;
            openBeneath(from, name);  // refuses what leads elsewhere
            if (deeper) std::filesystem::create_directories((folder_ / name).parent_path(), error);
            std::filesystem::create_symlink(std::filesystem::absolute(from / name), folder_ / name, error);
        }
    }

    TensorContents contentsOf(const Genome& genome) const {
        if (const auto* recipe = genome.recipe())
            return contents([this, recipe](std::uint64_t begin, std::span<float> out) {
                materializeRange(*recipe, *founders_, begin, out);
            });
        auto values = std::make_shared<std::vector<float>>(genome.length());
        genome.materialize(*values);
        return contents([values](std::uint64_t begin, std::span<float> out) {
            std::memcpy(out.data(), values->data() + begin, out.size_bytes());
        });
    }

    template <typename Parameters>
    TensorContents contents(Parameters parameters) const {
        return [this, parameters](std::size_t tensor, std::uint64_t begin, std::span<std::byte> out) {
            const auto& origin = origins_[tensor];
            const auto size = sizeOf(origin.dtype);
            if (origin.file) return origin.file->read(origin.frozen + begin * size, out);
            if (origin.frozen) {
                std::memcpy(out.data(), origin.frozen + begin * size, out.size());
                return;
            }
            std::array<float, kPiece> piece;
            for (auto first = origin.begin + begin; !out.empty(); first += kPiece) {
                const auto floats = std::span(piece).first(std::min(kPiece, out.size() / size));
                parameters(first, floats);
                fromFloats(origin.dtype, floats, out.data());
                range_->look(plan_.tensors[tensor].name, origin.dtype, out.first(floats.size() * size), true,
                             [&](std::span<float> before) { std::ranges::copy(floats, before.begin()); });
                out = out.subspan(floats.size() * size);
            }
        };
    }

    Handover kind_;
    /// Whose sums are beyond the founders' element type, it has its largest numbers.
    std::unique_ptr<RangeGuard> range_ = std::make_unique<RangeGuard>(OutOfRange::Clamped);
    FoundersPtr founders_;
    std::vector<FounderSourcePtr> sources_;
    std::vector<Origin> origins_;
    std::deque<std::vector<std::byte>> rounded_;
    ModelPlan plan_;
    ScratchFolder scratch_;
    std::filesystem::path folder_;
    std::uint64_t made_ = 0;
    std::optional<RewritableModel> model_;
};

}  // namespace

std::unique_ptr<GenomeWriter> makeGenomeWriter(Handover kind, const std::filesystem::path& scratch,
                                               FoundersPtr founders, std::vector<FounderSourcePtr> sources) {
    return std::make_unique<FolderGenomeWriter>(kind, scratch, std::move(founders), std::move(sources));
}

}  // namespace mergarium
