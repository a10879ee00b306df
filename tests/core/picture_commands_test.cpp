#include "core/files/json.h"
#include "core/images/read_image.h"
#include "tests/support/command_line.h"
#include "tests/support/example_models.h"
#include "tests/support/suite.h"

#include <QTemporaryDir>
#include <QTest>

#include <cmath>

using namespace mergarium;
using namespace mergarium::test;
namespace fs = std::filesystem;

namespace {

const fs::path kPictures = MERGARIUM_TEST_DATA "/t2i";
/// With all runs, where the checkout lies beside them.
const fs::path kAllPictures = MERGARIUM_SOURCE_DIR "/../shared/golden/t2i";

nlohmann::json metaOf(const fs::path& folder) { return readJson(folder / "meta.json", kSettingsJson); }

/// A run of the references as a request, with its noise.
nlohmann::json requestOf(const fs::path& pipeline, const std::string& run) {
    const auto one = metaOf(pipeline)["runs"][run];
    nlohmann::json request = {{"prompt", one["prompt"]},
                              {"negative", one["negative_prompt"]},
                              {"steps", one["num_inference_steps"]},
                              {"guidance", one["guidance_scale"]},
                              {"width", one["width"]},
                              {"height", one["height"]},
                              {"noise", {{"file", (pipeline / (run + ".safetensors")).string()}, {"tensor", "noise"}}}};
    if (one.contains("scheduler_folder")) request["scheduler"] = one["scheduler"] == "DDIMScheduler" ? "ddim" : "euler";
    if (one.contains("original_size")) {
        request["original_size"] = one["original_size"];
        request["crop"] = one["crops_coords_top_left"];
        request["target_size"] = one["target_size"];
    }
    return request;
}

}  // namespace

// Pictures and CLIP on the command line, with the references' noise.
class PictureCommandsTest : public QObject {
    Q_OBJECT

    std::unique_ptr<QTemporaryDir> temporary_;
    fs::path folder_;

    static QString text(const fs::path& path) { return QString::fromStdString(path.string()); }

    QString requestsOf(const nlohmann::json& list) const {
        writeText(folder_ / "requests.json", list.dump());
        return text(folder_ / "requests.json");
    }

    /// What is wrong with a tensor; empty: it lies within what is tolerated.
    static std::string wrong(const StoredTensor& expected, const Checkpoint& file, const Checkpoint& golden,
                             const nlohmann::json& bars) {
        const auto* found = file.find(expected.name);
        if (!found) return expected.name + " isn't there";
        if (found->shape != expected.shape) return expected.name + " has another shape";
        if (found->dtype != expected.dtype) return expected.name + " has another type";
        if (!isFloating(expected.dtype))
            return std::memcmp(found->bytes, expected.bytes, expected.byteSize()) == 0 ? ""
                                                                                       : expected.name + " differs";
        const auto want = valuesOf(golden, expected.name);
        const auto have = valuesOf(file, expected.name);
        double largest = 0.0;
        double distance = 0.0;
        for (std::size_t i = 0; i < want.size(); ++i) {
            largest = std::max(largest, std::abs(double(want[i])));
            distance = std::max(distance, std::abs(double(want[i]) - double(have[i])));
        }
        const double tolerance = 4.0 * bars[expected.name][2].get<double>() + 1e-6 * largest;
        return distance <= tolerance
                   ? ""
                   : expected.name + " is off by " + std::to_string(distance / tolerance) + " of what is tolerated";
    }

private Q_SLOTS:
    void init() {
        temporary_ = std::make_unique<QTemporaryDir>();
        folder_ = temporary_->path().toStdString();
    }

    void runsAreThoseOfDiffusers_data() {
        QTest::addColumn<QString>("root");
        QTest::addColumn<QString>("run");
        for (const auto& root : {kPictures, kAllPictures})
            for (const auto* pipeline : {"sdxl", "sd15"}) {
                if (!fs::exists(root / pipeline / "meta.json")) continue;
                const auto meta = metaOf(root / pipeline);
                for (const auto& run : meta["runs"].items()) {
                    // Of what predicts otherwise the pipeline has no scheduler.
                    const auto file = root / pipeline / (run.key() + ".safetensors");
                    if (!fs::exists(file) || run.key().starts_with("run_v_")) continue;
                    QTest::addRow("%s %s", file.parent_path().c_str(), run.key().c_str())
                        << text(root / pipeline) << QString::fromStdString(run.key());
                }
            }
    }

