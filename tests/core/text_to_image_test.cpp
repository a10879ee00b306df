#include "core/diffusion/pipeline_folder.h"
#include "core/evaluation/checkpoint_founders.h"
#include "core/evaluation/checkpoint_score.h"
#include "core/evaluation/preflight.h"
#include "core/images/encode_image.h"
#include "core/images/read_image.h"
#include "core/networks/clip/clip_scorer.h"
#include "core/networks/diffusion/pipeline_checkpoint.h"
#include "core/tokenization/clip/prompt_tokenizer.h"
#include "core/trial/trial.h"
#include "tests/support/message_of.h"
#include "tests/support/runs.h"
#include "tests/support/suite.h"
#include "tests/support/tensor_files.h"

#include <fmt/format.h>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <fstream>
#include <set>

using namespace mergarium;
using namespace mergarium::test;
namespace fs = std::filesystem;

namespace {

// Tiny random models (diffusers, transformers).
const fs::path kTinyPipeline = MERGARIUM_TEST_DATA "/t2i/sd15/pipeline";
const fs::path kTinyClip = MERGARIUM_TEST_DATA "/t2i/clip";
constexpr const char* kTinyUNet = "unet/diffusion_pytorch_model.safetensors";

PromptReader clipReaderOf(const fs::path& folder) {
    return [tokenizer = PromptTokenizer::open(folder)](std::string_view text) {
        return PromptIds{.ids = tokenizer.encode(text).ids};
    };
}

/// Prints a score for each picture: 0.25, or 0.75 for those whose caption has a cat.
constexpr const char* kPictureJudge =
    "#!/usr/bin/env python3\n"
    "import json, sys\n"
    "for line in sys.stdin:\n"
    "    question = json.loads(line)\n"
    "    for sample in question[\"samples\"]:\n"
    "        assert open(sample[\"image\"], \"rb\").read(4) == b\"\\x89PNG\" and open(sample[\"reference\"], \"rb\")\n"
    "    print(json.dumps({\"id\": question[\"id\"],\n"
    "                      \"scores\": [0.75 if \"cat\" in sample[\"caption\"] else 0.25 for sample in "
    "question[\"samples\"]],\n"
    "                      \"texts\": [\"seed %d\" % sample[\"seed\"] for sample in question[\"samples\"]]}), "
    "flush=True)\n";

}  // namespace

// Text-to-image models on captions.
class TextToImageTest : public QObject {
    Q_OBJECT

    QTemporaryDir temporary_;
    fs::path captions_, other_;

    fs::path path(const std::string& name) const {
        return temporary_.filePath(QString::fromStdString(name)).toStdString();
    }

    /// A copy of the pipeline, with every number of its U-Net changed.
    fs::path pipeline(const std::string& name,
                      const std::function<float(const std::string&, float, std::size_t)>& change) {
        const auto folder = path(name);
        fs::copy(kTinyPipeline, folder, fs::copy_options::recursive);
        const auto stored = Checkpoint::open(kTinyPipeline / kTinyUNet);
        std::vector<GivenTensor> tensors;
        for (const auto& tensor : stored->tensors()) {
            std::vector<float> values(tensor.count);
            std::memcpy(values.data(), tensor.bytes, tensor.byteSize());
            for (std::size_t i = 0; i < values.size(); ++i) values[i] = change(tensor.name, values[i], i);
            tensors.push_back(tensorOf(tensor.name, DType::F32, tensor.shape, values));
        }
        fs::permissions(folder / kTinyUNet, fs::perms::owner_all);
        writeTensors(folder / kTinyUNet, tensors);
        return folder;
    }

    TextToImageSettings settings() const {
        TextToImageSettings task;
        task.files = {{.name = "photos", .train = captions_}};
        task.clip = kTinyClip;
        task.steps = 2;
        task.guidance = 5.0;
        task.width = 64;
        task.height = 64;
        task.scheduler = "euler";
        return task;
    }

