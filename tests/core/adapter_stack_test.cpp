#include "core/export/rebuild_model.h"
#include "core/founders/content_hash.h"
#include "core/founders/founder_names.h"
#include "core/founders/founder_source.h"
#include "tests/support/example_models.h"
#include "tests/support/suite.h"

#include <QTest>

#include <cmath>

using namespace mergarium;
using namespace mergarium::test;
namespace fs = std::filesystem;

namespace {

const fs::path kReferences = MERGARIUM_TEST_DATA "/lora";

}  // namespace

// Several adapters on one base, each with a weight, and how such a model is named.
class AdapterStackTest : public QObject, private ExampleModels {
    Q_OBJECT

    static fs::path adapter(const char* name) { return kReferences / name / "adapter"; }
    FounderSourcePtr open(const std::vector<WeightedAdapter>& adapters) const {
        return openFounder({.base = kReferences / "base", .adapter = AdapterStack(adapters)}, folder_);
    }
    CheckpointFounder named(const std::string& text) const {
        return founderNamed(text, [&](const auto& path) { return folder_ / path; });
    }
    AdapterStack placed(const std::vector<WeightedAdapter>& adapters) const {
        AdapterStack stack;
        for (const auto& [path, weight] : adapters) stack.add({folder_ / path, weight});
        return stack;
    }

private Q_SLOTS:
    void init() { writeBoth(); }

    void changesAddUpByTheirWeights() {
        const auto source = open({{adapter("plain"), 0.7}, {adapter("all_linear"), -0.25}, {adapter("patterns"), 1.0}});
        const auto base = Checkpoint::open(kReferences / "base"),
                   plain = Checkpoint::open(kReferences / "plain" / "merged.safetensors"),
                   linear = Checkpoint::open(kReferences / "all_linear" / "merged.safetensors"),
                   patterns = Checkpoint::open(kReferences / "patterns" / "merged.safetensors");
        int changed = 0;
        for (const auto& tensor : base->tensors()) {
            const auto have = valuesOf(*source, tensor.name), below = valuesOf(*base, tensor.name);
            const auto a = valuesOf(*plain, tensor.name), b = valuesOf(*linear, tensor.name),
                       c = valuesOf(*patterns, tensor.name);
            changed += have == below ? 0 : 1;
            for (std::size_t i = 0; i < below.size(); ++i) {
                const double w = below[i];
                QVERIFY2(std::abs(have[i] - (w + 0.7 * (a[i] - w) - 0.25 * (b[i] - w) + (c[i] - w))) <= 2e-6,
                         tensor.name.c_str());
            }
        }
        QVERIFY(changed >= 14);
        QCOMPARE(source->name(), std::string("base + 0.7 adapter + -0.25 adapter + adapter"));
    }

    void oneOfWeightOneIsAsItIsAlone() {
        const auto hash = [&](const std::vector<WeightedAdapter>& adapters) {
            return contentHash(*open(adapters), {}).value();
        };
        const auto alone =
            contentHash(*openFounder({.base = kReferences / "base", .adapter = adapter("plain")}, folder_), {});
        QCOMPARE(hash({{adapter("plain"), 1.0}}), alone.value());
        QVERIFY(hash({{adapter("plain"), 0.5}}) != alone.value());
        QVERIFY(contentKey(*open({{adapter("plain"), 0.5}})) != contentKey(*open({{adapter("plain"), 0.6}})));
        QCOMPARE(hash({{adapter("plain"), 0.0}}),
                 contentHash(*openFounder({.base = kReferences / "base", .adapter = {}}, folder_), {}).value());
    }

