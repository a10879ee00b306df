#include "tests/support/example_models.h"
#include "tests/support/json_file.h"
#include "tests/support/merged_in_memory.h"
#include "tests/support/suite.h"

#include <QTest>

#include <cmath>
#include <cstring>

using namespace mergarium;
using namespace mergarium::test;
namespace fs = std::filesystem;

namespace {

/// What mergekit makes of small models; some of it, and all of it where that lies beside the repository.
const fs::path kPlaces[] = {MERGARIUM_TEST_DATA "/mergekit", MERGARIUM_SOURCE_DIR "/../shared/golden/mergekit"};

template <typename Use>
void eachFolder(const fs::path& folder, Use use) {
    if (!fs::exists(folder)) return;
    for (const auto& entry : fs::directory_iterator(folder))
        if (entry.is_directory()) use(entry.path());
}

/// Places of representable numbers between two.
int unitsBetween(std::uint16_t a, std::uint16_t b) {
    const auto ordered = [](std::uint16_t code) { return code & 0x8000 ? -(code & 0x7fff) : code & 0x7fff; };
    return std::abs(ordered(a) - ordered(b));
}

/// Of one tensor, over the seeds.
struct Moments {
    double sum = 0.0;
    int count = 0;
    void add(double value) {
        sum += value;
        ++count;
    }
    double mean() const { return sum / count; }
};

struct Statistics {
    Moments kept, l1, l2, cosine;
    std::vector<double> mean;
};

}  // namespace

