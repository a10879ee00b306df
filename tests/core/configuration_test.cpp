#include "core/configuration/presets.h"
#include "core/configuration/reference.h"
#include "core/configuration/yaml.h"
#include "core/fields/kinds.h"
#include "core/fields/yaml.h"
#include "tests/support/suite.h"

#include <QTest>

#include <fstream>
#include <sstream>

using namespace mergarium;

namespace {

RunConfiguration parse(const std::string& yaml, const std::vector<Override>& overrides = {}) {
    return parseConfiguration(yaml, "run.yaml", overrides);
}

/// What is said of a text that is refused; empty where it isn't.
std::string complaint(const std::string& yaml, const std::vector<Override>& overrides = {}) {
    try {
        parse(yaml, overrides);
        return {};
    } catch (const ConfigurationError& error) {
        return error.what();
    }
}

}  // namespace

class ConfigurationTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void nothingSaidIsThePublishedRun() {
        const auto c = parse("{}");
        QCOMPARE(c, RunConfiguration{});
        const auto& m2n2 = std::get<M2n2Settings>(c.strategy);
        QCOMPARE(m2n2.archive, 20u);
        QCOMPARE(m2n2.competition, (CompetitionRule{.alpha = 1.0, .capacity = Capacity::Unit, .epsilon = 0.0}));
        QVERIFY(m2n2.attraction && m2n2.crossover && !m2n2.refuseDuplicates && !m2n2.earlyRejection);
        QCOMPARE(m2n2.splice.splits, (SplitCount{1, 1}));
        QVERIFY(std::holds_alternative<UniformRatio>(m2n2.splice.ratio));
        QCOMPARE(m2n2.splice.interpolation, Interpolation::Slerp);
        QCOMPARE(m2n2.splice.mutation, 0.0);
        QCOMPARE(m2n2.splice.snap, Snap::None);
        QCOMPARE(m2n2.offspring, 1u);
        QCOMPARE(c.evaluations, 10'000u);
        QCOMPARE(c.seed, 42u);
        QCOMPARE(c.device, std::string("auto"));
        QCOMPARE(std::get<OwnFounders>(c.founders).name, std::string("reference-specialists"));
    }

    void everyKeyOfM2n2IsRead() {
        const auto c = parse(
            "{name: n, seed: 7, device: cpu, budget: {evaluations: 5}, founders: random, strategy: {kind: m2n2, "
            "archive: "
            "9, alpha: 0.5, epsilon: 0.25, capacity: best, attraction: false, crossover: false, splits: [2, 8], ratio: "
            "{beta: 0.3}, interpolation: slerp-per-tensor, mutation: 0.00003, snap: layer, offspring: 8, "
            "refuse_duplicates: true, early_rejection: false}}");
        M2n2Settings expected{.archive = 9,
                              .competition = {.alpha = 0.5, .capacity = Capacity::Best, .epsilon = 0.25},
                              .attraction = false,
                              .crossover = false,
                              .splice = {.splits = {2, 8},
                                         .ratio = BetaRatio{0.3},
                                         .interpolation = Interpolation::SlerpPerTensor,
                                         .mutation = 0.00003,
                                         .snap = Snap::Layer},
                              .offspring = 8,
                              .refuseDuplicates = true,
                              .earlyRejection = false};
        QCOMPARE(std::get<M2n2Settings>(c.strategy), expected);
        QCOMPARE(c.name, std::string("n"));
        QCOMPARE(c.seed, 7u);
        QCOMPARE(c.device, std::string("cpu"));
        QCOMPARE(c.evaluations, 5u);
        QCOMPARE(std::get<OwnFounders>(c.founders).name, std::string("random"));
    }

