#include "core/founders/founder_source.h"
#include "core/founders/content_hash.h"
#include "tests/support/suite.h"
#include "tests/support/tensor_files.h"

#include <nlohmann/json.hpp>

#include <QTest>

#include <cmath>
#include <cstring>
#include <random>
#include <thread>

using namespace mergarium;
using namespace mergarium::test;
namespace fs = std::filesystem;

namespace {

using Values = std::vector<float>;

std::vector<float> exactNumbers(std::size_t count, unsigned seed) {
    std::mt19937 random(seed);
    std::vector<float> values(count);
    // Few digits, so that every element type holds them exactly.
    for (auto& value : values) value = static_cast<float>(static_cast<int>(random() % 65) - 32) / 16;
    return values;
}

Values read(const FounderSource& source, std::string_view name) {
    const auto index = source.indexOf(name).value();
    const auto& tensor = source.tensors()[index];
    Values values(tensor.count);
    toFloats(tensor.dtype, source.bytes(index), values);
    return values;
}

Values flat(std::span<const FounderSegment> segments, std::uint64_t extent) {
    Values values;
    for (const auto& one : segments) {
        if (one.begin != values.size()) return {};
        values.resize(values.size() + one.count);
        toFloats(one.dtype, one.bytes, std::span(values).last(one.count));
    }
    return values.size() == extent ? values : Values{};
}

Values rounded(DType dtype, Values values) {
    std::vector<std::byte> bytes(values.size() * sizeOf(dtype));
    fromFloats(dtype, values, bytes.data());
    toFloats(dtype, bytes.data(), values);
    return values;
}

}  // namespace

class FounderSourceTest : public QObject {
    Q_OBJECT

    std::unique_ptr<QTemporaryDir> temporary_;
    fs::path folder(const char* name) const {
        const auto path = fs::path(temporary_->path().toStdString()) / name;
        fs::create_directory(path);
        return path;
    }
    FounderSourcePtr open(const char* base, const char* adapter = nullptr) const {
        return openFounder({.base = folder(base), .adapter = adapter ? folder(adapter) : fs::path()},
                           folder("scratch"));
    }

    /// q [6, 4], conv1d-like [4, 6], embedding [5, 4], convolution [6, 2, 1, 2], norm [4].
    void writeBase(DType dtype = DType::F32) const {
        writeTensors(folder("base") / "model.safetensors",
                     {tensorOf("model.q.weight", dtype, {6, 4}, exactNumbers(24, 1)),
                      tensorOf("model.c.weight", dtype, {4, 6}, exactNumbers(24, 2)),
                      tensorOf("model.embed_tokens.weight", dtype, {5, 4}, exactNumbers(20, 3)),
                      tensorOf("model.conv.weight", dtype, {6, 2, 1, 2}, exactNumbers(24, 4)),
                      tensorOf("model.norm.weight", dtype, {4}, exactNumbers(4, 5))});
    }
    void writeAdapter(const nlohmann::json& settings, const std::vector<GivenTensor>& tensors) const {
        nlohmann::json configuration{
            {"peft_type", "LORA"}, {"r", 2}, {"lora_alpha", 8}, {"bias", "none"}, {"use_dora", false}};
        if (!settings.is_null()) configuration.update(settings);
        writeText(folder("adapter") / "adapter_config.json", configuration.dump());
        writeTensors(folder("adapter") / "adapter_model.safetensors", tensors);
    }
    static std::vector<GivenTensor> linear(const std::string& layer, std::int64_t outputs, std::int64_t inputs,
                                           std::int64_t rank = 2) {
        return {tensorOf("base_model.model." + layer + ".lora_A.weight", DType::F32, {rank, inputs},
                         exactNumbers(static_cast<std::size_t>(rank * inputs), 11)),
                tensorOf("base_model.model." + layer + ".lora_B.weight", DType::F32, {outputs, rank},
                         exactNumbers(static_cast<std::size_t>(outputs * rank), 12))};
    }
    /// W + scale * B A by the definition, in double; `turned` for a base stored the other way round.
    static Values expected(Values base, std::size_t outputs, std::size_t inputs, double scale, bool turned,
                           std::size_t rank = 2) {
        const auto a = exactNumbers(rank * inputs, 11), b = exactNumbers(outputs * rank, 12);
        for (std::size_t o = 0; o < outputs; ++o)
            for (std::size_t i = 0; i < inputs; ++i) {
                double sum = 0;
                for (std::size_t k = 0; k < rank; ++k) sum += static_cast<double>(b[o * rank + k]) * a[k * inputs + i];
                auto& value = base[turned ? i * outputs + o : o * inputs + i];
                value = static_cast<float>(value + scale * sum);
            }
        return base;
    }
    void refuses(const nlohmann::json& settings, const std::vector<GivenTensor>& tensors, std::string_view what) const {
        writeAdapter(settings, tensors);
        const auto message = messageOf([&] { open("base", "adapter"); });
        QVERIFY2(message.find(what) != message.npos && message.find("adapter") != message.npos, message.c_str());
    }

private Q_SLOTS:
    void init() { temporary_ = std::make_unique<QTemporaryDir>(); }

