#include "core/networks/diffusion/scheduler.h"
#include "core/diffusion/component_configs.h"
#include "core/diffusion/scheduler_names.h"
#include "core/files/json.h"
#include "tests/support/diffusion_goldens.h"
#include "tests/support/json_file.h"
#include "tests/support/message_of.h"
#include "tests/support/suite.h"

#include <QTest>

#include <ATen/ATen.h>
#include <fmt/format.h>

#include <filesystem>
#include <map>

using namespace mergarium;
using namespace mergarium::test;
using nlohmann::json;
namespace fs = std::filesystem;

namespace {

const fs::path kSchedulers = MERGARIUM_TEST_DATA "/t2i/schedulers";

SchedulerConfig configOf(const json& one) {
    auto keys = one["config"];
    keys["_class_name"] = one["scheduler"];
    auto config = schedulerConfigOf(keys, "meta.json");
    config.eta = one.value("eta", 0.0);
    return config;
}

double farthest(const torch::Tensor& a, const torch::Tensor& b) {
    return (a.to(torch::kFloat64).flatten() - b.to(torch::kFloat64).flatten()).abs().max().item<double>();
}

torch::Tensor doubles(const auto& numbers) {
    return at::tensor(std::vector<double>(numbers.begin(), numbers.end()), torch::kFloat64);
}

/// Empty where all numbers lie within `bar` times 4 of the expected ones.
std::string wrong(const std::string& name, const torch::Tensor& found, const torch::Tensor& expected, double bar) {
    if (found.numel() != expected.numel())
        return fmt::format("{}: {} numbers instead of {}", name, found.numel(), expected.numel());
    const double tolerance = 4.0 * bar + 1e-6 * expected.to(torch::kFloat64).abs().max().item<double>();
    const double distance = farthest(found, expected);
    return distance <= tolerance
               ? std::string()
               : fmt::format("{}: off by {:.3g}, where {:.3g} is tolerated", name, distance, tolerance);
}

/// One case's, by what follows its name.
class Case {
public:
    Case(std::string name, const json& one)
        : name_(std::move(name)), one_(one), file_(Checkpoint::open(kSchedulers / one["file"].get<std::string>())) {}

    bool has(const std::string& tensor) const { return file_->find(name_ + "." + tensor) != nullptr; }
    torch::Tensor operator[](const std::string& tensor) const { return storedTensor(*file_, name_ + "." + tensor); }
    std::string wrongTable(const std::string& table, const torch::Tensor& found) const {
        return wrong(table, found, (*this)[table], one_["table_error"].value(table, 0.0));
    }
    std::string wrongTensor(const std::string& tensor, const torch::Tensor& found) const {
        return wrong(tensor, found, (*this)[tensor], one_["tensors"][tensor][1].get<double>());
    }

private:
    std::string name_;
    json one_;
    std::shared_ptr<const Checkpoint> file_;
};

}  // namespace

class SchedulerTest : public QObject {
    Q_OBJECT

    // With minus infinity, as Python writes it.
    json meta_ = readJson(kSchedulers / "meta.json", kSettingsJson);

private Q_SLOTS:
    void everyStepIsThatOfDiffusers_data() {
        QTest::addColumn<QString>("name");
        for (const auto& one : meta_["cases"].items())
            QTest::newRow(one.key().c_str()) << QString::fromStdString(one.key());
        QVERIFY(meta_["cases"].size() > 30);
    }

