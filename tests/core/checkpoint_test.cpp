#include "core/checkpoint/checkpoint.h"
#include "core/files/digest.h"
#include "core/files/digest_kernel.h"
#include "core/founders/founder_segment.h"
#include "tests/support/suite.h"
#include "tests/support/tensor_files.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <QTest>

#include <cstring>
#include <fstream>

using namespace mergarium;
using namespace mergarium::test;
namespace fs = std::filesystem;

namespace {

/// A sharded model of three tensors; `index` is its weight_map.
void writeSharded(const fs::path& folder,
                  nlohmann::json map = {{"a", "one.safetensors"}, {"b", "one.safetensors"}, {"c", "two.safetensors"}}) {
    writeTensors(folder / "one.safetensors",
                 {tensorOf("b", DType::F32, {2}, {1, 2}), tensorOf("a", DType::BF16, {1}, {3})});
    writeTensors(folder / "two.safetensors", {tensorOf("c", DType::F16, {2, 2}, {4, 5, 6, 7})});
    writeText(folder / "model.safetensors.index.json",
              nlohmann::json{{"metadata", {{"total_size", 18}}}, {"weight_map", map}}.dump());
}

/// Resident bytes of files, as the kernel counts them for this process.
std::size_t residentFileBytes() {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);)
        if (line.starts_with("RssFile:")) return std::stoul(line.substr(8)) * 1024;
    return 0;
}

}  // namespace

class CheckpointTest : public QObject {
    Q_OBJECT

    std::unique_ptr<QTemporaryDir> temporary_;
    fs::path folder() const { return temporary_->path().toStdString(); }

    void refuses(const fs::path& path, std::string_view what) {
        const auto message = messageOf([&] { Checkpoint::open(path); });
        QVERIFY2(message.find(what) != message.npos && message.starts_with(temporary_->path().toStdString()),
                 message.c_str());
        QVERIFY2(message.ends_with('.') && message.find('\n') == message.npos, message.c_str());
    }

private Q_SLOTS:
    void init() { temporary_ = std::make_unique<QTemporaryDir>(); }

    void aFileAndTheFolderAroundItAreTheSameModel() {
        writeTensors(folder() / "model.safetensors",
                     {tensorOf("z", DType::F32, {2}, {1, 2}), tensorOf("a", DType::F32, {}, {3})});
        writeText(folder() / "config.json", R"({"model_type":"llama"})");
        for (const auto& path : {folder(), folder() / "model.safetensors"}) {
            const auto checkpoint = Checkpoint::open(path);
            QCOMPARE(checkpoint->tensors().size(), std::size_t{2});
            QCOMPARE(checkpoint->tensors().front().name, std::string("a"));
            QCOMPARE(checkpoint->byteSize(), std::uint64_t{12});
            QCOMPARE(checkpoint->folder(), folder());
            QCOMPARE(checkpoint->configuration()->at("model_type"), "llama");
            float values[2];
            toFloats(DType::F32, checkpoint->find("z")->bytes, values);
            QCOMPARE(values[1], 2.0f);
            QVERIFY(!checkpoint->find("y"));
        }
    }

    void shardsAreJoined() {
        writeSharded(folder());
        const auto checkpoint = Checkpoint::open(folder());
        QCOMPARE(checkpoint->tensors().size(), std::size_t{3});
        QCOMPARE(checkpoint->files().size(), std::size_t{2});
        const auto* c = checkpoint->find("c");
        QVERIFY(c->dtype == DType::F16 && c->count == 4 && c->byteSize() == 8);
        QCOMPARE(checkpoint->files()[c->file]->path().filename().string(), std::string("two.safetensors"));
        QVERIFY(!checkpoint->configuration());
    }

    void aModelOfHuggingFacesCacheIsOpened() {
        const std::string hash(64, 'a');
        const auto snapshot = folder() / "snapshots" / "0f3a";
        fs::create_directory(folder() / "blobs");
        fs::create_directories(snapshot);
        writeTensors(folder() / "blobs" / hash, {tensorOf("a", DType::F32, {1}, {1})});
        fs::create_symlink("../../blobs/" + hash, snapshot / "model.safetensors");
        QVERIFY(Checkpoint::open(snapshot)->find("a"));
    }

    void shardsAreOpenedInTheFolderOnly() {
        const auto model = folder() / "model";
        fs::create_directory(model);
        writeSharded(model);
        fs::rename(model / "two.safetensors", folder() / "two.safetensors");
        fs::create_symlink("../two.safetensors", model / "two.safetensors");
        refuses(model, "two.safetensors: this link leads to ../two.safetensors, outside of the model's folder");
    }