    void anAdapterIsAddedToItsBase() {
        writeBase();
        writeAdapter({}, linear("model.q", 6, 4));
        const auto source = open("base", "adapter");
        QCOMPARE(source->name(), std::string("base + adapter"));
        QCOMPARE(read(*source, "model.q.weight"), expected(exactNumbers(24, 1), 6, 4, 8.0 / 2, false));
        QCOMPARE(read(*source, "model.norm.weight"), exactNumbers(4, 5));
    }

    void theSumIsRoundedOnceToTheBasesType() {
        for (const auto dtype : {DType::F16, DType::BF16}) {
            writeBase(dtype);
            writeAdapter({{"lora_alpha", 0.7}}, linear("model.q", 6, 4));
            const auto source = open("base", "adapter");
            QCOMPARE(source->tensors()[source->indexOf("model.q.weight").value()].dtype, dtype);
            QCOMPARE(read(*source, "model.q.weight"),
                     rounded(dtype, expected(exactNumbers(24, 1), 6, 4, 0.35f, false)));
        }
    }

    void scalesFollowRankAndPatterns() {
        writeBase();
        writeAdapter({{"use_rslora", true}}, linear("model.q", 6, 4));
        const auto actual = read(*open("base", "adapter"), "model.q.weight");
        const auto root = expected(exactNumbers(24, 1), 6, 4, 8 / std::sqrt(2.0), false);
        for (std::size_t i = 0; i < root.size(); ++i)
            QVERIFY(std::abs(actual[i] - root[i]) <= 1e-6f * std::max(1.0f, std::abs(root[i])));

        writeAdapter({{"rank_pattern", {{"q", 4}}}, {"alpha_pattern", {{"el\\.q", 99}, {"q", 32}}}},
                     linear("model.q", 6, 4, 4));
        QCOMPARE(read(*open("base", "adapter"), "model.q.weight"),
                 expected(exactNumbers(24, 1), 6, 4, 32.0 / 4, false, 4));
        writeAdapter({{"alpha_pattern", {{"model\\.[a-q]", 16}}}}, linear("model.q", 6, 4));
        QCOMPARE(read(*open("base", "adapter"), "model.q.weight"),
                 expected(exactNumbers(24, 1), 6, 4, 16.0 / 2, false));
    }

    void layersStoredTheOtherWayRoundAreTurned() {
        writeBase();
        for (const bool declared : {true, false}) {
            writeAdapter({{"fan_in_fan_out", declared}}, linear("model.c", 6, 4));
            QCOMPARE(read(*open("base", "adapter"), "model.c.weight"), expected(exactNumbers(24, 2), 6, 4, 4, true));
        }
    }

    void embeddingsAndConvolutionsAreAdapted() {
        writeBase();
        auto tensors = linear("model.embed_tokens", 4, 5);
        tensors[0].name = "base_model.model.model.embed_tokens.lora_embedding_A";
        tensors[1].name = "base_model.model.model.embed_tokens.lora_embedding_B";
        auto convolution = linear("model.conv", 6, 4);
        convolution[0].shape = {2, 2, 1, 2};
        convolution[1].shape = {6, 2, 1, 1};
        tensors.insert(tensors.end(), convolution.begin(), convolution.end());
        writeAdapter({}, tensors);
        const auto source = open("base", "adapter");
        QCOMPARE(read(*source, "model.embed_tokens.weight"), expected(exactNumbers(20, 3), 4, 5, 4, true));
        QCOMPARE(read(*source, "model.conv.weight"), expected(exactNumbers(24, 4), 6, 4, 4, false));
    }

