#include "core/genes/unit_matching.h"
#include "core/files/scratch_place.h"
#include "core/founders/founder_genes.h"
#include "core/founders/matched_founders.h"
#include "core/genes/inner_products.h"
#include "core/parallel/parallel_for.h"
#include "core/random/random_stream.h"
#include "tests/support/message_of.h"
#include "tests/support/shuffled_units.h"
#include "tests/support/suite.h"

#include <QTest>

#include <cmath>
#include <cstring>
#include <filesystem>
#include <vector>

using namespace mergarium;
using namespace mergarium::test;
namespace fs = std::filesystem;

namespace {

struct StoredNetwork {
    Layout layout;
    std::vector<float> parameters;
    std::vector<UnitGroup> groups;
};

Layout tensorsAt(const FounderSource& source) {
    Layout layout;
    for (const auto& tensor : source.tensors()) layout.append(tensor.name, tensor.shape, tensor.dtype);
    return layout;
}

std::vector<float> numbersOf(const FounderSource& source) {
    std::vector<float> numbers;
    for (std::size_t tensor = 0; tensor < source.tensors().size(); ++tensor) {
        std::vector<float> values(source.tensors()[tensor].count);
        toFloats(source.tensors()[tensor].dtype, source.bytes(tensor), values);
        numbers.insert(numbers.end(), values.begin(), values.end());
    }
    return numbers;
}

StoredNetwork networkAt(const fs::path& path) {
    const auto source = openFounder({path, {}}, scratchPlace());
    StoredNetwork network{.layout = tensorsAt(*source), .parameters = numbersOf(*source), .groups = {}};
    network.groups = unitGroupsOf(network.layout, source.get());
    return network;
}

/// With all that can change places somewhere else.
std::vector<float> rearranged(const StoredNetwork& network, std::uint64_t seed) {
    RandomStream random(seed, 0, Purpose::FounderWeights);
    auto other = network.parameters;
    for (const auto& group : network.groups)
        if (group.interchangeable) exchange(network.layout, group, shuffled(group, random), other);
    return other;
}

StoredNetwork randomPerceptron(const std::vector<std::int64_t>& widths) {
    StoredNetwork network;
    for (std::size_t layer = 0; layer + 1 < widths.size(); ++layer) {
        const auto name = "fc" + std::to_string(layer + 1);
        network.layout.append(name + ".weight", {widths[layer + 1], widths[layer]});
        network.layout.append(name + ".bias", {widths[layer + 1]});
    }
    RandomStream random(9, 0, Purpose::FounderWeights);
    for (std::uint64_t i = 0; i < network.layout.length(); ++i)
        network.parameters.push_back(static_cast<float>(random.normal()));
    network.groups = perceptronGroups(network.layout);
    return network;
}

/// What a perceptron with ReLU makes of its inputs.
std::vector<double> outputsOf(const Layout& layout, std::span<const float> parameters, std::vector<double> values) {
    for (std::size_t tensor = 0; tensor < layout.tensors.size(); tensor += 2) {
        const auto outputs = static_cast<std::size_t>(layout.tensors[tensor].shape[0]);
        const auto* const weights = parameters.data() + layout.tensors[tensor].begin;
        const auto* const biases = parameters.data() + layout.tensors[tensor + 1].begin;
        std::vector<double> next(outputs);
        for (std::size_t row = 0; row < outputs; ++row) {
            double sum = biases[row];
            for (std::size_t column = 0; column < values.size(); ++column)
                sum += static_cast<double>(weights[row * values.size() + column]) * values[column];
            next[row] = tensor + 2 < layout.tensors.size() ? std::max(sum, 0.0) : sum;
        }
        values = std::move(next);
    }
    return values;
}

}  // namespace

class UnitMatchingTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void unitsThatChangedPlacesAreFoundAgain_data() {
        QTest::addColumn<QString>("folder");
        for (const auto* root : {"families", "llama"})
            for (const auto& entry : fs::directory_iterator(fs::path(MERGARIUM_TEST_DATA) / root))
                if (entry.is_directory())
                    QTest::newRow(entry.path().filename().c_str()) << QString::fromStdString(entry.path().string());
    }
    void unitsThatChangedPlacesAreFoundAgain() {
        QFETCH(QString, folder);
        const auto network = networkAt(folder.toStdString());
        const auto other = rearranged(network, 4);
        QVERIFY(other != network.parameters);
        QVERIFY(matchedTo(network.parameters, other, network.layout, network.groups) == network.parameters);
        // What stands right stays.
        QVERIFY(matchedTo(network.parameters, network.parameters, network.layout, network.groups) ==
                network.parameters);
    }

    void layersBehindEachOtherAreMatchedTogether() {
        const auto network = randomPerceptron({5, 40, 30, 20, 3});
        QCOMPARE(network.groups.size(), std::size_t{4});
        auto other = rearranged(network, 2);
        QVERIFY(other != network.parameters);
        QVERIFY(matchedTo(network.parameters, other, network.layout, network.groups) == network.parameters);
        // With noise they are still found, and the network computes what it did.
        RandomStream random(6, 0, Purpose::FounderWeights);
        for (auto& value : other) value += static_cast<float>(0.1 * random.normal());
        const auto matched = matchedTo(network.parameters, other, network.layout, network.groups);
        for (std::size_t i = 0; i < matched.size(); ++i) QVERIFY(std::abs(matched[i] - network.parameters[i]) < 0.7F);
        const std::vector<double> inputs{0.3, -1.0, 0.7, 0.1, 2.0};
        const auto before = outputsOf(network.layout, other, inputs),
                   after = outputsOf(network.layout, matched, inputs);
        for (std::size_t i = 0; i < before.size(); ++i) QVERIFY(std::abs(before[i] - after[i]) < 1e-9);
    }

    void ordersAreKeptAsNumbersAndOthersRefused() {
        const auto network = networkAt(fs::path(MERGARIUM_TEST_DATA) / "llama/llama_bf16");
        RandomStream random(2, 0, Purpose::FounderWeights);
        std::vector<UnitOrder> orders;
        for (const auto& group : network.groups)
            orders.push_back(group.interchangeable ? shuffled(group, random) : UnitOrder::unchanged(group));
        const auto numbers = packed(network.groups, orders);
        QVERIFY(unpacked(network.groups, numbers) == orders);
        auto other = numbers;
        other.pop_back();
        QVERIFY(!unpacked(network.groups, other));
        other = numbers;
        other.push_back(0);
        QVERIFY(!unpacked(network.groups, other));
        // A token that stands elsewhere, and a unit that stands in two places.
        other = numbers;
        std::swap(other[0], other[1]);
        QVERIFY(!unpacked(network.groups, other));
        other = numbers;
        other.back() = other.back() == 0 ? 1 : 0;
        QVERIFY(!unpacked(network.groups, other));
    }

    void matchingBringsNetworksCloser() {
        const auto network = randomPerceptron({8, 50, 6});
        auto strange = network;
        RandomStream random(8, 0, Purpose::FounderWeights);
        for (auto& value : strange.parameters) value = static_cast<float>(random.normal());
        const auto likeness = [&](const std::vector<float>& other) {
            double sum = 0.0;
            for (std::size_t i = 0; i < other.size(); ++i)
                sum += static_cast<double>(network.parameters[i]) * static_cast<double>(other[i]);
            return sum;
        };
        const auto matched = matchedTo(network.parameters, strange.parameters, network.layout, network.groups);
        QVERIFY(likeness(matched) > likeness(strange.parameters) + 50.0);
        QVERIFY(matchedTo(network.parameters, matched, network.layout, network.groups) == matched);
    }

    void productsAreTheSameForAnyNumberOfThreads() {
        RandomStream random(3, 0, Purpose::FounderWeights);
        const auto rowsOf = [&](std::size_t rows) {
            FeatureRows all{.rows = rows, .values = {}};
            for (std::size_t i = 0; i < rows * 131; ++i) all.values.push_back(static_cast<float>(random.normal()));
            return all;
        };
        const auto a = rowsOf(70), b = rowsOf(4000);
        const auto before = parallelThreads();
        std::vector<std::vector<float>> sums;
        for (const std::size_t threads : {1U, 2U, 3U}) {
            setParallelThreads(threads);
            addInnerProducts(a, b, sums.emplace_back(a.rows * b.rows));
        }
        setParallelThreads(before);
        QVERIFY(sums[0] == sums[1] && sums[0] == sums[2]);
        for (const auto& [row, column] :
             {std::pair(0, 0), std::pair(69, 3999), std::pair(31, 511), std::pair(32, 512)}) {
            double sum = 0.0;
            for (std::size_t one = 0; one < 131; ++one)
                sum += static_cast<double>(a.values[static_cast<std::size_t>(row) * 131 + one]) *
                       b.values[static_cast<std::size_t>(column) * 131 + one];
            const auto index = static_cast<std::size_t>(row) * b.rows + static_cast<std::size_t>(column);
            QVERIFY(std::abs(sums[0][index] - sum) < 1e-3);
        }
    }

    void aRearrangedFounderIsKnownByWhatLiesOnTheDisk() {
        const auto path = fs::path(MERGARIUM_TEST_DATA) / "llama/llama_bf16";
        const auto source = openFounder({path, {}}, scratchPlace());
        const auto layout = tensorsAt(*source);
        const auto groups = unitGroupsOf(layout, source.get());
        RandomStream random(5, 0, Purpose::FounderWeights);
        std::vector<UnitOrder> orders;
        for (const auto& group : groups)
            orders.push_back(group.interchangeable ? shuffled(group, random) : UnitOrder::unchanged(group));
        auto expected = numbersOf(*source);
        for (std::size_t group = 0; group < groups.size(); ++group)
            exchange(layout, groups[group], orders[group], expected);
        std::vector<FounderSourcePtr> founders{source, rearrangedFounder(source, groups, orders, scratchPlace())};
        const auto& other = *founders[1];
        QVERIFY(numbersOf(other) == expected);
        QCOMPARE(&other.own(), source.get());
        QCOMPARE(other.derivation(), source->derivation());
        const auto moved = *other.indexOf("model.layers.0.mlp.up_proj.weight");
        QVERIFY(!other.file(moved));
        QCOMPARE(other.tensors()[moved].dtype, DType::BF16);
        const auto stays = *other.indexOf("model.embed_tokens.weight");
        QCOMPARE(other.bytes(stays), source->bytes(stays));

        // Matched to the first again, every byte of it is the first's.
        const auto units = matchToFirst(founders, {.layout = layout, .scratch = scratchPlace()});
        QCOMPARE(units.front(), std::uint64_t{0});
        QVERIFY(units.back() > 400);
        for (std::size_t tensor = 0; tensor < source->tensors().size(); ++tensor)
            QCOMPARE(
                std::memcmp(founders[1]->bytes(tensor), source->bytes(tensor), source->tensors()[tensor].byteSize()),
                0);
        // A founder that stands right is taken as it is.
        std::vector<FounderSourcePtr> same{source, source};
        QCOMPARE(matchToFirst(same, {.layout = layout, .scratch = scratchPlace()}).back(), std::uint64_t{0});
        QCOMPARE(same[1], source);
    }

    void networksWhoseUnitsNobodyKnowsAreRefused() {
        Layout layout;
        layout.append("encoder.weight", {2, 2});
        const auto message = messageOf([&] { (void)unitGroupsOf(layout, nullptr, {}, "tensors.align"); });
        QVERIFY2(message.starts_with("tensors.align: units are known of") && message.ends_with(": use none."),
                 message.c_str());
    }
};

MERGARIUM_SUITE(UnitMatchingTest)
#include "unit_matching_test.moc"
