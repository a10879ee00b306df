#include "core/export/model_recipe.h"

#include "core/configuration/task_yaml.h"
#include "core/configuration/yaml_section.h"
#include "core/files/fingerprint.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <yaml-cpp/yaml.h>

#include <stdexcept>

namespace mergarium {
namespace {

constexpr std::uint64_t kFormat = 1;

void put(YAML::Emitter& out, const char* key, const std::string& text) {
    out << YAML::Key << key << YAML::Value << YAML::DoubleQuoted << text;
}

void put(YAML::Emitter& out, const char* key, std::uint64_t number) {
    out << YAML::Key << key << YAML::Value << number;
}

void put(YAML::Emitter& out, const char* key, double number) {
    out << YAML::Key << key << YAML::Value << fmt::format("{}", number);
}

void writeStory(YAML::Emitter& out, const ModelStory& story) {
    out << YAML::BeginMap;
    put(out, "origin", story.origin);
    out << YAML::Key << "scores" << YAML::Value << YAML::BeginSeq;
    for (const auto& score : story.scores) {
        out << YAML::Flow << YAML::BeginMap;
        put(out, "task", score.task);
        put(out, "train", score.train);
        if (score.test) put(out, "test", *score.test);
        out << YAML::EndMap;
    }
    out << YAML::EndSeq << YAML::Key << "lineage" << YAML::Value << YAML::BeginSeq;
    for (const auto& line : story.lineage) out << YAML::DoubleQuoted << line;
    out << YAML::EndSeq << YAML::EndMap;
}

void readStory(const YAML::Node& node, ModelStory& story, const Source& source) {
    Section section(node, "story", source);
    section.text("origin", story.origin);
    section.texts("lineage", story.lineage);
    if (const auto scores = section.find("scores")) {
        if (!scores->IsSequence()) section.refuse("scores", *scores, "must be a list");
        for (const auto& one : *scores) {
            Section inner(one, "story.scores", source);
            ModelStory::Score score;
            inner.text("task", score.task);
            inner.number("train", score.train);
            if (const auto test = inner.find("test")) score.test = inner.numberOf("test", *test);
            inner.close();
            story.scores.push_back(std::move(score));
        }
    }
    section.close();
}

void readFounders(Section& top, ModelRecipe& recipe, const Source& source) {
    const auto founders = top.find("founders");
    if (!founders || !founders->IsSequence() || founders->size() == 0)
        source.refuse("founders", founders ? founders->Mark() : YAML::Mark::null_mark(), "must be a list of models");
    for (const auto& one : *founders) {
        Section section(one, "founders", source);
        RecipeFounder founder;
        section.text("name", founder.name);
        section.path("base", founder.source.base);
        section.path("adapter", founder.source.adapter);
        section.text("hash", founder.hash);
        section.close();
        if (founder.source.base.empty() || founder.hash.empty())
            top.refuse("founders", one, "needs the keys base and hash");
        recipe.founders.push_back(std::move(founder));
    }
}

void readSpans(Section& top, ModelRecipe& model, const Source& source) {
    const auto spans = top.find("spans");
    if (!spans || !spans->IsSequence() || spans->size() == 0)
        source.refuse("spans", spans ? spans->Mark() : YAML::Mark::null_mark(),
                      "must be a list of maps like {end: 10, coefficients: [0.5, 0.5]}");
    auto& recipe = model.recipe;
    recipe.founders = model.founders.size();
    for (const auto& one : *spans) {
        Section section(one, "spans", source);
        std::uint64_t end = 0;
        section.whole("end", end);
        if (end <= recipe.length()) top.refuse("spans", one, "must end behind the one before");
        recipe.ends.push_back(end);
        const auto coefficients = section.find("coefficients");
        if (!coefficients || !coefficients->IsSequence() || coefficients->size() != recipe.founders)
            top.refuse("spans", one, fmt::format("needs {} coefficients, one per founder", recipe.founders));
        for (const auto& coefficient : *coefficients)
            recipe.coefficients.push_back(section.numberOf("coefficients", coefficient));
        section.close();
    }
}

}  // namespace

std::string toYaml(const ModelRecipe& model) {
    YAML::Emitter out;
    out << YAML::BeginMap;
    put(out, "mergarium_recipe", kFormat);
    put(out, "name", model.name);
    out << YAML::Key << "founders" << YAML::Value << YAML::BeginSeq;
    for (const auto& founder : model.founders) {
        out << YAML::BeginMap;
        put(out, "name", founder.name);
        put(out, "base", founder.source.base.string());
        if (!founder.source.adapter.empty()) put(out, "adapter", founder.source.adapter.string());
        put(out, "hash", founder.hash);
        out << YAML::EndMap;
    }
    out << YAML::EndSeq;
    put(out, "files_from", model.filesFrom + 1);
    if (!(model.tensors == TensorRules{})) {
        out << YAML::Key << "tensors" << YAML::Value;
        writeTensorRules(out, model.tensors);
    }
    put(out, "layout", model.layout);
    if (model.dtype) put(out, "dtype", std::string(nameOf(*model.dtype)));
    put(out, "shard_size", model.shardSize);
    put(out, "result", model.result);
    out << YAML::Key << "story" << YAML::Value;
    writeStory(out, model.story);
    out << YAML::EndMap;

    std::string text =
        "# What this model is made of. The same model again: mergarium-cli rebuild recipe.yaml --out FOLDER\n";
    text += out.c_str();
    // Thousands of lines at times, so by hand.
    text +=
        "\n# Up to element `end` of the parameter vector, the model is the sum of coefficient times founder.\nspans:\n";
    for (std::size_t span = 0; span < model.recipe.spans(); ++span)
        text += fmt::format("  - {{end: {}, coefficients: [{}]}}\n", model.recipe.ends[span],
                            fmt::join(model.recipe.of(span), ", "));
    return text;
}

ModelRecipe readModelRecipe(const std::filesystem::path& path) {
    const Source source(path.string(), path.parent_path(), {});
    YAML::Node root;
    try {
        root = YAML::LoadFile(path.string());
    } catch (const YAML::BadFile&) {
        throw std::runtime_error(fmt::format("{}: there is no such file, or it can't be read.", path.string()));
    } catch (const YAML::Exception& error) {
        throw std::runtime_error(
            fmt::format("{}, line {}: this is no valid YAML ({}).", path.string(), error.mark.line + 1, error.msg));
    }
    ModelRecipe model;
    Section top(root, "", source);
    std::uint64_t format = 0, filesFrom = 1;
    top.whole("mergarium_recipe", format);
    if (format != kFormat)
        throw std::runtime_error(
            fmt::format("{}: {}.", path.string(),
                        format == 0 ? "this is no recipe of a model; name the recipe.yaml of an exported model"
                                    : "this recipe was written by a newer Mergarium; update yours"));
    top.text("name", model.name);
    readFounders(top, model, source);
    top.whole("files_from", filesFrom);
    if (filesFrom == 0 || filesFrom > model.founders.size())
        top.refuse("files_from", *top.find("files_from"),
                   fmt::format("must be the number of a founder, 1 to {}", model.founders.size()));
    model.filesFrom = filesFrom - 1;
    if (const auto rules = top.find("tensors")) readTensorRules(*rules, model.tensors, source);
    top.text("layout", model.layout);
    if (const auto dtype = top.find("dtype")) {
        model.dtype = dtypeOf(top.scalar("dtype", *dtype));
        if (!model.dtype || !isFloating(*model.dtype))
            top.refuse("dtype", *dtype, "must be an element type of floating numbers, like BF16");
    }
    top.whole("shard_size", model.shardSize);
    top.text("result", model.result);
    if (const auto story = top.find("story")) readStory(*story, model.story, source);
    readSpans(top, model, source);
    top.close();
    return model;
}

std::string hashOf(const Layout& layout) {
    std::string text;
    const auto add = [&](const Layout::Tensor& tensor, std::size_t founder) {
        text += fmt::format("{} {} [{}] {} {}\n", tensor.name.size(), tensor.name, fmt::join(tensor.shape, ", "),
                            nameOf(tensor.dtype), founder);
    };
    for (const auto& tensor : layout.tensors) add(tensor, 0);
    for (const auto& [tensor, founder] : layout.frozen) add(tensor, founder + 1);
    for (const auto& alias : layout.aliases)
        text += fmt::format("{} {} = {} {}\n", alias.name.size(), alias.name, alias.of.size(), alias.of);
    Fingerprint fingerprint;
    fingerprint.add(std::as_bytes(std::span(text)));
    return fingerprint.hex();
}

}  // namespace mergarium
