#include "core/checkpoint/safetensors.h"
#include "core/export/merge_models.h"
#include "core/export/rebuild_model.h"
#include "core/founders/content_hash.h"
#include "core/founders/pipelines/pipeline_founder.h"
#include "tests/support/example_models.h"
#include "tests/support/suite.h"

#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <map>

using namespace mergarium;
using namespace mergarium::test;
namespace fs = std::filesystem;

namespace {

const fs::path kExportData = fs::path(MERGARIUM_TEST_DATA) / "t2i";

std::string bytesOf(const FounderSource& source, std::size_t tensor) {
    return {reinterpret_cast<const char*>(source.bytes(tensor)), source.tensors()[tensor].byteSize()};
}

/// Contents by name, "unet/config.json" where a file lies deeper.
std::map<std::string, std::string> allFilesIn(const fs::path& folder) {
    std::map<std::string, std::string> files;
    for (const auto& entry : fs::recursive_directory_iterator(folder))
        if (entry.is_regular_file())
            files[entry.path().lexically_relative(folder).generic_string()] = textOf(entry.path());
    return files;
}

}  // namespace

// Merged pipelines on the disk: in both forms, read back, made again.
class PipelineExportTest : public QObject {
    Q_OBJECT

    QTemporaryDir temporary_;

    fs::path folder() const { return temporary_.path().toStdString(); }
    static fs::path root(const char* name) { return kExportData / name / "pipeline"; }
    static fs::path file(const char* name) {
        return kExportData / "single_file" / (std::string(name) + ".safetensors");
    }
    FounderSourcePtr open(const fs::path& path) const { return openFounder({.base = path, .adapter = {}}, folder()); }
    MergeRequest request(const fs::path& first, const fs::path& second, const char* out) const {
        return {.first = {.base = first, .adapter = {}},
                .second = {.base = second, .adapter = {}},
                .ratio = 0.5,
                .interpolation = Interpolation::Lerp,
                .folder = folder() / out};
    }
    ExportResult merge(const MergeRequest& request) const { return mergeModels(request, folder() / "cache"); }
    /// A model like `name` with other numbers: the first tensors' bytes turned around.
    fs::path other(const char* name) const {
        const auto copy = folder() / (std::string(name) + "-b");
        fs::copy(root(name), copy, fs::copy_options::recursive);
        const auto unet = copy / "unet" / "diffusion_pytorch_model.safetensors";
        fs::permissions(unet, fs::perms::owner_all, fs::perm_options::add);
        const auto stored = Checkpoint::open(unet);
        std::vector<GivenTensor> tensors;
        for (const auto& tensor : stored->tensors()) {
            auto values = valuesOf(*stored, tensor.name);
            std::ranges::reverse(values);
            tensors.push_back(tensorOf(tensor.name, tensor.dtype, tensor.shape, values));
        }
        const auto text = copy / "new.safetensors";
        writeTensors(text, tensors);
        fs::rename(text, unet);
        return copy;
    }
    /// The same tensors, as both are presented.
    void same(const fs::path& a, const fs::path& b) const {
        const auto first = open(a), second = open(b);
        QCOMPARE(first->tensors().size(), second->tensors().size());
        for (std::size_t tensor = 0; tensor < first->tensors().size(); ++tensor) {
            QVERIFY2(first->tensors()[tensor] == second->tensors()[tensor], first->tensors()[tensor].name.c_str());
            QVERIFY2(bytesOf(*first, tensor) == bytesOf(*second, tensor), first->tensors()[tensor].name.c_str());
        }
    }

private Q_SLOTS:
    void init() { fs::remove_all(folder()), fs::create_directories(folder()); }