    void everyStepIsThatOfDiffusers() {
        QFETCH(QString, name);
        const auto& description = meta_["cases"][name.toStdString()];
        const Case golden(name.toStdString(), description);
        const auto toy = Checkpoint::open(kSchedulers / "toy.safetensors");
        Scheduler scheduler(configOf(description), description["num_inference_steps"].get<std::int64_t>());
        const auto& tables = scheduler.tables();

        QCOMPARE(golden.wrongTable("timesteps", doubles(tables.timesteps)), std::string());
        if (golden.has("sigmas")) QCOMPARE(golden.wrongTable("sigmas", doubles(tables.sigmas)), std::string());
        if (golden.has("alphas_cumprod")) {
            QCOMPARE(golden.wrongTable("alphas_cumprod", doubles(tables.alphas)), std::string());
            QCOMPARE(wrong("before", doubles(tables.previousAlphas), golden["alphas_cumprod_prev"], 1e-7),
                     std::string());
        }
        QCOMPARE(wrong("noise", doubles(std::vector{tables.initialNoise}), golden["init_noise_sigma"], 1e-6),
                 std::string());

        auto sample = storedTensor(*toy, "sample") * tables.initialNoise;
        for (std::size_t i = 0; i < scheduler.passes(); ++i) {
            const auto at = "." + std::to_string(i);
            QCOMPARE(golden.wrongTensor("sample" + at, sample), std::string());
            QCOMPARE(golden.wrongTensor("scaled" + at, scheduler.scaled(sample, i)), std::string());
            // Every step from the stored sample, so that each is judged by itself.
            sample = scheduler
                         .step(i, golden["sample" + at], storedTensor(*toy, "model_output" + at),
                               storedTensor(*toy, "noise" + at))
                         .latents;
        }
        QCOMPARE(golden.wrongTensor("sample." + std::to_string(scheduler.passes()), sample), std::string());
        QVERIFY(!golden.has("sample." + std::to_string(scheduler.passes() + 1)));
    }

    void tablesOfEveryNumberOfStepsAreThoseOfDiffusers() {
        const auto file = Checkpoint::open(kSchedulers / "tables.safetensors");
        std::map<std::string, SchedulerConfig> configs;
        for (const auto& one : meta_["cases"].items()) {
            // "euler.karras.leading.epsilon": all before the prediction, of the plain cases.
            const auto end = one.key().find(".epsilon");
            if (end == std::string::npos || end + 8 != one.key().size()) continue;
            configs[one.key().substr(0, end)] = configOf(one.value());
        }
        // Not among the cases that take steps.
        for (const std::string kind : {"euler", "dpmpp_2m"})
            for (const std::string spacing : {"leading", "linspace", "trailing"}) {
                auto config = configs.at(kind + "." + spacing);
                config.karras = true;
                configs[kind + ".karras." + spacing] = config;
            }
        std::size_t compared = 0;
        for (const auto& [name, errors] : meta_["tables"]["errors"].items()) {
            const auto last = name.rfind('.');
            if (last == std::string::npos) continue;
            const auto before = name.rfind('.', last - 1);
            const auto steps = std::stoll(name.substr(before + 1, last - before - 1));
            const auto tables = schedulerTables(configs.at(name.substr(0, before)), steps);
            const auto found = name.ends_with("sigmas") ? doubles(tables.sigmas) : doubles(tables.timesteps);
            QCOMPARE(wrong(name, found, storedTensor(*file, name), errors[0].get<double>()), std::string());
            ++compared;
        }
        QVERIFY(compared > 100);
        const auto products = schedulerTables(configs.at("ddim.leading"), 4).trained;
        QCOMPARE(wrong("all", doubles(products), storedTensor(*file, "alphas_cumprod"),
                       meta_["tables"]["errors"]["alphas_cumprod"][0].get<double>()),
                 "");
    }

    void timestepsThatAreWholeAgreeExactly() {
        for (const auto& one : meta_["cases"].items()) {
            const auto tables = schedulerTables(configOf(one.value()), 6);
            const auto golden = Case(one.key(), one.value())["timesteps"];
            QCOMPARE(tables.whole, !golden.is_floating_point());
            if (tables.whole) QCOMPARE(farthest(doubles(tables.timesteps), golden), 0.0);
        }
    }