    RunConfiguration configuration(const TextToImageSettings& task) const {
        RunConfiguration run;
        run.device = "cpu";
        run.evaluations = 6;
        run.task = task;
        run.founders =
            std::vector<CheckpointFounder>{{.base = kTinyPipeline, .adapter = {}}, {.base = other_, .adapter = {}}};
        std::get<M2n2Settings>(run.strategy).archive = 3;
        return run;
    }

    double scoreOf(const TextToImageSettings& task, const fs::path& model = kTinyPipeline) const {
        return scoreCheckpoint({.base = model, .adapter = {}}, configuration(task), kResources, 1, anyProgram)
            .front()
            .train;
    }

    std::string refusalOf(const TextToImageSettings& task) const {
        return messageOf([&] { scoreOf(task); });
    }

private Q_SLOTS:
    void initTestCase() {
        fs::create_directory(path("pictures"));
        for (int i = 0; i < 4; ++i)
            fs::copy(kTinyClip / fmt::format("image_{}.png", i), path("pictures") / fmt::format("{}.png", i));
        captions_ = path("captions.jsonl");
        std::ofstream(captions_) << "{\"caption\": \"a photo of a cat\", \"image\": \"pictures/0.png\"}"
                                 << "\n\n"
                                 << "{\"caption\": \"a lighthouse at night\", \"image\": \"pictures/1.png\"}"
                                 << "\n"
                                 << "{\"caption\": \"a squirrel\", \"image\": \"pictures/2.png\", \"note\": 1}"
                                 << "\n";
        other_ = pipeline("other", [](const std::string&, float value, std::size_t i) {
            return value * (1.0F + 0.3F * std::sin(static_cast<float>(i)));
        });
    }

    void scoresAreTheCosinesThatTheirNamesSay() {
        auto task = settings();
        task.seeds = 2;
        task.firstSeed = 7;
        task.negative = "blurry";
        const auto founder = openFounder({.base = kTinyPipeline, .adapter = {}}, path(""));
        const auto config = pipelineConfigOf(kTinyPipeline);
        auto network = openImagePipeline(*founder, config, torch::kCPU, {clipReaderOf(kTinyPipeline / "tokenizer")});
        const ClipScorer clip(kTinyClip, clipReaderOf(kTinyClip), torch::kCPU);
        const std::vector<std::string> captions{"a photo of a cat", "a lighthouse at night", "a squirrel"};
        const auto texts = clip.texts(captions);
        auto scheduler = config.scheduler;
        scheduler.kind = SchedulerKind::Euler;
        double images = 0.0, words = 0.0;
        for (std::size_t i = 0; i < 3; ++i)
            for (std::uint64_t seed = 7; seed < 9; ++seed) {
                PictureRequest request{.prompt = captions[i],
                                       .negative = "blurry",
                                       .steps = 2,
                                       .guidance = 5.0,
                                       .width = 64,
                                       .height = 64,
                                       .scheduler = scheduler,
                                       .seed = seed};
                const auto picture = network.make({&request, 1}).front().image;
                const auto photo = readImage(kTinyClip / fmt::format("image_{}.png", i));
                const auto look = clip.images({&picture, 1}).front(), as = clip.images({&photo, 1}).front();
                images += (cosineOf(look, as) + 1.0) / 2.0 / 6.0;
                words += (cosineOf(look, texts[i]) + 1.0) / 2.0 / 6.0;
            }
        QVERIFY(std::abs(scoreOf(task) - images) < 1e-4);
        task.scores = {{PictureScore::TextSimilarity, 1.0}};
        QVERIFY(std::abs(scoreOf(task) - words) < 1e-4);
        task.scores = {{PictureScore::ImageSimilarity, 3.0}, {PictureScore::TextSimilarity, 1.0}};
        QVERIFY(std::abs(scoreOf(task) - (0.75 * images + 0.25 * words)) < 1e-4);
        QVERIFY(std::abs(images - words) > 1e-3);
    }

