#include "core/founders/pipelines/pipeline_founder.h"
#include "core/checkpoint/depth_order.h"
#include "core/checkpoint/layers.h"
#include "core/founders/content_hash.h"
#include "core/founders/pipelines/pipeline_setup.h"
#include "tests/support/example_models.h"
#include "tests/support/suite.h"

#include <nlohmann/json.hpp>

#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <set>

using namespace mergarium;
using namespace mergarium::test;
namespace fs = std::filesystem;

namespace {

const fs::path kPipelineData = fs::path(MERGARIUM_TEST_DATA) / "t2i";

std::string storedBytesOf(const FounderSource& source, std::size_t tensor) {
    return {reinterpret_cast<const char*>(source.bytes(tensor)), source.tensors()[tensor].byteSize()};
}

}  // namespace

// Pipelines of diffusers and single files of Stable Diffusion as founders, and adapters on them.
class PipelineFounderTest : public QObject {
    Q_OBJECT

    QTemporaryDir temporary_;

    fs::path folder() const { return temporary_.path().toStdString(); }
    FounderSourcePtr open(const fs::path& path, const fs::path& adapter = {}, double weight = 1) const {
        AdapterStack stack;
        if (!adapter.empty()) stack.add({.path = adapter, .weight = weight});
        return openFounder({.base = path, .adapter = stack}, folder());
    }
    FounderSourcePtr pipeline(const char* name) const { return open(kPipelineData / name / "pipeline"); }
    FounderSourcePtr single(const char* name) const {
        return open(kPipelineData / "single_file" / (std::string(name) + ".safetensors"));
    }
    /// A copy that may be changed.
    fs::path copyOf(const char* name) const {
        fs::copy(kPipelineData / name / "pipeline", folder() / name, fs::copy_options::recursive);
        for (const auto& entry : fs::recursive_directory_iterator(folder() / name))
            fs::permissions(entry.path(), fs::perms::owner_all, fs::perm_options::add);
        return folder() / name;
    }
    static std::string tableFor(const std::vector<FounderSourcePtr>& founders, const TensorRules& rules = {}) {
        std::vector<FounderOutline> outlines;
        for (const auto& founder : founders) outlines.push_back(describe(*founder));
        const auto alignment = align(outlines, rules);
        return alignment.differences.empty() ? "" : tableOf(alignment.differences, outlines);
    }

private Q_SLOTS:
    void init() { fs::remove_all(folder()), fs::create_directories(folder()); }

    void aSingleFileIsItsFolderToTheBit_data() {
        QTest::addColumn<QString>("name");
        QTest::newRow("Stable Diffusion 1.5") << "sd15";
        QTest::newRow("SDXL") << "sdxl";
    }
    void aSingleFileIsItsFolderToTheBit() {
        QFETCH(QString, name);
        const auto whole = pipeline(qPrintable(name)), one = single(qPrintable(name));
        QVERIFY(whole->pipeline()->form() == PipelineForm::Folder);
        QVERIFY(one->pipeline()->form() == PipelineForm::SingleFile);
        QCOMPARE(one->tensors().size(), whole->tensors().size());
        for (std::size_t tensor = 0; tensor < whole->tensors().size(); ++tensor) {
            const auto& own = whole->tensors()[tensor];
            QVERIFY2(one->tensors()[tensor] == own, own.name.c_str());
            QVERIFY2(storedBytesOf(*one, tensor) == storedBytesOf(*whole, tensor), own.name.c_str());
        }
        QCOMPARE(tableFor({whole, one}), std::string());
        QCOMPARE(tableFor({one, whole}), std::string());
        for (std::size_t tensor = 0; tensor < one->own().tensors().size(); ++tensor)
            QVERIFY2(!one->pipeline()->partsOf(tensor).empty(), one->own().tensors()[tensor].name.c_str());
    }

    void namesGoBothWays() {
        for (const auto* name : {"sd15", "sdxl"}) {
            const auto one = single(name);
            std::vector<std::string> originals, modern;
            for (const auto& tensor : one->own().tensors()) originals.push_back(tensor.name);
            for (const auto& tensor : one->tensors()) modern.push_back(tensor.name);
            QVERIFY(numberingOf(modern) == one->pipeline()->numbering());
            std::set<std::string> seen;
            for (const auto& tensor : modern) {
                const auto original = originalName(tensor, one->pipeline()->numbering());
                QVERIFY2(original, tensor.c_str());
                const auto back = diffusersNames(original->name, one->pipeline()->numbering());
                QVERIFY2(std::ranges::find(back, tensor, &OriginalPart::name) != back.end(), tensor.c_str());
                seen.insert(original->name);
            }
            QCOMPARE(seen.size(), originals.size());
        }
    }

