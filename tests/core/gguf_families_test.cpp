#include "core/checkpoint/checkpoint.h"
#include "core/families/families.h"
#include "core/gguf/architectures.h"
#include "tests/support/gguf_examples.h"
#include "tests/support/gguf_folders.h"
#include "tests/support/json_file.h"
#include "tests/support/message_of.h"
#include "tests/support/suite.h"

#include <QTest>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

using namespace mergarium;
using namespace mergarium::test;
namespace fs = std::filesystem;

namespace {

using Numbers = std::vector<float>;

const fs::path kFamilyData = MERGARIUM_TEST_DATA;

/// A folder with the example's model, its configuration changed, and a small tokenizer.
void fillFolder(const GgufFolder& folder, const GgufExample& example) {
    const auto from = kFamilyData / example.folder;
    for (const auto& entry : fs::directory_iterator(from)) {
        const auto name = entry.path().filename().string();
        if (name.starts_with("model")) folder.copy(entry.path());
    }
    auto config = readJson(from / "config.json");
    if (!example.changes.is_null()) config.update(example.changes);
    folder.write("config.json", config.dump());
    folder.write("tokenizer.json", smallBytePairs().dump());
}

/// A tensor of the file, taken apart: "blk.3.attn_q.weight".
struct NamedSlot {
    std::string layer, slot, end;
};

NamedSlot slotOf(std::string name) {
    NamedSlot slot;
    slot.end = name.substr(name.rfind('.'));
    name.resize(name.size() - slot.end.size());
    if (name.starts_with("blk.")) {
        const auto dot = name.find('.', 4);
        slot.layer = name.substr(4, dot - 4);
        name = name.substr(dot + 1);
    }
    slot.slot = name;
    return slot;
}

Numbers storedOf(const Checkpoint& model, const std::string& name, std::set<std::string>& used) {
    const auto* tensor = model.find(name);
    if (!tensor) throw std::runtime_error("no tensor " + name);
    used.insert(name);
    Numbers values(tensor->count);
    toFloats(tensor->dtype, tensor->bytes, values);
    return values;
}

/// Rows in another order: `from(row)` is where one stood.
Numbers rowsFrom(const Numbers& values, std::size_t width, const std::function<std::size_t(std::size_t)>& from) {
    Numbers result(values.size());
    for (std::size_t row = 0; row < values.size() / width; ++row)
        std::copy_n(values.begin() + static_cast<std::ptrdiff_t>(from(row) * width), width,
                    result.begin() + static_cast<std::ptrdiff_t>(row * width));
    return result;
}

/// What a tensor of the file has to be, by the definitions of its transformations.
Numbers expectedOf(const Checkpoint& model, const DecoderConfig& config, const GgufExample& example,
                   const NamedSlot& slot, std::set<std::string>& used) {
    const auto own = example.names.find(slot.slot);
    auto name = own != example.names.end() ? own->second : kUsualNames.at(slot.slot);
    if (!slot.layer.empty()) name = example.layers + slot.layer + "." + name;
    if (slot.slot == "output" && !model.find(name + slot.end)) name = kUsualNames.at("token_embd");
    if (const auto place = name.find("{}"); place != name.npos) {
        Numbers all;
        for (std::int64_t expert = 0; expert < config.experts.count; ++expert) {
            auto one = name;
            const auto values = storedOf(model, one.replace(place, 2, std::to_string(expert)) + slot.end, used);
            all.insert(all.end(), values.begin(), values.end());
        }
        return all;
    }
    auto values = storedOf(model, name + slot.end, used);
    const auto& shape = model.find(name + slot.end)->shape;
    const auto width = shape.size() == 2 ? static_cast<std::size_t>(shape[1]) : std::size_t{1};
    const auto size = static_cast<std::size_t>(config.headSize), heads = static_cast<std::size_t>(config.heads);
    if (example.turned && (slot.slot == "attn_q" || slot.slot == "attn_k"))
        return rowsFrom(values, width, [&](std::size_t row) {
            const auto head = row / size, pair = row % size / 2, half = row % 2;
            return head * size + half * size / 2 + pair;
        });
    if (example.byHead && slot.slot == "attn_qkv")
        return rowsFrom(values, width, [&](std::size_t row) {
            const auto which = row / (heads * size), head = row / size % heads;
            return (head * 3 + which) * size + row % size;
        });
    if (example.transposed && shape.size() == 2 && !slot.layer.empty()) {
        Numbers turned(values.size());
        const auto inputs = values.size() / width;
        for (std::size_t input = 0; input < inputs; ++input)
            for (std::size_t output = 0; output < width; ++output)
                turned[output * inputs + input] = values[input * width + output];
        return turned;
    }
    if (example.lessOne && slot.slot.ends_with("norm"))
        for (float& value : values) value += 1.0F;
    return values;
}

}  // namespace

