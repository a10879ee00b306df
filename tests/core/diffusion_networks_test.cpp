#include "core/diffusion/component_configs.h"
#include "core/networks/diffusion/unet.h"
#include "core/networks/diffusion/vae.h"
#include "tests/support/diffusion_goldens.h"
#include "tests/support/json_file.h"
#include "tests/support/suite.h"

#include <QTest>

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <filesystem>
#include <map>
#include <set>

using namespace mergarium;
using namespace mergarium::test;
namespace fs = std::filesystem;

namespace {

constexpr const char* kWeights = "diffusion_pytorch_model.safetensors";

UNet openUNet(const fs::path& folder, const char* weights = kWeights) {
    const auto loaded = loadedTensors(folder / weights);
    return {unetConfigOf(readJson(folder / "config.json"), folder.string()), loaded.flat, loaded.layout, ""};
}

Vae openVae(const fs::path& folder) {
    const auto loaded = loadedTensors(folder / kWeights);
    return {vaeConfigOf(readJson(folder / "config.json"), folder.string()), loaded.flat, loaded.layout, ""};
}

std::vector<double> doublesOf(const torch::Tensor& tensor) {
    const auto values = tensor.to(torch::kFloat64).contiguous();
    return {values.data_ptr<double>(), values.data_ptr<double>() + values.numel()};
}

UNetInput inputOf(const DiffusionGolden& golden, const std::string& latents, double timestep) {
    const auto noisy = golden[latents];
    UNetInput input{.latents = noisy,
                    .timesteps = std::vector(static_cast<std::size_t>(noisy.size(0)), timestep),
                    .context = golden["encoder_hidden_states"]};
    if (golden.has("text_embeds")) input.pooled = golden["text_embeds"];
    if (golden.has("time_ids")) input.sizes = golden["time_ids"];
    return input;
}

/// Compares what is seen with the tensors that begin with `beginning`, and says which were wrong or not seen.
class Comparison {
public:
    Comparison(const DiffusionGolden& golden, std::string beginning, const std::string& butNot = "nothing")
        : golden_(golden), beginning_(std::move(beginning)) {
        for (const auto& name : golden.names(beginning_))
            if (!name.starts_with(butNot)) missing_.insert(name);
    }

    Observer observer() {
        return [this](const std::string& name, const torch::Tensor& value) { see(beginning_ + name, value); };
    }

    std::string wrong() const {
        auto text = wrong_;
        for (const auto& name : missing_) text += name + " wasn't seen; ";
        return text;
    }

private:
    void see(const std::string& name, const torch::Tensor& value) {
        if (missing_.erase(name) == 0) return;
        if (const auto what = golden_.wrong(name, value); !what.empty()) wrong_ += what + "; ";
    }

    const DiffusionGolden& golden_;
    std::string beginning_, wrong_;
    std::set<std::string> missing_;
};

void addRuns() {
    QTest::addColumn<QString>("folder");
    QTest::addColumn<QString>("run");
    for (const auto& [folder, run] : goldenRuns())
        QTest::addRow("%s of %s", run.c_str(), folder.c_str())
            << QString::fromStdString(folder.string()) << QString::fromStdString(run);
}

/// A folder of all the reference data, beyond what is kept here; empty where it isn't.
fs::path beyond(const std::string& path) {
    const auto roots = goldenDiffusion();
    return roots.size() < 2 ? fs::path() : roots.back() / path;
}

UNetConfig smallUNet() {
    return {.levels = {{.channels = 16, .heads = 2, .depth = 1}, {.channels = 32, .heads = 4, .depth = 2}},
            .upDepths = {1, 2},
            .middleDepth = 2,
            .blocksPerLevel = 1,
            .groups = 8,
            .contextWidth = 12,
            .sizeEmbedding = 4,
            .additionalWidth = 24 + 7};
}

UNetInput smallInput(std::int64_t pictures, std::int64_t height, std::int64_t width) {
    UNetInput input{.latents = normals({pictures, 4, height, width}, 1),
                    .timesteps = {},
                    .context = normals({pictures, 5, 12}, 2),
                    .pooled = normals({pictures, 7}, 3),
                    .sizes = normals({pictures, 6}, 4) * 100};
    for (std::int64_t i = 0; i < pictures; ++i) input.timesteps.push_back(17.5 + 101.0 * static_cast<double>(i));
    return input;
}

}  // namespace

class DiffusionNetworksTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void everyStepAgrees_data() { addRuns(); }

    void everyStepAgrees() {
        QFETCH(QString, folder);
        QFETCH(QString, run);
        const at::NoGradGuard none;
        const fs::path root = folder.toStdString();
        const DiffusionGolden golden(root, run.toStdString());
        const auto network = openUNet(root / "pipeline" / "unet");
        const auto times = doublesOf(golden["timesteps"]);
        QVERIFY(!times.empty());
        for (std::size_t i = 0; i < times.size(); ++i) {
            const auto step = std::to_string(i);
            Comparison inner(golden, "block.", "block.vae.");
            const auto result =
                network.forward(inputOf(golden, "unet_in." + step, times[i]), i == 0 ? inner.observer() : Observer());
            if (i == 0) QCOMPARE(inner.wrong(), std::string());
            QCOMPARE(golden.wrong("unet_out." + step, result), std::string());
        }
    }

    void everyPictureAgrees_data() { addRuns(); }

    void everyPictureAgrees() {
        QFETCH(QString, folder);
        QFETCH(QString, run);
        const at::NoGradGuard none;
        const fs::path root = folder.toStdString();
        const DiffusionGolden golden(root, run.toStdString());
        Comparison inner(golden, "block.vae.");
        const auto picture = openVae(root / "pipeline" / "vae").decode(golden["vae_in"], inner.observer());
        QCOMPARE(inner.wrong(), std::string());
        QCOMPARE(golden.wrong("vae_out", picture), std::string());
    }

    void picturesAreEncodedAlike_data() {
        QTest::addColumn<QString>("folder");
        for (const char* pipeline : {"sdxl", "sd15"}) QTest::newRow(pipeline) << pipeline;
    }

    void picturesAreEncodedAlike() {
        QFETCH(QString, folder);
        const auto root = beyond(folder.toStdString());
        if (root.empty()) QSKIP("The reference data lies elsewhere.");
        const at::NoGradGuard none;
        const DiffusionGolden golden(root, "vae_encode");
        const auto network = openVae(root / "pipeline" / "vae");
        Comparison inner(golden, "block.enc.");
        const auto latents = network.encode(golden["image"], inner.observer());
        QCOMPARE(inner.wrong(), std::string());
        QCOMPARE(golden.wrong("mean", latents.mean), std::string());
        QCOMPARE(golden.wrong("logvar", latents.logarithm), std::string());
        QCOMPARE(golden.wrong("scaled_mode", latents.mean * network.config().scaling), std::string());
    }

    void anotherShapeAndHalfWeightsAgree() {
        const auto root = beyond("sdxl");
        if (root.empty()) QSKIP("The reference data lies elsewhere.");
        const at::NoGradGuard none;
        for (const char* file : {"unet_variant", "unet_fp16_weights"}) {
            const bool half = file == std::string("unet_fp16_weights");
            const DiffusionGolden golden(root, file);
            const auto network = half ? openUNet(root / "pipeline" / "unet", "diffusion_pytorch_model.fp16.safetensors")
                                      : openUNet(root / "unet_variant");
            const auto time = golden["timestep"].item<double>();
            QCOMPARE(golden.wrong("unet_out", network.forward(inputOf(golden, "sample", time))), std::string());
        }
    }

    void aLayoutHasTheTensorsOfThePublishedFiles_data() {
        QTest::addColumn<QString>("pipeline");
        QTest::newRow("with today's names") << "sdxl";
        QTest::newRow("with those of 2022") << "sd15";
    }

    void aLayoutHasTheTensorsOfThePublishedFiles() {
        QFETCH(QString, pipeline);
        const auto root = goldenDiffusion().front() / pipeline.toStdString() / "pipeline";
        const auto compare = [](const fs::path& folder, const Layout& layout) {
            std::map<std::string, std::vector<std::int64_t>> listed, stored;
            for (const auto& tensor : layout.tensors) listed.emplace(tensor.name, tensor.shape);
            for (const auto& tensor : loadedTensors(folder / kWeights).layout.tensors)
                stored.emplace(tensor.name, tensor.shape);
            return listed == stored && listed.size() == layout.tensors.size();
        };
        QVERIFY(compare(root / "unet", unetLayout(openUNet(root / "unet").config(), "")));
        // Its attention has other names in one of 2022.
        QCOMPARE(compare(root / "vae", vaeLayout(openVae(root / "vae").config(), "")), pipeline == "sdxl");
    }

    void layoutsGoFromTheFirstToTheLast() {
        const auto layout = unetLayout(smallUNet());
        const auto place = [&](const std::string& name) {
            const auto found = std::ranges::find(layout.tensors, name, &Layout::Tensor::name);
            return found - layout.tensors.begin();
        };
        const auto down = place("unet.down_blocks.0.attentions.0.transformer_blocks.0.attn2.to_k.weight");
        const auto next = place("unet.down_blocks.1.resnets.0.conv1.weight");
        const auto middle = place("unet.mid_block.attentions.0.proj_in.weight");
        QVERIFY(place("unet.conv_in.weight") < down && down < next && next < middle);
        QVERIFY(middle < place("unet.mid_block.resnets.1.norm1.weight"));
        QVERIFY(middle < place("unet.up_blocks.0.resnets.0.norm1.weight"));
        QCOMPARE(layout.tensors.back().name, std::string("unet.conv_out.bias"));
    }

    void aPictureIsTheSameToTheBitWhateverItIsBatchedWith() {
        const at::NoGradGuard none;
        const auto layout = unetLayout(smallUNet());
        const UNet network(smallUNet(), randomWeights(layout, 7), layout);
        for (const auto& [height, width] : {std::pair{8, 8}, {13, 9}, {32, 24}, {6, 64}}) {
            const auto all = smallInput(5, height, width);
            const auto together = network.forward(all);
            for (const std::int64_t first : {0, 1, 3}) {
                const auto count = std::min<std::int64_t>(2, 5 - first) - first % 2;
                const auto some = [&](const torch::Tensor& x) { return x.narrow(0, first, count).clone(); };
                const auto alone = network.forward(
                    {.latents = some(all.latents),
                     .timesteps = {all.timesteps.begin() + first, all.timesteps.begin() + first + count},
                     .context = some(all.context),
                     .pooled = some(all.pooled),
                     .sizes = some(all.sizes)});
                QVERIFY2(at::equal(alone, some(together)), qPrintable(QString("%1x%2").arg(height).arg(width)));
            }
        }
    }
};

MERGARIUM_SUITE(DiffusionNetworksTest)
#include "diffusion_networks_test.moc"