    void everyKeyOfTheOtherStrategiesIsRead() {
        const auto elites = std::get<MapElitesSettings>(
            parse(
                "{strategy: {kind: map-elites, cells: 5, descriptors: {a: [1, 3], b: [0]}, splits: 0, ratio: uniform, "
                "interpolation: lerp, snap: tensor}}")
                .strategy);
        QCOMPARE(elites.cells, 5u);
        // Founders that meet in one cell fight for it.
        QCOMPARE(traitsOf(parse("{strategy: {kind: map-elites, cells: 1}}").strategy).slots, std::size_t{1});
        QCOMPARE(elites.descriptors, (std::vector<DescriptorRule>{{"a", {"1", "3"}}, {"b", {"0"}}}));
        QCOMPARE(elites.splice.splits, (SplitCount{0, 0}));
        QCOMPARE(elites.splice.interpolation, Interpolation::Lerp);
        QCOMPARE(elites.splice.snap, Snap::Tensor);
        const auto cma = std::get<CmaEsSearchSettings>(
            parse("{strategy: {kind: cma-es, archive: 6, step: 0.125, population: 12, layers: 3}}").strategy);
        QCOMPARE(cma, (CmaEsSearchSettings{.archive = 6, .step = 0.125, .population = 12, .layers = 3}));
        const auto brute = std::get<RatioSearchSettings>(
            parse(
                "{strategy: {kind: brute-force, archive: 6, ratio: grid, interpolation: lerp, early_rejection: true}}")
                .strategy);
        QCOMPARE(
            brute,
            (RatioSearchSettings{
                .archive = 6, .ratio = EvenRatios{}, .interpolation = Interpolation::Lerp, .earlyRejection = true}));
        const auto pairing = parse("{strategy: {kind: random-pairing, archive: 8}}").strategy;
        QCOMPARE(traitsOf(pairing).competition.alpha, 1.0);
        QVERIFY(!traitsOf(pairing).attraction);
    }

    void theGeneticAlgorithmHasNeitherCompetitionNorAttractionUnlessAskedFor() {
        const auto plain = std::get<GaSettings>(parse("{strategy: {kind: ga}}").strategy);
        QCOMPARE(plain.competition.alpha, 0.0);
        QVERIFY(!plain.attraction);
        const auto asked = std::get<GaSettings>(parse("{strategy: {kind: ga, alpha: 0.5, attraction: true}}").strategy);
        QCOMPARE(asked.competition.alpha, 0.5);
        QVERIFY(asked.attraction);
    }

    void everyKeyOfALanguageTaskIsRead() {
        const auto c = parse(
            "{task: {kind: causal-lm, files: [{name: sums, train: /a.jsonl, test: /b.jsonl, held_out: 0.25, weight: "
            "2.5, "
            "limit: 10}], scoring: multiple-choice, prompt: 'Q: {q}', chat: chatml, system: s, reference: r, choices: "
            "c, "
            "length_normalized: false, extract: {pattern: 'x(.*)'}, stop: [a, \"\\n\"], max_new_tokens: 8, batch: 4}, "
            "founders: [/m, {base: /n, adapter: /l}], tensors: {exclude: ['*x'], freeze: [{pattern: '*n*', founder: "
            "2}], "
            "common_vocabulary: true}}");
        CausalLmSettings expected{.files = {{.name = "sums",
                                             .train = "/a.jsonl",
                                             .test = "/b.jsonl",
                                             .heldOut = 0.25,
                                             .weight = 2.5,
                                             .limit = 10}},
                                  .scoring = QuestionScoring::MultipleChoice,
                                  .prompt = "Q: {q}",
                                  .chat = "chatml",
                                  .system = "s",
                                  .reference = "r",
                                  .choices = "c",
                                  .lengthNormalized = false,
                                  .extraction = Extraction::Pattern,
                                  .pattern = "x(.*)",
                                  .stop = {"a", "\n"},
                                  .maxNewTokens = 8,
                                  .batch = 4};
        QCOMPARE(std::get<CausalLmSettings>(c.task), expected);
        QCOMPARE(std::get<std::vector<CheckpointFounder>>(c.founders),
                 (std::vector<CheckpointFounder>{{"/m", ""}, {"/n", "/l"}}));
        QCOMPARE(c.tensors, (TensorRules{.exclude = {"*x"}, .freeze = {{"*n*", 1}}, .commonVocabulary = true}));
    }

