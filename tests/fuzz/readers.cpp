#include "tests/fuzz/readers.h"

#include "core/checkpoint/checkpoint.h"
#include "core/checkpoint/depth_order.h"
#include "core/checkpoint/model_files.h"
#include "core/checkpoint/safetensors.h"
#include "core/configuration/yaml.h"
#include "core/export/model_recipe.h"
#include "core/families/families.h"
#include "core/files/json.h"
#include "core/files/text_file.h"
#include "core/founders/adapters/lora.h"
#include "core/gguf/gguf_file.h"
#include "core/images/read_image.h"
#include "core/merging/merge_configuration.h"
#include "core/sweeps/sweep.h"
#include "core/tasks/causal_lm/questions.h"
#include "core/tasks/command/sample_file.h"
#include "core/tasks/evaluators/evaluator_program.h"
#include "core/templates/model_template.h"
#include "core/templates/template.h"
#include "core/text/chat_template.h"
#include "core/tokenization/tokenizer.h"
#include "tests/fuzz/cluster_readers.h"
#include "tests/fuzz/database_reader.h"
#include "tests/fuzz/pipeline_readers.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <memory>
#include <optional>
#include <stdexcept>
#include <vector>

#include <unistd.h>

namespace mergarium::fuzz {
namespace {

namespace fs = std::filesystem;

void checkAll(const SafetensorsHeader& header, std::uint64_t fileSize) {
    std::vector<std::string> names;
    std::uint64_t bytes = 0;
    require(header.dataBegin <= fileSize);
    for (const auto& [name, entry] : header.tensors) {
        require(entry.begin <= entry.end && entry.end <= fileSize - header.dataBegin);
        std::uint64_t size = sizeOf(entry.dtype);
        for (const auto extent : entry.shape) size *= static_cast<std::uint64_t>(extent);
        require(size == entry.end - entry.begin);
        bytes += size;
        names.push_back(name);
    }
    require(bytes <= fileSize - header.dataBegin);  // nothing overlaps
    sortInDepthOrder(names);
    require(names.size() == header.tensors.size());
}

void readSafetensors(const fs::path& path) {
    const auto file = readFile(path, 1 << 30);
    // First as the header of a file that is long enough: mutations rarely get the length before it right.
    std::string headed(sizeof(std::uint64_t), '\0');
    const std::uint64_t length = file.size();
    std::memcpy(headed.data(), &length, sizeof length);
    headed += file;
    try {
        checkAll(parseSafetensorsHeader(std::as_bytes(std::span(headed)), headed.size() + 4096, "fuzz"),
                 headed.size() + 4096);
    } catch (const std::runtime_error&) {
    }
    checkAll(parseSafetensorsHeader(std::as_bytes(std::span(file)), file.size(), "fuzz"), file.size());
}

void readGguf(const fs::path& path) {
    const GgufFile file(path);
    std::uint64_t bytes = 0;
    for (const auto& tensor : file.tensors()) {
        bytes += file.bytes(tensor).size();
        std::vector<float> values(tensor.count());
        file.values(tensor, 0, values);
    }
    const auto size = fs::file_size(path);
    require(bytes <= size);  // nothing overlaps
    // What was read can be written, and is the same again.
    const auto again = ggufHeaderBytes(file.metadata(), file.tensors());
    require(parseGgufHeader(again, again.size() + size, "again").tensors == file.tensors());
}

void readIndex(const fs::path& path) {
    const auto model = modelFilesAt(path);
    for (const auto& [tensor, file] : model.placed) require(file < model.files.size());
    for (const auto& file : model.files) require(file.parent_path() == path.parent_path());
}

void readJsonText(const fs::path& path) {
    constexpr JsonLimits kLimits{.bytes = std::size_t{1} << 30, .values = 1'000'000, .pythonNumbers = true};
    // As texts: NaN differs from itself.
    const auto text = settingsText(nlohmann::ordered_json(readJson(path, kSettingsJson)));
    require(settingsText(nlohmann::ordered_json(parseJson(text, kLimits))) == text);
}

/// Opens the tokenizer, and puts a few texts through it and back.
void useTokenizer(const fs::path& path) {
    const auto tokenizer = Tokenizer::open(path.parent_path());
    constexpr std::array<std::string_view, 5> kTexts{
        "", "Hello world, it's 2024!\n\n  x", "<s>[INST] na\xC3\xAFve \xE4\xBD\xA0\xE5\xA5\xBD [/INST]</s>",
        "\xFF\xFE broken \xC3",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa         "};
    for (const auto text : kTexts) {
        try {
            const auto ids = tokenizer->encode(text, SpecialTokens::Add);
            for (const auto id : ids) require(id >= 0 && static_cast<std::size_t>(id) < tokenizer->vocabularySize());
            tokenizer->decode(ids, true);
        } catch (const std::runtime_error&) {
        }
    }
    std::vector<std::int32_t> some;
    for (std::int32_t id = -1; id < 300; ++id) some.push_back(id);
    tokenizer->decode(some, false);
}

/// The first line is a prompt's template, the rest the fields that fill it.
void fillPrompt(const fs::path& path) {
    const auto text = readFile(path, 1 << 20);
    const auto end = std::min(text.find('\n'), text.size());
    try {
        const PlaceholderTemplate prompt(std::string_view(text).substr(0, end));
        const auto filled = prompt.fill(parseJson(std::string_view(text).substr(end), kSettingsJson));
        for (const auto name : chatTemplateNames()) applyChatTemplate(chatTemplateNamed(name), filled, filled);
    } catch (const std::invalid_argument& error) {
        throw std::runtime_error(error.what());  // told with its place by whoever fills it
    }
}

/// A model's own template, of a few conversations.
void fillTemplate(const fs::path& path) {
    for (const auto* variables :
         {R"({"messages": [{"role": "system", "content": " a\nb "}, {"role": "user", "content": "\u00e9? "}],
              "bos_token": "<s>", "eos_token": "</s>", "tools": null, "add_generation_prompt": true})",
          R"({"messages": [{"role": "user", "content": [{"type": "text", "text": "x"}]},
                           {"role": "assistant", "content": null, "tool_calls": [{"function": {"name": "f",
                            "arguments": {"a": 1, "b": [1.5, null, {}]}}}]}, {"role": "tool", "content": "{}"}],
              "tools": [{"function": {"name": "f", "parameters": {"a": {"type": "string"}}}}], "documents": []})"}) {
        try {
            const Template text(path.string(), readFile(path, 1 << 20));
            const auto known = nlohmann::ordered_json::parse(variables);
            const auto printed = text.render(known);
            require(printed.size() <= 16 << 20 && text.render(known) == printed);
        } catch (const std::runtime_error&) {
        }
    }
    ModelTemplate::open(path.parent_path()).ask("Be brief.", "1 + 1?");
}