// What a GGUF file has of every family's networks.
class GgufFamiliesTest : public QObject {
    Q_OBJECT

    static void forExamples() {
        QTest::addColumn<std::size_t>("index");
        for (std::size_t i = 0; i < ggufExamples().size(); ++i) QTest::newRow(ggufExamples()[i].folder) << i;
    }

private Q_SLOTS:
    void tensorsAreTheModelsToTheBit_data() { forExamples(); }

    void tensorsAreTheModelsToTheBit() {
        QFETCH(std::size_t, index);
        const auto& example = ggufExamples()[index];
        const GgufFolder folder;
        fillFolder(folder, example);
        const auto file = folder.made(GgmlType::F32);
        const auto model = Checkpoint::open(folder.path());
        const auto config = decoderConfigIn(folder.path());
        QCOMPARE(at<std::string>(file.metadata(), "general.architecture"), std::string(example.architecture));
        std::set<std::string> used;
        for (const auto& tensor : file.tensors()) {
            if (tensor.name.starts_with("rope_")) continue;
            const auto slot = slotOf(tensor.name);
            QVERIFY2(valuesOf(file, tensor) == expectedOf(*model, config, example, slot, used), tensor.name.c_str());
            // Fastest first.
            const auto count = static_cast<std::uint64_t>(config.layers.size());
            if (slot.slot == "token_embd")
                QVERIFY((tensor.extents == std::vector{static_cast<std::uint64_t>(config.hidden),
                                                       static_cast<std::uint64_t>(config.vocabulary)}));
            if (!slot.layer.empty()) QVERIFY(std::stoull(slot.layer) < count);
        }
        for (const auto& tensor : model->tensors())
            QVERIFY2(used.contains(tensor.name) || !isFloating(tensor.dtype), tensor.name.c_str());
        const bool writesTiedHead = example.architecture == std::string("gptneox");
        QCOMPARE(file.find("output.weight") != nullptr, !config.tied || writesTiedHead);
    }

    void sizesAreSaid_data() { forExamples(); }

    void sizesAreSaid() {
        QFETCH(std::size_t, index);
        const auto& example = ggufExamples()[index];
        const GgufFolder folder;
        fillFolder(folder, example);
        const auto file = folder.made(GgmlType::F16);
        const auto config = decoderConfigIn(folder.path());
        const std::string name = example.architecture;
        const auto number = [&](const char* key) {
            return std::int64_t{at<std::uint32_t>(file.metadata(), name + key)};
        };
        QCOMPARE(number(".context_length"), config.context);
        QCOMPARE(number(".embedding_length"), config.hidden);
        QCOMPARE(number(".block_count"), static_cast<std::int64_t>(config.layers.size()));
        QCOMPARE(number(".feed_forward_length"), config.intermediate);
        QCOMPARE(number(".attention.head_count"), config.heads);
        QCOMPARE(number(".attention.head_count_kv"), config.keyHeads);
        QCOMPARE(number(".attention.key_length"), config.headSize);
        QCOMPARE(number(".attention.value_length"), config.headSize);
        QCOMPARE(number(".vocab_size"), config.vocabulary);
        const bool rms = config.norm.kind == NormConfig::Kind::Rms;
        const auto* epsilon = rms ? ".attention.layer_norm_rms_epsilon" : ".attention.layer_norm_epsilon";
        QCOMPARE(at<float>(file.metadata(), name + epsilon), static_cast<float>(config.norm.epsilon));
        if (!config.ropes.empty()) {
            QCOMPARE(number(".rope.dimension_count"), config.rotated);
            QCOMPARE(at<float>(file.metadata(), name + ".rope.freq_base"), static_cast<float>(config.ropes[0].theta));
        }
        if (config.experts.count > 0) {
            QCOMPARE(number(".expert_count"), config.experts.count);
            QCOMPARE(number(".expert_used_count"), config.experts.perToken);
        }
        QCOMPARE(at<std::uint32_t>(file.metadata(), "general.file_type"), 1U);
        for (const auto& tensor : file.tensors()) {
            const bool plain = tensor.extents.size() == 1 || tensor.name.ends_with("_norm.weight") ||
                               tensor.name.find("ffn_gate_inp") != std::string::npos ||
                               tensor.name.starts_with("position_embd");
            QVERIFY2(tensor.type == (plain ? GgmlType::F32 : GgmlType::F16), tensor.name.c_str());
        }
    }

