#include "core/families/families.h"
#include "core/checkpoint/checkpoint.h"
#include "core/checkpoint/depth_order.h"
#include "core/networks/decoder/decoder_checkpoint.h"
#include "core/networks/decoder/decoder_weights.h"
#include "core/networks/likelihood.h"
#include "tests/support/json_file.h"
#include "tests/support/random_decoder.h"
#include "tests/support/suite.h"
#include "tests/support/tensor_files.h"

#include <QTest>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <filesystem>
#include <string>

using namespace mergarium;
using namespace mergarium::test;
using Kernels = Decoder::Kernels;
namespace fs = std::filesystem;

namespace {

std::vector<std::string> folders() {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(kGoldenFamilies)) names.push_back(entry.path().filename().string());
    std::ranges::sort(names);
    return names;
}

Tokens untilEnd(Tokens tokens, const std::vector<std::int32_t>& ends) {
    const auto end = std::ranges::find_first_of(tokens, ends);
    if (end != tokens.end()) tokens.erase(end + 1, tokens.end());
    return tokens;
}

}  // namespace

class FamiliesTest : public QObject {
    Q_OBJECT

    static void forAllKernels() {
        QTest::addColumn<QString>("folder");
        QTest::addColumn<bool>("own");
        for (const auto& folder : folders())
            for (const bool own : {true, false})
                QTest::addRow("%s, %s kernels", folder.c_str(), own ? "best" : "libtorch's")
                    << QString::fromStdString(folder) << own;
    }

    static void forFolders() {
        QTest::addColumn<QString>("folder");
        for (const auto& folder : folders()) QTest::newRow(folder.c_str()) << QString::fromStdString(folder);
    }

    /// Those that our own kernels compute; the others are libtorch's, who promises nothing to the bit.
    static void forFoldersOfOurKernels() {
        QTest::addColumn<QString>("folder");
        for (const auto& folder : folders())
            if (opened(QString::fromStdString(folder), true).usesOwnKernels())
                QTest::newRow(folder.c_str()) << QString::fromStdString(folder);
    }

    static Decoder opened(const QString& folder, bool own) {
        return openDecoder(kGoldenFamilies / folder.toStdString(), torch::kCPU, own ? Kernels::Best : Kernels::Library);
    }

private Q_SLOTS:
    void publishedNetworksAgree_data() { forAllKernels(); }

    void publishedNetworksAgree() {
        QFETCH(QString, folder);
        QFETCH(bool, own);
        const auto path = kGoldenFamilies / folder.toStdString();
        const auto network = opened(folder, own);
        const auto texts = readJson(path / "input_ids.json").get<std::vector<Tokens>>();
        const auto expected = Checkpoint::open(path / "expected.safetensors");
        const auto together = whole(network, texts);
        for (std::size_t i = 0; i < texts.size(); ++i) {
            const auto number = std::to_string(i);
            const auto logits = storedFloats(*expected, "logits_last." + number);
            const auto logProbabilities = storedFloats(*expected, "token_logprobs." + number);
            const auto alone = whole(network, {texts[i]});
            QVERIFY(distance(rowOf(together.logits, i), logits) < errorBar(path));
            QVERIFY(distance(rowOf(alone.logits, 0), logits) < errorBar(path));
            QVERIFY(distance(together.logProbabilities[i], logProbabilities) < errorBar(path));
            QVERIFY(distance(alone.logProbabilities[0], logProbabilities) < errorBar(path));
        }
    }

    void theyContinueTextsAsPublished_data() { forAllKernels(); }

