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

    void namesWithAnotherPrefixAreTheFirsts_data() {
        QTest::addColumn<QString>("from");
        QTest::addColumn<QString>("to");
        QTest::newRow("a base model's") << "model."
                                        << "";
        QTest::newRow("a part's") << "model."
                                  << "model.language_model.";
        QTest::newRow("a part's, before") << "model."
                                          << "language_model.model.";
        QTest::newRow("another") << "model."
                                 << "bert.";
    }
    void namesWithAnotherPrefixAreTheFirsts() {
        QFETCH(QString, from);
        QFETCH(QString, to);
        const auto inThat = [&](FounderOutline founder) {
            for (auto& one : founder.tensors)
                if (one.name.starts_with("model.")) one.name = to.toStdString() + one.name.substr(from.size());
            return founder;
        };
        const auto plain = llama("a"), other = inThat(llama("b"));
        for (const auto& founders :
             {std::vector{plain, other}, std::vector{other, plain}, std::vector{plain, plain, other}}) {
            const auto result = aligned(founders);
            const bool isNaming = to != "bert.";
            QCOMPARE(result.differences.empty(), isNaming);
            if (!isNaming) continue;
            // Named as the first, in the order of the first.
            QCOMPARE(result.layout.tensors, aligned({founders.front()}).layout.tensors);
            QVERIFY(result.namings.front().rules.empty());
            QCOMPARE(result.namings.back().rules.size(), std::size_t{1});
            QCOMPARE(result.namings.back().rules.front().tensors, std::size_t{4});
            QCOMPARE(result.namings.back().nameOf("lm_head.weight"), std::string("lm_head.weight"));
        }
    }

    void aModelOfSeveralPartsMayNameEachOtherwise() {
        // As LLaVA's were called until and since transformers 4.52.
        const auto part = [](const std::string& text, const std::string& head, const std::string& vision) {
            FounderOutline founder{.name = text, .tensors = {}, .tokens = {}};
            for (const char* name :
                 {"embed_tokens.weight", "layers.0.self_attn.q_proj.weight", "layers.0.norm.weight", "norm.weight"})
                founder.tensors.push_back(tensor(text + name, {4, 4}));
            for (const char* name : {"embeddings.weight", "layers.0.self_attn.q_proj.weight", "layers.0.norm.weight"})
                founder.tensors.push_back(tensor(vision + name, {4, 4}));
            founder.tensors.push_back(tensor(head + "weight", {9, 4}));
            return founder;
        };
        const auto before = part("language_model.model.", "language_model.lm_head.", "vision_tower."),
                   since = part("model.language_model.", "lm_head.", "model.vision_tower.");
        for (const auto& founders : {std::vector{before, since}, std::vector{since, before}}) {
            const auto result = aligned(founders);
            QVERIFY(result.differences.empty());
            const auto& names = result.namings[1].names;
            QCOMPARE(names.size(), std::size_t{8});
            if (founders[0].name == before.name)
                QCOMPARE(names.at("model.vision_tower.layers.0.norm.weight"),
                         std::string("vision_tower.layers.0.norm.weight"));
        }
        const auto told = sentencesOf(aligned({since, before}).namings[1], "b", "a");
        QCOMPARE(
            told.front(),
            std::string("b: 'language_model.model.' becomes 'model.language_model.' in the names of 4 tensors, to be "
                        "called as in a."));
    }

    void namesAreLeftWhereNothingTellsWhatIsMeant() {
        FounderOutline pair{.name = "pair", .tensors = {}, .tokens = {}},
            one{.name = "one", .tensors = {}, .tokens = {}};
        for (const char* name : {"layers.0.weight", "layers.1.weight"}) {
            one.tensors.push_back(tensor(name, {4, 4}));
            for (const char* side : {"left.", "right."})
                pair.tensors.push_back(tensor(std::string(side) + name, {4, 4}));
        }
        auto result = aligned({pair, one});
        QVERIFY(result.namings[1].rules.empty());
        QCOMPARE(result.differences.size(), std::size_t{6});
        // Other shapes, and other things of one shape.
        for (auto& side : pair.tensors)
            if (side.name.starts_with("left.")) side.shape = {4, 2};
        QCOMPARE(aligned({pair, one}).namings[1].rules.front().to, std::string("right."));
        auto scoring = llama("scoring"), ranking = llama("ranking");
        scoring.tensors.push_back(tensor("score.weight", {4, 4}));
        ranking.tensors.push_back(tensor("rank.weight", {4, 4}));
        result = aligned({scoring, ranking});
        QVERIFY(result.namings[1].rules.empty());
        QCOMPARE(result.differences.size(), std::size_t{2});
        // An expert is no prefix of a model.
        FounderOutline dense{
            .name = "dense", .tensors = {tensor("model.layers.0.mlp.up.weight", {4, 4})}, .tokens = {}},
            mixed{.name = "mixed", .tensors = {tensor("model.layers.0.mlp.experts.0.up.weight", {4, 4})}, .tokens = {}};
        QVERIFY(aligned({mixed, dense}).namings[1].rules.empty());
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

    void aHeadThatIsNowhereIsMissed() {
        auto tied = llama("a"), untied = llama("b");
        for (auto* one : {&tied, &untied}) remove(*one, "lm_head.weight");
        tied.tiedEmbeddings = true;
        tied.network = untied.network = DecoderConfig();
        const auto differences = aligned({tied, untied}).differences;
        QCOMPARE(differences.size(), std::size_t{1});
        QCOMPARE(differences[0].tensor, std::string("lm_head.weight"));
        QCOMPARE(differences[0].founders, (std::vector<std::string>{"tied to the embedding", "missing"}));
        // One that is excluded isn't missed: the models are tied, whatever their founders were.
        auto stored = llama("b");
        stored.network = DecoderConfig();
        QVERIFY(aligned({stored, tied}, {.exclude = {"lm_head.weight"}, .freeze = {}}).differences.empty());
        // A classifier needs none, and of others it isn't known.
        tied.network->labels = untied.network->labels = {"bad", "good"};
        QVERIFY(aligned({tied, untied}).differences.empty());
        tied.network.reset();
        untied.network.reset();
        QVERIFY(aligned({tied, untied}).differences.empty());
    }

    // The first founder's network would compute something of the tensors, and another than the founder's own.
    void whatDescribesNoNetworkIsNoFounderBesideOneThatDoes() {
        auto first = llama("a"), second = llama("b");
        first.network = DecoderConfig();
        second.refusal = "config.json: use_bidirectional_attention is true";
        const auto differences = aligned({first, second}).differences;
        QCOMPARE(differences.size(), std::size_t{1});
        QCOMPARE(differences[0].founders, (std::vector<std::string>{"is understood", second.refusal}));
        first.network.reset();
        QVERIFY(aligned({first, second}).differences.empty());
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