    void aRunIsRepeatedAndResumedToTheBit() {
        auto task = settings();
        task.files[0].heldOut = 0.34;
        const auto run = configuration(task);
        const auto live = runToItsEnd(run, path("first.db"));
        const RunPlace place{.database = path("second.db"), .resources = kResources, .threads = 1};
        {
            const auto loop = RunLoop::begin(run, place);
            const std::atomic<bool> never = false;
            for (int step = 0; step < 3; ++step) (void)loop->step(never);
            loop->store(Phase::Stopped);
        }
        const auto resumed = finish(*RunLoop::goOn({1}, place));
        QCOMPARE(resumed.archiveHash, live.archiveHash);
        const auto& samples = *live.run->samples;
        QCOMPARE(samples.size(), std::size_t{2});
        QCOMPARE(samples.pictureChannels, std::size_t{3});
        QCOMPARE(samples.texts[1].reference, std::string("pictures/1.png"));
        std::set<float> scores;
        for (const auto& member : live.members)
            if (member)
                for (std::size_t i = 0; i < 2; ++i) scores.insert(member->scores[i]);
        QVERIFY(scores.size() > 2);
        QVERIFY(*scores.begin() > 0.0F && *scores.rbegin() < 1.0F);
    }

    void theFirstFoundersOtherNetworksAreTakenOver() {
        auto task = settings();
        const auto layoutOf = [&](const RunConfiguration& run) {
            return openFounders(std::get<std::vector<CheckpointFounder>>(run.founders), rulesOf(run), path("cache"))
                .founders->layout();
        };
        const auto isUNets = [](const auto& tensor) { return tensor.name.starts_with("unet."); };
        const auto usual = layoutOf(configuration(task));
        QVERIFY(std::ranges::all_of(usual.tensors, isUNets));
        for (const auto& frozen : usual.frozen) QVERIFY(!isUNets(frozen.tensor) && frozen.founder == 0);
        QVERIFY(usual.frozen.size() > 100);

        task.merge = MergedNetworks::UNetAndText;
        auto run = configuration(task);
        run.tensors.freeze = {{.pattern = "unet.conv_in.*", .founder = 1}};
        const auto more = layoutOf(run);
        QVERIFY(
            std::ranges::any_of(more.tensors, [](const auto& one) { return one.name.starts_with("text_encoder."); }));
        QVERIFY(std::ranges::none_of(more.tensors, [](const auto& one) { return one.name.starts_with("vae."); }));
        QVERIFY(std::ranges::any_of(more.frozen, [](const auto& one) { return one.founder == 1; }));
        task.merge = MergedNetworks::All;
        QVERIFY(std::ranges::any_of(layoutOf(configuration(task)).tensors,
                                    [](const auto& one) { return one.name.starts_with("vae."); }));
    }

    void whatIsWrongIsNamedByFileAndLine() {
        const auto with = [&](const std::string& line) {
            auto task = settings();
            task.files[0].train = path("wrong.jsonl");
            std::ofstream(task.files[0].train) << "{\"caption\": \"a\", \"image\": \"pictures/0.png\"}"
                                               << "\n"
                                               << line << "\n";
            return refusalOf(task);
        };
        std::ofstream(path("broken.png")) << "\x89PNG\r\n\x1a\n and so on";
        for (const auto& [line, what] : {std::pair("{\"caption\": \"b\", \"image\": \"none.png\"}", "none.png"),
                                         {"{\"caption\": \"b\", \"image\": \"broken.png\"}", "broken.png"},
                                         {"{\"caption\": \"b\"}", "image"},
                                         {"{\"caption\": \"\", \"image\": \"pictures/0.png\"}", "caption is empty"},
                                         {"{\"image\": \"pictures/0.png\"}", "'caption' is missing"}}) {
            const auto message = with(line);
            QVERIFY2(
                message.find("wrong.jsonl, line 2: ") != std::string::npos && message.find(what) != std::string::npos,
                message.c_str());
        }
        auto task = settings();
        task.width = 68;
        QVERIFY2(refusalOf(task).starts_with("task.width: 68 "), refusalOf(task).c_str());
        task = settings();
        task.clip.clear();
        QVERIFY2(refusalOf(task).starts_with("task.clip: "), refusalOf(task).c_str());
        task.scores = {{PictureScore::Command, 1.0}};
        QVERIFY2(refusalOf(task).starts_with("task.program: "), refusalOf(task).c_str());
        task = settings();
        task.scheduler = "best";
        QVERIFY2(refusalOf(task).starts_with("task.scheduler: "), refusalOf(task).c_str());
    }

