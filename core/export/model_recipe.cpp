#include "core/export/model_recipe.h"

#include "core/export/recipe_genes.h"
#include "core/fields/field_reader.h"
#include "core/fields/field_writer.h"
#include "core/fields/map_reader.h"
#include "core/fields/yaml.h"
#include "core/files/fingerprint.h"
#include "core/founders/founder_fields.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <stdexcept>

namespace mergarium {
namespace {

constexpr const char* kFolder = "folder";
constexpr const char* kSingleFile = "single file";

constexpr std::uint64_t kFormat = 1;

constexpr std::string_view kHubPrefix = "models--";

bool isOfHub(const std::filesystem::path& part) { return part.string().starts_with(kHubPrefix); }

Value numberOf(double number) { return Value(numberText(number)); }

Value storyOf(const ModelStory& story) {
    Value::List scores, lineage;
    for (const auto& score : story.scores) {
        Value one{Value::Map{}};
        one.at("task") = Value::text(score.task);
        one.at("train") = numberOf(score.train);
        if (score.test) one.at("test") = numberOf(*score.test);
        scores.push_back(std::move(one));
    }
    for (const auto& line : story.lineage) lineage.push_back(Value::text(line));
    Value map{Value::Map{}};
    map.at("origin") = Value::text(story.origin);
    map.at("scores") = Value(std::move(scores));
    map.at("lineage") = Value(std::move(lineage));
    return map;
}

void readStory(const Value& value, ModelStory& story, const Source& source) {
    MapReader section(value, "story", source);
    section.text("origin", story.origin);
    section.texts("lineage", story.lineage);
    if (const auto* scores = section.find("scores")) {
        if (!scores->isList()) section.refuse("scores", *scores, "must be a list");
        for (const auto& one : scores->list()) {
            MapReader inner(one, "story.scores", source);
            ModelStory::Score score;
            inner.text("task", score.task);
            inner.number("train", score.train);
            if (const auto* test = inner.find("test")) score.test = inner.numberOf("test", *test);
            inner.close();
            story.scores.push_back(std::move(score));
        }
    }
    section.close();
}

void readFounders(MapReader& top, ModelRecipe& recipe) {
    const auto* founders = top.find("founders");
    if (!founders || !founders->isList() || founders->list().empty())
        top.refuse("founders", founders ? *founders : Value(), "must be a list of models");
    for (const auto& one : founders->list()) {
        MapReader section(one, "founders", top.source());
        RecipeFounder founder;
        section.text("name", founder.name);
        std::string base;
        section.text("base", base);
        section.text("hash", founder.hash);
        founder.source = {.base = base, .adapter = readAdapters(section, [&](const Value& path) {
                                            return section.scalarOf("adapter", path);
                                        })};
        section.close();
        if (founder.source.base.empty() || founder.hash.empty())
            top.refuse("founders", one, "needs the keys base and hash");
        recipe.founders.push_back(std::move(founder));
    }
}

void readSpans(MapReader& top, ModelRecipe& model) {
    const auto* spans = top.find("spans");
    if (!spans || !spans->isList() || spans->list().empty())
        top.refuse("spans", spans ? *spans : Value(),
                   "must be a list of maps like {end: 10, coefficients: [0.5, 0.5]}");
    auto& recipe = model.recipe;
    recipe.founders = model.founders.size();
    for (const auto& one : spans->list()) {
        MapReader section(one, "spans", top.source());
        std::uint64_t end = 0;
        section.whole("end", end);
        if (end <= recipe.loci()) top.refuse("spans", one, "must end behind the one before");
        recipe.ends.push_back(end);
        const auto* coefficients = section.find("coefficients");
        if (!coefficients || !coefficients->isList() || coefficients->list().size() != recipe.founders)
            top.refuse("spans", one, fmt::format("needs {} coefficients, one per founder", recipe.founders));
        for (const auto& coefficient : coefficients->list())
            recipe.coefficients.push_back(section.numberOf("coefficients", coefficient));
        section.close();
    }
    if (recipe.genes && recipe.genes->size() != recipe.loci())
        top.refuse("spans", *spans, fmt::format("must end at {}, the number of genes", recipe.genes->size()));
}

}  // namespace

std::filesystem::path ownName(const std::filesystem::path& path) {
    auto normal = path.lexically_normal();
    if (!normal.has_filename()) normal = normal.parent_path();
    if (const auto hub = std::find_if(normal.begin(), normal.end(), isOfHub); hub != normal.end()) {
        std::filesystem::path rest;
        for (auto part = hub; part != normal.end(); ++part) rest /= *part;
        return rest;
    }
    const auto name = normal.filename();
    return name.string().starts_with("model.safetensors") ? normal.parent_path().filename() / name : name;
}

std::string toYaml(const ModelRecipe& model) {
    Value::List founders;
    for (const auto& founder : model.founders) {
        Value one{Value::Map{}};
        one.at("name") = Value::text(founder.name);
        one.at("base") = Value::text(founder.source.base.string());
        writeAdapters(founder.source.adapter, one);
        one.at("hash") = Value::text(founder.hash);
        founders.push_back(std::move(one));
    }
    Value map{Value::Map{}};
    map.at("mergarium_recipe") = Value(std::to_string(kFormat));
    map.at("name") = Value::text(model.name);
    map.at("founders") = Value(std::move(founders));
    map.at("files_from") = Value(std::to_string(model.filesFrom + 1));
    if (!(model.tensors == TensorRules{})) {
        FieldWriter writer;
        auto tensors = model.tensors;
        visit(writer, tensors);
        map.at("tensors") = writer.map();
    }
    map.at("layout") = Value::text(model.layout);
    if (model.dtype) map.at("dtype") = Value::text(std::string(nameOf(*model.dtype)));
    if (model.scales == Fp8Scales::PerTensor) map.at("fp8_scales") = Value::text("per tensor");
    if (!model.tensors.exclude.empty() && model.leftOut == LeftOut::TakenOver)
        map.at("left_out") = Value::text("taken over");
    if (model.outOfRange == OutOfRange::Clamped) map.at("clamp") = Value("true");
    if (model.form) map.at("written_as") = Value::text(*model.form == PipelineForm::Folder ? kFolder : kSingleFile);
    if (!model.like.empty()) map.at("like") = Value::text(model.like.string());
    map.at("shard_size") = Value(std::to_string(model.shardSize));
    map.at("result") = Value::text(model.result);
    map.at("story") = storyOf(model.story);
    if (model.recipe.genes) map.at("genes") = valueOf(*model.recipe.genes);

    std::string text =
        "# What this model is made of. The same model again: mergarium-cli rebuild recipe.yaml --out FOLDER\n";
    text += toYaml(map);
    // Thousands of lines at times, so by hand.
    text +=
        fmt::format("# Up to {} of the parameter vector, the model is the sum of coefficient times founder.\nspans:\n",
                    model.recipe.genes ? "gene `end`" : "element `end`");
    for (std::size_t span = 0; span < model.recipe.spans(); ++span)
        text += fmt::format("  - {{end: {}, coefficients: [{}]}}\n", model.recipe.ends[span],
                            fmt::join(model.recipe.of(span), ", "));
    return text;
}

ModelRecipe readModelRecipe(const std::filesystem::path& path) {
    const auto root = parseYaml(readYamlText(path, kMostRecipeYaml), path.string());
    const Source source(path.string(), path.parent_path());
    ModelRecipe model;
    MapReader top(root, "", source);
    std::uint64_t format = 0, filesFrom = 1;
    top.whole("mergarium_recipe", format);
    if (format != kFormat)
        throw std::runtime_error(
            fmt::format("{}: {}.", path.string(),
                        format == 0 ? "this is no recipe of a model; name the recipe.yaml of an exported model"
                                    : "this recipe was written by a newer Mergarium; update yours"));
    top.text("name", model.name);
    readFounders(top, model);
    top.whole("files_from", filesFrom);
    if (filesFrom == 0 || filesFrom > model.founders.size())
        top.refuse("files_from", *top.find("files_from"),
                   fmt::format("must be the number of a founder, 1 to {}", model.founders.size()));
    model.filesFrom = filesFrom - 1;
    if (const auto* rules = top.find("tensors")) {
        FieldReader reader(*rules, source, OthersKeys::Refused, "tensors");
        visit(reader, model.tensors);
        reader.close();
    }
    top.text("layout", model.layout);
    if (const auto* dtype = top.find("dtype")) {
        model.dtype = dtypeOf(top.scalarOf("dtype", *dtype));
        if (!model.dtype || !isFloating(*model.dtype))
            top.refuse("dtype", *dtype, "must be an element type of floating numbers, like BF16");
    }
    std::string scales;
    top.text("fp8_scales", scales);
    if (!scales.empty() && scales != "per tensor")
        top.refuse("fp8_scales", *top.find("fp8_scales"), "are known as 'per tensor' alone");
    model.scales = scales.empty() ? Fp8Scales::None : Fp8Scales::PerTensor;
    std::string leftOut;
    top.text("left_out", leftOut);
    if (!leftOut.empty() && leftOut != "taken over")
        top.refuse("left_out", *top.find("left_out"), "is known as 'taken over' alone");
    if (leftOut.empty() && !model.tensors.exclude.empty()) model.leftOut = LeftOut::Missing;
    bool clamp = false;
    top.boolean("clamp", clamp);
    model.outOfRange = clamp ? OutOfRange::Clamped : OutOfRange::Refused;
    std::string form, like;
    top.text("written_as", form);
    if (!form.empty() && form != kFolder && form != kSingleFile)
        top.refuse("written_as", *top.find("written_as"), "must be folder or single file");
    if (!form.empty()) model.form = form == kFolder ? PipelineForm::Folder : PipelineForm::SingleFile;
    top.text("like", like);
    model.like = like;
    top.whole("shard_size", model.shardSize);
    top.text("result", model.result);
    if (const auto* story = top.find("story")) readStory(*story, model.story, source);
    model.recipe.genes = readGenes(top);
    readSpans(top, model);
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
