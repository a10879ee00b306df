#include "core/checkpoint/safetensors.h"
#include "tests/support/suite.h"
#include "tests/support/tensor_files.h"

#include <QTest>

using namespace mergarium;
using namespace mergarium::test;

namespace {

SafetensorsHeader parsed(std::string_view text, std::uint64_t fileSize) {
    return parseSafetensorsHeader(std::as_bytes(std::span(text)), fileSize, "model.safetensors");
}

SafetensorsHeader parsed(std::string_view text) { return parsed(text, text.size()); }

}  // namespace

class SafetensorsTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void headersAreRead() {
        const auto header = parsed(safetensorsText(
            R"({"__metadata__":{"format":"pt"},"b":{"dtype":"BF16","shape":[2,3],"data_offsets":[4,16]},)"
            R"("a":{"data_offsets":[0,4],"shape":[],"dtype":"F32"}}   )",
            16));
        QCOMPARE(header.tensors.size(), std::size_t{2});
        QCOMPARE(header.metadata.at("format"), std::string("pt"));
        const auto& b = header.tensors.at("b");
        QVERIFY(b.dtype == DType::BF16 && b.shape == (std::vector<std::int64_t>{2, 3}) && b.begin == 4 && b.end == 16);
        QVERIFY(header.tensors.at("a").shape.empty());
    }

    void gapsAndEmptyTensorsAreTolerated() {
        const auto header = parsed(
            safetensorsText(R"({"a":{"dtype":"U8","shape":[2],"data_offsets":[1,3]},"b":{"dtype":"U8","shape":[2],)"
                            R"("data_offsets":[5,7]},"none":{"dtype":"F32","shape":[0,7],"data_offsets":[2,2]}})",
                            9));
        QCOMPARE(header.tensors.size(), std::size_t{3});
    }

    void brokenHeadersAreRefusedWithTheTensorNamed_data() {
        QTest::addColumn<QByteArray>("header");
        QTest::addColumn<QString>("says");
        const auto row = [](const char* name, std::string_view header, const char* says) {
            QTest::newRow(name) << QByteArray(header.data(), static_cast<qsizetype>(header.size())) << QString(says);
        };
        row("beyond the file", R"({"x.y":{"dtype":"F32","shape":[3],"data_offsets":[0,12]}})",
            "'x.y' lies outside the file");
        row("overlapping",
            R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"U8","shape":[1],"data_offsets":[7,8]}})",
            "'a' and 'b' overlap");
        row("the same bytes twice",
            R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}})",
            "overlap");
        row("within another",
            R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"U8","shape":[2],"data_offsets":[2,4]}})",
            "overlap");
        row("ends before it begins", R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[8,4]}})",
            "'a' ends before it begins");
        row("shape and bytes differ", R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,8]}})",
            "has 8 bytes where its shape needs 4");
        row("shape overflows", R"({"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]}})",
            "shape of tensor 'a' is absurdly large");
        row("shape overflows beside a zero",
            R"({"a":{"dtype":"F32","shape":[0,9223372036854775807,3],"data_offsets":[0,0]}})", "absurdly large");
        row("huge extent", R"({"a":{"dtype":"F32","shape":[18446744073709551615],"data_offsets":[0,0]}})", "absurd");
        row("extent beyond 64 bits", R"({"a":{"dtype":"F32","shape":[99999999999999999999],"data_offsets":[0,0]}})",
            "too large");
        row("negative extent", R"({"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}})",
            "negative number in its shape");
        row("fractional offset", R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4.5]}})", "not whole");
        row("three offsets", R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4,8]}})", "more than two");
        row("one offset", R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[4]}})", "two data_offsets");
        row("no dtype", R"({"a":{"shape":[1],"data_offsets":[0,4]}})", "'a' lacks");
        row("unknown dtype", R"({"a":{"dtype":"Q4_K","shape":[1],"data_offsets":[0,4]}})", "dtype 'Q4_K'");
        row("dtype is a number", R"({"a":{"dtype":4,"shape":[1],"data_offsets":[0,4]}})", "a number in its dtype");
        row("unknown property", R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"stride":[1]}})",
            "unknown property 'stride'");
        row("nested", R"({"a":{"dtype":"F32","shape":[[1]],"data_offsets":[0,4]}})", "a list in its shape");
        row("tensor twice",
            R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}})",
            "'a' occurs twice");
        row("dtype twice", R"({"a":{"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]}})",
            "its dtype twice");
        row("metadata twice", R"({"__metadata__":{},"__metadata__":{}})", "twice");
        row("metadata's key twice", R"({"__metadata__":{"k":"1","k":"2"}})", "'k' twice");
        row("metadata of numbers", R"({"__metadata__":{"k":1}})", "a number for 'k'");
        row("tensor is a text", R"({"a":"b"})", "a text for 'a'");
        row("no object", "[1,2]", "not a JSON object");
        row("empty", "", "not a JSON object");
        row("cut off", R"({"a":{"dtype":"F32",)", "not valid JSON from byte 28 on");
        row("two objects", "{}{}", "not valid JSON");
        row("not UTF-8", "{\"a\xff\":{}}", "isn't UTF-8");
        row("control characters", "{\"a\\nb\":{}}", "control characters");
    }
    void brokenHeadersAreRefusedWithTheTensorNamed() {
        QFETCH(QByteArray, header);
        QFETCH(QString, says);
        const auto message = messageOf([&] {
            parsed(safetensorsText({header.data(), static_cast<std::size_t>(header.size())}, 8));
        });
        QVERIFY2(message.starts_with("model.safetensors: ") && message.find(says.toStdString()) != message.npos,
                 message.c_str());
    }

    void deepNestingAndManyDimensionsAreRefused() {
        const std::string deep = R"({"a":{"dtype":"F32","shape":)" + std::string(1'000'000, '[');
        QVERIFY(messageOf([&] { parsed(safetensorsText(deep, 0)); }).find("a list in its shape") != std::string::npos);
        std::string ones = "1";
        for (int i = 0; i < 64; ++i) ones += ",1";
        const auto many = R"({"a":{"dtype":"U8","shape":[)" + ones + R"(],"data_offsets":[0,1]}})";
        QVERIFY(messageOf([&] { parsed(safetensorsText(many, 1)); }).find("64 dimensions") != std::string::npos);
    }

    void truncatedFilesAreRefused() {
        const auto whole = safetensorsText(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}})", 8);
        QCOMPARE(parsed(whole).tensors.size(), std::size_t{1});
        for (std::size_t length = 0; length < whole.size(); ++length)
            QVERIFY2(messageOf([&] { parsed(whole.substr(0, length)); }).starts_with("model.safetensors: not a usable"),
                     std::to_string(length).c_str());
    }

    void headersOfGigabytesAreRefusedUnread() {
        auto text = safetensorsText("{}", 0);
        text[4] = 1;  // 4 GiB more
        QVERIFY(messageOf([&] { parsed(text, std::uint64_t{1} << 40); }).find("claims a header of 4294967298 bytes") !=
                std::string::npos);
    }

    void otherKindsOfFilesAreTold() {
        QVERIFY(messageOf([] {
                    parsed("version https://git-lfs.github.com/spec/v1\noid sha256:0");
                }).find("git lfs pull") != std::string::npos);
        QVERIFY(messageOf([] { parsed("PK\x03\x04..............."); }).find("pickle") != std::string::npos);
    }

    void floatTensorsAreReadFromAFile() {
        QTemporaryDir folder;
        const std::filesystem::path path = folder.filePath("m.safetensors").toStdString();
        writeTensors(path, {tensorOf("w", DType::F32, {3}, {1, -2, 0.5f}), tensorOf("h", DType::F16, {1}, {1})});
        QCOMPARE(readFloatTensor(path, "w"), (std::vector<float>{1, -2, 0.5f}));
        QVERIFY(messageOf([&] { readFloatTensor(path, "h"); }).find("'h' is F16 where F32 is needed") !=
                std::string::npos);
        QVERIFY(messageOf([&] { readFloatTensor(path, "v"); }).find("no tensor 'v'") != std::string::npos);
    }
};

MERGARIUM_SUITE(SafetensorsTest)
#include "safetensors_test.moc"