    void aProgramScoresPictures() {
        writeText(path("judge"), kPictureJudge);
        fs::permissions(path("judge"), fs::perms::owner_all);
        auto task = settings();
        task.scores = {{PictureScore::Command, 1.0}};
        task.clip.clear();
        task.program = {"./judge"};
        task.folder = path("");
        task.seeds = 2;
        QVERIFY(std::abs(scoreOf(task) - (0.75 + 0.25 + 0.25) / 3.0) < 1e-6);
        QVERIFY(messageOf([&] {
                    scoreCheckpoint({.base = kTinyPipeline, .adapter = {}}, configuration(task), kResources, 1,
                                    nullptr);
                }) != "nothing was thrown");
    }

    void whatIsNoPictureScoresNothingAndIsSaid() {
        auto run = configuration(settings());
        const auto broken = pipeline("broken", [](const std::string& name, float value, std::size_t) {
            return name == "conv_out.weight" || name == "conv_norm_out.weight" ? value * 1e30F : value;
        });
        std::get<std::vector<CheckpointFounder>>(run.founders)[1].base = broken;
        const auto trial = tryFounders(run, {.database = path("try.db"), .resources = kResources, .threads = 1});
        QCOMPARE(trial.founders.size(), std::size_t{2});
        for (const auto& attempt : trial.founders[0].attempts) {
            QVERIFY(attempt.score > 0.0F);
            QVERIFY(isThumbnail(attempt.picture));
            QVERIFY(attempt.answer.starts_with("image-similarity 0."));
        }
        for (const auto& attempt : trial.founders[1].attempts) {
            QCOMPARE(attempt.score, 0.0F);
            QVERIFY(attempt.picture.bytes.empty());
            QVERIFY2(attempt.answer.find("1 of 1 pictures is none") != std::string::npos, attempt.answer.c_str());
        }
    }

    void aLongCaptionIsCutAndSaid() {
        auto task = settings();
        task.files[0].train = path("long.jsonl");
        std::string caption;
        for (int i = 0; i < 90; ++i) caption += "very ";
        std::ofstream(task.files[0].train) << "{\"caption\": \"" << caption << "\", \"image\": \"pictures/0.png\"}"
                                           << "\n";
        const auto trial =
            tryFounders(configuration(task), {.database = path("long.db"), .resources = kResources, .threads = 1});
        QVERIFY(trial.founders[0].attempts[0].doubt.find("77 tokens") != std::string::npos);
    }

    void peopleAreToldWhatItCosts() {
        auto task = settings();
        task.seeds = 3;
        const auto told = preflight(configuration(task));
        const auto textOf = [&](const std::string& what) {
            const auto found = std::ranges::find(told.facts, what, &TaskOutline::Fact::what);
            return found == told.facts.end() ? std::string() : found->text;
        };
        QCOMPARE(textOf("Captions"), std::string("3, and 0 held out"));
        QCOMPARE(textOf("References"), std::string("3 photos"));
        QCOMPARE(textOf("Cost"), std::string("9 pictures per model, 36 passes through the U-Net"));
        QVERIFY(!textOf("Pictures").empty());
    }
};

MERGARIUM_SUITE(TextToImageTest)
#include "text_to_image_test.moc"