    void whatOnlySomeFamiliesHaveIsSaid() {
        const auto factsOf = [](const char* name, nlohmann::json changes = nlohmann::json::object()) {
            auto example = *std::ranges::find_if(
                ggufExamples(), [&](const GgufExample& one) { return one.folder == std::string(name); });
            example.changes.update(changes);
            const GgufFolder folder;
            fillFolder(folder, example);
            return folder.made(GgmlType::F32).metadata();
        };
        const auto granite = factsOf("families/granite");
        const auto document = readJson(kFamilyData / "families/granite/config.json");
        QCOMPARE(at<float>(granite, "granite.attention.scale"), document["attention_multiplier"].get<float>());
        QCOMPARE(at<float>(granite, "granite.embedding_scale"), document["embedding_multiplier"].get<float>());
        QCOMPARE(at<float>(granite, "granite.residual_scale"), document["residual_multiplier"].get<float>());
        QCOMPARE(at<float>(granite, "granite.logit_scale"), document["logits_scaling"].get<float>());
        const auto gemma2 = factsOf("families/gemma2");
        const auto caps = readJson(kFamilyData / "families/gemma2/config.json");
        QCOMPARE(at<float>(gemma2, "gemma2.attn_logit_softcapping"), caps["attn_logit_softcapping"].get<float>());
        QCOMPARE(at<float>(gemma2, "gemma2.final_logit_softcapping"), caps["final_logit_softcapping"].get<float>());
        QCOMPARE(at<std::uint32_t>(gemma2, "gemma2.attention.sliding_window"), 8U);
        const auto gemma3 = factsOf("families/gemma3");
        QCOMPARE(at<std::uint32_t>(gemma3, "gemma3.attention.sliding_window"), 6U);
        QCOMPARE(at<float>(gemma3, "gemma3.rope.freq_base"), 1e6F);
        const auto cohere = factsOf("families/cohere2");
        QCOMPARE(at<float>(cohere, "cohere2.logit_scale"),
                 readJson(kFamilyData / "families/cohere2/config.json")["logit_scale"].get<float>());
        QCOMPARE(at<std::string>(cohere, "cohere2.rope.scaling.type"), std::string("none"));
        QCOMPARE(at<bool>(factsOf("families/gpt_neox"), "gptneox.use_parallel_residual"), true);
        const auto yarn = factsOf("llama/qwen2", {{"rope_parameters",
                                                   {{"rope_type", "yarn"},
                                                    {"rope_theta", 10000.0},
                                                    {"factor", 4.0},
                                                    {"original_max_position_embeddings", 32}}}});
        QCOMPARE(at<std::string>(yarn, "qwen2.rope.scaling.type"), std::string("yarn"));
        QCOMPARE(at<float>(yarn, "qwen2.rope.scaling.factor"), 4.0F);
        QCOMPARE(at<std::uint32_t>(yarn, "qwen2.rope.scaling.original_context_length"), 32U);
    }