    void aFileThatAPersonNamesMayBeALink() {
        fs::create_directory(folder() / "elsewhere");
        writeTensors(folder() / "elsewhere" / "model.safetensors", {tensorOf("a", DType::F32, {1}, {1})});
        fs::create_symlink(folder() / "elsewhere" / "model.safetensors", folder() / "link.safetensors");
        QVERIFY(Checkpoint::open(folder() / "link.safetensors")->find("a"));
        refuses(folder(), "outside of the model's folder");
    }

    void indexAndShardsMustAgree() {
        writeSharded(folder());
        fs::remove(folder() / "two.safetensors");
        refuses(folder(), "two.safetensors: this shard is missing");
        writeSharded(
            folder(),
            {{"a", "one.safetensors"}, {"b", "one.safetensors"}, {"c", "two.safetensors"}, {"d", "two.safetensors"}});
        refuses(folder(), "'d' is said to be in two.safetensors, but isn't there");
    }

    void shardsAreReadAsTransformersReadsThem() {
        // b is left out of the index, and c said to be elsewhere: every tensor of every shard that is named counts.
        writeSharded(folder(), {{"a", "one.safetensors"}, {"c", "one.safetensors"}, {"d", "two.safetensors"}});
        const auto two = [&](const std::vector<GivenTensor>& tensors) {
            writeTensors(folder() / "two.safetensors", tensors);
        };
        two({tensorOf("d", DType::F32, {1}, {9}), tensorOf("c", DType::F32, {1}, {8}),
             tensorOf("a", DType::F32, {3}, {5, 6, 7})});
        // Not named, so not read.
        writeTensors(folder() / "consolidated.safetensors", {tensorOf("z", DType::F32, {1}, {1})});
        writeText(folder() / "adapter_model.safetensors", "no safetensors");
        const auto checkpoint = Checkpoint::open(folder());
        std::string names;
        for (const auto& tensor : checkpoint->tensors()) names += tensor.name;
        QCOMPARE(names, std::string("abcd"));
        // In both shards: the later in order of name wins, as one after the other is read.
        const auto* a = checkpoint->find("a");
        QCOMPARE(checkpoint->files()[a->file]->path().filename().string(), std::string("two.safetensors"));
        float values[3];
        toFloats(DType::F32, a->bytes, values);
        QCOMPARE(values[2], 7.0f);
        QCOMPARE(checkpoint->byteSize(), std::uint64_t{12 + 8 + 4 + 4});
    }

    void variantsAreTakenWhenTheyAreNamed() {
        const auto write = [&](const char* name, float value) {
            writeTensors(folder() / name, {tensorOf("a", DType::F32, {1}, {value})});
        };
        const auto valueIn = [&](const fs::path& path) {
            float value[1];
            toFloats(DType::F32, Checkpoint::open(path)->find("a")->bytes, value);
            return value[0];
        };
        write("model.fp16.safetensors", 16);
        QCOMPARE(valueIn(folder()), 16.0f);  // the only one
        write("model.fp32.safetensors", 32);
        refuses(folder(), "2 safetensors files");
        write("model.safetensors", 1);
        QCOMPARE(valueIn(folder()), 1.0f);
        QCOMPARE(valueIn(folder() / "model.fp16.safetensors"), 16.0f);
        fs::remove(folder() / "model.safetensors");

        write("diffusion_pytorch_model.non_ema.safetensors", 3);
        write("diffusion_pytorch_model.safetensors", 4);
        QCOMPARE(valueIn(folder()), 4.0f);
        writeText(folder() / "diffusion_pytorch_model.safetensors.index.fp16.json",
                  R"({"weight_map":{"a":"diffusion_pytorch_model.non_ema.safetensors"}})");
        QCOMPARE(valueIn(folder()), 4.0f);
        QCOMPARE(valueIn(folder() / "diffusion_pytorch_model.safetensors.index.fp16.json"), 3.0f);
    }

    void shardsMustLieBesideTheIndex_data() {
        QTest::addColumn<QString>("name");
        for (const char* name :
             {"../one.safetensors", "/etc/passwd", "sub/one.safetensors", "..", ".", "", "one.safetensors/"})
            QTest::newRow(*name ? name : "empty") << name;
        QTest::newRow("long") << QString(256, 'a');
    }
    void shardsMustLieBesideTheIndex() {
        QFETCH(QString, name);
        writeSharded(folder(), {{"a", name.toStdString()}});
        refuses(folder(), "not the plain name");
    }