    void everyKeyOfACommandTaskIsRead() {
        const auto c = parseConfiguration(
            "{task: {kind: command, program: [python3, e.py], folder: here, samples: s.jsonl, test_samples: /t.jsonl, "
            "lifetime: per-child, handover: in-place, timeout: 2.5, batch: 3, scratch: /s}, founders: [a, /b]}",
            "run.yaml", {}, "/data");
        CommandSettings expected{.program = {"python3", "e.py"},
                                 .folder = "/data/here",
                                 .samples = "/data/s.jsonl",
                                 .testSamples = "/t.jsonl",
                                 .lifetime = EvaluatorLifetime::PerChild,
                                 .handover = Handover::InPlace,
                                 .timeout = 2.5,
                                 .batch = 3,
                                 .scratch = "/s"};
        QCOMPARE(std::get<CommandSettings>(c.task), expected);
        QCOMPARE(std::get<std::vector<CheckpointFounder>>(c.founders)[0].base, std::filesystem::path("/data/a"));
        const auto unsaid = parseConfiguration("{task: {kind: command, program: p, samples: s}, founders: [a, b]}",
                                               "run.yaml", {}, "/data");
        QCOMPARE(std::get<CommandSettings>(unsaid.task).folder, std::filesystem::path("/data/"));
        QCOMPARE(std::get<CommandSettings>(unsaid.task).program, std::vector<std::string>{"p"});
    }