void readRun(const fs::path& path) {
    const auto configuration = readConfiguration(path);
    require(toYaml(parseConfiguration(toYaml(configuration), "again")) == toYaml(configuration));
}

void readSweepFile(const fs::path& path) { readSweep(path, path.parent_path()); }

void readRecipe(const fs::path& path) {
    const auto recipe = readModelRecipe(path);
    require(recipe.filesFrom < recipe.founders.size());
    require(recipe.recipe.coefficients.size() == recipe.recipe.spans() * recipe.founders.size());
}

void readMerge(const fs::path& path) {
    const auto configuration = readMergeConfiguration(path);
    require(!configuration.slices.empty() && !configuration.models().empty());
    for (const auto& parameter : configuration.parameters)
        for (const std::size_t layer : {0, 1, 6})
            if (const auto value = parameter.at("model.layers.1.mlp.weight", {.layer = layer, .count = 7}))
                require(std::isfinite(*value));
}

void readSamples(const fs::path& path) {
    const auto file = readSampleFile(path);
    require(file.objects.size() == file.set.groups.size() && file.objects.size() == file.set.texts.size());
    // Each goes to the evaluator as it stands.
    const auto line = requestLine(1, {.checkpoint = path, .model = 1, .samples = file.objects});
    require(line.find('\n') == line.npos);
    require(nlohmann::json::parse(line)["samples"].size() == file.objects.size());
}

void readQuestionFile(const fs::path& path) {
    CausalLmSettings settings;
    settings.files.push_back({.train = path});
    settings.prompt = "{question}";
    for (const auto scoring : {QuestionScoring::MultipleChoice, settings.scoring}) {
        settings.scoring = scoring;
        try {
            samplesOf(readQuestions(settings, Chat::none()));
        } catch (const std::runtime_error&) {
        }
    }
}

void readAdapter(const fs::path& path) {
    const auto base = Checkpoint::open(path.parent_path() / "base.safetensors");
    const std::vector<TensorDescription> tensors(base->tensors().begin(), base->tensors().end());
    const auto adapter =
        openLora(path.parent_path(),
                 {.path = base->path(), .tensors = tensors, .bytes = [&](auto i) { return base->tensors()[i].bytes; }});
    require(adapter.deltas.size() + adapter.replacements.size() > 0);
}

void readAnswer(const fs::path& path) {
    const auto line = readFile(path, 1 << 26);
    const auto reply = readReply(line, 1, 2);
    require(reply.scores.size() == 2 && (reply.texts.empty() || reply.texts.size() == 2));
    for (const auto score : reply.scores) require(score >= 0.0f && score <= 1.0f);
}

