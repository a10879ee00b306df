#include "core/files/json.h"
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

const fs::path kMergedReferences = MERGARIUM_TEST_DATA "/lora";
const fs::path kTinyModel = MERGARIUM_SOURCE_DIR "/resources/models/tiny-llm/add";

}  // namespace

// BASE+ADAPTER, and fp8, wherever the command line takes a model.
class AdaptedCommandsTest : public QObject {
    Q_OBJECT

    std::unique_ptr<QTemporaryDir> temporary_;
    fs::path folder_;

    static QString text(const fs::path& path) { return QString::fromStdString(path.string()); }
    static nlohmann::json said(const QStringList& arguments) {
        const auto ended = cli(arguments + QStringList{"--json"});
        if (ended.code != 0) throw std::runtime_error(ended.errors.toStdString());
        return ended.json();
    }
    /// An adapter of rank 1 on a projection of the tiny model, so strong that the model answers otherwise.
    void writeAdapter() const {
        const auto width = Checkpoint::open(kTinyModel)->find("model.layers.0.self_attn.q_proj.weight")->shape;
        const auto outputs = width[0], inputs = width[1];
        const auto layer = std::string("model.layers.0.self_attn.q_proj.");
        writeTensors(folder_ / "lora.safetensors", {tensorOf(layer + "lora_A.weight", DType::F32, {1, inputs},
                                                             numbers(static_cast<std::size_t>(inputs), 1)),
                                                    tensorOf(layer + "lora_B.weight", DType::F32, {outputs, 1},
                                                             numbers(static_cast<std::size_t>(outputs), 2))});
    }

private Q_SLOTS:
    void init() {
        temporary_ = std::make_unique<QTemporaryDir>();
        folder_ = temporary_->path().toStdString();
    }

    void theReferencesLogitsAreMet_data() {
        QTest::addColumn<QString>("name");
        for (const auto& entry : fs::directory_iterator(kMergedReferences))
            if (fs::exists(entry.path() / "expected.safetensors"))
                QTest::newRow(entry.path().filename().c_str()) << text(entry.path().filename());
    }
    void theReferencesLogitsAreMet() {
        QFETCH(QString, name);
        const auto folder = kMergedReferences / name.toStdString();
        const auto have = said({"logprobs", text(kMergedReferences / "base") + "+" + text(folder / "adapter"), "--ids",
                                text(folder / "input_ids.json")});
        const auto expected = Checkpoint::open(folder / "expected.safetensors");
        for (const auto& [key, stored] :
             {std::pair{"last_logits", "logits_last"}, {"token_logprobs", "token_logprobs"}})
            for (std::size_t i = 0; i < have[key].size(); ++i) {
                const auto one = have[key][i].get<std::vector<double>>();
                const auto want = valuesOf(*expected, std::string(stored) + "." + std::to_string(i));
                QCOMPARE(one.size(), want.size());
                for (std::size_t j = 0; j < want.size(); ++j) QVERIFY(std::abs(one[j] - want[j]) <= 1e-4);
            }
        QVERIFY(have["last_logits"].size() >= 3);
    }

    void modelsWithAdaptersAreScoredAndContinueTexts() {
        writeAdapter();
        const auto named = text(kTinyModel) + "+" + text(folder_ / "lora.safetensors") + "*0.5";
        QCOMPARE(cli({"merge", named, named, "--out", text(folder_ / "merged")}).code, 0);
        const auto score = [](const QString& model) {
            return said({"score", model, "--task", "language-demo"})["models"][0]["train"].get<double>();
        };
        QCOMPARE(score(named), score(text(folder_ / "merged")));
        QVERIFY(score(named) != score(text(kTinyModel)));
        const auto continued = [](const QString& model) {
            return said({"generate", model, "--prompt", "17+25=", "--max-new-tokens", "8"}).dump();
        };
        QCOMPARE(continued(named), continued(text(folder_ / "merged")));
        QVERIFY(continued(named) != continued(text(kTinyModel)));
    }

    void fp8IsReadAsWhatItStandsFor() {
        // Scales of a power of two lose nothing, and what fp8 loses is lost before.
        fs::create_directories(folder_ / "plain");
        fs::create_directories(folder_ / "fp8");
        std::vector<GivenTensor> plain, fp8;
        const auto model = Checkpoint::open(kTinyModel);
        for (const auto& tensor : model->tensors()) {
            auto values = valuesOf(*model, tensor.name);
            if (!tensor.name.ends_with("_proj.weight")) {
                plain.push_back(tensorOf(tensor.name, DType::F32, tensor.shape, values));
                fp8.push_back(plain.back());
                continue;
            }
            for (auto& value : values) value *= 64.0f;
            fp8.push_back(tensorOf(tensor.name, DType::F8E4M3, tensor.shape, values));
            fp8.push_back(tensorOf(tensor.name + "_scale", DType::F32, {}, {1.0f / 64}));
            toFloats(DType::F8E4M3, fp8[fp8.size() - 2].bytes.data(), values);
            for (auto& value : values) value /= 64.0f;
            plain.push_back(tensorOf(tensor.name, DType::F32, tensor.shape, values));
        }
        auto configuration = readJsonObject(kTinyModel / "config.json", kSettingsJson);
        for (const auto& name : {"plain", "fp8"}) {
            writeTensors(folder_ / name / "model.safetensors", std::string(name) == "fp8" ? fp8 : plain);
            if (std::string(name) == "fp8") configuration["quantization_config"] = {{"quant_method", "fp8"}};
            writeText(folder_ / name / "config.json", configuration.dump());
        }
        writeText(folder_ / "ids.json", "[[1, 2, 3, 4, 5]]");
        const auto read = [&](const char* name) {
            return said({"logprobs", text(folder_ / name), "--ids", text(folder_ / "ids.json")}).dump();
        };
        QCOMPARE(read("fp8"), read("plain"));
    }
};

MERGARIUM_SUITE(AdaptedCommandsTest)
#include "adapted_commands_test.moc"
