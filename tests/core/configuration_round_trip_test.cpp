#include "core/configuration/command_line.h"
#include "core/configuration/short_yaml.h"
#include "core/fields/kinds.h"
#include "core/fields/yaml.h"
#include "core/founders/founder_fields.h"
#include "core/random/random_stream.h"
#include "tests/support/suite.h"

#include <QTest>

#include <cmath>
#include <optional>

using namespace mergarium;

namespace {

/// Gives every parameter a random value within its bounds.
class Randomizer final : public FieldVisitor {
public:
    explicit Randomizer(std::uint64_t seed) : random_(seed, 1, Purpose::MixingRatio) {}

    void boolean(const FieldText& text, bool& value) override {
        if (!text.shorthand) value = below(2);
    }
    void whole(const FieldText&, std::uint64_t& value, const WholeBounds& bounds) override {
        const auto most = std::min<std::uint64_t>(bounds.most, bounds.least + 1'000'000'000'000);
        value = bounds.zero && below(4) == 0 ? 0 : bounds.least + below(most - bounds.least + 1);
    }
    void number(const FieldText&, double& value, const NumberBounds& bounds) override {
        const double least = std::max(bounds.least, -1e6), most = std::min(bounds.most, 1e6);
        // Small ones too, which decimals would lose.
        value = least + (most - least) * std::pow(random_.uniform(), 1.0 + 8.0 * random_.uniform());
        if (bounds.above && value <= least) value = std::nextafter(least, most);
        if (bounds.below && value >= most) value = std::nextafter(most, least);
    }
    std::size_t choice(const FieldText& text, std::span<const std::string_view> names, std::size_t) override {
        // Mutation is for founders without checkpoints, which the test sees to.
        return text.key == "kind" && forced_ ? *forced_ : below(names.size());
    }
    void text(const FieldText& text, std::string& value, const TextShape& shape) override {
        value = text.key == "device" ? "cuda:1" : words(shape.required ? 1 : 0);
    }
    void texts(const FieldText&, std::vector<std::string>& value, TextsAre, bool required) override {
        value.resize(below(4) + (required ? 1 : 0));
        for (auto& one : value) one = words(1);
    }
    void path(const FieldText&, std::filesystem::path& value, const PathShape& shape) override {
        value = shape.required || shape.besideText || below(2) ? somePath() : std::filesystem::path();
    }
    void structured(const FieldText&, StructuredField& field) override {
        // Its own reader is the judge of what it may be.
        const auto text = example(field);
        Value map{Value::Map{}};
        map.at("key") = parseYaml(text, "");
        const Source source("", "/");
        MapReader reader(map, "", source);
        field.read("key", map.at("key"), reader);
    }
    void boolean(const FieldText&, std::optional<bool>& value) override {
        value = below(3) == 0 ? std::nullopt : std::optional(below(2) == 0);
    }
    void number(const FieldText& text, std::optional<double>& value, const NumberBounds& bounds) override {
        double number = 0.0;
        this->number(text, number, bounds);
        value = below(3) == 0 ? std::nullopt : std::optional(number);
    }
    void section(const FieldText&, const std::function<void()>& fields) override { fields(); }
    using FieldVisitor::choice;

    std::uint64_t below(std::uint64_t count) { return random_.below(count); }
    std::optional<std::size_t> forced_;

private:
    std::string words(std::size_t least) {
        static const std::string pieces[] = {"a", " ",  "\n", "\t", "\"", "'",    "\\",   "#", ": ", "{",    "}",
                                             "é", "模", "- ", "~",  "&",  "null", "true", "0", "%",  "\r\n", "*"};
        std::string text;
        for (auto count = least + below(8); count > 0; --count) text += pieces[below(std::size(pieces))];
        return text;
    }
    std::filesystem::path somePath() {
        static const char* names[] = {"a", "b c", "é", "data.jsonl", "#x", "it's"};
        return std::filesystem::path("/") / names[below(6)] / names[below(6)];
    }
    std::string example(const StructuredField& field) {
        const auto shape = std::string(field.shape());
        const auto number = [&] { return std::to_string(below(100)); };
        if (shape.find("split points") != std::string::npos)
            return below(2) ? number() : "[" + number() + ", " + std::to_string(100 + below(900)) + "]";
        if (shape.find("beta") != std::string::npos)
            for (const std::string word : {"uniform", "half", "whole", "grid"})
                if (shape.find(word) != std::string::npos && below(3) == 0) return word;
        if (shape.find("beta") != std::string::npos) return "{beta: " + std::to_string(0.001 + random_.uniform()) + "}";
        if (shape.find("last-number") != std::string::npos)
            return below(3) == 0 ? "text" : below(2) ? "last-number" : "{pattern: \"a\\\\d+ \\\"x\\\" (.*)\"}";
        if (shape.find("questions.jsonl") != std::string::npos)
            return "[{train: /q.jsonl, weight: 0." + number() +
                   "1, held_out: 0.2}, {name: \"x: y\", train: /r.jsonl, "
                   "test: /t.jsonl, limit: " +
                   number() + "}]";
        if (shape.find("groups") != std::string::npos)
            return below(2) ? "{}" : "{\"odd: one\": [1, \"3\"], even: [0, two]}";
        if (shape.find("adapter") != std::string::npos) return founders_;
        if (shape.find("lists of patterns") != std::string::npos)
            return below(2) ? "{}" : "{attention: ['*attn*'], \"odd: one\": [a, \"b\\nc\"]}";
        if (shape.find("pattern") != std::string::npos)
            return below(2) ? "[]" : "[{pattern: '*norm*', founder: 2}, {pattern: \"a\\nb\", founder: 1}]";
        return toInlineYaml(field.write());
    }