    void theyContinueTextsAsPublished() {
        QFETCH(QString, folder);
        QFETCH(bool, own);
        const auto path = kGoldenFamilies / folder.toStdString();
        const auto network = opened(folder, own);
        const auto texts = readJson(path / "input_ids.json").get<std::vector<Tokens>>();
        const auto greedy = readJson(path / "greedy.json");
        const auto& ends = network.config().endTokens;
        QVERIFY(!ends.empty());
        for (const std::size_t batch : {1U, 2U, 3U}) {
            const auto found = continuations(network, {.prompts = texts, .maximumNewTokens = 16, .batch = batch});
            const auto ended =
                continuations(network, {.prompts = texts, .maximumNewTokens = 16, .stopTokens = ends, .batch = batch});
            for (std::size_t i = 0; i < texts.size(); ++i) {
                const auto expected = greedy[i]["new_tokens"].get<Tokens>();
                QCOMPARE(found[i], expected);
                QCOMPARE(ended[i], untilEnd(expected, ends));
            }
        }
    }

    void aTextCountsTheSameToTheBitWhateverItIsBatchedWith_data() { forFoldersOfOurKernels(); }

    void aTextCountsTheSameToTheBitWhateverItIsBatchedWith() {
        QFETCH(QString, folder);
        const auto network = opened(folder, true);
        std::vector<Tokens> texts;
        for (std::uint64_t i = 0; i < 11; ++i) texts.push_back(randomText(1 + (i * 37) % 60, i, 448));
        const auto together = whole(network, texts);
        for (std::size_t i = 0; i < texts.size(); ++i) {
            const auto alone = whole(network, {texts[i]});
            QCOMPARE(distance(rowOf(alone.logits, 0), rowOf(together.logits, i)), 0.0);
            QCOMPARE(distance(alone.logProbabilities[0], together.logProbabilities[i]), 0.0);
        }
    }

    void halfTheMemoryComputesTheSame_data() { forAllKernels(); }

    void halfTheMemoryComputesTheSame() {
        QFETCH(QString, folder);
        QFETCH(bool, own);
        auto wide = opened(folder, own);
        Decoder narrow(wide.config(), wide.parameterLayout(), torch::kCPU, own ? Kernels::Best : Kernels::Library,
                       Decoder::WeightType::BF16);
        narrow.flat().copy_(wide.flat());
        wide.flat().copy_(narrow.flat());  // rounded to what bf16 holds
        QVERIFY(narrow.flat().scalar_type() == torch::kBFloat16);
        const std::vector<Tokens> texts{randomText(50, 1, 384), randomText(3, 2, 384)};
        // To the bit where our own kernels compute.
        const double most = wide.usesOwnKernels() ? 0.0 : errorBar(kGoldenFamilies / folder.toStdString());
        const auto expected = whole(wide, texts), found = whole(narrow, texts);
        for (std::size_t i = 0; i < texts.size(); ++i) {
            QVERIFY(distance(rowOf(found.logits, i), rowOf(expected.logits, i)) <= most);
            QVERIFY(distance(found.logProbabilities[i], expected.logProbabilities[i]) <= most);
        }
    }

    void ourKernelsComputeAllButOtherMixers() {
        std::vector<std::string> others;
        for (const auto& folder : folders())
            if (!opened(QString::fromStdString(folder), true).usesOwnKernels()) others.push_back(folder);
        QCOMPARE(others, (std::vector<std::string>{"deepseek_v2", "qwen3_5", "qwen3_next"}));
        QVERIFY(!opened("qwen3", false).usesOwnKernels());
    }

    void depthOrderIsTheOrderOfTheNetwork_data() { forFolders(); }

    void depthOrderIsTheOrderOfTheNetwork() {
        QFETCH(QString, folder);
        const auto path = kGoldenFamilies / folder.toStdString();
        std::vector<std::string> natural, sorted;
        for (const auto& tensor : decoderLayout(decoderConfigIn(path)).tensors) natural.push_back(tensor.name);
        const auto checkpoint = Checkpoint::open(path);
        for (const auto& tensor : checkpoint->tensors()) sorted.push_back(tensor.name);
        sortInDepthOrder(sorted);
        QVERIFY(sorted == natural);
    }

