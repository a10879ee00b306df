// Models in Hugging Face's cache, by the names that people have for them.
#include "core/checkpoint/model_place.h"
#include "core/configuration/yaml.h"
#include "core/founders/founder_fields.h"
#include "core/founders/founder_names.h"
#include "core/founders/founder_source.h"
#include "tests/support/suite.h"
#include "tests/support/tensor_files.h"

#include <QTemporaryDir>
#include <QTest>

using namespace mergarium;
using namespace mergarium::test;
namespace fs = std::filesystem;

class ModelPlaceTest : public QObject {
    Q_OBJECT

    std::unique_ptr<QTemporaryDir> temporary_;
    fs::path folder() const { return temporary_->path().toStdString(); }
    fs::path cache() const { return folder() / "home" / "hub"; }

    /// A revision of a repository in the cache, as a download leaves it; its one number is `value`.
    fs::path download(const std::string& repository, const std::string& revision, float value) {
        const auto around = cache() / repository;
        const std::string blob = std::string(62, 'a') + std::to_string(10 + static_cast<int>(value));
        fs::create_directories(around / "blobs");
        fs::create_directories(around / "snapshots" / revision);
        writeTensors(around / "blobs" / blob, {tensorOf("a", DType::F32, {1}, {value})});
        fs::create_symlink("../../blobs/" + blob, around / "snapshots" / revision / "model.safetensors");
        return around / "snapshots" / revision;
    }
    void setMain(const std::string& repository, const std::string& revision) {
        fs::create_directories(cache() / repository / "refs");
        writeText(cache() / repository / "refs" / "main", revision);
    }

private Q_SLOTS:
    void init() {
        temporary_ = std::make_unique<QTemporaryDir>();
        for (const char* variable : {"HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE", "XDG_CACHE_HOME"}) qunsetenv(variable);
        qputenv("HF_HOME", QByteArray::fromStdString((folder() / "home").string()));
    }
    void cleanup() { qunsetenv("HF_HOME"); }

    void theCacheIsWhereHuggingFaceKeepsIt() {
        QCOMPARE(hubCache().string(), cache().string());
        qputenv("HF_HUB_CACHE", "/elsewhere");
        QCOMPARE(hubCache().string(), std::string("/elsewhere"));
        qunsetenv("HF_HUB_CACHE");
        qunsetenv("HF_HOME");
        qputenv("XDG_CACHE_HOME", "/caches");
        QCOMPARE(hubCache().string(), std::string("/caches/huggingface/hub"));
        qunsetenv("XDG_CACHE_HOME");
        QCOMPARE(hubCache(), fs::path(qgetenv("HOME").toStdString()) / ".cache" / "huggingface" / "hub");
    }

    void namesAreOfTheModelAndNotOfTheRevision_data() {
        QTest::addColumn<QString>("path");
        QTest::addColumn<QString>("name");
        const auto row = [](const char* path, const char* name) { QTest::newRow(path) << path << name; };
        row("/hub/models--org--name/snapshots/0f3a", "org/name");
        row("/hub/models--org--name/snapshots/0f3a/", "org/name");
        row("/hub/models--org--name/snapshots/0f3a/model.safetensors", "org/name");
        row("/hub/models--org--name/snapshots/0f3a/model.safetensors.index.json", "org/name");
        row("/hub/models--org--name/snapshots/0f3a/unet", "org/name/unet");
        row("/hub/models--org--name", "org/name");
        row("/hub/models--gpt2/snapshots/0f3a", "gpt2");
        row("/hub/models--org--a--b/snapshots/0f3a", "org/a--b");
        row("/models/llama-3.1", "llama-3.1");
        row("/models/b/model.safetensors", "b");
        row("/models/fp16.v1.safetensors", "fp16.v1");
    }
    void namesAreOfTheModelAndNotOfTheRevision() {
        QFETCH(QString, path);
        QFETCH(QString, name);
        QCOMPARE(QString::fromStdString(nameOfModel(path.toStdString())), name);
    }

    void componentsAreCalledAfterTheirPipelines() {
        fs::create_directories(folder() / "sd-a" / "unet");
        QCOMPARE(nameOfModel(folder() / "sd-a" / "unet"), std::string("unet"));
        writeText(folder() / "sd-a" / "model_index.json", "{}");
        QCOMPARE(nameOfModel(folder() / "sd-a" / "unet"), std::string("sd-a/unet"));
    }

