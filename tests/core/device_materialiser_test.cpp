#include "core/networks/devices/device_materialiser.h"
#include "core/genome/materialize.h"
#include "core/networks/devices/examine_device.h"
#include "core/networks/devices/random_recipes.h"
#include "core/random/random_stream.h"
#include "tests/support/suite.h"

#include <torch/torch.h>
#include <QTest>

#include <cstring>

using namespace mergarium;

namespace {

constexpr std::uint64_t kLength = 3001;

struct Type {
    DType stored;
    torch::ScalarType torch;
};
constexpr Type kTypes[] = {
    {DType::F32, torch::kFloat32}, {DType::BF16, torch::kBFloat16}, {DType::F16, torch::kFloat16}};

std::vector<std::byte> onHost(const Recipe& recipe, const Founders& founders, DType dtype) {
    std::vector<std::byte> bytes(founders.length() * sizeOf(dtype));
    materializeAllAs(recipe, founders, dtype, bytes.data());
    return bytes;
}

torch::Tensor buffer(std::uint64_t length, torch::ScalarType type) {
    return torch::full({static_cast<std::int64_t>(length)}, 7.0, type);
}

bool sameBytes(const torch::Tensor& tensor, const std::vector<std::byte>& bytes) {
    return tensor.nbytes() == bytes.size() && std::memcmp(tensor.data_ptr(), bytes.data(), bytes.size()) == 0;
}

}  // namespace

class DeviceMaterialiserTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aThousandRecipesAreThoseOfTheHostToTheBit_data() {
        QTest::addColumn<bool>("genes");
        QTest::newRow("elements") << false;
        QTest::newRow("genes") << true;
    }

    void aThousandRecipesAreThoseOfTheHostToTheBit() {
        QFETCH(bool, genes);
        for (std::uint64_t seed = 0; seed < 1000; ++seed) {
            RandomStream random(seed, 0, Purpose::SplitCount);
            const auto founders = randomFounders(2 + random.below(5), kLength, seed);
            const auto recipe =
                randomRecipe(*founders, 1 + random.below(2000), seed, genes ? randomGenes(kLength, seed) : nullptr);
            const auto place = seed % 2 ? DeviceFounders::Place::Resident : DeviceFounders::Place::Streamed;
            DeviceMaterialiser materialiser(std::make_shared<const DeviceFounders>(founders, torch::kCPU, place));
            const auto& type = kTypes[seed % 3];
            const auto flat = buffer(kLength, type.torch);
            materialiser.materialise(recipe, flat);
            QVERIFY2(sameBytes(flat, onHost(recipe, *founders, type.stored)), qPrintable(QString::number(seed)));
        }
    }

    void whatIsLongerThanAStretchIsMadeOfSeveral() {
        constexpr std::uint64_t kLong = 2 * FounderStream::kStretch + 17;
        const auto founders = randomFounders(2, kLong, 5);
        const auto recipe = randomRecipe(*founders, 3, 5);
        for (const auto place : {DeviceFounders::Place::Resident, DeviceFounders::Place::Streamed}) {
            DeviceMaterialiser materialiser(std::make_shared<const DeviceFounders>(founders, torch::kCPU, place));
            const auto flat = buffer(kLong, torch::kBFloat16);
            materialiser.materialise(recipe, flat);
            QVERIFY(sameBytes(flat, onHost(recipe, *founders, DType::BF16)));
        }
    }

    void whatLiesBehindTheParametersIsLeftAlone() {
        const auto founders = randomFounders(2, kLength, 1);
        DeviceMaterialiser materialiser(
            std::make_shared<const DeviceFounders>(founders, torch::kCPU, DeviceFounders::Place::Resident));
        const auto flat = buffer(kLength + 5, torch::kFloat32);
        materialiser.materialise(randomRecipe(*founders, 9, 2), flat);
        QVERIFY(torch::equal(flat.narrow(0, kLength, 5), buffer(5, torch::kFloat32)));
    }

    void theCpuProvesItself() {
        for (const auto& proof : {compareRecipes(torch::kCPU), compareNetworks(torch::kCPU)})
            QVERIFY2(proof.agrees, proof.found.c_str());
    }
};

MERGARIUM_SUITE(DeviceMaterialiserTest)
#include "device_materialiser_test.moc"
