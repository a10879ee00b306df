#include "core/diffusion/component_configs.h"
#include "core/diffusion/pipeline_folder.h"
#include "core/files/scratch_place.h"
#include "core/images/read_image.h"
#include "core/networks/diffusion/picture_noise.h"
#include "core/networks/diffusion/pipeline_checkpoint.h"
#include "tests/support/diffusion_goldens.h"
#include "tests/support/json_file.h"
#include "tests/support/message_of.h"
#include "tests/support/suite.h"

#include <QTest>

#include <ATen/ATen.h>

#include <cmath>
#include <filesystem>
#include <limits>
#include <map>
#include <set>

using namespace mergarium;
using namespace mergarium::test;
using nlohmann::json;
namespace fs = std::filesystem;

namespace {

const fs::path kSd = MERGARIUM_TEST_DATA "/t2i/sd15";
const fs::path kXl = MERGARIUM_TEST_DATA "/t2i/sdxl";

/// Reads a run's two prompts as it has them, and others letter by letter.
PromptReader readerOf(const DiffusionGolden& golden, const json& run, const std::string& number) {
    std::map<std::string, std::vector<std::int32_t>> known;
    const auto take = [&](const std::string& prompt, const std::string& name) {
        const auto ids = golden[name];
        known[prompt] = {ids.data_ptr<std::int64_t>(), ids.data_ptr<std::int64_t>() + ids.numel()};
    };
    take(run["negative_prompt"].is_null() ? "" : run["negative_prompt"].get<std::string>(),
         "negative_input_ids." + number);
    take(run["prompt"].get<std::string>(), "input_ids." + number);
    return [known](std::string_view prompt) {
        if (const auto found = known.find(std::string(prompt)); found != known.end())
            return PromptIds{.ids = found->second};
        std::vector<std::int32_t> ids(77, 1099);
        ids[0] = 1098;
        for (std::size_t i = 0; i < std::min<std::size_t>(prompt.size(), 75); ++i) ids[i + 1] = prompt[i];
        return PromptIds{.ids = ids, .cut = prompt.size() > 75};
    };
}

struct Run {
    Run(const fs::path& root, const std::string& name)
        : folder(root),
          golden(root, name),
          description(readJson(root / "meta.json")["runs"][name]),
          source(openFounder({.base = root / "pipeline", .adapter = {}}, scratchPlace())) {}

    PictureRequest request() const {
        PictureRequest made{.prompt = description["prompt"].get<std::string>(),
                            .steps = description["num_inference_steps"].get<std::int64_t>(),
                            .guidance = description["guidance_scale"].get<double>(),
                            .width = description["width"].get<std::int64_t>(),
                            .height = description["height"].get<std::int64_t>()};
        if (!description["negative_prompt"].is_null())
            made.negative = description["negative_prompt"].get<std::string>();
        const auto noise = golden["noise"];
        made.noise.assign(noise.data_ptr<float>(), noise.data_ptr<float>() + noise.numel());
        const auto pair = [&](const char* key) -> std::optional<std::array<std::int64_t, 2>> {
            if (!description.contains(key)) return std::nullopt;
            return description[key].get<std::array<std::int64_t, 2>>();
        };
        made.originalSize = pair("original_size");
        made.crop = pair("crops_coords_top_left");
        made.targetSize = pair("target_size");
        if (description.contains("scheduler_folder")) {
            const auto path = folder / description["scheduler_folder"].get<std::string>() / "scheduler_config.json";
            made.scheduler = schedulerConfigOf(readJson(path), path.string());
        }
        return made;
    }

    ImagePipeline pipeline() const {
        const auto config = pipelineConfigOf(folder / "pipeline");
        std::vector<PromptReader> readers;
        for (std::size_t i = 0; i < config.textEncoders.size(); ++i)
            readers.push_back(readerOf(golden, description, std::to_string(i + 1)));
        return openImagePipeline(*source, config, torch::kCPU, std::move(readers));
    }