    void whatIsRefused_data() {
        QTest::addColumn<QString>("yaml");
        QTest::addColumn<QString>("said");
        const auto row = [](const char* yaml, const char* said) { QTest::newRow(said) << yaml << said; };
        row("nam: x", "run.yaml, line 1: nam: is not a known key");
        row("name: a\n\nname: b", "run.yaml, line 3: name: stands here a second time");
        row("strategy:\n  alpha: 1\n  alpha: 2", "run.yaml, line 3: strategy.alpha: stands here a second time");
        row("strategy:\n  kind: map-elites\n  population: 50",
            "line 3: strategy.population: is no parameter of map-elites");
        row("strategy: {kind: map-elites, alpha: 0.7}", "strategy.alpha: is no parameter of map-elites");
        row("strategy: {kind: map-elites, offspring: 8}", "strategy.offspring: is no parameter of map-elites");
        row("strategy: {kind: m2n2, cells: 8}", "strategy.cells: is no parameter of m2n2");
        row("strategy: {kind: random-pairing, attraction: true}",
            "strategy.attraction: is no parameter of random-pairing");
        row("strategy: {population: 8}", "strategy.population: is a parameter of another kind");
        row("task: {kind: digits, prompt: x}", "task.prompt: is no parameter of digits");
        row("strategy: {kind: evolution}", "strategy.kind: is 'evolution', but must be one of: m2n2, ga,");
        row("strategy: {ratio: grid}", "strategy.ratio: must be uniform, whole, or a map like {beta: 0.3}");
        row("strategy: {kind: brute-force, ratio: whole}", "strategy.ratio: must be uniform, grid, or a map");
        row("strategy: {genes: units, snap: tensor}", "strategy.snap: moves split points between elements");
        row("strategy: {genes: layers, chromosomes: {a: [\"*\"]}}", "strategy.chromosomes: are groups of tensors");
        row("strategy: {inherit: each, interpolation: slerp-per-tensor}",
            "strategy.interpolation: slerp-per-tensor takes");
        row("strategy: {chance: uniform}", "strategy.chance: is for genes that are inherited each for itself");
        row("strategy: {inherit: each, chance: some}",
            "strategy.chance: must be half, uniform, or a map like {beta: 0.3}");
        row("strategy: {inherit: each, chance: {beta: 0}}",
            "strategy.chance: beta must be a number from 0.001 to 1000");
        row("strategy: {ratio: {beta: 0}}", "strategy.ratio: beta must be a number from 0.001 to 1000, not 0");
        row("strategy: {ratio: {beta: 1, b: 2}}", "strategy.ratio.b: is not a known key");
        row("strategy: {splits: [8, 2]}", "strategy.splits: the first of [8, 2] must not be the larger");
        row("strategy: {splits: 100001}", "strategy.splits: must be at most 100000");
        row("strategy: {archive: 1}", "strategy.archive: must be a whole number from 2 to 100000, not 1");
        row("strategy: {archive: 20.5}", "strategy.archive: is '20.5', but must be a whole number");
        row("strategy: {archive: -1}", "strategy.archive: is '-1', but must be a whole number");
        row("strategy: {alpha: .nan}", "strategy.alpha: is '.nan', but must be a finite number");
        row("strategy: {alpha: 101}", "strategy.alpha: must be a number from 0 to 100, not 101");
        row("strategy: {epsilon: -0.5}", "strategy.epsilon: must be a number of at least 0, not -0.5");
        row("strategy: {capacity: all}", "strategy.capacity: is 'all', but must be one of: unit, best");
        row("strategy: {attraction: maybe}", "strategy.attraction: must be true or false");
        row("strategy: {mutation: -1}", "strategy.mutation: must be a number of at least 0");
        row("strategy: {crossover: false}", "strategy.crossover: without crossover and without mutation");
        row("strategy: {offspring: 0}", "strategy.offspring: must be a whole number from 1 to 10000");
        row("strategy: {kind: map-elites, cells: 1001}", "strategy.cells: must be a whole number from 1 to 1000");
        row("strategy: {kind: map-elites, cells: 1000}", "strategy.cells: 1000 to the power of 2 descriptors");
        row("task: {kind: causal-lm, files: [{train: q}]}\nfounders: [/a, /b, /c]\nstrategy: {archive: 2}",
            "line 3: strategy.archive: must be at least 3, the number of founders, not 2");
        row("strategy: {kind: cma-es, population: 3}", "strategy.population: must be a whole number from 4 to 100000");
        row("strategy: {kind: cma-es, step: 0}", "strategy.step: must be a number above 0, not 0");
        row("strategy: {kind: cma-es, layers: 0}", "strategy.layers: must be a whole number of at least 1");
        row("budget: {evaluations: 0}", "budget.evaluations: must be a whole number from 1");
        row("budget: 5", "budget: must be a map of keys and values");
        row("seed: 9223372036854775808", "seed: must be a whole number from 0 to 9223372036854775807");
        row("device: gpu", "device: must be auto, cpu, cuda or cuda:N, not 'gpu'");
        row("founders: nobody",
            "founders: is 'nobody', but must be one of: reference-specialists, specialists, random");
        row("founders: [/a, /b]", "founders: must be one of: reference-specialists, specialists, random");
        row("task: {kind: causal-lm, files: [{train: q}]}", "founders: must be a list of model folders");
        row("task: {kind: causal-lm}\nfounders: [/a, /b]", "task.files: names no file of questions");
        row("task: {kind: causal-lm, files: [{train: q, held_out: 1}]}\nfounders: [/a, /b]",
            "task.files: held_out must be a number of at least 0 and below 1, not 1");
        row("task: {kind: causal-lm, files: [{train: q, weight: 0}]}\nfounders: [/a, /b]",
            "weight must be a number above 0");
        row("task: {kind: causal-lm, files: [{train: q, wieght: 1}]}\nfounders: [/a, /b]",
            "task.files.wieght: is not a known key");
        row("task: {kind: causal-lm, files: [{train: q}], max_new_tokens: 0}\nfounders: [/a, /b]",
            "task.max_new_tokens: must be a whole number from 1");
        row("task: {kind: causal-lm, files: [{train: q}], prompt: ''}\nfounders: [/a, /b]", "task.prompt: is empty");
        row("task: {kind: causal-lm, files: [{train: q}]}\nfounders: [/a]",
            "founders: must name at least 2 models, not 1");
        row("task: {kind: causal-lm, files: [{train: q}]}\nfounders: [/a, /b]\nstrategy: {mutation: 0.1}",
            "strategy.mutation: must be 0 for founders from checkpoints");
        row("task: {kind: causal-lm, files: [{train: q}]}\nfounders: [/a, /b]\ntensors: {freeze: [{pattern: a, "
            "founder: 3}]}",
            "tensors.freeze: names founder 3, but there are only 2");
        row("task: {kind: command, samples: s}\nfounders: [/a, /b]", "task.program: is empty");
        row("task: {kind: command, program: p}\nfounders: [/a, /b]", "task.samples: names no file");
        row("task: {kind: command, program: p, samples: s, timeout: 0}\nfounders: [/a, /b]",
            "task.timeout: must be a number above 0");
        row("[1, 2]", "the file: must be a map of keys and values");
        row("name: [", "this is not YAML");
        row("name: ''", "name: is empty");
    }

    void whatIsRefused() {
        QFETCH(QString, yaml);
        QFETCH(QString, said);
        const auto sentence = QString::fromStdString(complaint(yaml.toStdString()));
        QVERIFY2(sentence.contains(said), qPrintable(sentence));
    }

