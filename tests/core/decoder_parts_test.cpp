#include "core/families/families.h"
#include "core/kernels/fused_norm.h"
#include "core/kernels/fused_product.h"
#include "core/networks/decoder/chosen_experts.h"
#include "core/networks/decoder/decoder_checkpoint.h"
#include "core/networks/decoder/rotary.h"
#include "core/networks/likelihood.h"
#include "core/random/random_stream.h"
#include "tests/support/json_file.h"
#include "tests/support/random_decoder.h"
#include "tests/support/suite.h"
#include "tests/support/tensor_files.h"

#include <QTest>

#include <bit>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

using namespace mergarium;
using namespace mergarium::test;

namespace {

constexpr float kNoNumber = std::numeric_limits<float>::quiet_NaN();

/// Random numbers, and none in the columns that hold no token.
TokenBlocks randomBlocks(std::size_t features, std::size_t tokens, RandomStream& random) {
    TokenBlocks blocks(features, tokens);
    for (std::size_t block = 0; block < blocks.blocks(); ++block)
        std::fill_n(blocks.block(block), features * blocks.width(block), kNoNumber);
    for (std::size_t token = 0; token < tokens; ++token)
        for (std::size_t feature = 0; feature < features; ++feature)
            blocks.at(0, token)[feature * blocks.width(token / TokenBlocks::kWidth)] =
                static_cast<float>(random.normal());
    return blocks;
}

}  // namespace

