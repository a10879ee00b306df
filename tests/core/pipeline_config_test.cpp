#include "core/diffusion/component_configs.h"
#include "core/diffusion/pipeline_folder.h"
#include "core/files/json.h"
#include "tests/support/message_of.h"
#include "tests/support/suite.h"

#include <nlohmann/json.hpp>

#include <QTest>

#include <filesystem>

using namespace mergarium;
using namespace mergarium::test;
namespace fs = std::filesystem;
using nlohmann::json;

namespace {

const fs::path kData = fs::path(MERGARIUM_TEST_DATA) / "t2i";

json fileOf(const char* pipeline, const char* component) {
    return readJson(kData / pipeline / "pipeline" / component / "config.json", kSettingsJson);
}

}  // namespace

// What configurations of pipelines mean, as diffusers means it.
class PipelineConfigTest : public QObject {
    Q_OBJECT

    using Levels = std::vector<UNetConfig::Level>;
    using Numbers = std::vector<std::int64_t>;

    static void refused(const json& changes, const char* why) {
        auto file = fileOf("sdxl", "unet");
        file.update(changes);
        const auto message = messageOf([&] { unetConfigOf(file, "config.json"); });
        QVERIFY2(message.find(why) != message.npos && message.starts_with("config.json: "), message.c_str());
    }

private Q_SLOTS:
    void sdxlsConfigurationsAreRead() {
        const auto config = pipelineConfigOf(kData / "sdxl" / "pipeline");
        QCOMPARE(config.textEncoders.size(), 2u);
        QCOMPARE(config.textEncoders[0].projection, 0);
        QCOMPARE(config.textEncoders[1].projection, 20);
        QVERIFY(config.textEncoders[1].layers.activation == ClipActivation::Gelu);
        QVERIFY(config.unet.levels == (Levels{{8, 2, 0}, {12, 3, 2}, {16, 2, 3}}));
        QVERIFY(config.unet.upDepths == (Numbers{0, 2, 3}));
        QCOMPARE(config.unet.middleDepth, 3);
        QCOMPARE(config.unet.contextWidth, 40);
        QCOMPARE(config.unet.sizeEmbedding, 10);
        QCOMPARE(config.unet.additionalWidth, 80);
        QVERIFY(config.unet.linearProjections);
        QCOMPARE(config.vae.scaling, 0.13025);
        QCOMPARE(config.size, 128);
        QVERIFY(config.zerosWithoutNegative);
        QVERIFY(config.scheduler.kind == SchedulerKind::Euler);
        QVERIFY(config.scheduler.spacing == SchedulerConfig::Spacing::Leading);
        QCOMPARE(config.scheduler.stepsOffset, 1);
    }

    void whatFilesOf2022LeaveOutIsAsItWas() {
        const auto config = pipelineConfigOf(kData / "sd15" / "pipeline");
        QVERIFY(config.unet.levels == (Levels{{4, 2, 1}, {8, 2, 1}, {16, 2, 1}, {16, 2, 0}}));
        QVERIFY(config.unet.upDepths == (Numbers{1, 1, 1, 0}));
        QVERIFY(!config.unet.linearProjections && !config.unet.hasAdditional());
        QCOMPARE(config.vae.scaling, 0.18215);
        QVERIFY(config.vae.quantConvolution && config.vae.middleAttention);
        QVERIFY(config.scheduler.kind == SchedulerKind::Pndm && config.scheduler.skipRungeKutta);
        QVERIFY(config.scheduler.prediction == Prediction::Epsilon);
        QVERIFY(config.scheduler.spacing == SchedulerConfig::Spacing::Leading);
        QVERIFY(!config.zerosWithoutNegative);
        QCOMPARE(config.size, 64);
        const auto ddim = pipelineConfigOf(kData / "sd15" / "pipeline", SchedulerKind::Ddim);
        QVERIFY(ddim.scheduler.kind == SchedulerKind::Ddim && !ddim.scheduler.lastAlphaOne);
    }

    void schedulersHaveDefaultsOfTheirOwn() {
        const auto of = [](const char* name) { return schedulerConfigOf({{"_class_name", name}}, "s"); };
        QVERIFY(of("EulerDiscreteScheduler").spacing == SchedulerConfig::Spacing::Linspace);
        const auto ddim = of("DDIMScheduler");
        QVERIFY(ddim.spacing == SchedulerConfig::Spacing::Leading && ddim.lastAlphaOne);
        QCOMPARE(ddim.clipSample, 1.0);
        QVERIFY(!of("PNDMScheduler").lastAlphaOne);
        const auto velocity = schedulerConfigOf({{"_class_name", "DPMSolverMultistepScheduler"},
                                                 {"prediction_type", "v_prediction"},
                                                 {"algorithm_type", "sde-dpmsolver++"},
                                                 {"final_sigmas_type", "sigma_min"}},
                                                "s");
        QVERIFY(velocity.prediction == Prediction::Velocity && velocity.stochastic && !velocity.lastSigmaZero);
        QCOMPARE(messageOf([&] { of("UniPCMultistepScheduler"); }),
                 std::string("s: _class_name is \"UniPCMultistepScheduler\", which is not supported; supported are "
                             "Euler, Euler ancestral, DDIM, DPM-Solver++ and PNDM."));
    }