    void overridesComeLastAndAreNamed() {
        QCOMPARE(traitsOf(parse("strategy: {alpha: 1.0}", {{"strategy.alpha", "0.5"}}).strategy).competition.alpha,
                 0.5);
        QVERIFY(complaint("{}", {{"strategy.alpha", "x"}}).starts_with("--set strategy.alpha: strategy.alpha: is 'x'"));
        QVERIFY(complaint("{}", {{"strategy", "{kind: ga, cells: 2}"}}).starts_with("--set strategy: strategy.cells"));
        QVERIFY(complaint("name: n", {{"name.x", "1"}}).find("single value") != std::string::npos);
        QVERIFY_EXCEPTION_THROWN(parseOverride("alpha"), ConfigurationError);
        QVERIFY_EXCEPTION_THROWN(parseOverride("a..b=1"), ConfigurationError);
        QCOMPARE(parseOverride("a.b=c=d").value, std::string("c=d"));
    }

    void anotherKindByOverrideDropsWhatTheFileSaysForItsOwn() {
        const std::string file = "strategy: {kind: m2n2, archive: 7, alpha: 1.0, attraction: true, splits: 3}";
        const auto elites = std::get<MapElitesSettings>(parse(file, {{"strategy.kind", "map-elites"}}).strategy);
        QCOMPARE(elites.splice.splits, (SplitCount{3, 3}));
        // But not what comes by an override too.
        QVERIFY(!complaint(file, {{"strategy.kind", "map-elites"}, {"strategy.alpha", "0.5"}}).empty());
    }

    void storedConfigurationsOfEarlierVersionsStillRead() {
        const auto stored = parseStoredConfiguration(
            "{name: old, task: {kind: digits}, founders: random, strategy: {kind: cma-es, archive: 20, alpha: 0, "
            "epsilon: "
            "0, capacity: unit, attraction: false, crossover: true, split_point: false, ratio: uniform, interpolation: "
            "slerp, mutation: 0, population: 0, layers: 1}, budget: {evaluations: 10}, seed: 42, device: auto}",
            "run 1");
        QCOMPARE(std::get<CmaEsSearchSettings>(stored.strategy), CmaEsSearchSettings{});
        QVERIFY_EXCEPTION_THROWN(parseStoredConfiguration("{strategy: {nonsense: 1}}", "run 1"), ConfigurationError);
    }

    void everyKeyIsWritten() {
        for (const auto& task : defaultKinds<TaskSettings>())
            for (const auto& strategy : defaultKinds<StrategySettings>()) {
                RunConfiguration c{.task = task, .strategy = strategy};
                const auto yaml = parseYaml(toYaml(c), "");
                for (const auto& entry : parametersOf(c)) {
                    if (entry.shorthand || entry.standard.empty() || entry.key.find("[]") != std::string::npos)
                        continue;
                    const Value* value = &yaml;
                    std::istringstream parts(entry.key);
                    for (std::string part; value && std::getline(parts, part, '.');) value = value->find(part);
                    QVERIFY2(value, entry.key.c_str());
                }
            }
    }

    void everyParameterHasWordsForPeople() {
        for (const auto& entry : allParameters()) {
            QVERIFY2(!entry.label.empty() && entry.help.ends_with('.') && !entry.values.empty(), entry.key.c_str());
            QVERIFY2(entry.label.size() < 40, entry.key.c_str());
        }
    }

    void theReferenceIsUpToDate() {
        std::ifstream stream(MERGARIUM_SOURCE_DIR "/docs/configuration.md");
        std::ostringstream text;
        text << stream.rdbuf();
        QVERIFY2(text.str() == configurationReference(),
                 "docs/configuration.md: run mergarium-cli parameters --markdown > docs/configuration.md");
    }

    void everyPresetIsReadAndWrittenAlike() {
        const auto presets = readPresets(MERGARIUM_SOURCE_DIR "/resources");
        QVERIFY(presets.size() >= 11);
        for (const auto& preset : presets) QCOMPARE(parse(toYaml(preset.configuration)), preset.configuration);
    }
};

MERGARIUM_SUITE(ConfigurationTest)
#include "configuration_test.moc"
