#include "core/checkpoint/checkpoint.h"
#include "core/files/bytes.h"
#include "core/gguf/gguf_file.h"
#include "tests/support/message_of.h"
#include "tests/support/small_llama.h"
#include "tests/support/suite.h"

#include <QTest>

#include <algorithm>
#include <cmath>
#include <cstring>

using namespace mergarium;
using namespace mergarium::test;
namespace fs = std::filesystem;

namespace {

/// A whole small file: two keys, two tensors.
std::vector<std::byte> smallGguf() {
    GgufMetadata metadata;
    metadata.set("general.architecture", std::string("llama"));
    metadata.set("some.list", GgufList(std::vector<std::string>{"a", "", "bc"}));
    metadata.set("some.truths", GgufList(std::vector<bool>{true, false}));
    metadata.set("some.number", std::uint32_t{7});
    const std::vector<GgufEntry> tensors{{.name = "one", .extents = {3, 2}, .type = GgmlType::F32, .begin = 0},
                                         {.name = "two", .extents = {32}, .type = GgmlType::Q8_0, .begin = 32}};
    auto bytes = ggufHeaderBytes(metadata, tensors);
    bytes.resize(bytes.size() + 96);
    return bytes;
}

std::string headerRefusal(const std::vector<std::byte>& bytes) {
    return messageOf([&] { parseGgufHeader(bytes, bytes.size(), "file"); });
}

}  // namespace