    void modulesToSaveReplaceTheBases() {
        writeBase(DType::BF16);
        writeAdapter({{"modules_to_save", {"embed_tokens"}}},
                     {tensorOf("base_model.model.model.embed_tokens.weight", DType::F32, {7, 4}, exactNumbers(28, 8)),
                      tensorOf("base_model.model.model.norm.modules_to_save.default.weight", DType::BF16, {4},
                               exactNumbers(4, 9))});
        const auto source = open("base", "adapter");
        const auto& embedding = source->tensors()[source->indexOf("model.embed_tokens.weight").value()];
        QVERIFY(embedding.shape == (std::vector<std::int64_t>{7, 4}) && embedding.dtype == DType::BF16);
        QCOMPARE(read(*source, "model.embed_tokens.weight"), exactNumbers(28, 8));
        QCOMPARE(read(*source, "model.norm.weight"), exactNumbers(4, 9));
    }

    void aBaseWithoutTheOuterPrefixIsMatched() {
        writeBase();
        writeAdapter({}, linear("transformer.model.q", 6, 4));
        QCOMPARE(read(*open("base", "adapter"), "model.q.weight"), expected(exactNumbers(24, 1), 6, 4, 4, false));
        writeAdapter({}, linear("q", 6, 4));
        QCOMPARE(read(*open("base", "adapter"), "model.q.weight"), expected(exactNumbers(24, 1), 6, 4, 4, false));
    }

    void whatCantBeAddedIsRefusedByName() {
        writeBase();
        const auto q = linear("model.q", 6, 4);
        refuses({{"use_dora", true}}, q, "has no lora_magnitude_vector, where adapter_config.json says use_dora true");
        refuses({{"bias", "all"}}, q, "'bias' is \"all\"");
        refuses({{"peft_type", "LOHA"}}, q, "the kind \"LOHA\"");
        refuses({{"init_lora_weights", "pissa_niter_4"}}, q, "'pissa_niter_4', which changes the base");
        refuses({{"layer_replication", {{0, 2}}}}, q, "'layer_replication'");
        refuses({{"r", 4}}, q, "rank 2, where adapter_config.json says 4");
        refuses({{"r", 0}}, q, "'r' is no whole number above 0");
        refuses({{"lora_alpha", "8"}}, q, "'lora_alpha' is no number");
        refuses({{"alpha_pattern", {{"(", 1}}}}, q, "no regular expression");
        nlohmann::json many;
        for (int i = 0; i < 30; ++i) many["a{9999}" + std::to_string(i)] = 1;
        refuses({{"alpha_pattern", many}}, q, "20 with counted repetitions");
        refuses({}, {q[0]}, "only one of its two matrices");
        refuses({}, linear("model.k", 6, 4), "'model.k.weight', which the base");
        refuses({}, linear("model.q", 6, 5), "[6, 5] for 'model.q.weight'");
        refuses({}, linear("model.norm", 4, 1), "'model.norm.weight'");
        refuses({}, {tensorOf("q.lora_A.weight", DType::F32, {2, 4}, exactNumbers(8, 1))}, "not named as PEFT");
        refuses({}, {tensorOf("base_model.model.model.q.lora_magnitude_vector", DType::F32, {6}, exactNumbers(6, 1))},
                "lora_magnitude_vector");
        auto mismatched = q;
        mismatched[1] = linear("model.q", 6, 4, 3)[1];
        refuses({}, mismatched, "don't fit each other");
        auto twice = q;
        twice.push_back(tensorOf("base_model.model.model.q.weight", DType::F32, {6, 4}, exactNumbers(24, 1)));
        refuses({}, twice, "changes 'model.q.weight' of the base twice");
        fs::remove(folder("adapter") / "adapter_model.safetensors");
        writeText(folder("adapter") / "adapter_model.bin", "PK");
        QVERIFY(messageOf([&] { open("base", "adapter"); }).find("pickle") != std::string::npos);
    }

    void anAdaptersTensorIsComputedOnceForAllThreads() {
        writeBase();
        writeAdapter({}, linear("model.q", 6, 4));
        const auto source = open("base", "adapter");
        const auto index = source->indexOf("model.q.weight").value();
        std::vector<const std::byte*> seen(8);
        {
            std::vector<std::jthread> threads;
            for (auto& one : seen) threads.emplace_back([&] { one = source->bytes(index); });
        }
        for (const auto* one : seen) QCOMPARE(one, seen.front());
        source->dropBehind(index, 0, 96);
        QCOMPARE(read(*source, "model.q.weight"), expected(exactNumbers(24, 1), 6, 4, 4, false));
    }