    void runsAreThoseOfDiffusers() {
        QFETCH(QString, root);
        QFETCH(QString, run);
        const fs::path pipeline = root.toStdString();
        const auto requests = requestsOf(nlohmann::json::array({requestOf(pipeline, run.toStdString())}));
        const auto ended = cli({"picture", text(pipeline / "pipeline"), "--requests", requests, "--out",
                                text(folder_ / "out"), "--dump", "--json"});
        QVERIFY2(ended.code == 0, ended.errors.constData());
        const auto dump = Checkpoint::open(folder_ / "out" / "0.safetensors");
        const auto golden = Checkpoint::open(pipeline / (run.toStdString() + ".safetensors"));
        const auto bars = metaOf(pipeline)["runs"][run.toStdString()]["tensors"];
        QStringList faults;
        for (const auto& tensor : golden->tensors())
            if (const auto what = wrong(tensor, *dump, *golden, bars); !what.empty())
                faults << QString::fromStdString(what);
        QVERIFY2(faults.isEmpty(), qPrintable(faults.join("\n")));
        const auto stored = pipeline / (run.toStdString() + ".png");
        if (!fs::exists(stored)) return;
        const auto expected = readImage(stored);
        const auto picture = readImage(folder_ / "out" / "0.png");
        QCOMPARE(picture.width, expected.width);
        for (std::size_t i = 0; i < expected.pixels.size(); ++i)
            QVERIFY(std::abs(int(expected.pixels[i]) - int(picture.pixels[i])) <= 1);
    }

    void aPictureIsTheSeeds() {
        const auto make = [&](const char* file, const QStringList& more) {
            const auto ended = cli(QStringList{"picture", text(kPictures / "sd15" / "pipeline"), "--prompt", "a cat",
                                               "--steps", "2", "--size", "24x16", "--out", text(folder_ / file)} +
                                   more);
            if (ended.code != 0) throw std::runtime_error(ended.errors.toStdString());
            return readImage(folder_ / file);
        };
        const auto first = make("first.png", {"--seed", "5"});
        QCOMPARE(first.width, std::size_t{24});
        QCOMPARE(first.height, std::size_t{16});
        QVERIFY(make("again.png", {"--seed", "5", "--threads", "1"}) == first);
        QVERIFY(!(make("other.png", {"--seed", "6"}) == first));
        QVERIFY(!(make("scheduler.png", {"--seed", "5", "--scheduler", "euler"}) == first));
        QVERIFY(!(make("negative.png", {"--seed", "5", "--negative", "a dog"}) == first));
        // As one of a list.
        const auto requests = requestsOf(
            {{{"prompt", "a dog"}, {"steps", 1}, {"width", 16}, {"height", 16}},
             {{"prompt", "a cat"}, {"steps", 2}, {"width", 24}, {"height", 16}, {"seed", 5}, {"negative", nullptr}}});
        QCOMPARE(cli({"picture", text(kPictures / "sd15" / "pipeline"), "--requests", requests, "--out",
                      text(folder_ / "list")})
                     .code,
                 0);
        QVERIFY(readImage(folder_ / "list" / "1.png") == first);
        QVERIFY(!fs::exists(folder_ / "list" / "0.safetensors"));
    }

    void aLongPromptIsCutAndThatIsSaid() {
        QString prompt;
        for (int i = 0; i < 90; ++i) prompt += "cat ";
        const auto ended = cli({"picture", text(kPictures / "sd15" / "pipeline"), "--prompt", prompt, "--steps", "1",
                                "--size", "16x16", "--out", text(folder_ / "a.png"), "--json"});
        QCOMPARE(ended.code, 0);
        QCOMPARE(ended.json()["notes"].size(), std::size_t{1});
        QVERIFY(ended.json()["notes"][0].get<std::string>().find("cut") != std::string::npos);
    }