void readModelConfiguration(const fs::path& path) {
    const auto config = decoderConfigIn(path.parent_path());
    require(config.heads > 0 && config.keyHeads > 0 && config.heads % config.keyHeads == 0);
}

void readPicture(const fs::path& path) {
    constexpr std::size_t kPixels = 1 << 18;
    const auto image = readImage(path, {.bytes = 1 << 24, .pixels = kPixels});
    require(image.width * image.height <= kPixels && image.pixels.size() == 3 * image.width * image.height);
}

constexpr std::array<Reader, 26> kReaders{{{"safetensors", "any.safetensors", &readSafetensors},
                                           {"gguf", "any.gguf", &readGguf},
                                           {"index", "model.safetensors.index.json", &readIndex},
                                           {"json", "any.json", &readJsonText},
                                           {"tokenizer", "tokenizer.json", &useTokenizer},
                                           {"sentencepiece", "tokenizer.model", &useTokenizer},
                                           {"prompt", "prompt", &fillPrompt},
                                           {"template", "chat_template.jinja", &fillTemplate},
                                           {"run", "run.yaml", &readRun},
                                           {"sweep", "sweep.yaml", &readSweepFile},
                                           {"recipe", "recipe.yaml", &readRecipe},
                                           {"merge", "merge.yml", &readMerge},
                                           {"samples", "samples.jsonl", &readSamples},
                                           {"questions", "questions.jsonl", &readQuestionFile},
                                           {"adapter", "adapter_config.json", &readAdapter},
                                           {"answer", "answer", &readAnswer},
                                           {"config", "config.json", &readModelConfiguration},
                                           {"png", "any.png", &readPicture},
                                           {"jpeg", "any.jpg", &readPicture},
                                           {"webp", "any.webp", &readPicture},
                                           {"component", "config.json", &readComponent},
                                           {"model_index", "model_index.json", &readModelIndex},
                                           {"names", "names", &readOriginalNames},
                                           {"database", "runs.db", &readDatabase},
                                           {"ticket", "message", &readTicketMessage},
                                           {"result", "message", &readResultMessage}}};

void write(const fs::path& path, std::string_view bytes) {
    std::ofstream(path, std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

/// Tensors of fp32 zeros.
void writeTensors(const fs::path& path, const std::vector<std::pair<std::string, std::array<std::size_t, 2>>>& shapes) {
    nlohmann::json header;
    std::size_t end = 0;
    for (const auto& [name, shape] : shapes) {
        const auto begin = end;
        end += shape[0] * shape[1] * sizeof(float);
        header[name] = {{"dtype", "F32"}, {"shape", shape}, {"data_offsets", {begin, end}}};
    }
    const auto text = header.dump();
    const std::uint64_t length = text.size();
    std::string file(sizeof length, '\0');
    std::memcpy(file.data(), &length, sizeof length);
    write(path, file + text + std::string(end, '\0'));
}

}  // namespace

std::span<const Reader> readers() { return kReaders; }

const Reader& readerNamed(std::string_view name) {
    for (const auto& reader : kReaders)
        if (reader.name == name) return reader;
    throw std::invalid_argument("there is no reader '" + std::string(name) + "'");
}

Bench::Bench() {
    // In memory where there is such a place: the files are many.
    const auto parent = fs::is_directory("/dev/shm") ? fs::path("/dev/shm") : fs::temp_directory_path();
    auto name = (parent / "mergarium-fuzz-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error(name + ": can't be made");
    folder_ = name;
    for (const auto& reader : kReaders) fs::create_directories(folder_ / reader.name);
    write(folder_ / "index" / "one.safetensors", "");
    write(folder_ / "sweep" / "base.yaml", "name: base\n");
    writeTensors(folder_ / "adapter" / "base.safetensors", {{"model.layers.0.self_attn.q_proj.weight", {4, 4}}});
    const std::string layer = "base_model.model.model.layers.0.self_attn.q_proj.";
    writeTensors(folder_ / "adapter" / "adapter_model.safetensors",
                 {{layer + "lora_A.weight", {2, 4}}, {layer + "lora_B.weight", {4, 2}}});
}

Bench::~Bench() {
    std::error_code error;
    fs::remove_all(folder_, error);
}

Bench::Outcome Bench::run(const Reader& reader, std::string_view bytes) {
    const auto file = folder_ / reader.name / reader.file;
    write(file, bytes);
    try {
        reader.read(file);
        return Outcome::Read;
    } catch (const nlohmann::json::exception&) {
        throw;
    } catch (const std::runtime_error& error) {
        require(std::strlen(error.what()) < 10'000);
        return Outcome::Refused;
    }
}

}  // namespace mergarium::fuzz