// What networks are put together from, at sizes that no published network here has.
class DecoderPartsTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void productsAreTheSameHoweverNumbersAreStored_data() {
        QTest::addColumn<int>("inputs");
        QTest::addColumn<int>("tokens");
        for (const int inputs : {1, 15, 256, 257, 600})
            for (const int tokens : {1, 17, 48, 50}) QTest::addRow("%d x %d", inputs, tokens) << inputs << tokens;
    }

    void productsAreTheSameHoweverNumbersAreStored() {
        QFETCH(int, inputs);
        QFETCH(int, tokens);
        constexpr std::size_t kOutputs = 53;
        const auto columns = static_cast<std::size_t>(inputs);
        RandomStream random(3, 0, Purpose::FounderWeights);
        std::vector<std::uint16_t> halves;
        std::vector<float> singles, turned(kOutputs * columns);
        for (std::size_t i = 0; i < kOutputs * columns; ++i) {
            halves.push_back(
                static_cast<std::uint16_t>(std::bit_cast<std::uint32_t>(static_cast<float>(random.normal())) >> 16));
            singles.push_back(std::bit_cast<float>(static_cast<std::uint32_t>(halves.back()) << 16));
            turned[i % columns * kOutputs + i / columns] = singles.back();
        }
        const auto states = randomBlocks(columns, static_cast<std::size_t>(tokens), random);
        const auto found = [&](const void* weight, Matrix::Element element, std::size_t columnStride) {
            const Matrix matrix{.weight = weight,
                                .inputs = columns,
                                .outputs = kOutputs,
                                .element = element,
                                .columnStride = columnStride};
            TokenBlocks outputs(kOutputs, states.tokens());
            multiply({&matrix, 1}, states, outputs);
            std::vector<float> numbers;
            for (std::size_t token = 0; token < states.tokens(); ++token)
                for (std::size_t row = 0; row < kOutputs; ++row) numbers.push_back(*outputs.at(row, token));
            return numbers;
        };
        const auto plain = found(singles.data(), Matrix::Element::F32, 0);
        QCOMPARE(found(halves.data(), Matrix::Element::BF16, 0), plain);
        QCOMPARE(found(turned.data(), Matrix::Element::F32, kOutputs), plain);
        for (std::size_t token = 0; token < states.tokens(); ++token)
            for (std::size_t row = 0; row < kOutputs; ++row) {
                double sum = 0.0;
                for (std::size_t i = 0; i < columns; ++i)
                    sum += static_cast<double>(singles[row * columns + i]) * *states.at(i, token);
                QVERIFY(std::abs(sum - plain[token * kOutputs + row]) < 1e-4);
            }
    }

    void normsTakeAnyNumberOfFeatures_data() {
        QTest::addColumn<int>("features");
        QTest::addColumn<bool>("centred");
        for (const int features : {2, 3, 5, 64})
            for (const bool centred : {false, true})
                QTest::addRow("%d, %s", features, centred ? "centred" : "not centred") << features << centred;
    }

    void normsTakeAnyNumberOfFeatures() {
        QFETCH(int, features);
        QFETCH(bool, centred);
        const auto count = static_cast<std::size_t>(features);
        const double number = features;
        RandomStream random(5, 0, Purpose::FounderWeights);
        const auto states = randomBlocks(count, 19, random);
        const std::vector<float> weights(count, 2.0F);
        TokenBlocks outputs;
        normalise({.weights = weights.data(), .epsilon = 1e-5F, .centred = centred}, states, outputs);
        for (std::size_t token = 0; token < states.tokens(); ++token) {
            double mean = 0.0, squares = 0.0;
            for (std::size_t i = 0; centred && i < count; ++i) mean += *states.at(i, token) / number;
            for (std::size_t i = 0; i < count; ++i) squares += std::pow(*states.at(i, token) - mean, 2.0);
            for (std::size_t i = 0; i < count; ++i) {
                const double expected = 2.0 * (*states.at(i, token) - mean) / std::sqrt(squares / number + 1e-5);
                QVERIFY(std::abs(expected - *outputs.at(i, token)) < 1e-4);
            }
        }
    }

    void aTokenTakesTheFirstOfEqualExperts() {
        const std::vector<float> scores{0.0F, 1.0F, 1.0F, 1.0F, 9.0F, 0.0F, 0.0F, 0.0F};
        const auto experts = chosenExperts({.count = 4, .perToken = 2, .normalised = true, .scale = 3.0}, scores);
        QCOMPARE(experts[0].tokens, (std::vector<std::size_t>{1}));
        QCOMPARE(experts[1].tokens, (std::vector<std::size_t>{0, 1}));
        QCOMPARE(experts[2].tokens, (std::vector<std::size_t>{0}));
        QVERIFY(experts[3].tokens.empty());
        QCOMPARE(experts[1].shares[0], 1.5F);
        const double e9 = std::exp(9.0);
        QCOMPARE(experts[0].shares[0], static_cast<float>(3.0 * e9 / (e9 + 1.0)));
    }

    void aScoreThatIsNoNumberMakesAllSharesNone() {
        for (std::size_t wrong = 0; wrong < 3; ++wrong) {
            std::vector<float> scores{3.0F, 2.0F, 1.0F};
            scores[wrong] = kNoNumber;
            std::size_t taken = 0;
            for (const auto& expert : chosenExperts({.count = 3, .perToken = 2, .normalised = true}, scores))
                for (const float share : expert.shares) {
                    QVERIFY(std::isnan(share));
                    ++taken;
                }
            QCOMPARE(taken, 2U);
        }
    }

    void aTextIsLongOnceItIsLongerThanTheOriginalContext() {
        const RopeScaling::Long scaling{.shortFactors = {1.0, 2.0}, .longFactors = {4.0, 8.0}, .originalContext = 16};
        const auto rotary = Rotary::of({.theta = 100.0, .scaling = {scaling}}, 4);
        QCOMPARE(rotary.frequenciesFor(16), (std::vector<float>{1.0F, 0.05F}));
        QCOMPARE(rotary.frequenciesFor(17), (std::vector<float>{0.25F, 0.0125F}));
    }

    void shortAndLongTextsDontShareTheirPrompt() {
        const auto network = openDecoder(kGoldenFamilies / "phi3", torch::kCPU);
        const auto original = static_cast<std::size_t>(network.config().readAnewAt());
        QVERIFY(original > 2);
        const auto vocabulary = static_cast<std::uint64_t>(network.config().vocabulary);
        const auto prompt = randomText(original - 1, 3, vocabulary), few = randomText(1, 4, vocabulary),
                   many = randomText(9, 5, vocabulary);
        const std::vector<LikelihoodQuestion> questions{{prompt, few}, {prompt, many}};
        const auto together = logLikelihoods(network, questions, 4);
        for (std::size_t i = 0; i < questions.size(); ++i)
            QCOMPARE(together[i], logLikelihoods(network, {&questions[i], 1}, 4)[0]);
    }

    void piecesThatCantBeAreRefused() {
        const auto network = randomNetwork(smallConfig());
        auto cache = network.cache(2, 8);
        const Tokens two{1, 2}, beyond{1, 61}, nine(9, 1), three{1, 2, 3};
        const auto complaint = [&](const std::vector<Piece>& pieces) {
            return QString::fromStdString(messageOf([&] { network.forward(pieces, cache); }));
        };
        QCOMPARE(complaint({{.slot = 0, .tokens = two}, {.slot = 0, .tokens = two}}),
                 "Pieces of texts need a row of the cache each.");
        QCOMPARE(complaint({{.slot = 2, .tokens = two}}), "Pieces of texts need a row of the cache each.");
        QCOMPARE(complaint({{.tokens = beyond}}), "The token 61 lies outside the vocabulary of 61.");
        QCOMPARE(complaint({{.tokens = two, .targets = beyond}}), "The token 61 lies outside the vocabulary of 61.");
        QCOMPARE(complaint({{.tokens = {}}}), "A piece of a text holds no token.");
        QCOMPARE(complaint({{.tokens = two, .targets = three}}),
                 "A piece of a text asks for more log-probabilities than it holds tokens.");
        QVERIFY(complaint({{.position = cache.capacity - 1, .tokens = two}}).startsWith("A text of "));
        const std::vector<Piece> right{{.tokens = two, .targets = two}};
        QCOMPARE(network.forward(right, cache).logProbabilities.front().size(), 2U);
    }

    void everyFourthLayerOfSmollm3KnowsNoPositions() {
        const auto config = decoderConfigOf(smallConfig({{"model_type", "smollm3"}, {"num_hidden_layers", 8}}), "");
        for (std::size_t layer = 0; layer < 8; ++layer)
            QCOMPARE(config.layers[layer].rope.has_value(), layer != 3 && layer != 7);
    }

    void whatAPartSetsToNullIsNotItsUsualSize() {
        const nlohmann::json larger{{"model_type", "sees_pictures"},
                                    {"text_config", {{"model_type", "llama"}, {"vocab_size", nullptr}}}};
        QCOMPARE(messageOf([&] { decoderConfigOf(larger, "m/config.json"); }),
                 std::string("m/config.json: text_config.vocab_size is missing."));
    }
};

MERGARIUM_SUITE(DecoderPartsTest)
#include "decoder_parts_test.moc"