    void configurationsOfBothVersionsMeanTheSame() {
        for (const auto& folder : folders()) {
            const auto path = kGoldenFamilies / folder;
            const auto later = decoderConfigOf(readJson(path / "config.json"), "later");
            const auto earlier = decoderConfigOf(readJson(path / "config.v4.json"), "earlier");
            QVERIFY2(later == earlier, folder.c_str());
        }
    }

    void aTextThatOutgrowsTheOriginalContextIsReadAnew_data() {
        QTest::addColumn<bool>("own");
        QTest::newRow("best kernels") << true;
        QTest::newRow("libtorch's kernels") << false;
    }

    void aTextThatOutgrowsTheOriginalContextIsReadAnew() {
        QFETCH(bool, own);
        const auto network = opened("phi3", own);
        const auto crossing = readJson(kGoldenFamilies / "phi3" / "crossing.json");
        const auto prompt = crossing["prompt"].get<Tokens>();
        const auto expected = crossing["full_recompute"]["new_tokens"].get<Tokens>();
        const auto found = continuations(network, {.prompts = {prompt, prompt}, .maximumNewTokens = 16, .batch = 2});
        QCOMPARE(found[0], expected);
        QCOMPARE(found[1], expected);

        // What follows counts from the first token on: the text read at once, and its prompt apart.
        auto text = prompt;
        text.insert(text.end(), expected.begin(), expected.end());
        const auto atOnce = whole(network, {Tokens(text.begin(), text.end() - 1)}).logProbabilities[0];
        const LikelihoodQuestion question{.prompt = prompt, .continuation = expected};
        const auto apart = logLikelihoods(network, {&question, 1}, 4)[0];
        const auto common = expected.size() - 1;  // the last one isn't asked of what was read at once
        QVERIFY(distance(std::span(apart).first(common), std::span(atOnce).subspan(prompt.size() - 1)) < 1e-4);
    }

    void foldersOfTheBareNetworkLeaveOutTheFirstPartOfNames() {
        const auto config = decoderConfigIn(kGoldenFamilies / "gpt2");
        Layout bare;
        for (const auto& tensor : decoderLayout(config).tensors) {
            QVERIFY(tensor.name.starts_with("transformer."));
            bare.append(tensor.name.substr(std::string("transformer.").size()), tensor.shape);
        }
        // As older files hold it: the mask of what a token sees.
        bare.append("h.0.attn.bias", {1, 1, config.context, config.context});
        Decoder network(config, bare, torch::kCPU);
        const auto checkpoint = Checkpoint::open(kGoldenFamilies / "gpt2");
        for (const auto& tensor : bare.tensors)
            if (const auto* stored = checkpoint->find("transformer." + tensor.name))
                std::ranges::copy(storedFloats(*checkpoint, stored->name),
                                  network.parameters().subspan(tensor.begin, tensor.count).begin());
        const auto text = randomText(12, 3, 512);
        QCOMPARE(distance(rowOf(whole(network, {text}).logits, 0),
                          rowOf(whole(openDecoder(kGoldenFamilies / "gpt2", torch::kCPU), {text}).logits, 0)),
                 0.0);
    }

    void aLargerModelsLanguageModelIsRead_data() {
        QTest::addColumn<QString>("before");
        QTest::addColumn<QString>("beforeHead");
        QTest::newRow("as of 2024") << "language_model.model."
                                    << "language_model.";
        QTest::newRow("as of 2025") << "model.language_model."
                                    << "";
    }

