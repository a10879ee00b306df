#include "core/merging/merge_configuration.h"
#include "tests/support/merged_in_memory.h"
#include "tests/support/message_of.h"
#include "tests/support/suite.h"

#include <QTest>

using namespace mergarium;
using namespace mergarium::test;
namespace fs = std::filesystem;

namespace {

const fs::path kModels = MERGARIUM_TEST_DATA "/mergekit/models";
const std::string kTwo = "models:\n  - {model: a, parameters: {weight: 1}}\n  - {model: b, parameters: {weight: 3}}\n";

MergeConfiguration mergeOf(const std::string& yaml) { return parseMergeConfiguration(yaml, kModels / "merge.yml"); }

QString refusalOf(const std::string& yaml) {
    return QString::fromStdString(messageOf([&] { mergeOf(yaml); }));
}

/// Also of what is only seen once the models are open.
QString planRefusal(const std::string& yaml) {
    return QString::fromStdString(messageOf([&] { MergedInMemory(mergeOf(yaml), {}); }));
}

MergeGradient gradient(std::vector<double> numbers) { return {std::move(numbers)}; }

}  // namespace

// mergekit's YAML: what is understood, what is refused and where, and which value a tensor gets.
class MergeConfigurationTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aWholeFileIsUnderstood() {
        const auto configuration = mergeOf(
            "merge_method: ties\nbase_model: base\nslices:\n  - sources:\n      - {model: a+lora, layer_range: [0, "
            "2]}\n"
            "      - {model: base, layer_range: [1, 3]}\n    parameters: {density: 0.5}\nparameters:\n  weight: [0, "
            "1]\n"
            "  normalize: false\ndtype: float32\nout_dtype: bfloat16\ntokenizer:\n  source: union\n"
            "  pad_to_multiple_of: 64\n  tokens:\n    <x>: {source: base, force: true}\nchat_template: auto\n");
        QCOMPARE(configuration.method, std::string("ties"));
        QCOMPARE(configuration.slices.size(), 1u);
        QCOMPARE(configuration.slices[0].sources[1].layers->second, 3u);
        QCOMPARE(configuration.models(), (std::vector<std::string>{"a+lora", "base"}));
        QCOMPARE(configuration.dtype.value(), DType::F32);
        QCOMPARE(configuration.outDtype.value(), DType::BF16);
        QCOMPARE(configuration.tokenizer->multiple.value(), 64u);
        QVERIFY(configuration.tokenizer->tokens[0].force);
        QCOMPARE(configuration.chatTemplate, std::string("auto"));
    }

    void keysThatNothingKnowsAreRefusedWithTheirLine_data() {
        QTest::addColumn<QString>("yaml");
        QTest::addColumn<QString>("said");
        const auto row = [](const char* name, const std::string& yaml, const char* said) {
            QTest::newRow(name) << QString::fromStdString(yaml) << said;
        };
        const std::string linear = "merge_method: linear\n";
        row("at the top", linear + kTwo + "dtpye: float32\n", "line 5: dtpye: is not a known key");
        row("of a model", linear + "models:\n  - model: a\n    wieght: 1\n",
            "line 4: models[0].wieght: is not a known key");
        row("of a parameter", linear + "models:\n  - model: a\n    parameters:\n      wieght: 1\n",
            "line 5: models[0].parameters.wieght: is not a parameter of any merge method");
        row("of a slice", linear + "slices:\n  - sources: [{model: a, layer_range: [0, 1]}]\n    from: 1\n",
            "line 4: slices[0].from: is not a known key");
        row("of a filter", linear + "models:\n  - {model: a, parameters: {weight: [{filter: x, valeu: 1}]}}\n",
            "weight.valeu: is not a known key; known here are: filter, value");
        row("a lone filter", linear + "models:\n  - {model: a, parameters: {weight: {filter: x, value: 1}}}\n",
            "must be an item of a list");
        row("a method", "merge_method: lineal\n" + kTwo,
            "line 1: merge_method: is 'lineal', but must be one of linear, slerp");
        row("no method", kTwo, "merge_method: is missing");
        row("no models", linear, "models: is missing, and slices, too");
        row("models and slices", linear + kTwo + "slices: [{sources: [{model: a, layer_range: [0, 1]}]}]\n",
            "slices: stands beside models");
        row("a type", linear + kTwo + "dtype: float8\n",
            "line 5: dtype: is 'float8', but must be float32, float16 or bfloat16");
        row("two tokenizers", linear + kTwo + "tokenizer_source: base\ntokenizer: {source: base}\n",
            "stands beside tokenizer");
        row("no number", linear + "models:\n  - {model: a, parameters: {weight: heavy}}\n",
            "is 'heavy', but must be a finite number");
        row("an infinite number", linear + "models:\n  - {model: a, parameters: {weight: .inf}}\n",
            "is '.inf', but must be a finite number");
        row("an empty gradient", linear + "models:\n  - {model: a, parameters: {weight: []}}\n", "is an empty list");
        row("no layers", linear + "slices:\n  - sources: [{model: a, layer_range: [2, 2]}]\n", "has no layer");
        row("unequal layers",
            linear + "slices:\n  - sources: [{model: a, layer_range: [0, 2]}, {model: b, layer_range: [0, 1]}]\n",
            "a has 2 layers and b has 1");
    }
    void keysThatNothingKnowsAreRefusedWithTheirLine() {
        QFETCH(QString, yaml);
        QFETCH(QString, said);
        const auto refusal = refusalOf(yaml.toStdString());
        QVERIFY2(refusal.contains(said), qPrintable(refusal));
        QVERIFY(refusal.contains("merge.yml") && refusal.endsWith('.'));
    }

    void whatModelsCannotGiveIsRefused_data() {
        QTest::addColumn<QString>("yaml");
        QTest::addColumn<QString>("said");
        const auto row = [](const char* name, const std::string& yaml, const char* said) {
            QTest::newRow(name) << QString::fromStdString(yaml) << said;
        };
        row("no base", "merge_method: ties\n" + kTwo, "ties needs a base_model; name one");
        row("a base without weight", "merge_method: linear\nbase_model: base\n" + kTwo,
            "linear needs the parameter 'weight' of base for the tensor");
        row("no weight", "merge_method: linear\nmodels: [{model: a}]\n", "needs the parameter 'weight' of a");
        row("no model of this name", "merge_method: linear\nmodels: [{model: nobody/nothing}]\n",
            "there is no model 'nobody/nothing' beside the file");
        row("layers that aren't there",
            "merge_method: passthrough\nslices:\n  - sources:\n      - {model: a, layer_range: [3, 5]}\n",
            "line 4: a has 4 layers, so that [3, 5] are not all there");
        row("three for slerp",
            "merge_method: slerp\nbase_model: a\nmodels: [{model: a}, {model: b}, {model: c}]\nparameters: {t: 0.5}\n",
            "slerp merges exactly 1 model beside its base_model, and there are 2");
        row("the base among nuslerp's", "merge_method: nuslerp\nbase_model: a\n" + kTwo,
            "nuslerp merges exactly 2 models that are not the base_model, and there is 1");
        row("weights that cancel out",
            "merge_method: linear\nmodels: [{model: a, parameters: {weight: 1}}, {model: b, parameters: {weight: "
            "-1}}]\n",
            "weights add up to 0");
        row("a density of none",
            "merge_method: ties\nbase_model: base\nmodels: [{model: a, parameters: {weight: 1, density: 0.001}}]\n",
            "leaves none of 20 entries");
        row("an epsilon too large",
            "merge_method: della\nbase_model: base\nmodels: [{model: a, parameters: {weight: 1, density: 0.1}}]\n",
            "lead to probabilities outside of 0 to 1");
        row("a base that isn't among the sources",
            "merge_method: ties\nbase_model: base\nslices:\n  - sources: [{model: a, layer_range: [0, 1]}]\n",
            "line 4: ties needs its base_model base among the sources of each slice");
    }
    void whatModelsCannotGiveIsRefused() {
        QFETCH(QString, yaml);
        QFETCH(QString, said);
        const auto refusal = planRefusal(yaml.toStdString());
        QVERIFY2(refusal.contains(said), qPrintable(refusal));
    }

    void gradientsAreTakenWhereALayerLies() {
        const auto three = gradient({0.0, 1.0, 3.0});
        QCOMPARE(three.at({.layer = 0, .count = 5}), 0.0);
        QCOMPARE(three.at({.layer = 1, .count = 5}), 0.5);
        QCOMPARE(three.at({.layer = 3, .count = 5}), 2.0);
        QCOMPARE(three.at({.layer = 4, .count = 5}), 3.0);
        // A slice of one layer takes the last, what lies outside of the layers the first.
        QCOMPARE(three.at({.layer = 0, .count = 1}), 3.0);
        QCOMPARE(three.at({.layer = std::nullopt, .count = 5}), 0.0);
        QCOMPARE(gradient({7.0}).at({.layer = 2, .count = 4}), 7.0);
    }

    void theFirstFilterThatFitsDecides() {
        const auto parameters = mergeOf(
                                    "merge_method: linear\nmodels: [{model: a}]\nparameters:\n  weight:\n"
                                    "    - {filter: q_proj, value: 1}\n    - {filter: attn, value: 2}\n"
                                    "    - {filter: '*', value: 3}\n")
                                    .parameters;
        const LayerPlace place{.layer = 0, .count = 2};
        QCOMPARE(parameters[0].at("l.0.attn.q_proj", place).value(), 1.0);
        QCOMPARE(parameters[0].at("l.0.attn.k_proj", place).value(), 2.0);
        QCOMPARE(parameters[0].at("l.0.mlp", place).value(), 3.0);
    }

    void parametersThatAMethodDoesNotUseAreSaid() {
        const MergedInMemory merged(mergeOf("merge_method: linear\n" + kTwo + "parameters: {int8_mask: true}\n"), {});
        QCOMPARE(merged.notes(), std::vector<std::string>{"linear has no parameter 'int8_mask': it was passed over."});
    }
};

MERGARIUM_SUITE(MergeConfigurationTest)
#include "merge_configuration_test.moc"
