#include "core/compute/networks.h"
#include "core/genome/dense_genome.h"
#include "core/networks/fused_mlp.h"
#include "core/networks/mlp.h"
#include "core/random/random_stream.h"
#include "core/tasks/digits/classifier.h"
#include "core/tasks/digits/digits.h"
#include "tests/support/suite.h"
#include "tests/support/tensor_files.h"

#include <QTemporaryDir>
#include <QTest>

#include <sys/stat.h>
#include <torch/types.h>

#include <algorithm>
#include <cmath>

using namespace mergarium;

namespace {

std::vector<float> normals(std::size_t count, std::uint64_t seed, double deviation) {
    RandomStream stream(seed, 0, Purpose::FounderWeights);
    std::vector<float> values(count);
    for (float& value : values) value = static_cast<float>(deviation * stream.normal());
    return values;
}

}  // namespace

class NetworksTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void theLibrarySaysWhatItComputesWith() {
        QCOMPARE(openNetworks("cpu", 1)->threads(), std::size_t{1});
        const auto two = openNetworks("cpu", 2);
        QCOMPARE(two->device(), std::string("CPU"));
        QCOMPARE(two->threads(), std::size_t{2});
        two->useThreads(1);
        QCOMPARE(two->threads(), std::size_t{1});
        for (const char* nowhere : {"cpus", "cuda:x", "cuda:99"})
            QVERIFY_EXCEPTION_THROWN(openNetworks(nowhere, 1), std::runtime_error);
    }

    void fusedPassAgreesWithLibtorch_data() {
        QTest::addColumn<int>("inputs");
        QTest::addColumn<int>("hidden");
        QTest::addColumn<int>("outputs");
        QTest::addColumn<int>("rows");
        QTest::newRow("digits") << 64 << 256 << 10 << 1437;
        QTest::newRow("one row") << 64 << 256 << 10 << 1;
        QTest::newRow("whole tiles") << 64 << 64 << 16 << 96;
        QTest::newRow("odd inputs") << 7 << 128 << 1 << 101;
    }

    void fusedPassAgreesWithLibtorch() {
        QFETCH(int, inputs);
        QFETCH(int, hidden);
        QFETCH(int, outputs);
        QFETCH(int, rows);
        const Mlp::Shape shape{inputs, hidden, outputs};
        QVERIFY(FusedMlp::supports(shape));
        Mlp network(shape, torch::kCPU);
        const auto weights = normals(network.parameters().size(), 1, 0.3);
        std::copy(weights.begin(), weights.end(), network.parameters().begin());
        const auto data = normals(static_cast<std::size_t>(rows * inputs), 2, 1.0);

        auto hiddenTensor = torch::empty({rows, hidden});
        auto expected = torch::empty({rows, outputs});
        network.forward(torch::tensor(data).view({rows, inputs}), hiddenTensor, expected);

        FusedMlp fused(shape);
        fused.load(network.parameters());
        const TiledRows tiles(data, static_cast<std::size_t>(rows), static_cast<std::size_t>(inputs));
        std::vector<float> logits(tiles.tiles() * FusedMlp::kRowsPerTile * FusedMlp::kLogitsPerRow);
        fused.forward(tiles, 0, tiles.tiles(), logits.data());
        for (int row = 0; row < rows; ++row)
            for (int column = 0; column < outputs; ++column) {
                const float ours =
                    logits[static_cast<std::size_t>(row) * FusedMlp::kLogitsPerRow + static_cast<std::size_t>(column)];
                const float theirs = expected[row][column].item<float>();
                QVERIFY2(std::abs(ours - theirs) <= 2e-5f * (1.0f + std::abs(theirs)),
                         qPrintable(
                             QString("row %1 column %2: %3, libtorch %4").arg(row).arg(column).arg(ours).arg(theirs)));
            }
    }

    void shapesBeyondTheTilesAreLeftToLibtorch() {
        QVERIFY(!FusedMlp::supports({64, 256, 17}));
        QVERIFY(!FusedMlp::supports({64, 100, 10}));
        QVERIFY(!FusedMlp::supports({64, 4096, 10}));

        // 100 hidden columns: the classifier scores through libtorch, and still counts what is right.
        LabelledSamples data{.features = 2, .values = {1, 0, 0, 1, 1, 1}, .labels = {0, 1, 1}};
        ClassifierTask task(data, data, nullptr, {2, 100, 2}, torch::kCPU);
        std::vector<float> parameters(task.layout().length());
        parameters[0] = 1.0f;            // input 0 -> hidden 0
        parameters[100 + 1] = 2.0f;      // input 1 -> hidden 1
        parameters[300] = 1.0f;          // hidden 0 -> class 0
        parameters[300 + 2 + 1] = 1.0f;  // hidden 1 -> class 1
        task.load(DenseGenome(parameters));
        std::vector<float> scores(3);
        scoreAll(task, scores);
        QCOMPARE(scores, (std::vector<float>{1, 1, 1}));
        QCOMPARE(*task.testScore(), 1.0);
    }

    void equalLogitsCountAsTheLowestClass() {
        LabelledSamples data{.features = 1, .values = {1, 1}, .labels = {0, 1}};
        ClassifierTask task(data, data, nullptr, {1, 64, 2}, torch::kCPU);
        task.load(DenseGenome(std::vector<float>(task.layout().length())));
        std::vector<float> scores(2);
        scoreAll(task, scores);
        QCOMPARE(scores, (std::vector<float>{1, 0}));
    }

    void digitsAreReadFromARegularFileAlone() {
        const QTemporaryDir folder;
        const auto pipe = folder.filePath("digits.csv.gz").toStdString();
        QCOMPARE(::mkfifo(pipe.c_str(), 0600), 0);
        QVERIFY(
            test::messageOf([&] { readDigits(pipe); }).ends_with("this is no regular file but a pipe or a device."));
        QVERIFY(test::messageOf([&] { readDigits("/nowhere/digits.csv.gz"); }).find("there is no such file") !=
                std::string::npos);
    }

    void classifierSeesNewParameters() {
        const auto digits = readDigits(MERGARIUM_SOURCE_DIR "/resources/data/digits.csv.gz");
        ClassifierTask task(digits.train, digits.test, nullptr, {}, torch::kCPU);
        std::vector<float> first(digits.train.size());
        std::vector<float> second(digits.train.size());
        task.load(DenseGenome(normals(task.layout().length(), 3, 0.1)));
        scoreAll(task, first);
        task.load(DenseGenome(std::vector<float>(task.layout().length())));
        scoreAll(task, second);
        QVERIFY(first != second);
        const auto zeros = std::count(digits.train.labels.begin(), digits.train.labels.end(), 0);
        QCOMPARE(std::count(second.begin(), second.end(), 1.0f), zeros);
    }
};

MERGARIUM_SUITE(NetworksTest)
#include "networks_test.moc"