    RandomStream random_;

public:
    std::string founders_ = "[/a, {base: /b, adapter: /l}]";
};

/// Leaves out what can't be beside the genes that were drawn.
void settle(SpliceRule& rule) {
    if (rule.inherit == Inherit::Splits) rule.chance = EvenChance{};
    if (rule.inherit == Inherit::Splits && rule.genes == GeneKind::Elements) return;
    rule.snap = Snap::None;
    rule.chromosomes.clear();
    if (rule.interpolation == Interpolation::SlerpPerTensor) rule.interpolation = Interpolation::Lerp;
}

/// A configuration with random values; absent where two of them can't be together.
std::optional<RunConfiguration> drawConfiguration(std::uint64_t seed) {
    Randomizer random(seed);
    RunConfiguration c;
    c.task = defaultKinds<TaskSettings>()[seed % kKindCount<TaskSettings>];
    c.strategy = defaultKinds<StrategySettings>()[seed / kKindCount<TaskSettings> % kKindCount<StrategySettings>];
    const bool own = !ownFoundersOf(c.task).empty();
    random.founders_ = own ? std::string(ownFoundersOf(c.task)[seed % 3]) : "[/a, {base: \"/b: c\", adapter: /l}]";
    std::visit([&](auto& one) { visit(random, one); }, c.task);
    std::visit([&](auto& one) { visit(random, one); }, c.strategy);
    std::visit(
        [](auto& one) {
            if constexpr (requires { one.splice; }) settle(one.splice);
        },
        c.strategy);
    visit(random, c.tensors);
    if (own) {
        c.founders = OwnFounders{random.founders_};
    } else {
        c.founders = std::vector<CheckpointFounder>{
            {"/a", ""}, {"/b: c", "/l"}, {"/d", AdapterStack({{"/l", 0.1}, {"/m + *", 1.0}})}};
        std::visit(
            [](auto& one) {
                if constexpr (requires { one.splice; }) {
                    one.splice.mutation = 0.0;
                    one.crossover = true;
                }
            },
            c.strategy);
    }
    c.seed = random.below(1ULL << 62);
    c.evaluations = 1 + random.below(1'000'000'000);
    c.name = "run \"" + std::to_string(seed) + "\": # é";
    if (firstViolation(c)) return {};
    return c;
}

/// So many of them.
template <class Look>
void forConfigurations(std::size_t count, Look look) {
    std::size_t tried = 0;
    for (std::uint64_t seed = 0; tried < count && !QTest::currentTestFailed(); ++seed) {
        QVERIFY2(seed < 2 * count + 100, "most of what is drawn can't be run");
        const auto configuration = drawConfiguration(seed);
        if (!configuration) continue;
        ++tried;
        look(*configuration);
    }
}

}  // namespace

class ConfigurationRoundTripTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void whatIsWrittenReadsBackEqual() {
        forConfigurations(10'000, [](const RunConfiguration& c) {
            const auto yaml = toYaml(c);
            const auto again = parseConfiguration(yaml, "written");
            QVERIFY2(again == c, yaml.c_str());
            QVERIFY2(toYaml(again) == yaml, yaml.c_str());
        });
    }

    void whatIsWrittenShortReadsBackEqualAndHoldsNothingToSpare() {
        forConfigurations(150, [](const RunConfiguration& c) {
            const auto yaml = toShortYaml(c);
            QVERIFY2(parseConfiguration(yaml, "written") == c, yaml.c_str());
            QVERIFY2(yaml.size() <= toYaml(c).size(), yaml.c_str());
        });
        QCOMPARE(toShortYaml({}), std::string("{}\n"));
        RunConfiguration seeded;
        seeded.seed = 7;
        QCOMPARE(toShortYaml(seeded), std::string("seed: 7\n"));
    }

    void overridesMakeOneOfTheOther() {
        std::optional<RunConfiguration> before;
        forConfigurations(1000, [&](const RunConfiguration& c) {
            if (before) {
                const auto overrides = overridesFrom(*before, c);
                std::string said;
                for (const auto& one : overrides) said += one.key + '=' + one.value + '\n';
                QVERIFY2(parseConfiguration(toYaml(*before), "", overrides) == c,
                         (toYaml(*before) + "\n" + toYaml(c) + "\n" + said).c_str());
                QVERIFY(overridesFrom(c, c).empty());
            }
            before = c;
        });
    }

    void aCommandLineReadsBackEqual() {
        std::vector<Preset> presets;
        for (const std::uint64_t seed : {3u, 4u, 5u, 6u, 7u})
            if (const auto c = drawConfiguration(seed)) presets.push_back({"preset " + std::to_string(seed), {}, *c});
        QVERIFY(presets.size() > 1);
        forConfigurations(500, [&](const RunConfiguration& c) {
            const auto line = commandLineOf(c, presets);
            QVERIFY2(isCommandLine(line), line.c_str());
            QVERIFY2(parseCommandLine(line, presets) == c, line.c_str());
        });
        QCOMPARE(commandLineOf(presets[1].configuration, presets), "mergarium-cli run '" + presets[1].name + "'");
    }
};

MERGARIUM_SUITE(ConfigurationRoundTripTest)
#include "configuration_round_trip_test.moc"