    void configurationAndTokenizerAreDescribed() {
        writeBase();
        writeText(folder("base") / "config.json", R"({"text_config":{"tie_word_embeddings":true}})");
        writeText(folder("base") / "tokenizer.json",
                  R"({"model":{"vocab":{"b":1,"a":0}},"added_tokens":[{"id":3,"content":"<s>"}]})");
        const auto description = describe(*open("base"));
        QVERIFY(description.tiedEmbeddings);
        QCOMPARE(description.tokens, (std::vector<std::string>{"a", "b", "", "<s>"}));
        writeText(folder("base") / "tokenizer.json", R"({"model":{"vocab":{"b":99999999999}}})");
        QVERIFY(messageOf([&] { describe(*open("base")); }).find("no sensible id") != std::string::npos);
    }

    void stretchesTileTheBufferWithCommonRowsMerged() {
        writeTensors(
            folder("a") / "model.safetensors",
            {tensorOf("model.embed_tokens.weight", DType::F32, {3, 2}, {1, 2, 3, 4, 5, 6}),
             tensorOf("model.norm.weight", DType::BF16, {2}, {7, 8}), tensorOf("model.w", DType::F32, {1}, {9})});
        writeTensors(
            folder("b") / "model.safetensors",
            {tensorOf("model.embed_tokens.weight", DType::F16, {2, 2}, {10, 20, 30, 40}),
             tensorOf("model.norm.weight", DType::F32, {2}, {70, 80}), tensorOf("model.w", DType::F32, {1}, {90})});
        const std::vector<FounderSourcePtr> sources{open("a"), open("b")};
        const std::vector<FounderOutline> founders{describe(*sources[0]), describe(*sources[1])};
        const auto alignment = align(founders, {.exclude = {}, .freeze = {{"*norm*", 1}}, .commonVocabulary = true});
        QVERIFY(alignment.differences.empty());
        QCOMPARE(flat(segmentsOf(alignment, sources, 0), alignment.layout.extent()),
                 (Values{1, 2, 3, 4, 5, 6, 9, 70, 80}));
        QCOMPARE(flat(segmentsOf(alignment, sources, 1), alignment.layout.extent()),
                 (Values{10, 20, 30, 40, 5, 6, 90, 70, 80}));
    }

    void theHashIsOfContentsNotOfFiles() {
        const auto a = tensorOf("a", DType::F32, {1 << 20}, exactNumbers(1 << 20, 1)),
                   b = tensorOf("b", DType::BF16, {3}, {1, 2, 3});
        writeTensors(folder("one") / "model.safetensors", {b, a});
        writeTensors(folder("two") / "x.safetensors", {a});
        writeTensors(folder("two") / "y.safetensors", {b});
        writeText(folder("two") / "model.safetensors.index.json",
                  R"({"weight_map":{"a":"x.safetensors","b":"y.safetensors"}})");
        const auto whole = contentHash(*open("one"), {.threads = 3, .progress = {}, .cancel = {}}).value();
        QCOMPARE(whole.size(), std::size_t{64});
        QCOMPARE(contentHash(*open("two"), {}).value(), whole);

        auto other = a;
        other.bytes.back() ^= std::byte{1};
        writeTensors(folder("one") / "model.safetensors", {b, other});
        QVERIFY(contentHash(*open("one"), {}).value() != whole);
        auto reshaped = a;
        reshaped.shape = {2, 1 << 19};
        writeTensors(folder("one") / "model.safetensors", {b, reshaped});
        QVERIFY(contentHash(*open("one"), {}).value() != whole);
    }

    void hashingTellsHowFarItIsAndCanBeCancelled() {
        writeTensors(folder("one") / "model.safetensors",
                     {tensorOf("a", DType::F32, {3 << 20}, Values(3 << 20, 1.0f))});
        const auto source = open("one");
        std::vector<std::uint64_t> seen;
        contentHash(*source, {.threads = 1, .progress = [&](auto done, auto) { seen.push_back(done); }, .cancel = {}});
        QCOMPARE(seen, (std::vector<std::uint64_t>{4 << 20, 8 << 20, 12 << 20}));
        std::stop_source stop;
        QVERIFY(!contentHash(
            *source, {.threads = 2, .progress = [&](auto, auto) { stop.request_stop(); }, .cancel = stop.get_token()}));
    }

    void theKeyChangesWithTheFiles() {
        writeBase();
        writeAdapter({}, linear("model.q", 6, 4));
        const auto before = contentKey(*open("base", "adapter"));
        QCOMPARE(contentKey(*open("base", "adapter")), before);
        QVERIFY(std::count(before.begin(), before.end(), '\n') >= 3);
        writeAdapter({{"lora_alpha", 16}}, linear("model.q", 6, 4));
        QVERIFY(contentKey(*open("base", "adapter")) != before);
    }
};

MERGARIUM_SUITE(FounderSourceTest)
#include "founder_source_test.moc"