// Every method against what mergekit makes of the same models.
class MergingGoldenTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyCaseAgrees_data() {
        QTest::addColumn<QString>("folder");
        for (const auto& place : kPlaces)
            eachFolder(place, [&](const fs::path& method) {
                eachFolder(method, [&](const fs::path& one) {
                    if (fs::exists(one / "config.yml"))
                        QTest::newRow(qPrintable(QString("%1 %2/%3")
                                                     .arg(place == kPlaces[0] ? "kept" : "shared")
                                                     .arg(method.filename().c_str())
                                                     .arg(one.filename().c_str())))
                            << QString::fromStdString(one.string());
                });
            });
    }
    void everyCaseAgrees() {
        QFETCH(QString, folder);
        const fs::path one = folder.toStdString();
        const auto models = one.parent_path().parent_path() / "models";
        const MergedInMemory merged(readMergeConfiguration(one / "config.yml"), {models});
        const auto expected = Checkpoint::open(one / "model.safetensors");
        const bool unlike = one.filename().string().starts_with("unlike");
        for (const auto& tensor : expected->tensors()) {
            const auto* made = merged.find(tensor.name);
            QVERIFY2(made, tensor.name.c_str());
            QCOMPARE(made->description.dtype, tensor.dtype);
            QCOMPARE(made->description.shape, tensor.shape);
            const auto want = valuesOf(*expected, tensor.name), have = made->values();
            for (std::size_t i = 0; i < want.size(); ++i) {
                const auto where =
                    QString("%1[%2]: %3 against %4").arg(tensor.name.c_str()).arg(i).arg(have[i]).arg(want[i]);
                if (tensor.dtype == DType::F32) {
                    QVERIFY2(
                        std::abs(static_cast<double>(have[i]) - static_cast<double>(want[i])) <= (unlike ? 2e-6 : 1e-6),
                        qPrintable(where));
                } else {
                    std::uint16_t a, b;
                    std::memcpy(&a, made->bytes.data() + 2 * i, 2);
                    std::memcpy(&b, tensor.bytes + 2 * i, 2);
                    QVERIFY2(unitsBetween(a, b) <= 1, qPrintable(where));
                }
            }
        }
        const auto left = nlohmann::json::parse(std::ifstream(one / "config.json"));
        QVERIFY2(nlohmann::json::parse(merged.configuration()) == left, merged.configuration().c_str());
    }

    void narrowLinearIsMergekitsToTheBit() {
        for (const auto& place : kPlaces)
            for (const char* name : {"linear_bf16", "linear_bf16_out_f32", "linear_f16"}) {
                const auto folder = place / "dtype" / name;
                if (!fs::exists(folder)) continue;
                const MergedInMemory merged(readMergeConfiguration(folder / "config.yml"), {place / "models"});
                const auto expected = Checkpoint::open(folder / "model.safetensors");
                for (const auto& tensor : expected->tensors())
                    QVERIFY2(std::memcmp(merged.find(tensor.name)->bytes.data(), tensor.bytes, tensor.byteSize()) == 0,
                             tensor.name.c_str());
            }
    }

    void randomMethodsHaveTheReferencesStatistics_data() {
        QTest::addColumn<QString>("file");
        QTest::addColumn<QString>("name");
        for (const auto& place : kPlaces)
            eachFolder(place, [&](const fs::path& method) {
                if (!fs::exists(method / "statistics.json")) return;
                const auto statistics = mergarium::test::readJson(method / "statistics.json");
                for (const auto& [name, unused] : statistics.items())
                    QTest::newRow(qPrintable(QString("%1 %2/%3")
                                                 .arg(place == kPlaces[0] ? "kept" : "shared")
                                                 .arg(method.filename().c_str())
                                                 .arg(name.c_str())))
                        << QString::fromStdString((method / "statistics.json").string())
                        << QString::fromStdString(name);
            });
    }
    void randomMethodsHaveTheReferencesStatistics() {
        QFETCH(QString, file);
        QFETCH(QString, name);
        const fs::path path = file.toStdString();
        const auto models = path.parent_path().parent_path() / "models";
        const auto reference = mergarium::test::readJson(path)[name.toStdString()];
        const auto text = reference["config"].get<std::string>();
        const auto base = Checkpoint::open(models / "base");
        // Of several models: against the same without dropping.
        const bool several = name.startsWith("three");
        const auto undropped = parseMergeConfiguration(withoutDensity(text), models / "config.yml");
        const MergedInMemory whole(undropped, {models});
        std::map<std::string, Statistics> found;
        const int seeds = reference["seeds"].get<int>();
        for (int seed = 1; seed <= seeds; ++seed) {
            const MergedInMemory merged(parseMergeConfiguration(text, models / "config.yml"), {models},
                                        static_cast<std::uint64_t>(seed));
            for (const auto& [tensor, unused] : reference["tensors"].items())
                note(valuesOf(*base, tensor), whole.find(tensor)->values(), merged.find(tensor)->values(),
                     found[tensor]);
        }
        double small = 0.0, smallReference = 0.0;
        int count = 0;
        for (const auto& [tensor, wanted] : reference["tensors"].items()) {
            const auto& one = found[tensor];
            if (one.kept.count == 0) continue;
            const auto near = [&](const Moments& moments, const char* key) {
                const auto mean = wanted[std::string(key) + "_mean"], spread = wanted[std::string(key) + "_std"];
                if (!mean.is_number() || !spread.is_number()) return;
                // Both means were drawn.
                const double most = 5.5 * spread.get<double>() / std::sqrt(seeds) + 2e-3;
                QVERIFY2(std::abs(moments.mean() - mean.get<double>()) <= most,
                         qPrintable(QString("%1 %2: %3 against %4, +-%5")
                                        .arg(tensor.c_str())
                                        .arg(key)
                                        .arg(moments.mean())
                                        .arg(mean.get<double>())
                                        .arg(spread.get<double>())));
            };
            if (wanted["numel"].get<int>() >= 200) {
                if (!several) near(one.kept, "kept");
                near(one.l1, "l1_ratio");
                near(one.l2, "l2_ratio");
                near(one.cosine, "cosine");
            } else if (wanted["kept_mean"].is_number()) {
                small += one.kept.mean();
                smallReference += wanted["kept_mean"].get<double>();
                ++count;
            }
        }
        if (!several)
            QVERIFY2(std::abs(small - smallReference) <= 0.04 * count, qPrintable(QString::number(small / count)));
    }

    void aSeedGivesTheSameBitsWhateverTheThreads() {
        const auto folder = kPlaces[0];
        const auto configuration = parseMergeConfiguration(
            "merge_method: della\nbase_model: base\nmodels:\n  - model: a\n    parameters: {weight: 1, density: 0.4}\n"
            "  - model: b\n    parameters: {weight: 1, density: 0.4}\n",
            folder / "config.yml");
        const MergedInMemory one(configuration, {folder / "models"}, 7, 1),
            again(configuration, {folder / "models"}, 7, 3), other(configuration, {folder / "models"}, 8, 1);
        const auto name = "model.layers.0.mlp.gate_proj.weight";
        QVERIFY(one.find(name)->bytes == again.find(name)->bytes);
        QVERIFY(one.find(name)->bytes != other.find(name)->bytes);
    }

private:
    static std::string withoutDensity(std::string text) {
        std::string kept;
        std::istringstream lines(text);
        for (std::string line; std::getline(lines, line);)
            if (line.find("density") == line.npos && line.find("epsilon") == line.npos) kept += line + "\n";
        return kept;
    }

    static void note(const std::vector<float>& base, const std::vector<float>& whole, const std::vector<float>& dropped,
                     Statistics& to) {
        double kept = 0, all = 0, l1 = 0, l1Before = 0, l2 = 0, l2Before = 0, product = 0;
        for (std::size_t i = 0; i < base.size(); ++i) {
            const double before = static_cast<double>(whole[i]) - static_cast<double>(base[i]);
            const double after = static_cast<double>(dropped[i]) - static_cast<double>(base[i]);
            if (before == 0.0) continue;
            ++all;
            kept += after != 0.0;
            l1 += std::abs(after);
            l1Before += std::abs(before);
            l2 += after * after;
            l2Before += before * before;
            product += before * after;
        }
        if (all == 0 || l1Before == 0) return;
        to.kept.add(kept / all);
        to.l1.add(l1 / l1Before);
        to.l2.add(std::sqrt(l2 / l2Before));
        if (l2 > 0) to.cosine.add(product / std::sqrt(l2 * l2Before));
    }
};

MERGARIUM_SUITE(MergingGoldenTest)
#include "merging_golden_test.moc"