    void brokenIndexesAreRefused() {
        const auto index = folder() / "model.safetensors.index.json";
        writeText(index, "{\n\"weight_map\": {\n\"a\": }}");
        refuses(folder(), "line 3, byte 6: this is not valid JSON");
        writeText(index, R"({"weight_map":{"a":"x","a":"y"}})");
        refuses(folder(), "'a' occurs twice");
        writeText(index, R"({"weight_map":{"a":1}})");
        refuses(folder(), "no text");
        writeText(index, "[]");
        refuses(folder(), "not a JSON object");
        writeText(index, "{}");
        refuses(folder(), "no weight_map");
    }

    void pickleFilesAreRefusedWithTheWayOut() {
        for (const char* name : {"pytorch_model.bin", "model.pt", "model.pth", "v1.ckpt"}) {
            writeText(folder() / name, "PK");
            refuses(folder() / name, "convert the model to safetensors");
        }
        refuses(folder(), "pickle");
        writeSharded(folder(), {{"a", "pytorch_model.bin"}});
        refuses(folder(), "pickle");
    }

    void whatIsNoModelIsRefused() {
        refuses(folder(), "there is no model here");
        refuses(folder() / "gone.safetensors", "there is no such file");
        refuses(folder() / "gone" / "further", "there is no such file");
        fs::create_symlink("nowhere", folder() / "model.safetensors");
        refuses(folder(), "its target nowhere does not exist");
        fs::remove(folder() / "model.safetensors");
        fs::create_directory(folder() / "model.safetensors");
        refuses(folder(), "no regular file");
        fs::remove(folder() / "model.safetensors");
        writeTensors(folder() / "x.safetensors", {});
        refuses(folder(), "no tensors");
        writeTensors(folder() / "y.safetensors", {});
        refuses(folder(), "2 safetensors files");
        writeText(folder() / "adapter_config.json", "{}");
        refuses(folder(), "an adapter");
        writeText(folder() / "z.gguf", "GGUF");
        refuses(folder() / "z.gguf", "GGUF");
    }

    void oneFileOfAnyNameIsAModel() {
        writeTensors(folder() / "diffusion_pytorch_model.safetensors", {tensorOf("a", DType::F32, {1}, {1})});
        QVERIFY(Checkpoint::open(folder())->find("a"));
        QVERIFY(Checkpoint::open(folder() / "diffusion_pytorch_model.safetensors")->folder().empty());
    }

