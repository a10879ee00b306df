#include "tests/support/example_models.h"

#include <fstream>
#include <random>
#include <sstream>

namespace mergarium::test {

namespace fs = std::filesystem;

std::vector<float> numbers(std::size_t count, unsigned seed) {
    std::mt19937 random(seed);
    std::normal_distribution<float> normal;
    std::vector<float> values(count);
    for (auto& value : values) value = normal(random);
    return values;
}

std::string textOf(const fs::path& path) {
    std::ostringstream text;
    text << std::ifstream(path, std::ios::binary).rdbuf();
    return text.str();
}

std::map<std::string, std::string> filesIn(const fs::path& folder) {
    std::map<std::string, std::string> files;
    for (const auto& entry : fs::directory_iterator(folder))
        files[entry.path().filename().string()] = textOf(entry.path());
    return files;
}

std::vector<float> valuesOf(const Checkpoint& model, std::string_view name) {
    const auto* tensor = model.find(name);
    if (!tensor) return {};
    std::vector<float> values(tensor->count);
    toFloats(tensor->dtype, tensor->bytes, values);
    return values;
}

std::vector<float> valuesOf(const FounderSource& model, std::string_view name) {
    const auto index = model.indexOf(name);
    if (!index) return {};
    std::vector<float> values(model.tensors()[*index].count);
    toFloats(model.tensors()[*index].dtype, model.bytes(*index), values);
    return values;
}

void ExampleModels::writeBoth() {
    temporary_ = std::make_unique<QTemporaryDir>();
    folder_ = temporary_->path().toStdString();
    writeModel("a", 1);
    writeModel("b", 11);
}

fs::path ExampleModels::writeModel(const char* name, unsigned seed, DType dtype, int wide) {
    const auto folder = folder_ / name;
    fs::create_directory(folder);
    const auto rows = static_cast<std::int64_t>(6 * wide);
    GivenTensor positions{
        "model.position_ids", DType::I64, {4}, std::vector<std::byte>(32, static_cast<std::byte>(seed))};
    writeTensors(folder / "model.safetensors",
                 {tensorOf("model.embed_tokens.weight", dtype, {rows, 4}, numbers(24 * wide, seed)),
                  tensorOf("model.layers.0.mlp.weight", dtype, {8, 4}, numbers(32, seed + 1)),
                  tensorOf("model.layers.1.mlp.weight", dtype, {8, 4}, numbers(32, seed + 2)),
                  tensorOf("model.norm.weight", dtype, {4}, numbers(4, seed + 3)), positions});
    writeText(
        folder / "config.json",
        "{\n  \"model_type\": \"llama\",\n  \"torch_dtype\": \"bfloat16\",\n  \"tie_word_embeddings\": true\n}\n");
    writeText(folder / "tokenizer_config.json", "{\"seed\": " + std::to_string(seed) + "}");
    writeText(folder / "generation_config.json", "{}");
    writeText(folder / "training_args.bin", "pickle");
    writeText(folder / "README.md", "the founder's own");
    return folder;
}

MergeRequest ExampleModels::request(const char* out) const {
    return {.first = {.base = folder_ / "a", .adapter = {}},
            .second = {.base = folder_ / "b", .adapter = {}},
            .ratio = 0.25,
            .folder = folder_ / out};
}

std::vector<std::string> ExampleModels::unfinished() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(folder_))
        if (entry.path().filename().string().find("unfinished") != std::string::npos)
            names.push_back(entry.path().filename().string());
    return names;
}

}  // namespace mergarium::test