    void theTextEncoderOfTheSecondGenerationEndsBeforeItsLastLayer() {
        std::vector<std::string> names{"model.diffusion_model.input_blocks.1.0.in_layers.0.weight",
                                       "cond_stage_model.model.text_projection"};
        for (int layer = 0; layer < 24; ++layer)
            names.push_back("cond_stage_model.model.transformer.resblocks." + std::to_string(layer) + ".ln_1.weight");
        const auto numbering = originalNumbering(names).value();
        QVERIFY(numbering.texts == OriginalNumbering::Texts::OpenClip);
        QVERIFY(diffusersNames(names[1], numbering).empty());
        QVERIFY(diffusersNames(names.back(), numbering).empty());
        QCOMPARE(diffusersNames(names[2], numbering).front().name,
                 std::string("text_encoder.text_model.encoder.layers.0.layer_norm1.weight"));
        QVERIFY(diffusersNames("model.diffusion_model.input_blocks.01.0.in_layers.0.weight", numbering).empty());
        QVERIFY(
            !originalNumbering(std::vector<std::string>{"model.diffusion_model.double_blocks.0.img_attn.qkv.weight"}));
    }

    void spellingsOf2022GoWithModernOnes() {
        const auto old = describe(*pipeline("sd15"));
        const auto has = [&](const char* name) {
            return std::ranges::find(old.tensors, name, &TensorDescription::name) != old.tensors.end();
        };
        QVERIFY(has("vae.decoder.mid_block.attentions.0.to_q.weight"));
        QVERIFY(has("vae.encoder.mid_block.attentions.0.to_out.0.bias"));
        QVERIFY(has("text_encoder.text_model.embeddings.position_ids"));
        QVERIFY(pipeline("sdxl")->indexOf("text_encoder.text_model.final_layer_norm.weight"));
    }

    void contentsAreKnownAsTheyAreStored() {
        const auto one = single("sdxl");
        QCOMPARE(contentHash(*one, {}).value(),
                 contentHash(*openAsStored(kPipelineData / "single_file" / "sdxl.safetensors"), {}).value());
        const auto whole = pipeline("sdxl");
        QCOMPARE(contentHash(*whole, {}).value(),
                 contentHash(*openAsStored(kPipelineData / "sdxl" / "pipeline"), {}).value());
    }

    void adaptersFindTheirLayersByBothNames_data() {
        QTest::addColumn<QString>("adapter");
        QTest::addColumn<QString>("base");
        for (const auto* adapter : {"original", "diffusers"})
            for (const auto* base : {"sdxl/pipeline", "single_file/sdxl.safetensors"})
                QTest::addRow("%s on %s", adapter, base) << adapter << base;
    }
    void adaptersFindTheirLayersByBothNames() {
        QFETCH(QString, adapter);
        QFETCH(QString, base);
        const auto file = kPipelineData / "lora" / ("sdxl_" + adapter.toStdString() + "_names.safetensors");
        const auto merged = Checkpoint::open(kPipelineData / "lora" / "merged.safetensors");
        for (const auto& [weight, prefix] : {std::pair{1.0, "scale_1.0."}, std::pair{0.6, "scale_0.6."}}) {
            const auto source = open(kPipelineData / base.toStdString(), file, weight);
            std::size_t compared = 0;
            for (const auto& tensor : merged->tensors()) {
                if (!tensor.name.starts_with(prefix)) continue;
                const auto want = valuesOf(*merged, tensor.name);
                const auto have = valuesOf(*source, tensor.name.substr(std::strlen(prefix)));
                QCOMPARE(have.size(), want.size());
                for (std::size_t i = 0; i < want.size(); ++i)
                    QVERIFY2(std::abs(have[i] - want[i]) <= 2e-6f, tensor.name.c_str());
                ++compared;
            }
            QCOMPARE(compared, 8u);
        }
    }