    void frequenciesAreDividedAsLlama3Does() {
        auto example = ggufExamples()[2];
        example.changes = {{"rope_parameters",
                            {{"rope_type", "llama3"},
                             {"rope_theta", 10000.0},
                             {"factor", 8.0},
                             {"low_freq_factor", 1.0},
                             {"high_freq_factor", 4.0},
                             {"original_max_position_embeddings", 64}}}};
        const GgufFolder folder;
        fillFolder(folder, example);
        const auto file = folder.made(GgmlType::Q8_0);
        const auto* tensor = file.find("rope_freqs.weight");
        QVERIFY(tensor && tensor->type == GgmlType::F32);
        const auto factors = valuesOf(file, *tensor);
        const auto size = decoderConfigIn(folder.path()).headSize;
        QCOMPARE(factors.size(), static_cast<std::size_t>(size / 2));
        // The published rule: waves shorter than a quarter of the context stay, longer than all of it are divided.
        for (std::size_t i = 0; i < factors.size(); ++i) {
            const double frequency = std::pow(10000.0, -2.0 * static_cast<double>(i) / static_cast<double>(size));
            const double wave = 2.0 * 3.14159265358979323846 / frequency;
            const double smooth = (64.0 / wave - 1.0) / 3.0;
            const double scaled = wave < 16.0   ? frequency
                                  : wave > 64.0 ? frequency / 8.0
                                                : (1.0 - smooth) * frequency / 8.0 + smooth * frequency;
            QVERIFY(std::abs(frequency / static_cast<double>(factors[i]) - scaled) < 1e-6 * scaled);
        }
        QCOMPARE(factors.front(), 1.0F);
        QCOMPARE(factors.back(), 8.0F);
    }

    void factorsOfLongRopeAreWritten() {
        const auto& example = *std::ranges::find(ggufExamples(), std::string("families/phi3"), &GgufExample::folder);
        const GgufFolder folder;
        fillFolder(folder, example);
        const auto file = folder.made(GgmlType::F16);
        const auto rope = readJson(kFamilyData / "families/phi3/config.json")["rope_parameters"];
        QVERIFY(valuesOf(file, *file.find("rope_factors_long.weight")) == rope["long_factor"].get<Numbers>());
        QVERIFY(valuesOf(file, *file.find("rope_factors_short.weight")) == rope["short_factor"].get<Numbers>());
        QCOMPARE(at<std::uint32_t>(file.metadata(), "phi3.rope.scaling.original_context_length"), 24U);
        QVERIFY(at<float>(file.metadata(), "phi3.rope.scaling.attn_factor") > 1.0F);
    }

    void whatLlamaCppDoesNotComputeIsRefused_data() {
        QTest::addColumn<QString>("folder");
        QTest::addColumn<QString>("changes");
        QTest::addColumn<QString>("sentence");
        const auto row = [](const char* folder, const char* changes, const char* sentence) {
            QTest::addRow("%s %s", folder, changes) << folder << changes << sentence;
        };
        row("families/qwen3_next", "{}", "those that can be are llama, mistral");
        row("families/gemma2", "{}", "query_pre_attn_scalar but 16");
        row("families/gemma3", R"({"query_pre_attn_scalar": 16})", "windows but in all layers save each 6th");
        row("families/qwen3_moe", R"({"norm_topk_prob": false})", "norm_topk_prob: false");
        row("llama/llama_tied", R"({"hidden_act": "gelu"})", "activation but SiLU");
        row("llama/llama_tied", R"({"rope_parameters": {"rope_type": "longrope", "rope_theta": 1e4, "factor": 2.0,
            "original_max_position_embeddings": 32, "long_factor": [1, 1, 1, 1, 1, 1, 1, 1], "short_factor": [1, 1, 1, 1, 1, 1, 1, 1]}})",
            "LongRoPE");
        row("families/cohere", R"({"tie_word_embeddings": false})", "head that isn't the embedding");
        row("llama/qwen2", R"({"architectures": ["Qwen2ForSequenceClassification"], "num_labels": 2})", "classifiers");
        row("families/phi", R"({"qk_layernorm": true})", "qk_layernorm");
        row("llama/llama_tied", R"({"num_hidden_layers": 1})", "belongs to nothing");
        row("llama/llama_tied", R"({"num_hidden_layers": 9})", "there is no tensor");
        row("llama/llama_tied", R"({"intermediate_size": 8})", "where config.json asks for");
    }

    void whatLlamaCppDoesNotComputeIsRefused() {
        QFETCH(QString, folder);
        QFETCH(QString, changes);
        QFETCH(QString, sentence);
        const auto text = folder.toStdString();
        const GgufExample example{
            .folder = text.c_str(), .architecture = "", .changes = nlohmann::json::parse(changes.toStdString())};
        const GgufFolder model;
        fillFolder(model, example);
        const auto said = QString::fromStdString(messageOf([&] { model.make(GgmlType::F16); }));
        QVERIFY2(said.contains(sentence) && said.endsWith('.'), qPrintable(said));
        QVERIFY(!fs::exists(model.file()));
    }
};

MERGARIUM_SUITE(GgufFamiliesTest)
#include "gguf_families_test.moc"