    void rungeAndKuttasStepsComeFirst() {
        SchedulerConfig config{.kind = SchedulerKind::Pndm, .spacing = SchedulerConfig::Spacing::Leading};
        config.skipRungeKutta = false;
        const auto tables = schedulerTables(config, 10);
        QCOMPARE(tables.rungeKutta, std::size_t{12});
        // As diffusers 0.40 lists them.
        const std::vector<double> expected{900, 850, 850, 800, 800, 750, 750, 700, 700, 650,
                                           650, 600, 600, 500, 400, 300, 200, 100, 0};
        QCOMPARE(tables.timesteps, expected);
    }

    void predictionsOfTheSampleAreTakenAsTheyAre() {
        for (const auto kind : {SchedulerKind::Euler, SchedulerKind::Ddim}) {
            SchedulerConfig config{.kind = kind, .prediction = Prediction::Sample};
            Scheduler scheduler(config, 5);
            auto latents = at::full({1, 4, 2, 2}, 3.0);
            const auto clean = at::full({1, 4, 2, 2}, 0.25);
            for (std::size_t i = 0; i < 5; ++i) latents = scheduler.step(i, latents, clean).latents;
            QVERIFY(farthest(latents, clean) < 0.02);
        }
    }

    void stepsThatAreNoneAreRefused() {
        const SchedulerConfig config;
        QCOMPARE(messageOf([&] { (void)schedulerTables(config, 0); }),
                 std::string("0 steps: a picture takes between 1 and 1000."));
        QVERIFY(!messageOf([&] { (void)schedulerTables(config, 1001); }).empty());
        QCOMPARE(schedulerTables(config, 1000).sigmas.size(), std::size_t{1001});
        SchedulerConfig solver{.kind = SchedulerKind::DpmSolver2M, .spacing = SchedulerConfig::Spacing::Leading};
        QVERIFY(!messageOf([&] { (void)schedulerTables(solver, 1000); }).empty());
        SchedulerConfig behind{.kind = SchedulerKind::Ddim, .spacing = SchedulerConfig::Spacing::Leading};
        behind.stepsOffset = 1;
        QVERIFY(!messageOf([&] { (void)schedulerTables(behind, 1000); }).empty());
    }

    void namesKeepWhatTheModelWasTrainedWith() {
        SchedulerConfig own{.kind = SchedulerKind::Pndm,
                            .betaStart = 0.00085,
                            .betaEnd = 0.012,
                            .betas = SchedulerConfig::Betas::ScaledLinear,
                            .prediction = Prediction::Velocity,
                            .spacing = SchedulerConfig::Spacing::Leading,
                            .stepsOffset = 1,
                            .lastAlphaOne = false,
                            .skipRungeKutta = true};
        QVERIFY(schedulerNamed("", own) == own);
        QVERIFY(schedulerNamed("pndm", own) == own);
        const auto euler = schedulerNamed("euler", own);
        QCOMPARE(euler.kind, SchedulerKind::Euler);
        QCOMPARE(euler.betaStart, own.betaStart);
        QCOMPARE(euler.prediction, Prediction::Velocity);
        QCOMPARE(euler.spacing, own.spacing);
        QCOMPARE(euler.stepsOffset, std::int64_t{1});
        QVERIFY(!euler.karras);
        QVERIFY(!schedulerNamed("ddim", own).lastAlphaOne);
        QVERIFY(schedulerNamed("dpm++-2m-karras", own).karras);
        QVERIFY(!schedulerNamed("dpm++-2m", schedulerNamed("dpm++-2m-karras", own)).karras);
        QVERIFY(schedulerNamed("pndm", euler).skipRungeKutta);
        for (const auto name : schedulerNames())
            QCOMPARE(Scheduler(schedulerNamed(name, own), 20).passes(), std::size_t{name == "pndm" ? 21U : 20U});
        QVERIFY(messageOf([&] { (void)schedulerNamed("heun", own); }).find("dpm++-2m-karras") != std::string::npos);
    }
};

MERGARIUM_SUITE(SchedulerTest)
#include "scheduler_test.moc"