    void whatCantBeWeightedOrAddedIsRefused() {
        const auto refuses = [&](const std::vector<WeightedAdapter>& adapters, std::string_view what) {
            const auto message = messageOf([&] { open(adapters); });
            QVERIFY2(message.find(what) != message.npos, message.c_str());
        };
        refuses({{adapter("dora"), 1.0}, {adapter("plain"), 1.0}}, "decomposes weights (DoRA)");
        refuses({{adapter("dora"), 0.5}}, "decomposes weights (DoRA)");
        refuses({{adapter("modules_to_save"), 0.5}}, "whole, which can't be weighted by 0.5");
        refuses({{adapter("modules_to_save"), 1.0}, {adapter("modules_to_save"), 1.0}}, "only one of them can be");
    }

    void modelsAreNamedByBaseAndAdapters() {
        for (const char* name : {"base", "lora", "more"}) fs::create_directory(folder_ / name);
        const auto is = [&](const char* text, const char* base, const std::vector<WeightedAdapter>& adapters) {
            const auto founder = named(text);
            QCOMPARE(founder.base, folder_ / base);
            QCOMPARE(founder.adapter, placed(adapters));
        };
        is("base", "base", {});
        is("base+lora", "base", {{"lora", 1.0}});
        is("base+lora*0.7+more", "base", {{"lora", 0.7}, {"more", 1.0}});
        is("base+lora*-1e-3", "base", {{"lora", -1e-3}});
        is("base+lora*1e+2+more", "base", {{"lora", 100.0}, {"more", 1.0}});
        is("gone+lost*2", "gone", {{"lost", 2.0}});
        is("gone+lora*x", "gone", {{"lora*x", 1.0}});
        is("base+", "base+", {});
        is("gone*2", "gone*2", {});
        for (const char* name : {"base+lora", "b+c", "lora*0.7", "l+m*2"}) fs::create_directory(folder_ / name);
        is("base+lora", "base+lora", {});
        is("base+lora+more", "base+lora", {{"more", 1.0}});
        is("b+c+lora*0.7", "b+c", {{"lora*0.7", 1.0}});
        is("base+lora*0.7*0.5", "base", {{"lora*0.7", 0.5}});
        is("base+l+m*2", "base", {{"l+m*2", 1.0}});
        QCOMPARE(textOf({"/b", AdapterStack({{"/l", 0.1}, {"/m", 1.0}})}), std::string("/b+/l*0.1+/m"));
    }

    void storedTextsAreReadBack() {
        for (const auto& adapters :
             std::vector<AdapterStack>{{},
                                       "/a",
                                       "/a+b*2",
                                       AdapterStack("/a", 0.1),
                                       AdapterStack("+a"),
                                       AdapterStack({{"/a*b+c\\d", 1e300}, {"e", -0.7}, {"/a", 1.0}})})
            QCOMPARE(AdapterStack::parse(adapters.text()), adapters);
        QCOMPARE(AdapterStack("/a+b*2").text(), std::string("/a+b*2"));
        for (const char* text : {"+", "+a", "+a*", "+a*x", "+a*1b*1", "+a\\", "+*1", "+a*nan"})
            QVERIFY2(messageOf([&] { AdapterStack::parse(text); }).ends_with("names no adapters."), text);
    }

    void aRecipeBuildsTheSameModelAgain() {
        const CheckpointFounder first{kReferences / "base",
                                      AdapterStack({{adapter("plain"), 0.7}, {adapter("all_linear"), 1.0}})};
        const auto merged = mergeModels({.first = first,
                                         .second = {.base = kReferences / "base", .adapter = {}},
                                         .folder = folder_ / "merged",
                                         .paths = Paths::Told},
                                        cache());
        QCOMPARE(readModelRecipe(folder_ / "merged" / "recipe.yaml").founders.front().source, first);
        QVERIFY(!fs::exists(folder_ / "merged" / "mergekit.yml"));
        const auto again =
            rebuildModel({.recipe = folder_ / "merged" / "recipe.yaml", .folder = folder_ / "again"}, cache());
        QCOMPARE(again.hash, merged.hash);
    }
};

MERGARIUM_SUITE(AdapterStackTest)
#include "adapter_stack_test.moc"