    void aFolderIsWrittenAsItsFounders_data() {
        QTest::addColumn<QString>("name");
        QTest::newRow("2022") << "sd15";
        QTest::newRow("SDXL") << "sdxl";
    }
    void aFolderIsWrittenAsItsFounders() {
        QFETCH(QString, name);
        const auto pipeline = root(qPrintable(name));
        const auto result = merge(request(pipeline, pipeline, "same"));
        // A model with itself is itself.
        QCOMPARE(result.hash, contentHash(*openAsStored(pipeline), {}).value());
        const auto founder = allFilesIn(pipeline), model = allFilesIn(folder() / "same");
        for (const auto& [path, contents] : founder) {
            QVERIFY2(model.contains(path), path.c_str());
            if (!path.ends_with(".safetensors")) QVERIFY2(model.at(path) == contents, path.c_str());
        }
        QCOMPARE(model.size(), founder.size() + 2);  // README.md and recipe.yaml
        const auto own = readSafetensorsHeader(pipeline / "vae" / "diffusion_pytorch_model.safetensors");
        const auto header = readSafetensorsHeader(folder() / "same" / "vae" / "diffusion_pytorch_model.safetensors");
        QCOMPARE(header.tensors.size(), own.tensors.size());
        for (const auto& [tensor, entry] : own.tensors) {
            QVERIFY2(header.tensors.contains(tensor), tensor.c_str());
            QVERIFY2(header.tensors.at(tensor).shape == entry.shape, tensor.c_str());
        }
    }

    void aSingleFileIsWrittenAsItsFounders_data() { aFolderIsWrittenAsItsFounders_data(); }
    void aSingleFileIsWrittenAsItsFounders() {
        QFETCH(QString, name);
        const auto one = file(qPrintable(name));
        const auto result = merge(request(one, one, "same"));
        QCOMPARE(result.hash, contentHash(*openAsStored(one), {}).value());
        QCOMPARE(allFilesIn(folder() / "same").size(), 3u);
        same(folder() / "same", one);
    }

    void oneFormBecomesTheOther_data() { aFolderIsWrittenAsItsFounders_data(); }
    void oneFormBecomesTheOther() {
        QFETCH(QString, name);
        const auto pipeline = root(qPrintable(name)), one = file(qPrintable(name));
        auto asFile = request(pipeline, pipeline, "file");
        asFile.form = PipelineForm::SingleFile;
        // diffusers' own conversion of the same model.
        QCOMPARE(merge(asFile).hash, contentHash(*openAsStored(one), {}).value());
        auto asFolder = request(one, one, "folder");
        asFolder.form = PipelineForm::Folder;
        const auto message = messageOf([&] { merge(asFolder); });
        QVERIFY2(message.find("with --like") != message.npos, message.c_str());
        asFolder.like = pipeline;
        QCOMPARE(merge(asFolder).hash, contentHash(*openAsStored(pipeline), {}).value());
        same(folder() / "folder", folder() / "file");
        asFolder.folder = folder() / "wrong";
        asFolder.like = root(name == "sdxl" ? "sd15" : "sdxl");
        const auto wrong = messageOf([&] { merge(asFolder); });
        QVERIFY2(wrong.find("can't hold the model") != wrong.npos, wrong.c_str());
    }

    void foundersOfBothFormsAreOneModel() {
        const auto b = other("sdxl");
        const auto first = merge(request(b, file("sdxl"), "folders"));
        auto asFile = request(file("sdxl"), b, "file");
        merge(asFile);
        same(folder() / "folders", folder() / "file");
        QVERIFY(fs::exists(folder() / "folders" / "model_index.json"));
        QVERIFY(fs::exists(folder() / "file" / "model.safetensors"));
        auto asFolder = asFile;
        asFolder.folder = folder() / "converted";
        asFolder.form = PipelineForm::Folder;  // the other founder's configurations
        QCOMPARE(merge(asFolder).hash, first.hash);
    }

    void aRecipeMakesTheSameBytesAgain_data() {
        QTest::addColumn<bool>("folder");
        QTest::newRow("folder") << true;
        QTest::newRow("single file, from a folder") << false;
    }
    void aRecipeMakesTheSameBytesAgain() {
        QFETCH(bool, folder);
        auto wish = request(root("sdxl"), other("sdxl"), "model");
        wish.paths = Paths::Told;
        wish.shardSize = 100'000;
        if (!folder) wish.form = PipelineForm::SingleFile;
        const auto made = merge(wish);
        const auto again =
            rebuildModel({.recipe = this->folder() / "model" / "recipe.yaml", .folder = this->folder() / "again"},
                         this->folder() / "cache");
        QCOMPARE(again.hash, made.hash);
        const auto first = allFilesIn(this->folder() / "model"), second = allFilesIn(this->folder() / "again");
        QVERIFY(first == second);
        QCOMPARE(first.contains("unet/diffusion_pytorch_model.safetensors.index.json"), folder);
        QCOMPARE(first.contains("model.safetensors"), !folder);
    }

