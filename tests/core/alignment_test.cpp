#include "core/founders/alignment.h"
#include "tests/support/suite.h"
#include "tests/support/tensor_files.h"

#include <QTest>

using namespace mergarium;
using namespace mergarium::test;

namespace {

TensorDescription tensor(std::string name, std::vector<std::int64_t> shape, DType dtype = DType::BF16) {
    const auto count = elementsOf(shape);
    return {std::move(name), dtype, std::move(shape), count};
}

FounderOutline llama(std::string name, std::int64_t vocabulary = 10) {
    return {
        .name = std::move(name),
        .tensors = {tensor("model.norm.weight", {4}), tensor("model.layers.10.mlp.up_proj.weight", {6, 4}),
                    tensor("model.layers.2.self_attn.q_proj.weight", {4, 4}),
                    tensor("model.embed_tokens.weight", {vocabulary, 4}), tensor("lm_head.weight", {vocabulary, 4})},
        .tiedEmbeddings = false,
        .tokens = {}};
}

Alignment aligned(std::vector<FounderOutline> founders, const TensorRules& rules = {}) {
    return align(founders, rules);
}

TensorDescription& named(FounderOutline& founder, std::string_view name) {
    return *std::ranges::find(founder.tensors, name, &TensorDescription::name);
}

void remove(FounderOutline& founder, std::string_view name) {
    std::erase_if(founder.tensors, [&](const auto& one) { return one.name == name; });
}

}  // namespace

class AlignmentTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void equalFoundersAreLaidOutInDepthOrder() {
        auto second = llama("b");
        named(second, "model.norm.weight").dtype = DType::F32;
        const auto result = aligned({llama("a"), second});
        QVERIFY(result.differences.empty() && !result.commonRows);
        std::vector<std::string> names;
        for (const auto& one : result.layout.tensors) names.push_back(one.name);
        QCOMPARE(names, (std::vector<std::string>{"model.embed_tokens.weight", "model.layers.2.self_attn.q_proj.weight",
                                                  "model.layers.10.mlp.up_proj.weight", "model.norm.weight",
                                                  "lm_head.weight"}));
        QCOMPARE(result.layout.length(), std::uint64_t{40 + 16 + 24 + 4 + 40});
        QCOMPARE(result.layout.tensors[3].dtype, DType::BF16);
    }

    void missingAndMisshapenTensorsAreReported() {
        auto second = llama("b");
        remove(second, "model.norm.weight");
        named(second, "model.layers.10.mlp.up_proj.weight") = tensor("model.layers.10.mlp.up_proj.weight", {8, 4});
        named(second, "model.layers.2.self_attn.q_proj.weight").dtype = DType::I32;
        second.tensors.push_back(tensor("model.extra.weight", {1}));
        const std::vector<FounderOutline> founders{llama("a"), second};
        const auto result = align(founders, {});
        QCOMPARE(result.differences.size(), std::size_t{4});
        const auto table = tableOf(result.differences, founders);
        for (const char* part :
             {"model.layers.2.self_attn.q_proj.weight  BF16 [4, 4]  I32 [4, 4]\n", "BF16 [6, 4]  BF16 [8, 4]\n",
              "BF16 [4]     missing\n", "missing      BF16 [1]\n", "exclude"})
            QVERIFY2(table.find(part) != table.npos, table.c_str());
        QVERIFY(tableOf(result.differences, founders, 1).find("and 3 more") != std::string::npos);
    }

    void excludedTensorsAreInNoPart() {
        auto second = llama("b");
        remove(second, "model.norm.weight");
        const auto result = aligned({llama("a"), second}, {.exclude = {"*.norm.*"}, .freeze = {}});
        QVERIFY(result.differences.empty());
        QCOMPARE(result.layout.tensors.size(), std::size_t{4});
        QVERIFY(result.layout.frozen.empty());
    }

    void frozenTensorsComeFromTheFounderNamedAndLieBehind() {
        auto first = llama("a");
        remove(first, "model.norm.weight");
        const auto result =
            aligned({first, llama("b")}, {.exclude = {}, .freeze = {{"*norm*", 1}, {"model.layers.?.*", 0}}});
        QVERIFY(result.differences.empty());
        QCOMPARE(result.layout.frozen.size(), std::size_t{2});
        QCOMPARE(result.layout.frozen[0].tensor.name, std::string("model.layers.2.self_attn.q_proj.weight"));
        QCOMPARE(result.layout.frozen[1].founder, std::size_t{1});
        QCOMPARE(result.layout.frozen[0].tensor.begin, result.layout.length());
        QCOMPARE(result.layout.extent(), result.layout.length() + 20);
        QCOMPARE(aligned({first, llama("b")}, {.exclude = {}, .freeze = {{"*norm*", 0}}}).differences.size(),
                 std::size_t{1});
    }

    void whatIsTakenOverGoesWithTheFirstConfiguration() {
        auto first = llama("a"), second = llama("b", 12);
        first.settings = second.settings = {{"model_type", "llama"}};
        named(second, "model.layers.10.mlp.up_proj.weight") = tensor("model.layers.10.mlp.up_proj.weight", {8, 4});
        const auto says = [&](const std::vector<FreezeRule>& freeze) {
            return messageOf([&] { aligned({first, second}, {.exclude = {}, .freeze = freeze}); });
        };
        const auto shape = says({{"*up_proj*", 1}, {"*embed*", 0}, {"lm_head*", 0}});
        QVERIFY2(shape.find("'model.layers.10.mlp.up_proj.weight' of founder 2 is [8, 4], where the first founder") !=
                     std::string::npos,
                 shape.c_str());
        const auto rows = says({{"*up_proj*", 0}, {"*embed*", 1}, {"lm_head*", 0}});
        QVERIFY2(
            rows.find("'lm_head.weight' would have 10 rows and 'model.embed_tokens.weight' 12") != std::string::npos,
            rows.c_str());
        QCOMPARE(says({{"*up_proj*", 0}, {"*embed*", 1}, {"lm_head*", 1}}), std::string("nothing was thrown"));
    }

    void otherNumbersAreTakenOver() {
        auto first = llama("a"), second = llama("b");
        second.tensors.push_back(tensor("model.position_ids", {7}, DType::I64));
        const auto result = aligned({first, second});
        QVERIFY(result.differences.empty());
        QCOMPARE(result.layout.frozen.front().founder, std::size_t{1});
        QCOMPARE(result.layout.extent(), result.layout.length());
    }

    void aTiedHeadIsAnotherNameOfTheEmbedding() {
        auto first = llama("a"), second = llama("b");
        first.tiedEmbeddings = second.tiedEmbeddings = true;
        remove(first, "lm_head.weight");
        const auto result = aligned({first, second});
        QVERIFY(result.differences.empty());
        QCOMPARE(result.layout.aliases, (std::vector<Layout::Alias>{{"lm_head.weight", "model.embed_tokens.weight"}}));
        QCOMPARE(result.layout.tensors.size(), std::size_t{4});
    }

    void theEmbeddingStandsForATiedFoundersHeadWhereOthersHaveOne() {
        auto first = llama("a");
        first.tiedEmbeddings = true;
        remove(first, "lm_head.weight");
        const auto result = aligned({first, llama("b")});
        QVERIFY(result.differences.empty() && result.layout.aliases.empty());
        QCOMPARE(result.layout.tensors.back().name, std::string("lm_head.weight"));
        QCOMPARE(result.nameIn(0, "lm_head.weight"), std::string("model.embed_tokens.weight"));
        QCOMPARE(result.nameIn(1, "lm_head.weight"), std::string("lm_head.weight"));
        QCOMPARE(result.nameIn(0, "model.norm.weight"), std::string("model.norm.weight"));
        // Without an embedding there is nothing to stand for it.
        const auto refused = aligned({first, llama("b")}, {.exclude = {"*embed*"}, .freeze = {}});
        QCOMPARE(refused.differences.size(), std::size_t{1});
        QCOMPARE(refused.differences.front().founders.front(), std::string("tied to the embedding"));
    }

    void settingsAreTabledAboveTensors() {
        auto first = llama("a"), second = llama("b");
        remove(second, "model.norm.weight");
        first.settings = {{"rope_theta", "10000"}};
        second.settings = {{"rope_theta", "500000"}};
        const std::vector<FounderOutline> founders{first, second};
        const auto table = tableOf(align(founders, {}).differences, founders);
        QVERIFY2(table.starts_with("config.json        a         b\nrope_theta         10000     500000\ntensor\n"
                                   "model.norm.weight  BF16 [4]  missing\n"),
                 table.c_str());
    }

    void vocabulariesOfTwoSizesAreReportedUnlessTheCommonRowsAreAskedFor() {
        const auto refused = aligned({llama("a", 12), llama("b", 10), llama("c", 15)});
        QCOMPARE(refused.differences.size(), std::size_t{2});
        QVERIFY(refused.differences.front().kind == Difference::Kind::Vocabulary);
        const auto merged = aligned({llama("a", 12), llama("b", 10), llama("c", 15)},
                                    {.exclude = {}, .freeze = {}, .commonVocabulary = true});
        QVERIFY(merged.differences.empty());
        QCOMPARE(merged.layout.tensors.front().shape, (std::vector<std::int64_t>{12, 4}));
        QCOMPARE(*merged.commonRows, (std::vector<RowRange>{{0, 10}}));
    }

    void tokensThatDifferSplitTheCommonRows() {
        auto first = llama("a", 4), second = llama("b", 4);
        first.tokens = {"x", "y", "z"};
        second.tokens = {"x", "Y", "z", "w"};
        const auto refused = aligned({first, second});
        QVERIFY(refused.differences.size() == 1 && refused.differences.front().kind == Difference::Kind::Tokenizer);
        QCOMPARE(refused.differences.front().founders.at(1), std::string("4 tokens, 1 differ, 1 is 'Y' not 'y'"));
        const auto merged = aligned({first, second}, {.exclude = {}, .freeze = {}, .commonVocabulary = true});
        QCOMPARE(*merged.commonRows, (std::vector<RowRange>{{0, 1}, {2, 4}}));
    }

    void rulesThatCantBeMeantAreRefused() {
        const auto says = [](const TensorRules& rules) {
            return messageOf([&] { aligned({llama("a"), llama("b")}, rules); });
        };
        QVERIFY(says({.exclude = {"vision*"}, .freeze = {}}).find("'vision*' matches no tensor") != std::string::npos);
        QVERIFY(says({.exclude = {}, .freeze = {{"*", 2}}}).find("founder 3, but there are only 2") !=
                std::string::npos);
        QVERIFY(says({.exclude = {}, .freeze = {{"*", 0}}}).find("could be merged") != std::string::npos);
    }

    void patternsKnowStarsAndQuestionMarks() {
        QVERIFY(matches("*", "") && matches("a*c", "abbc") && matches("*.?.weight", "layers.1.weight") &&
                matches("a**", "a"));
        QVERIFY(matches("*ab*ab", "abxab.ab") && !matches("a?c", "ac") && !matches("", "a") && !matches("a*c", "acb"));
        const std::string many(2000, 'a');
        QVERIFY(!matches(std::string("*a*a*a*a*a*a*a*a*a*b"), many));
    }
};

MERGARIUM_SUITE(AlignmentTest)
#include "alignment_test.moc"