    void whatIsNotSupportedIsRefusedByItsKey() {
        refused({{"mid_block_type", "UNetMidBlock2D"}}, "mid_block_type");
        refused({{"mid_block_type", nullptr}}, "mid_block_type is null");
        refused({{"act_fn", "gelu"}}, "act_fn");
        refused({{"down_block_types", {"DownBlock2D", "KDownBlock2D", "CrossAttnDownBlock2D"}}}, "KDownBlock2D");
        refused({{"down_block_types", {"DownBlock2D"}}}, "has 1 entries, where there are 3 levels");
        refused({{"transformer_layers_per_block", {1, {2, 2}, 3}}}, "has a list for a level");
        refused({{"attention_head_dim", {2, 5, 2}}}, "no multiple of attention_head_dim (5)");
        refused({{"norm_num_groups", 3}}, "no multiple of norm_num_groups (3)");
        refused({{"block_out_channels", json::array()}}, "block_out_channels");
        refused({{"block_out_channels", {8, 12, 4'000'000'000}}}, "block_out_channels");
        refused({{"layers_per_block", 1'000'000}}, "layers_per_block");
        refused({{"addition_embed_type", "image"}}, "addition_embed_type");
        refused({{"projection_class_embeddings_input_dim", 60}}, "leaves no room for the text");
        refused({{"class_embed_type", "timestep"}}, "class_embed_type");
        refused({{"only_cross_attention", {false, true, false}}}, "only_cross_attention");
    }

    void oneNumberStandsForAllLevels() {
        auto file = fileOf("sdxl", "unet");
        file["attention_head_dim"] = 2;
        file["num_attention_heads"] = {2, 3, 4};
        file["layers_per_block"] = {2, 2, 2};
        file["reverse_transformer_layers_per_block"] = {3, 1, 1};
        const auto config = unetConfigOf(file, "config.json");
        QVERIFY(config.levels == (Levels{{8, 2, 0}, {12, 3, 2}, {16, 4, 3}}));
        QVERIFY(config.upDepths == (Numbers{0, 1, 3}));
        QCOMPARE(config.blocksPerLevel, 2);
    }

    void clipHasTwoPartsAndOneProjection() {
        const json file = {{"model_type", "clip"},
                           {"projection_dim", 16},
                           {"text_config", {{"hidden_size", 24}, {"num_attention_heads", 3}}},
                           {"text_config_dict", {{"num_hidden_layers", 2}}},
                           {"vision_config", {{"hidden_size", 40}, {"num_attention_heads", 5}, {"patch_size", 14}}}};
        const auto config = clipConfigOf(file, "config.json");
        QCOMPARE(config.text.layers.width, 24);
        QCOMPARE(config.text.layers.count, 2);
        QCOMPARE(config.text.projection, 16);
        QCOMPARE(config.vision.projection, 16);
        QCOMPARE(config.vision.patchSize, 14);
        QCOMPARE(config.vision.imageSize, 224);
        const auto message = messageOf([] {
            clipConfigOf({{"model_type", "clip"}, {"vision_config", {{"hidden_act", "relu"}}}}, "config.json");
        });
        QVERIFY2(message.starts_with("config.json: vision_config.hidden_act is \"relu\""), message.c_str());
    }

    void partsThatDontGoTogetherAreTold() {
        auto config = pipelineConfigOf(kData / "sdxl" / "pipeline");
        const auto told = [&](const char* why) {
            const auto message = messageOf([&] { checkPipeline(config, "pipe"); });
            QVERIFY2(message.find(why) != message.npos, message.c_str());
        };
        checkPipeline(config, "pipe");
        config.unet.inChannels = 9;
        told("one for inpainting or editing");
        config.unet.inChannels = 4;
        config.unet.contextWidth = 16;
        told("attends to texts of width 16 and the text encoders' is 40");
        config.unet.contextWidth = 40;
        config.textEncoders[1].projection = 8;
        told("additional embedding takes 80 numbers");
    }
};

MERGARIUM_SUITE(PipelineConfigTest)
#include "pipeline_config_test.moc"