    void aRepositoryStandsForTheRevisionOfMain() {
        const auto old = download("models--org--name", "1111", 1);
        const auto repository = cache() / "models--org--name";
        QCOMPARE(placeOfModel(repository), old);  // the only one
        const auto now = download("models--org--name", "2222", 2);
        const auto refusal = messageOf([&] { placeOfModel(repository); });
        QCOMPARE(refusal, (repository / "snapshots").string() +
                              ": there are 2 revisions of org/name and none is main's; name one of these folders: "
                              "1111, 2222.");
        setMain("models--org--name", "2222\n");
        for (const auto& named : {repository, repository / "", repository / "snapshots", fs::path("org/name")})
            QCOMPARE(placeOfModel(named), now);
        QCOMPARE(placeOfModel(old), old);
        QCOMPARE(placeOfModel(now / "model.safetensors"), now / "model.safetensors");
        // A branch that hasn't been downloaded, and one that leads elsewhere.
        for (const char* reference : {"3333", "../../..", "."}) {
            setMain("models--org--name", reference);
            QVERIFY(messageOf([&] { placeOfModel(repository); }).find("there are 2 revisions") != std::string::npos);
        }
        fs::create_directories(cache() / "models--org--empty" / "snapshots");
        QVERIFY(messageOf([&] { placeOfModel("org/empty"); }).find("nothing of org/empty has been downloaded") !=
                std::string::npos);
    }

    void aCacheStandsForTheOnlyModelInIt() {
        const auto one = download("models--org--one", "1111", 1);
        for (const auto& named : {cache(), cache().parent_path()}) QCOMPARE(placeOfModel(named), one);
        download("models--two", "2222", 2);
        fs::create_directory(cache() / "datasets--x");
        QCOMPARE(messageOf([&] { placeOfModel(cache()); }),
                 cache().string() +
                     ": this is Hugging Face's cache with 2 models; name one of them: models--org--one, models--two.");
    }

    void aModelsOwnFolderIsNoCacheAndLinksAreNotFollowed() {
        download("models--org--one", "1111", 1);
        const auto model = folder() / "model";
        fs::create_directory(model);
        fs::create_directory_symlink(cache() / "models--org--one", model / "models--org--one");
        QCOMPARE(placeOfModel(model), model);
        fs::remove(model / "models--org--one");
        fs::copy(cache() / "models--org--one", model / "models--org--one",
                 fs::copy_options::recursive | fs::copy_options::copy_symlinks);
        QCOMPARE(placeOfModel(model), model / "models--org--one" / "snapshots" / "1111");
        writeText(model / "config.json", "{}");
        QCOMPARE(placeOfModel(model), model);
        const auto snapshots = model / "models--org--one" / "snapshots";
        fs::remove_all(snapshots / "1111");
        fs::create_directory_symlink(cache() / "models--org--one" / "snapshots" / "1111", snapshots / "1111");
        QVERIFY(messageOf([&] { placeOfModel(model / "models--org--one"); }).find("nothing of org/one") !=
                std::string::npos);
    }

    void pathsThatAreThereComeBeforeNames() {
        download("models--org--name", "1111", 1);
        const auto here = fs::current_path();
        fs::create_directories(folder() / "org" / "name");
        fs::current_path(folder());
        const auto place = placeOfModel("org/name");
        fs::current_path(here);
        QCOMPARE(place, fs::path("org/name"));
        for (const char* name :
             {"name", "org/other", "/org/name", "org/name/x", "../org/name", "org/..", "./name", "org/"})
            QCOMPARE(placeOfModel(name), fs::path(name));
    }

    void foundersAreOpenedByEveryName() {
        const auto place = download("models--org--name", "1111", 7);
        setMain("models--org--name", "1111");
        for (const auto& named : {cache(), cache() / "models--org--name", fs::path("org/name"), place}) {
            const auto founder = openFounder({.base = named, .adapter = {}}, folder());
            QCOMPARE(founder->name(), std::string("org/name"));
            QCOMPARE(founder->base().folder(), place);
        }
        QCOMPARE(founderNamed("org/name").base, place);
        const auto both = founderNamed("org/name+org/name");
        QVERIFY(both.base == place && both.adapter == place);
        const auto run = parseConfiguration(
            "{task: {kind: causal-lm, files: [{train: q}]}, founders: [org/name, org/other, "
            "{base: org/name, adapter: l}]}",
            "run.yaml", {});
        const auto& founders = std::get<std::vector<CheckpointFounder>>(run.founders);
        QCOMPARE(founders[0].base, place);
        QCOMPARE(founders[1].base, fs::current_path() / "org/other");
        QCOMPARE(founders[2].base, place);
    }
};

MERGARIUM_SUITE(ModelPlaceTest)
#include "model_place_test.moc"