    void aPipelineIsItsComponents() {
        for (const char* part : {"unet", "vae", "scheduler", "other"}) fs::create_directory(folder() / part);
        writeText(folder() / "model_index.json", R"({"_class_name": "StableDiffusionPipeline", "unet": ["a", "B"],
            "vae": ["a", "B"], "safety_checker": ["a", "B"], "scheduler": ["a", "B"], "text_encoder": [null, null]})");
        writeTensors(folder() / "v1.safetensors", {tensorOf("a", DType::F32, {1}, {1})});
        refuses(folder(), "no component that it names holds safetensors");
        for (const char* part : {"unet", "vae", "other"})
            writeTensors(folder() / part / "diffusion_pytorch_model.safetensors",
                         {tensorOf("a", DType::F32, {1}, {1})});
        const auto pipeline = Checkpoint::open(folder());
        QCOMPARE(pipeline->tensors().size(), 2u);
        QVERIFY(pipeline->find("unet.a") && pipeline->find("vae.a"));
        QCOMPARE(pipeline->folder(), folder());
        QCOMPARE(Checkpoint::open(folder() / "unet")->folder(), folder() / "unet");
        QVERIFY(Checkpoint::open(folder() / "v1.safetensors")->find("a"));
    }

    void aPipelinesPicklesAndFoldersElsewhereAreRefused() {
        for (const char* part : {"unet", "text_encoder"}) fs::create_directory(folder() / part);
        writeText(folder() / "model_index.json", R"({"unet": ["a", "B"], "text_encoder": ["a", "B"]})");
        writeTensors(folder() / "unet" / "diffusion_pytorch_model.fp16.safetensors",
                     {tensorOf("a", DType::F16, {1}, {1})});
        QVERIFY(Checkpoint::open(folder())->find("unet.a"));
        writeText(folder() / "text_encoder" / "pytorch_model.bin", "pickle");
        refuses(folder(), "pickle");
        writeText(folder() / "model_index.json", R"({"../elsewhere": ["a", "B"]})");
        refuses(folder(), "not the name of a folder");
    }

    void aPipelinesShardsAreComparedWithTheirIndex() {
        fs::create_directory(folder() / "unet");
        writeText(folder() / "model_index.json", R"({"unet": ["a", "B"]})");
        writeTensors(folder() / "unet" / "one.safetensors", {tensorOf("a", DType::F32, {1}, {1})});
        writeText(folder() / "unet" / "diffusion_pytorch_model.safetensors.index.json",
                  R"({"weight_map": {"a": "one.safetensors"}})");
        QVERIFY(Checkpoint::open(folder())->find("unet.a"));
        writeText(folder() / "unet" / "diffusion_pytorch_model.safetensors.index.json",
                  R"({"weight_map": {"a": "one.safetensors", "b": "one.safetensors"}})");
        refuses(folder(), "tensor 'b' is said to be in one.safetensors");
    }

    void aBrokenConfigurationIsToldWithItsLine() {
        writeTensors(folder() / "model.safetensors", {tensorOf("a", DType::F32, {1}, {1})});
        writeText(folder() / "config.json", "{\n\"a\": 1,\n}");
        const auto message = messageOf([&] { Checkpoint::open(folder())->configuration(); });
        QVERIFY2(message.find("config.json, line 3, byte 1: this is not valid JSON") != message.npos, message.c_str());
    }

    void streamingAFileCostsNoMemory() {
        constexpr std::size_t kSize = 64 << 20;
        writeText(folder() / "big", std::string(kSize, '\1'));
        const auto file = MappedFile::open(folder() / "big");
        const auto before = residentFileBytes();
        std::size_t sum = 0, most = 0;
        for (std::size_t begin = 0; begin < kSize; begin += 1 << 20) {
            for (std::size_t i = begin; i < begin + (1 << 20); i += 512)
                sum += static_cast<std::size_t>(file->bytes()[i]);
            most = std::max(most, residentFileBytes());
            file->dropBehind(begin, begin + (1 << 20));
        }
        QCOMPARE(sum, kSize / 512);
        QVERIFY2(most < before + (kSize / 4), qPrintable(QString("%1 MB").arg((most - before) >> 20)));
        QVERIFY(file->bytes()[0] == std::byte{1});
    }

    void aFileIsReadAsItIsMappedAndOneCutShortIsTold() {
        const auto path = fs::path(temporary_->path().toStdString()) / "numbers";
        std::string numbers(300'000, '\0');
        for (std::size_t i = 0; i < numbers.size(); ++i) numbers[i] = static_cast<char>(i * 7919 >> 3);
        writeText(path, numbers);
        const auto file = MappedFile::open(path);
        std::vector<std::byte> read(200'000);
        file->read(file->bytes().data() + 12'345, read);
        QVERIFY(std::ranges::equal(read, file->bytes().subspan(12'345, read.size())));
        // Bytes of a file are shown in the buffer alone: what is mapped can be gone when it is used.
        const FounderSegment segment{
            .begin = 0, .count = 100'000, .dtype = DType::BF16, .bytes = file->bytes().data() + 1, .file = file.get()};
        QCOMPARE(fetch(segment, 9, 100, read), read.data());
        QVERIFY(std::ranges::equal(std::span(read).first(200), file->bytes().subspan(19, 200)));
        QCOMPARE(fetch(segment, 9, 50'000, read), read.data());
        QVERIFY(std::ranges::equal(std::span(read).first(100'000), file->bytes().subspan(19, 100'000)));

        fs::resize_file(path, 100'000);
        QVERIFY(messageOf([&] {
                    file->read(file->bytes().data() + 50'000, std::span(read).first(100'000));
                }).find("numbers: was truncated while it was being read") != std::string::npos);
    }

    void digestsAreXxh3WhateverTheProcessor() {
        // Of nothing: the value that the algorithm's author publishes.
        const auto hex = [](const Digest& digest) {
            std::string text;
            for (const auto byte : digest) text += fmt::format("{:02x}", static_cast<unsigned>(byte));
            return text;
        };
        QCOMPARE(hex(digestOf({})), std::string("99aa06d3014798d86001c324468d497f"));
        std::vector<std::byte> bytes(100'003);
        for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::byte>(i * i >> 5);
        for (const std::size_t size : {1u, 16u, 17u, 128u, 129u, 240u, 241u, 1'024u, 65'537u, 100'003u}) {
            Digest plain;
            digestPlain(bytes.data(), size, plain.data());
            QCOMPARE(digestOf(std::span(bytes).first(size)), plain);
        }
    }

    void anEmptyFileIsNoModel() {
        writeText(folder() / "model.safetensors", "");
        refuses(folder(), "shorter than its header");
    }
};

MERGARIUM_SUITE(CheckpointTest)
#include "checkpoint_test.moc"