    void whatDiffersIsATable() {
        const auto root = copyOf("sdxl");
        writeText(root / "scheduler" / "scheduler_config.json",
                  R"({"_class_name": "DDIMScheduler", "beta_start": 0.00085, "beta_end": 0.012,
                      "beta_schedule": "scaled_linear", "prediction_type": "v_prediction"})");
        const auto table = tableFor({pipeline("sdxl"), open(root)});
        QVERIFY2(table.find("scheduler.prediction_type  epsilon") != table.npos, table.c_str());
        QVERIFY2(table.find("v_prediction") != table.npos && table.find("scheduler.beta") == table.npos, table.c_str());
    }

    void settingsOfWhatIsTakenOverDontMatter() {
        const auto root = copyOf("sdxl");
        auto config = nlohmann::json::parse(textOf(root / "vae" / "config.json"));
        config["scaling_factor"] = 0.5;
        writeText(root / "vae" / "config.json", config.dump());
        const auto table = tableFor({pipeline("sdxl"), open(root)});
        QVERIFY2(table.find("vae.scaling_factor  0.13025") != table.npos, table.c_str());
        QCOMPARE(tableFor({pipeline("sdxl"), open(root)}, {.freeze = {{.pattern = "vae.*", .founder = 0}}}),
                 std::string());
    }

    void aMissingTextEncoderAndAnotherGenerationAreTold() {
        const auto root = copyOf("sdxl");
        auto index = nlohmann::json::parse(textOf(root / "model_index.json"));
        index["text_encoder"] = {nullptr, nullptr};
        writeText(root / "model_index.json", index.dump());
        const auto table = tableFor({pipeline("sdxl"), open(root)});
        QVERIFY2(table.find("text_encoder.text_model.embeddings.token_embedding.weight") != table.npos &&
                     table.find("missing") != table.npos,
                 table.c_str());
        QVERIFY(!tableFor({pipeline("sdxl"), pipeline("sd15")}).empty());
    }

    void aTensorInTwoSpellingsIsRefused() {
        const auto root = copyOf("sd15");
        writeTensors(root / "vae" / "diffusion_pytorch_model.safetensors",
                     {tensorOf("decoder.mid_block.attentions.0.query.weight", DType::F32, {2, 2}, {1, 2, 3, 4}),
                      tensorOf("decoder.mid_block.attentions.0.to_q.weight", DType::F32, {2, 2}, {1, 2, 3, 4})});
        const auto message = messageOf([&] { open(root); });
        QVERIFY2(message.find("are two spellings of one tensor") != message.npos, message.c_str());
    }

    void partsOfASingleFileHaveTheShapesThatTheyCanHave() {
        const auto of = [&](const std::vector<GivenTensor>& tensors) {
            auto all = tensors;
            all.push_back(tensorOf("model.diffusion_model.input_blocks.0.0.bias", DType::F32, {1}, {1}));
            writeTensors(folder() / "a.safetensors", all);
            return open(folder() / "a.safetensors");
        };
        const std::string text = "conditioner.embedders.1.model.";
        const auto source =
            of({tensorOf(text + "text_projection", DType::F32, {2, 3}, {1, 2, 3, 4, 5, 6}),
                tensorOf(text + "transformer.resblocks.0.attn.in_proj_bias", DType::F32, {3}, {7, 8, 9}),
                tensorOf("first_stage_model.encoder.mid.attn_1.q.weight", DType::F32, {1, 2, 1, 1}, {1, 2}),
                tensorOf("model_ema.decay", DType::F32, {}, {1})});
        QVERIFY(valuesOf(*source, "text_encoder_2.text_projection.weight") == (std::vector<float>{1, 4, 2, 5, 3, 6}));
        QVERIFY(valuesOf(*source, "text_encoder_2.text_model.encoder.layers.0.self_attn.k_proj.bias") ==
                std::vector<float>{8});
        QVERIFY(source->tensors()[*source->indexOf("vae.encoder.mid_block.attentions.0.to_q.weight")].shape ==
                (std::vector<std::int64_t>{1, 2}));
        QVERIFY(!source->indexOf("model_ema.decay") && source->own().indexOf("model_ema.decay"));
        for (const auto& bad :
             {tensorOf(text + "transformer.resblocks.0.attn.in_proj_bias", DType::F32, {4}, {7, 8, 9, 1}),
              tensorOf(text + "text_projection", DType::F32, {4}, {1, 2, 3, 4})}) {
            const auto message = messageOf([&] { of({bad}); });
            QVERIFY2(message.find("which it can't have in this format") != message.npos, message.c_str());
        }
    }

    void aSingleFileOfOtherSizesNeedsAFolder() {
        const auto one = single("sdxl");
        auto message = messageOf([&] { pipelineSetupOf(*one); });
        QVERIFY2(message.find("(--like)") != message.npos, message.c_str());
        const auto setup = pipelineSetupOf(*one, kPipelineData / "sdxl" / "pipeline");
        QVERIFY(setup.config == pipelineSetupOf(*pipeline("sdxl")).config);
        QCOMPARE(setup.assumed.size(), 1u);
        message = messageOf([&] { pipelineSetupOf(*one, kPipelineData / "sd15" / "pipeline"); });
        QVERIFY2(message.find("of another architecture") != message.npos, message.c_str());
    }

    void namesStandInTheOrderInWhichTheyAct() {
        const std::vector<std::string> expected{
            "text_encoder.text_model.embeddings.token_embedding.weight",
            "text_encoder.text_model.encoder.layers.0.self_attn.q_proj.weight",
            "text_encoder.text_model.encoder.layers.10.self_attn.q_proj.weight",
            "text_encoder.text_model.final_layer_norm.weight",
            "text_encoder_2.text_model.embeddings.token_embedding.weight",
            "text_encoder_2.text_projection.weight",
            "unet.conv_in.weight",
            "unet.time_embedding.linear_1.weight",
            "unet.add_embedding.linear_1.weight",
            "unet.down_blocks.0.resnets.0.norm1.weight",
            "unet.down_blocks.0.resnets.0.conv_shortcut.weight",
            "unet.down_blocks.0.attentions.0.norm.weight",
            "unet.down_blocks.0.attentions.0.proj_in.weight",
            "unet.down_blocks.0.attentions.0.transformer_blocks.0.attn1.to_q.weight",
            "unet.down_blocks.0.attentions.0.transformer_blocks.0.attn2.to_q.weight",
            "unet.down_blocks.0.attentions.0.transformer_blocks.0.ff.net.0.proj.weight",
            "unet.down_blocks.0.attentions.0.proj_out.weight",
            "unet.down_blocks.0.resnets.1.norm1.weight",
            "unet.down_blocks.0.attentions.1.norm.weight",
            "unet.down_blocks.0.downsamplers.0.conv.weight",
            "unet.down_blocks.1.resnets.0.norm1.weight",
            "unet.mid_block.resnets.0.norm1.weight",
            "unet.mid_block.attentions.0.norm.weight",
            "unet.mid_block.resnets.1.norm1.weight",
            "unet.up_blocks.0.resnets.0.norm1.weight",
            "unet.up_blocks.0.attentions.0.norm.weight",
            "unet.up_blocks.0.resnets.2.norm1.weight",
            "unet.up_blocks.0.upsamplers.0.conv.weight",
            "unet.conv_norm_out.weight",
            "unet.conv_out.weight",
            "vae.encoder.conv_in.weight",
            "vae.encoder.down_blocks.0.resnets.0.norm1.weight",
            "vae.encoder.mid_block.resnets.0.norm1.weight",
            "vae.encoder.mid_block.attentions.0.group_norm.weight",
            "vae.encoder.mid_block.attentions.0.to_q.weight",
            "vae.encoder.mid_block.resnets.1.norm1.weight",
            "vae.encoder.conv_out.weight",
            "vae.quant_conv.weight",
            "vae.post_quant_conv.weight",
            "vae.decoder.conv_in.weight",
            "vae.decoder.mid_block.resnets.0.norm1.weight",
            "vae.decoder.up_blocks.0.resnets.0.norm1.weight",
            "vae.decoder.conv_out.weight"};
        auto names = expected;
        std::ranges::sort(names);
        sortInDepthOrder(names);
        for (std::size_t i = 0; i < expected.size(); ++i) QCOMPARE(names[i], expected[i]);
        Layout layout;
        for (const auto& name : names) layout.append(name, {1});
        std::vector<std::string> layers;
        for (const auto& layer : layersOf(layout)) layers.push_back(layer.name);
        for (const auto* layer : {"unet.conv_in", "unet.time_embedding", "unet.down_blocks.0", "unet.mid_block",
                                  "vae.encoder.mid_block", "text_encoder.text_model.encoder.layers.10"})
            QCOMPARE(std::ranges::count(layers, layer), 1);
    }
};

MERGARIUM_SUITE(PipelineFounderTest)
#include "pipeline_founder_test.moc"