    void aFolderOfConfigurationsIsFoundAgain() {
        fs::copy(root("sdxl"), folder() / "like", fs::copy_options::recursive);
        auto wish = request(file("sdxl"), file("sdxl"), "model");
        wish.form = PipelineForm::Folder;
        wish.like = folder() / "like";
        merge(wish);
        RebuildRequest again{.recipe = folder() / "model" / "recipe.yaml", .folder = folder() / "again"};
        again.models = kExportData / "single_file";
        const auto message = messageOf([&] { rebuildModel(again, folder() / "cache"); });
        QCOMPARE(message, std::string("nothing was thrown"));
        QVERIFY(allFilesIn(folder() / "model") == allFilesIn(folder() / "again"));
        fs::remove_all(folder() / "like");
        again.folder = folder() / "third";
        const auto missing = messageOf([&] { rebuildModel(again, folder() / "cache"); });
        QVERIFY2(missing.find("the folder 'like'") != missing.npos, missing.c_str());
    }

    void componentsThatAreTakenOverAreTheFounders() {
        auto wish = request(root("sdxl"), other("sdxl"), "model");
        wish.tensors.freeze = {{.pattern = "vae.*", .founder = 0}, {.pattern = "text_encoder*", .founder = 0}};
        merge(wish);
        const auto made = open(folder() / "model"), first = open(root("sdxl"));
        std::size_t changed = 0;
        for (std::size_t tensor = 0; tensor < made->tensors().size(); ++tensor) {
            const bool same = bytesOf(*made, tensor) == bytesOf(*first, tensor);
            if (made->tensors()[tensor].name.starts_with("unet."))
                changed += same ? 0 : 1;
            else
                QVERIFY2(same, made->tensors()[tensor].name.c_str());
        }
        QVERIFY(changed > 100);
    }

    void whatIsNoComponentsComesAlong() {
        const auto stored = Checkpoint::open(file("sd15"));
        std::vector<GivenTensor> tensors;
        for (const auto& tensor : stored->tensors())
            tensors.push_back(
                {tensor.name, tensor.dtype, tensor.shape, {tensor.bytes, tensor.bytes + tensor.byteSize()}});
        tensors.push_back(tensorOf("alphas_cumprod", DType::F32, {2}, {0.5, 0.25}));
        tensors.push_back(tensorOf("model_ema.decay", DType::F32, {}, {1}));
        writeTensors(folder() / "a.safetensors", tensors);
        merge(request(folder() / "a.safetensors", root("sd15"), "model"));
        const auto model = Checkpoint::open(folder() / "model");
        QVERIFY(valuesOf(*model, "alphas_cumprod") == (std::vector<float>{0.5, 0.25}));
        QVERIFY(!model->find("model_ema.decay"));
        merge(request(root("sd15"), folder() / "a.safetensors", "folder"));
        QVERIFY(!open(folder() / "folder")->own().indexOf("alphas_cumprod"));
    }

    void anotherElementTypeIsWritten() {
        auto wish = request(root("sdxl"), root("sdxl"), "half");
        wish.dtype = DType::F16;
        merge(wish);
        const auto model = open(folder() / "half");
        QVERIFY(std::ranges::all_of(model->tensors(), [](const auto& one) { return one.dtype == DType::F16; }));
        auto file = request(root("sdxl"), root("sdxl"), "half-file");
        file.dtype = DType::F16;
        file.form = PipelineForm::SingleFile;
        merge(file);
        same(folder() / "half", folder() / "half-file");
    }

    void otherModelsHaveOneForm() {
        writeTensors(folder() / "a.safetensors", {tensorOf("a", DType::F32, {1}, {1})});
        auto wish = request(folder() / "a.safetensors", folder() / "a.safetensors", "model");
        wish.form = PipelineForm::SingleFile;
        const auto message = messageOf([&] { merge(wish); });
        QVERIFY2(message.find("is written in one way alone") != message.npos, message.c_str());
    }
};

MERGARIUM_SUITE(PipelineExportTest)
#include "pipeline_export_test.moc"
