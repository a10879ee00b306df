#include "core/export/merge_models.h"

#include "core/genome/recipe_genome.h"

#include <fmt/format.h>

#include <stdexcept>

namespace mergarium {
namespace {

/// Of interpolations that take no angle.
class NoGrams final : public PairGrams {
public:
    PairGram over(std::uint64_t, std::uint64_t) override { throw std::logic_error("LERP asked for an angle."); }
};

Splice spliceOf(const MergeRequest& request, const Layout& layout) {
    std::vector<ChromosomeRule> rules;
    for (const auto& wish : request.chromosomes) rules.push_back(wish.rule);
    const auto chromosomes = chromosomesOf(rules, layout);
    if (!chromosomes)
        return {.splits = splitsAt(request.splits, layout.length()),
                .ratio = request.ratio,
                .interpolation = request.interpolation};
    Splice splice{.splits = {}, .ratio = 0.0, .interpolation = request.interpolation};
    splice.chromosomes = chromosomes;
    splice.cuts = cutsOf(*chromosomes, request.chromosomes, {{}, request.splits, request.ratio});
    return splice;
}

Recipe recipeOf(const Splice& splice, const OpenedFounders& opened, const std::filesystem::path& cache,
                const Announce& announce) {
    const auto length = opened.founders->length();
    const auto first = founderRecipe(0, 2, length), second = founderRecipe(1, 2, length);
    if (splice.interpolation == Interpolation::Lerp) {
        std::vector<MixedSpan> spans;
        NoGrams grams;
        mixedSpans(splice, tensorEndsOf(opened.founders->layout()), grams, spans);
        return combine(first, second, spans);
    }
    const auto gram = gramOf(opened, cache, announce);
    return *RecipeBreeding(gram).breed(RecipeGenome(first, gram), RecipeGenome(second, gram), splice)->recipe();
}

std::string originOf(const Splice& splice, const OpenedFounders& opened) {
    return fmt::format("{} of {} and {}, {}.", nameOf(splice.interpolation), opened.founders->model(0).name,
                       opened.founders->model(1).name, wordsOf(splice, splitCountOf(splice)));
}

}  // namespace

ExportResult mergeModels(const MergeRequest& request, const std::filesystem::path& cache, const Announce& announce) {
    if (!(request.ratio >= 0.0 && request.ratio <= 1.0))
        throw std::runtime_error(fmt::format("The ratio must be between 0 and 1, not {}.", request.ratio));
    const std::vector<CheckpointFounder> sources{request.first, request.second};
    const auto opened = openFounders(sources, request.tensors, cache, announce, Hashes::Known);
    const auto splice = spliceOf(request, opened.founders->layout());
    auto recipe = recipeOf(splice, opened, cache, announce);
    const auto folder = std::filesystem::absolute(request.folder).lexically_normal();
    return writeMergedModel(
        {.name = !request.name.empty() ? request.name
                                       : (folder.has_filename() ? folder : folder.parent_path()).filename().string(),
         .founders = recipeFounders(opened, sources, request.paths),
         .tensors = request.tensors,
         .layout = hashOf(opened.founders->layout()),
         .dtype = request.dtype,
         .scales = request.scales,
         .outOfRange = request.outOfRange,
         .shardSize = request.shardSize,
         .filesFrom = 0,
         .form = request.form,
         .like = namedPath(request.like, request.paths),
         .recipe = std::move(recipe),
         .result = {},
         .story = {.origin = originOf(splice, opened), .scores = {}, .lineage = {}}},
        opened, {.folder = request.folder, .like = request.like, .gguf = request.gguf}, announce);
}

}  // namespace mergarium