// GGUF files: their layout and numbers, and hostile ones.
class GgufTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void theHeaderIsVersionThrees() {
        const GgufFolder folder;
        fillLlama(folder);
        folder.make(GgmlType::F16);
        const auto bytes = fileBytes(folder.file());
        ByteReader in(bytes, "too short");
        QCOMPARE(in.number<std::uint32_t>(), 0x46554747U);
        QCOMPARE(in.number<std::uint32_t>(), 3U);
        QCOMPARE(in.number<std::uint64_t>(), std::uint64_t{2 * 9 + 3});
        in.number<std::uint64_t>();
        // The first key says how all others are called.
        QCOMPARE(in.text(), std::string("general.architecture"));
        QCOMPARE(in.number<std::uint32_t>(), 8U);
        QCOMPARE(in.text(), std::string("llama"));
        const GgufFile file(folder.file());
        const auto header = parseGgufHeader(bytes, bytes.size(), "file");
        QCOMPARE(header.dataBegin % 32, std::uint64_t{0});
        for (const auto& tensor : file.tensors()) QCOMPARE(tensor.begin % 32, std::uint64_t{0});
        QCOMPARE(bytes.size() % 32, std::size_t{0});
        QVERIFY((file.find("blk.1.attn_k.weight")->extents == std::vector<std::uint64_t>{64, 32}));
        QCOMPARE(at<std::uint32_t>(file.metadata(), "general.quantization_version"), 2U);
        QCOMPARE(at<std::string>(file.metadata(), "general.name"), std::string("model"));
    }

    void queriesAndKeysTurnAndValuesStay() {
        const GgufFolder folder;
        fillLlama(folder);
        const auto file = folder.made(GgmlType::F32);
        for (const auto& [to, from, heads] :
             {std::tuple{"blk.0.attn_q.weight", "model.layers.0.self_attn.q_proj.weight", 2},
              {"blk.0.attn_k.weight", "model.layers.0.self_attn.k_proj.weight", 1}}) {
            const auto made = valuesOf(file, *file.find(to)), given = valuesIn(folder.path(), from);
            // The point (j, j + 16) of a head of 32 is (2j, 2j + 1) now.
            for (int head = 0; head < heads; ++head)
                for (int pair = 0; pair < 16; ++pair)
                    for (int half = 0; half < 2; ++half)
                        for (int column = 0; column < 64; ++column)
                            QCOMPARE(made[static_cast<std::size_t>((head * 32 + 2 * pair + half) * 64 + column)],
                                     given[static_cast<std::size_t>((head * 32 + pair + 16 * half) * 64 + column)]);
        }
        QVERIFY(valuesOf(file, *file.find("blk.0.attn_v.weight")) ==
                valuesIn(folder.path(), "model.layers.0.self_attn.v_proj.weight"));
    }

    void numbersAreRoundedToTheType() {
        const GgufFolder folder;
        fillLlama(folder);
        for (const auto& [type, dtype] : {std::pair{GgmlType::F16, DType::F16}, {GgmlType::BF16, DType::BF16}}) {
            const auto file = folder.made(type);
            const auto given = valuesIn(folder.path(), "lm_head.weight");
            std::vector<std::byte> codes(2 * given.size());
            fromFloats(dtype, given, codes.data());
            const auto* tensor = file.find("output.weight");
            QVERIFY(tensor->type == type && std::ranges::equal(file.bytes(*tensor), codes));
        }
    }

    void blocksAreRoundedByTheirLargestNumber() {
        const GgufFolder folder;
        fillLlama(folder);
        const auto file = folder.made(GgmlType::Q8_0);
        QCOMPARE(at<std::uint32_t>(file.metadata(), "general.file_type"), 7U);
        const auto* tensor = file.find("blk.1.ffn_up.weight");
        QVERIFY(tensor->type == GgmlType::Q8_0);
        const auto given = valuesIn(folder.path(), "model.layers.1.mlp.up_proj.weight");
        const auto bytes = file.bytes(*tensor);
        QCOMPARE(bytes.size(), given.size() / 32 * 34);
        const auto made = valuesOf(file, *tensor);
        for (std::size_t block = 0; block < given.size() / 32; ++block) {
            float largest = 0.0F;
            for (std::size_t i = 0; i < 32; ++i) largest = std::max(largest, std::abs(given[block * 32 + i]));
            const float step = largest / 127.0F;
            std::array<std::byte, 2> scale{};
            fromFloats(DType::F16, std::span(&step, 1), scale.data());
            QVERIFY(std::memcmp(scale.data(), bytes.data() + block * 34, 2) == 0);
            float halved = 0.0F;
            toFloats(DType::F16, scale.data(), std::span(&halved, 1));
            for (std::size_t i = 0; i < 32; ++i) {
                const auto code = static_cast<std::int8_t>(bytes[block * 34 + 2 + i]);
                QVERIFY(std::abs(given[block * 32 + i] - step * static_cast<float>(code)) <= 0.5001F * step);
                QCOMPARE(made[block * 32 + i], halved * static_cast<float>(code));
            }
        }
        QVERIFY(file.find("blk.1.ffn_norm.weight")->type == GgmlType::F32);
    }

    void aTieGoesAwayFromZero() {
        std::vector<float> values(32, 0.0F);
        values[0] = 127.0F;
        values[1] = 2.5F;
        values[2] = -2.5F;
        values[3] = 0.49F;
        std::array<std::byte, 34> block{};
        encode(GgmlType::Q8_0, values, block.data());
        const auto code = [&](std::size_t i) { return static_cast<int>(static_cast<std::int8_t>(block[2 + i])); };
        QCOMPARE(code(0), 127);
        QCOMPARE(code(1), 3);
        QCOMPARE(code(2), -3);
        QCOMPARE(code(3), 0);
        QVERIFY(standsFor(GgmlType::Q8_0, block.data(), values));
        block[3] = std::byte{4};
        QVERIFY(!standsFor(GgmlType::Q8_0, block.data(), values));
        // Of nothing but zeros.
        encode(GgmlType::Q8_0, std::vector<float>(32), block.data());
        QVERIFY(std::ranges::all_of(block, [](std::byte one) { return one == std::byte{0}; }));
    }

    void rowsThatAreNoWholeBlocksStayInF16() {
        const GgufFolder folder;
        fillLlama(folder, DType::F32, 40);
        const auto notes = folder.make(GgmlType::Q8_0);
        const GgufFile file(folder.file());
        QVERIFY(file.find("blk.0.ffn_down.weight")->type == GgmlType::F16);
        QVERIFY(file.find("blk.0.ffn_up.weight")->type == GgmlType::Q8_0);
        QVERIFY(
            std::ranges::any_of(notes, [](const auto& note) { return note.starts_with("2 tensors of model.gguf"); }));
    }

    void numbersThatATypeCannotHoldAreRefused() {
        const GgufFolder folder;
        fillLlama(folder, DType::F32, 96, 1e6F);
        const auto sentence = QString::fromStdString(messageOf([&] { folder.make(GgmlType::F16); }));
        QVERIFY2(sentence.contains("output.weight") || sentence.contains("blk."), qPrintable(sentence));
        folder.make(GgmlType::BF16);
        fs::remove(folder.path() / "model.safetensors");
        writeLlama(folder.path(), smallLlama(5), DType::F32, 1, 1e8F);
        QVERIFY(QString::fromStdString(messageOf([&] { folder.make(GgmlType::Q8_0); })).contains("q8_0 can't hold"));
        folder.make(GgmlType::F32);
    }

    void truncatedFilesAreRefused() {
        const auto whole = smallGguf();
        QCOMPARE(parseGgufHeader(whole, whole.size(), "file").tensors.size(), std::size_t{2});
        // The last tensor ends 30 bytes before the file does.
        for (std::size_t size = 0; size < whole.size() - 30; ++size) {
            const auto sentence =
                headerRefusal(std::vector(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)));
            QVERIFY2(sentence.starts_with("file: ") && sentence.ends_with('.'), sentence.c_str());
        }
    }

    void hostileFilesAreRefused() {
        const auto metadataOf = [](auto change) {
            GgufMetadata metadata;
            change(metadata);
            return metadata;
        };
        const auto with = [&](const GgufMetadata& metadata, std::vector<GgufEntry> tensors) {
            auto bytes = ggufHeaderBytes(metadata, tensors);
            bytes.resize(bytes.size() + 4096);
            return headerRefusal(bytes);
        };
        const GgufMetadata none;
        const auto says = [](const std::string& sentence, const char* what) {
            if (sentence.find(what) == sentence.npos) qWarning("%s", sentence.c_str());
            return sentence.find(what) != sentence.npos;
        };
        QVERIFY(says(with(none, {{.name = "a", .extents = {1ULL << 40, 1ULL << 40}}}), "impossible shape"));
        QVERIFY(says(with(none, {{.name = "a", .extents = {0}}}), "impossible shape"));
        QVERIFY(says(with(none, {{.name = "a", .extents = {}}}), "no dimensions"));
        QVERIFY(says(with(none, {{.name = "a", .extents = {1, 1, 1, 1, 1}}}), "more than four"));
        QVERIFY(says(with(none, {{.name = "a", .extents = {1ULL << 30}}}), "beyond the file's end"));
        QVERIFY(says(with(none, {{.name = "a", .extents = {4}, .begin = ~0ULL - 31}}), "beyond the file's end"));
        QVERIFY(says(with(none, {{.name = "a", .extents = {4}, .begin = 8}}), "isn't aligned"));
        QVERIFY(says(with(none, {{.name = "a", .extents = {40}}, {.name = "b", .extents = {4}, .begin = 128}}),
                     "lies over another"));
        QVERIFY(says(with(none, {{.name = "a", .extents = {4}}, {.name = "a", .extents = {4}, .begin = 32}}),
                     "the name of another"));
        QVERIFY(says(with(none, {{.name = "a", .extents = {16, 2}, .type = GgmlType::Q8_0}}), "no whole blocks"));
        QVERIFY(
            says(with(none, {{.name = "a", .extents = {32}, .type = static_cast<GgmlType>(12)}}), "element type 12"));
        QVERIFY(says(with(none, {{.name = std::string(64, 'a'), .extents = {4}}}), "too long"));
        QVERIFY(says(with(metadataOf([](auto& all) { all.set("general.alignment", std::uint32_t{0}); }), {}),
                     "multiple of 8"));
        auto bytes = smallGguf();
        // Counts of keys and tensors, and the first key's length.
        for (const std::size_t place : {8U, 16U, 24U}) {
            auto wrong = bytes;
            std::memset(wrong.data() + place, 0xFF, 8);
            QVERIFY(says(headerRefusal(wrong), "beyond its end"));
        }
        bytes[4] = std::byte{2};
        QVERIFY(says(headerRefusal(bytes), "version 2 isn't read"));
        QVERIFY(says(headerRefusal(std::vector<std::byte>(100)), "no GGUF file"));
    }
};

MERGARIUM_SUITE(GgufTest)
#include "gguf_test.moc"
