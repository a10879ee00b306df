#include "core/diffusion/component_configs.h"
#include "core/images/clip_preprocessing.h"
#include "core/images/read_image.h"
#include "core/networks/clip/clip_scorer.h"
#include "core/networks/clip/clip_text.h"
#include "core/networks/clip/clip_vision.h"
#include "tests/support/diffusion_goldens.h"
#include "tests/support/json_file.h"
#include "tests/support/message_of.h"
#include "tests/support/suite.h"

#include <QTest>

#include <ATen/ATen.h>

#include <filesystem>
#include <map>

using namespace mergarium;
using namespace mergarium::test;
using nlohmann::json;
namespace fs = std::filesystem;

namespace {

using Ids = std::vector<std::vector<std::int32_t>>;

const fs::path kClip = MERGARIUM_TEST_DATA "/t2i/clip";

Ids idsOf(const torch::Tensor& tensor) {
    Ids ids;
    for (std::int64_t i = 0; i < tensor.size(0); ++i) {
        const auto row = tensor.select(0, i).contiguous();
        ids.emplace_back(row.data_ptr<std::int64_t>(), row.data_ptr<std::int64_t>() + row.numel());
    }
    return ids;
}

ClipText textEncoderIn(const fs::path& folder) {
    const auto loaded = loadedTensors(folder / "model.safetensors");
    TensorsIn tensors(loaded.flat, loaded.layout, clipTextNames(""));
    ClipText text(clipTextConfigOf(readJson(folder / "config.json"), folder.string()), tensors);
    tensors.finish(folder.string());
    return text;
}

struct OpenedClip {
    OpenedClip()
        : config(clipConfigOf(readJson(kClip / "config.json"), "config.json")),
          loaded(loadedTensors(kClip / "model.safetensors")),
          tensors(loaded.flat, loaded.layout, {.prefix = "", .spellings = {}, .idle = {}}),
          text(config.text, tensors),
          vision(config.vision, tensors) {}

    ClipConfig config;
    LoadedTensors loaded;
    TensorsIn tensors;
    ClipText text;
    ClipVision vision;
};

torch::Tensor rowsOf(const std::vector<ClipEmbedding>& embeddings) {
    std::vector<torch::Tensor> rows;
    for (const auto& one : embeddings) rows.push_back(at::tensor(one));
    return at::stack(rows);
}

/// Of the texts that the reference has, the ids that it has for them.
PromptReader storedReader(const Ids& ids) {
    std::map<std::string, std::vector<std::int32_t>> known;
    const auto texts = readJson(kClip / "meta.json")["texts"];
    for (std::size_t i = 0; i < texts.size(); ++i) known[texts[i].get<std::string>()] = ids[i];
    return [known](std::string_view text) { return PromptIds{.ids = known.at(std::string(text))}; };
}

}  // namespace

class ClipNetworksTest : public QObject {
    Q_OBJECT

    // The tensors of clip's meta.json are named as a run's.
    std::shared_ptr<const Checkpoint> expected_ = Checkpoint::open(kClip / "expected.safetensors");
    json bars_ = readJson(kClip / "meta.json")["tensors"];

    std::string wrong(const std::string& name, const torch::Tensor& value) const {
        const auto stored = storedTensor(*expected_, name);
        const auto distance = (value - stored.view(value.sizes())).abs().max().item<double>();
        const auto tolerance = 4.0 * bars_[name][2].get<double>() + 1e-6 * stored.abs().max().item<double>();
        return distance <= tolerance ? "" : name + " is off by " + std::to_string(distance / tolerance);
    }

private Q_SLOTS:
    void textEncodersOfPipelinesAgree_data() {
        QTest::addColumn<QString>("folder");
        QTest::addColumn<QString>("run");
        for (const auto& [folder, run] : goldenRuns())
            QTest::addRow("%s %s", folder.c_str(), run.c_str())
                << QString::fromStdString(folder.string()) << QString::fromStdString(run);
    }

    void textEncodersOfPipelinesAgree() {
        QFETCH(QString, folder);
        QFETCH(QString, run);
        const fs::path root = folder.toStdString();
        const DiffusionGolden golden(root, run.toStdString());
        for (const std::string number : {"1", "2"}) {
            const auto te = "te" + number + "_";
            if (!golden.has("input_ids." + number) || !golden.has(te + "penultimate")) continue;
            const auto text = textEncoderIn(root / "pipeline" / (number == "1" ? "text_encoder" : "text_encoder_2"));
            const auto reading = text.read(idsOf(golden["input_ids." + number]));
            const auto& penultimate = reading.states[reading.states.size() - 2];
            QCOMPARE(golden.wrong(te + "penultimate", penultimate), std::string());
            if (golden.has(te + "last")) QCOMPARE(golden.wrong(te + "last", reading.last), std::string());
            if (golden.has(te + "pooler")) QCOMPARE(golden.wrong(te + "pooler", reading.pooled), std::string());
            if (golden.has(te + "text_embeds"))
                QCOMPARE(golden.wrong(te + "text_embeds", reading.projected), std::string());
            else
                QVERIFY(!reading.projected.defined());
            if (golden.has("clip_skip1_prompt_embeds"))
                QCOMPARE(golden.wrong("clip_skip1_prompt_embeds", text.normalised(penultimate)), std::string());
        }
    }