    fs::path folder;
    DiffusionGolden golden;
    json description;
    FounderSourcePtr source;
};

Run smallRun() { return {kSd, "run_neg"}; }

/// 16 x 16 pixels in two steps.
PictureRequest smallRequest(std::string prompt, std::uint64_t seed = 1) {
    return {.prompt = std::move(prompt), .steps = 2, .guidance = 3.0, .width = 16, .height = 16, .seed = seed};
}

MadePicture pictureOf(ImagePipeline& pipeline, const PictureRequest& request) {
    return pipeline.make({&request, 1}).front();
}

}  // namespace

class ImagePipelineTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void everyIntermediateIsThatOfDiffusers_data() {
        QTest::addColumn<QString>("folder");
        QTest::addColumn<QString>("run");
        for (const auto& [folder, run] : goldenRuns())
            QTest::addRow("%s %s", folder.c_str(), run.c_str())
                << QString::fromStdString(folder.string()) << QString::fromStdString(run);
    }

    void everyIntermediateIsThatOfDiffusers() {
        QFETCH(QString, folder);
        QFETCH(QString, run);
        const Run one(folder.toStdString(), run.toStdString());
        auto pipeline = one.pipeline();
        const auto request = one.request();
        std::set<std::string> seen;
        QStringList wrong;
        const auto pictures = pipeline.make(
            {&request, 1}, {.observer = [&](std::size_t, const std::string& name, const torch::Tensor& value) {
                if (!one.golden.has(name) || !seen.insert(name).second) return;
                if (const auto what = one.golden.wrong(name, value); !what.empty())
                    wrong << QString::fromStdString(what);
            }});
        QVERIFY2(wrong.isEmpty(), qPrintable(wrong.join("\n")));
        for (const auto& name : one.golden.names("")) QVERIFY2(seen.contains(name), name.c_str());
        QVERIFY(pictures[0].finite);
        const auto picture = one.folder / (run.toStdString() + ".png");
        if (!fs::exists(picture)) return;
        const auto expected = readImage(picture);
        QCOMPARE(pictures[0].image.width, expected.width);
        QCOMPARE(pictures[0].image.height, expected.height);
        for (std::size_t i = 0; i < expected.pixels.size(); ++i)
            QVERIFY(std::abs(int(expected.pixels[i]) - int(pictures[0].image.pixels[i])) <= 1);
    }

    void severalAtOnceAreThoseOneByOne() {
        const auto run = smallRun();
        auto pipeline = run.pipeline();
        std::vector<PictureRequest> requests{smallRequest("a cat"), smallRequest("a dog"), smallRequest("a cat", 2)};
        requests[1].guidance = 6.0;
        requests.push_back(smallRequest("a horse"));
        requests.back().width = 24;
        requests.push_back(smallRequest("a bird"));
        requests.back().guidance = 1.0;
        requests.push_back(smallRequest("a bat"));
        requests.back().negative = "blurry";
        const auto together = pipeline.make(requests, {.batch = 4});
        QCOMPARE(together.size(), requests.size());
        for (std::size_t i = 0; i < requests.size(); ++i) {
            const auto alone = pictureOf(pipeline, requests[i]);
            QCOMPARE(together[i].image.width, alone.image.width);
            for (std::size_t p = 0; p < alone.image.pixels.size(); ++p)
                QVERIFY(std::abs(int(together[i].image.pixels[p]) - int(alone.image.pixels[p])) <= 1);
        }
        // One by one it is the same to the bit, whoever comes before.
        const auto again = pipeline.make(requests);
        for (std::size_t i = 0; i < requests.size(); ++i)
            QVERIFY(again[i].image == pictureOf(pipeline, requests[i]).image);
        QVERIFY(!(again[0].image == again[1].image) && !(again[0].image == again[2].image));
    }

    void guidanceOfOneComputesThePromptAlone() {
        const auto run = smallRun();
        auto pipeline = run.pipeline();
        auto request = smallRequest("a cat");
        request.guidance = 1.0;
        std::int64_t rows = 0;
        const auto pictures = pipeline.make(
            {&request, 1}, {.observer = [&](std::size_t, const std::string& name, const torch::Tensor& value) {
                if (name == "unet_in.0") rows = value.size(0);
            }});
        QCOMPARE(rows, std::int64_t{1});
        request.guidance = 1.0000001;
        const auto barely = pictureOf(pipeline, request);
        for (std::size_t p = 0; p < barely.image.pixels.size(); ++p)
            QVERIFY(std::abs(int(pictures[0].image.pixels[p]) - int(barely.image.pixels[p])) <= 1);
    }

    void anotherModelsParametersMakeItsPictures() {
        const auto run = smallRun();
        auto pipeline = run.pipeline();
        const auto request = smallRequest("a cat");
        const auto before = pictureOf(pipeline, request);
        const std::vector<float> own(pipeline.parameters().begin(), pipeline.parameters().end());
        // Of the text encoder, whose embeddings have been kept.
        for (const auto& tensor : pipeline.parameterLayout().tensors)
            if (tensor.name.starts_with("text_encoder.") && tensor.name.ends_with("final_layer_norm.bias"))
                for (auto& one : pipeline.parameters().subspan(tensor.begin, tensor.count)) one += 0.5F;
        const auto other = pictureOf(pipeline, request);
        QVERIFY(!(other.image == before.image));
        std::ranges::copy(own, pipeline.parameters().begin());
        QVERIFY(pictureOf(pipeline, request).image == before.image);
    }

    void frozenTensorsLieBehindTheOthers() {
        const auto run = smallRun();
        auto whole = run.pipeline();
        Layout layout;
        for (const auto& tensor : whole.parameterLayout().tensors)
            if (tensor.name.starts_with("unet.")) layout.append(tensor.name, tensor.shape, tensor.dtype);
        for (const auto& tensor : whole.parameterLayout().tensors)
            if (!tensor.name.starts_with("unet.")) layout.freeze(tensor.name, tensor.shape, tensor.dtype, 0);
        ImagePipeline pipeline(whole.config(), layout, torch::kCPU, {readerOf(run.golden, run.description, "1")});
        loadPipeline(*run.source, pipeline);
        const auto request = smallRequest("a cat");
        QVERIFY(pictureOf(pipeline, request).image == pictureOf(whole, request).image);
    }

    void aPictureThatIsNoneIsSaid() {
        const auto run = smallRun();
        auto pipeline = run.pipeline();
        QVERIFY(pictureOf(pipeline, smallRequest("a cat")).finite);
        for (const auto& tensor : pipeline.parameterLayout().tensors)
            if (tensor.name == "unet.conv_in.bias")
                pipeline.parameters()[tensor.begin] = std::numeric_limits<float>::quiet_NaN();
        const auto picture = pictureOf(pipeline, smallRequest("a cat"));
        QVERIFY(!picture.finite);
        QCOMPARE(picture.image.pixels.size(), std::size_t{16 * 16 * 3});
    }

    void promptsThatWereCutAreSaid() {
        const auto run = smallRun();
        auto pipeline = run.pipeline();
        auto request = smallRequest(std::string(80, 'a'));
        request.negative = "short";
        auto picture = pictureOf(pipeline, request);
        QVERIFY(picture.promptCut && !picture.negativeCut);
        std::swap(request.prompt, *request.negative);
        picture = pictureOf(pipeline, request);
        QVERIFY(!picture.promptCut && picture.negativeCut);
    }

    void progressCountsPassesAndEndsThem() {
        const auto run = smallRun();
        auto pipeline = run.pipeline();
        const std::vector<PictureRequest> requests{smallRequest("a cat"), smallRequest("a dog")};
        std::vector<std::uint64_t> told;
        (void)pipeline.make(requests, {.batch = 1, .progress = [&](std::uint64_t done, std::uint64_t total) {
                                           told.push_back(done);
                                           return total > 3;
                                       }});
        const auto passes = told.back();
        QCOMPARE(told.size(), passes + 1);
        std::uint64_t calls = 0;
        QVERIFY_EXCEPTION_THROWN(
            (void)pipeline.make(requests, {.progress = [&](std::uint64_t, std::uint64_t) { return ++calls < 3; }}),
            Cancelled);
        QCOMPARE(calls, std::uint64_t{3});
    }

    void requestsThatCantBeMetAreNamed() {
        const auto run = smallRun();
        auto pipeline = run.pipeline();
        std::vector<PictureRequest> requests{smallRequest("a cat"), smallRequest("a cat")};
        const auto message = [&] { return messageOf([&] { (void)pipeline.make(requests); }); };
        requests[1].width = 20;
        QCOMPARE(message(),
                 std::string(
                     "Picture 1: 20 x 16 pixels are no size for this model: sides are multiples of 8, up to 16384."));
        requests[1] = smallRequest("a cat");
        requests[1].noise.resize(5);
        QCOMPARE(message(),
                 std::string("Picture 1: the noise has 5 numbers, where the latents of 16 x 16 pixels have 16."));
        requests[1] = smallRequest("a cat");
        requests[1].steps = 0;
        QVERIFY(message().starts_with("Picture 1: 0 steps"));
    }

    void layoutsThatDontFitAreNamed() {
        const auto run = smallRun();
        const auto whole = run.pipeline();
        const auto refusal = [&](const Layout& layout) {
            return messageOf([&] {
                ImagePipeline(whole.config(), layout, torch::kCPU, {readerOf(run.golden, run.description, "1")});
            });
        };
        auto layout = whole.parameterLayout();
        layout.append("safety_checker.weight", {3});
        QVERIFY(refusal(layout).find("safety_checker.weight") != std::string::npos);
        layout = whole.parameterLayout();
        layout.append("text_encoder.weight", {3});
        QVERIFY(refusal(layout).find("text_encoder.weight") != std::string::npos);
        layout = whole.parameterLayout();
        std::erase_if(layout.tensors,
                      [](const Layout::Tensor& tensor) { return tensor.name == "vae.decoder.conv_in.bias"; });
        QVERIFY(refusal(layout).find("vae.decoder.conv_in.bias") != std::string::npos);
    }

    void noiseIsAFunctionOfSeedPassAndPosition() {
        const auto noise = pictureNoise(7, 0, 20'000);
        QCOMPARE(noise, pictureNoise(7, 0, 20'000));
        QVERIFY(pictureNoise(7, 1, 4) != pictureNoise(7, 0, 4) && pictureNoise(8, 0, 4) != pictureNoise(7, 0, 4));
        QVERIFY(std::equal(noise.begin(), noise.begin() + 10, pictureNoise(7, 0, 10).begin()));
        double sum = 0.0;
        double squares = 0.0;
        for (const double one : noise) {
            sum += one;
            squares += one * one;
        }
        QVERIFY(std::abs(sum / 20'000.0) < 0.03 && std::abs(squares / 20'000.0 - 1.0) < 0.05);
    }

    void schedulersThatDrawNoiseDrawTheSameAgain() {
        const auto run = smallRun();
        auto pipeline = run.pipeline();
        auto request = smallRequest("a cat");
        request.scheduler = pipeline.config().scheduler;
        request.scheduler->kind = SchedulerKind::EulerAncestral;
        const auto first = pictureOf(pipeline, request);
        QVERIFY(pictureOf(pipeline, request).image == first.image);
        // What is drawn anew is the seed's, too.
        request.noise = pictureNoise(1, 0, 16);
        QVERIFY(pictureOf(pipeline, request).image == first.image);
        request.seed = 2;
        QVERIFY(!(pictureOf(pipeline, request).image == first.image));
    }

    void memoryGrowsWithThePicture() {
        const auto config = pipelineConfigOf(kXl / "pipeline");
        const auto small = ImagePipeline::workingMemory(config, 512, 512, 1);
        QVERIFY(ImagePipeline::workingMemory(config, 1024, 1024, 1) > small);
        QVERIFY(ImagePipeline::workingMemory(config, 512, 512, 64) > small);
    }
};

MERGARIUM_SUITE(ImagePipelineTest)
#include "image_pipeline_test.moc"