    void aLargerModelsLanguageModelIsRead() {
        QFETCH(QString, before);
        QFETCH(QString, beforeHead);
        for (const char* folder : {"gemma3", "smollm3", "phi3", "qwen3_5"}) {
            const auto path = kGoldenFamilies / folder;
            auto text = readJson(path / "config.json");
            const nlohmann::json larger{{"model_type", "sees_pictures"},
                                        {"architectures", {"SeesPicturesForConditionalGeneration"}},
                                        {"eos_token_id", 7},
                                        {"text_config", text},
                                        {"vision_config", {{"hidden_size", 8}}}};
            const auto config = decoderConfigOf(larger, "config.json");
            QVERIFY(config.isPart);
            QCOMPARE(config.endTokens, Tokens{7});
            const auto checkpoint = Checkpoint::open(path);
            Layout layout;
            layout.append("vision_tower.embeddings.weight", {3, 5});
            for (const auto& tensor : checkpoint->tensors())
                layout.append((tensor.name.starts_with("model.")
                                   ? before.toStdString() + tensor.name.substr(std::string("model.").size())
                                   : beforeHead.toStdString() + tensor.name),
                              tensor.shape);
            Decoder network(config, layout, torch::kCPU);
            std::size_t index = 1;
            for (const auto& tensor : checkpoint->tensors())
                std::ranges::copy(
                    storedFloats(*checkpoint, tensor.name),
                    network.parameters().begin() + static_cast<std::ptrdiff_t>(layout.tensors[index++].begin));
            const auto words = randomText(20, 3, 480);
            QVERIFY(distance(rowOf(whole(network, {words}).logits, 0),
                             rowOf(whole(openDecoder(path, torch::kCPU), {words}).logits, 0)) <=
                    (network.usesOwnKernels() ? 0.0 : errorBar(path)));
        }
    }

    void sizesThatPartsLeaveOutAreKnown() {
        const nlohmann::json larger{{"model_type", "gemma3"},
                                    {"text_config",
                                     {{"model_type", "gemma3_text"},
                                      {"hidden_size", 2560},
                                      {"intermediate_size", 10240},
                                      {"num_hidden_layers", 34},
                                      {"rope_scaling", {{"factor", 8.0}, {"rope_type", "linear"}}},
                                      {"sliding_window", 1024}}}};
        const auto config = decoderConfigOf(larger, "config.json");
        QCOMPARE(config.vocabulary, 262208);
        QCOMPARE(config.heads, 8);
        QCOMPARE(config.keyHeads, 4);
        QCOMPARE(config.headSize, 256);
        QCOMPARE(config.layers.size(), 34U);
        QCOMPARE(config.layers[5].window, 0);
        QCOMPARE(config.layers[4].window, 1024);
    }

    void asManyKeyHeadsAsHeadsWhereNullIsSaid() {
        auto qwen3 = readJson(kGoldenFamilies / "qwen3" / "config.json");
        qwen3["num_key_value_heads"] = nullptr;
        QCOMPARE(decoderConfigOf(qwen3, "").keyHeads, 4);
        qwen3.erase("num_key_value_heads");
        QCOMPARE(messageOf([&] { decoderConfigOf(qwen3, "m"); }), std::string("m: num_key_value_heads is missing."));
    }

    void numbersThatCantBeAreRefused() {
        auto mixtral = readJson(kGoldenFamilies / "mixtral" / "config.json");
        mixtral["num_experts_per_tok"] = 5;
        QCOMPARE(messageOf([&] { decoderConfigOf(mixtral, "m/config.json"); }),
                 "m/config.json: num_experts_per_tok (5) is more than the 4 experts that there are.");
        auto stablelm = readJson(kGoldenFamilies / "stablelm" / "config.json");
        stablelm["num_attention_heads"] = stablelm["num_key_value_heads"] = stablelm["hidden_size"] = 2'000'000'000;
        stablelm["head_dim"] = 8;
        QCOMPARE(messageOf([&] { decoderConfigOf(stablelm, "m/config.json"); }),
                 "m/config.json: num_attention_heads (2000000000) is more than 65536.");
    }

    void aFamilyThatIsNotThereIsRefusedWithThoseThatAre() {
        const auto message = messageOf([] {
            decoderConfigOf(smallConfig({{"model_type", "mamba2"}}), "m/config.json");
        });
        QVERIFY2(
            message.starts_with("m/config.json: model_type is \"mamba2\", which is not supported; supported are llama, "
                                "mistral, mixtral, qwen2, "),
            message.c_str());
    }
};

MERGARIUM_SUITE(FamiliesTest)
#include "families_test.moc"