    void textsAndPicturesAgree() {
        OpenedClip clip;
        const auto ids = idsOf(storedTensor(*expected_, "input_ids"));
        const auto reading = clip.text.read(ids);
        QCOMPARE(wrong("text_pooled", reading.pooled), std::string());
        QCOMPARE(wrong("text_features", reading.projected), std::string());
        const auto look = clip.vision.look(storedTensor(*expected_, "pixel_values"));
        QCOMPARE(wrong("vision_embeddings", look.embeddings), std::string());
        QCOMPARE(wrong("vision_last", look.last), std::string());
        QCOMPARE(wrong("vision_pooled", look.pooled), std::string());
        QCOMPARE(wrong("image_features", look.projected), std::string());
    }

    void embeddingsOfPicturesAndTextsAreThoseOfTransformers() {
        const auto ids = idsOf(storedTensor(*expected_, "input_ids"));
        const ClipScorer scorer(kClip, storedReader(ids), torch::kCPU);
        const auto texts = readJson(kClip / "meta.json")["texts"].get<std::vector<std::string>>();
        const auto textEmbeds = scorer.texts(texts);
        QCOMPARE(wrong("text_embeds", rowsOf(textEmbeds)), std::string());
        std::vector<Image> images;
        for (const int i : {0, 1, 2, 3}) images.push_back(readImage(kClip / ("image_" + std::to_string(i) + ".png")));
        const auto imageEmbeds = scorer.images(images);
        const auto bar = 4.0 * bars_["image_embeds"][2].get<double>() + 1e-6;
        const auto stored = storedTensor(*expected_, "image_embeds").narrow(0, 0, 4);
        QVERIFY((rowsOf(imageEmbeds) - stored).abs().max().item<double>() <= bar);
        const auto cosines = storedTensor(*expected_, "cosine_image_text");
        for (std::int64_t i = 0; i < 4; ++i)
            for (std::int64_t j = 0; j < 4; ++j)
                QVERIFY(std::abs(cosineOf(imageEmbeds[static_cast<std::size_t>(i)],
                                          textEmbeds[static_cast<std::size_t>(j)]) -
                                 cosines[i][j].item<double>()) < 1e-6);
        // A picture's embedding is its own, whatever is beside it.
        const auto alone = scorer.images({&images[2], 1});
        for (std::size_t i = 0; i < alone[0].size(); ++i) QVERIFY(std::abs(alone[0][i] - imageEmbeds[2][i]) < 1e-6F);
    }

    void theEndOfATextIsTheFirstOfItsToken() {
        OpenedClip clip;
        auto ids = idsOf(storedTensor(*expected_, "input_ids"));
        // Padded with the token that ends it, or with others: what comes behind isn't read.
        auto& text = ids[0];
        const auto end = std::ranges::find(text, static_cast<std::int32_t>(clip.config.text.endToken));
        QVERIFY(end != text.end());
        const auto pooled = clip.text.read({&text, 1}).pooled;
        std::fill(end + 1, text.end(), 5);
        QVERIFY(at::equal(clip.text.read({&text, 1}).pooled, pooled));
    }

    void tokensOutsideTheVocabularyAreRefused() {
        OpenedClip clip;
        const Ids outside{{1, 2, 1100}};
        const auto message = messageOf([&] { (void)clip.text.read(outside); });
        QVERIFY2(message.find("1100") != std::string::npos, message.c_str());
        const Ids tooLong{std::vector<std::int32_t>(78, 1)};
        QVERIFY(!messageOf([&] { (void)clip.text.read(tooLong); }).empty());
        QVERIFY(messageOf([&] {
                    (void)clip.vision.look(at::zeros({1, 3, 28, 28}));
                }).find("size") != std::string::npos);
    }

    void aLayoutIsThatOfTheFiles() {
        LayoutOf list("text_encoder.");
        const auto folder = fs::path(MERGARIUM_TEST_DATA "/t2i/sdxl/pipeline/text_encoder_2");
        const ClipText text(clipTextConfigOf(readJson(folder / "config.json"), "config.json"), list);
        const auto stored = Checkpoint::open(folder / "model.safetensors");
        QCOMPARE(list.layout.tensors.size(), stored->tensors().size());
        for (const auto& tensor : list.layout.tensors) {
            const auto* other = stored->find(tensor.name.substr(13));
            QVERIFY2(other != nullptr && other->shape == tensor.shape, tensor.name.c_str());
        }
    }
};

MERGARIUM_SUITE(ClipNetworksTest)
#include "clip_networks_test.moc"