    void whatCantBeIsNamed_data() {
        QTest::addColumn<QByteArray>("requests");
        QTest::addColumn<QString>("named");
        QTest::newRow("no list") << QByteArray("{}") << "list";
        QTest::newRow("empty") << QByteArray("[]") << "list";
        QTest::newRow("no prompt") << QByteArray(R"([{"steps": 2}])") << "prompt";
        QTest::newRow("unknown key") << QByteArray(R"([{"prompt": "a", "step": 2}])") << "'step'";
        QTest::newRow("steps") << QByteArray(R"([{"prompt": "a", "steps": 0}])") << "'steps'";
        QTest::newRow("large") << QByteArray(R"([{"prompt": "a", "steps": 18446744073709551615}])") << "'steps'";
        QTest::newRow("seed") << QByteArray(R"([{"prompt": "a", "seed": -1}])") << "'seed'";
        QTest::newRow("scheduler") << QByteArray(R"([{"prompt": "a", "scheduler": "heun"}])") << "heun";
        QTest::newRow("pair") << QByteArray(R"([{"prompt": "a", "crop": [1]}])") << "'crop'";
        QTest::newRow("second") << QByteArray(R"([{"prompt": "a"}, {"prompt": 5}])") << "request 1";
        QTest::newRow("noise") << QByteArray(R"([{"prompt": "a", "noise": 5}])") << "'noise'";
        QTest::newRow("size") << QByteArray(R"([{"prompt": "a", "width": 20, "height": 16}])") << "20 x 16";
    }

    void whatCantBeIsNamed() {
        QFETCH(QByteArray, requests);
        QFETCH(QString, named);
        writeText(folder_ / "requests.json", requests.toStdString());
        const auto ended = cli({"picture", text(kPictures / "sd15" / "pipeline"), "--requests",
                                text(folder_ / "requests.json"), "--out", text(folder_ / "out")});
        QCOMPARE(ended.code, 2);
        QVERIFY2(ended.errors.contains(named.toUtf8()), ended.errors.constData());
        QVERIFY(!fs::exists(folder_ / "out" / "0.png"));
    }

    void optionsThatCantBeAreNamed() {
        const auto model = text(kPictures / "sd15" / "pipeline");
        const auto refusal = [&](const QStringList& arguments) {
            const auto ended = cli(QStringList{"picture", model, "--out", text(folder_ / "a.png")} + arguments);
            return ended.code == 2 ? ended.errors : QByteArray("no refusal");
        };
        QVERIFY(refusal({}).contains("--prompt"));
        QVERIFY(refusal({"--prompt", "a", "--size", "16"}).contains("--size"));
        QVERIFY(refusal({"--prompt", "a", "--scheduler", "x"}).contains("euler"));
        QVERIFY(refusal({"--prompt", "a", "--dump"}).contains("--dump"));
        const auto bare = text(kPictures / "sd15" / "pipeline" / "text_encoder" / "model.safetensors");
        const auto ended = cli({"picture", bare, "--prompt", "a", "--out", text(folder_ / "a.png")});
        QVERIFY(ended.code == 2 && ended.errors.contains("--like"));
    }

    void clipSaysHowSimilarPicturesAreToTexts() {
        const auto clip = kPictures / "clip";
        fs::create_directory(folder_ / "pictures");
        // Sorted by name as text, 10 would come before 2.
        const std::pair<int, const char*> names[] = {{0, "0.png"}, {1, "1.png"}, {2, "2.png"}, {3, "10.png"}};
        for (const auto& [number, name] : names)
            fs::copy_file(clip / ("image_" + std::to_string(number) + ".png"), folder_ / "pictures" / name);
        writeText(folder_ / "texts.json", metaOf(clip)["texts"].dump());
        const auto ended = cli({"clip", text(clip), "--texts", text(folder_ / "texts.json"), "--images",
                                text(folder_ / "pictures"), "--json"});
        QVERIFY2(ended.code == 0, ended.errors.constData());
        const auto have = ended.json();
        const auto expected = Checkpoint::open(clip / "expected.safetensors");
        const auto bars = metaOf(clip)["tensors"];
        for (const auto& [key, stored, rows] : {std::tuple{"image_embeds", "image_embeds", 4},
                                                {"text_embeds", "text_embeds", 4},
                                                {"similarity", "cosine_image_text", 4}}) {
            QCOMPARE(have[key].size(), std::size_t(rows));
            const auto want = valuesOf(*expected, stored);
            const auto tolerance = 4.0 * bars[stored][2].get<double>() + 1e-6;
            std::size_t at = 0;
            for (const auto& row : have[key])
                for (const auto& one : row) QVERIFY(std::abs(one.get<double>() - want[at++]) <= tolerance);
        }
        const auto none =
            cli({"clip", text(clip), "--texts", text(folder_ / "texts.json"), "--images", text(folder_ / "nowhere")});
        QVERIFY(none.code == 2 && none.errors.contains("nowhere"));
    }
};

MERGARIUM_SUITE(PictureCommandsTest)
#include "picture_commands_test.moc"
