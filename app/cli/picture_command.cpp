#include "app/cli/commands.h"
#include "app/cli/exit_code.h"
#include "app/cli/interruption.h"
#include "app/cli/json_output.h"
#include "app/cli/picture_model.h"
#include "app/cli/progress_line.h"
#include "app/cli/say.h"
#include "app/cli/splice_options.h"
#include "core/checkpoint/checkpoint.h"
#include "core/compute/networks.h"
#include "core/diffusion/picture_requests.h"
#include "core/diffusion/scheduler_names.h"
#include "core/files/whole_file.h"
#include "core/images/encode_image.h"
#include "core/models/model_plan.h"
#include "core/text/words.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <tuple>

namespace mergarium::cli {
namespace {

using Clock = std::chrono::steady_clock;

/// "512x768": width and height.
std::pair<std::int64_t, std::int64_t> sizeNamed(const std::string& text) {
    const auto cross = text.find('x');
    const auto width = parsed<std::int64_t>(std::string_view(text).substr(0, cross));
    const auto height = cross == text.npos ? std::optional<std::int64_t>()
                                           : parsed<std::int64_t>(std::string_view(text).substr(cross + 1));
    if (!width || !height || *width < 1 || *height < 1)
        throw std::runtime_error(fmt::format("--size: '{}' is no size; write 512x768, width before height.", text));
    return {*width, *height};
}

PictureRequest usualOf(const Options& options, const PipelineConfig& config) {
    auto request = usualRequest(config);
    request.prompt = options.prompt;
    request.negative = options.negative;
    if (options.steps) request.steps = *options.steps;
    if (options.guidance) request.guidance = *options.guidance;
    if (!options.size.empty()) std::tie(request.width, request.height) = sizeNamed(options.size);
    if (!options.scheduler.empty()) request.scheduler = schedulerNamed(options.scheduler, config.scheduler);
    request.seed = options.seed.value_or(0);
    return request;
}

/// The tensors of one picture, as a safetensors file.
std::string dumpOf(const std::vector<ObservedTensor>& tensors) {
    std::vector<TensorDescription> descriptions;
    for (const auto& tensor : tensors)
        descriptions.push_back({.name = tensor.name,
                                .dtype = tensor.dtype,
                                .shape = tensor.shape,
                                .count = tensor.bytes.size() / sizeOf(tensor.dtype)});
    const auto plan = planModel(std::move(descriptions));
    const auto& file = plan.files.front();
    auto text = file.header;
    text.resize(file.header.size() + file.dataSize);
    const auto contents = [&](std::size_t tensor, std::uint64_t begin, std::span<std::byte> out) {
        const auto from = begin * sizeOf(tensors[tensor].dtype);
        std::copy_n(tensors[tensor].bytes.begin() + static_cast<std::ptrdiff_t>(from), out.size(), out.begin());
    };
    fillFrom(plan, file, contents, 0,
             std::as_writable_bytes(std::span(text)).subspan(file.header.size(), file.dataSize));
    return text;
}

/// Makes one picture after the other, so that those before an interruption stay.
class PictureMaker {
public:
    PictureMaker(const Options& options, PictureModel& model, std::vector<PictureRequest> requests)
        : options_(options), model_(model), requests_(std::move(requests)), line_(options.json) {}

    int carryOut() {
        catchInterruptions();
        const auto start = Clock::now();
        try {
            for (std::size_t i = 0; i < requests_.size(); ++i) make(i);
        } catch (const Cancelled&) {
            line_.end();
            sayAside("Interrupted; {} of {} pictures were written.\n", files_.size(), requests_.size());
            return kInterrupted;
        }
        line_.end();
        const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
        if (options_.json)
            print({{"files", files_}, {"seconds", seconds}, {"notes", notes_}});
        else
            say("{}\n", fmt::join(files_, "\n"));
        for (const auto& sentence : notes_)
            if (!options_.json) sayAside("{}\n", sentence);
        return kSuccess;
    }

private:
    std::filesystem::path fileOf(std::size_t index, const char* ending) const {
        const std::filesystem::path out = options_.out;
        return options_.requests.empty() ? out : out / (std::to_string(index) + ending);
    }

    void make(std::size_t index) {
        std::vector<ObservedTensor> tensors;
        const auto shown = [&](std::uint64_t done, std::uint64_t passes) {
            const auto all = requests_.size() * std::max<std::uint64_t>(passes, 1);
            const auto sofar = index * std::max<std::uint64_t>(passes, 1) + done;
            line_.show(fmt::format("picture {} of {}: step {} of {}", index + 1, requests_.size(), done, passes), sofar,
                       all);
            return !isInterrupted();
        };
        PictureWatch watch{.progress = shown, .observer = nullptr};
        if (options_.dump)
            watch.observer = [&](std::size_t, ObservedTensor tensor) { tensors.push_back(std::move(tensor)); };
        const auto picture = model_.make({&requests_[index], 1}, watch).front();
        note(index, picture);
        writePng(fileOf(index, ".png"), picture.image);
        if (options_.dump) writeWholeFile(fileOf(index, ".safetensors"), dumpOf(tensors));
        files_.push_back(fileOf(index, ".png").string());
    }

    void note(std::size_t index, const MadePicture& picture) {
        const auto of = requests_.size() > 1 ? fmt::format("Picture {}", index) : std::string("The picture");
        if (!picture.finite)
            notes_.push_back(fmt::format("{} is none: the model computes numbers that are not finite.", of));
        if (picture.promptCut)
            notes_.push_back(
                fmt::format("{}: the prompt has more tokens than the model reads; those behind were cut off.", of));
        if (picture.negativeCut)
            notes_.push_back(fmt::format(
                "{}: the negative prompt has more tokens than the model reads; those behind were cut off.", of));
    }

    const Options& options_;
    PictureModel& model_;
    std::vector<PictureRequest> requests_;
    ProgressLine line_;
    std::vector<std::string> files_, notes_;
};

}  // namespace

int picture(const Options& options) {
    if (options.dump && options.requests.empty())
        throw std::runtime_error("--dump: write it with --requests, which writes into a folder.");
    const auto opened = openPictureModel(options.checkpoint, options.like);
    const auto usual = usualOf(options, opened.config);
    const auto requests = options.requests.empty()
                              ? std::vector{usual}
                              : readPictureRequests(options.requests, usual, opened.config.scheduler);
    const auto networks = openNetworks(options.device.value_or("auto"), options.threads);
    const auto model = networks->pictureModel(*opened.source, opened.config, opened.readers);
    if (!options.requests.empty()) std::filesystem::create_directories(options.out);
    return PictureMaker(options, *model, requests).carryOut();
}

}  // namespace mergarium::cli
