#include "core/export/export_model.h"

#include "core/fields/kinds.h"

#include "core/evaluation/bred_again.h"
#include "core/genome/dense_genome.h"
#include "core/genome/recipe_genome.h"
#include "core/labels/export_record.h"
#include "core/store/run_catalog.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>
#include <vector>

namespace mergarium {
namespace {

/// Births told in the model card, the youngest first.
constexpr std::size_t kBirthsTold = 20;
constexpr std::size_t kSplitsTold = 8;

std::string nameOfModel(const ExportRequest& request) {
    if (!request.name.empty()) return request.name;
    const auto folder = std::filesystem::absolute(request.folder).lexically_normal();
    return (folder.has_filename() ? folder : folder.parent_path()).filename().string();
}

std::string nameOfMember(const RunDescription& run, MemberId id) {
    const auto founder = std::ranges::find(run.founders, id, &FounderDescription::id);
    return founder != run.founders.end() ? founder->name : fmt::format("#{}", id.value);
}

std::string birthOf(const RunDescription& run, const Member& member) {
    const auto& [first, second, splice] = *member.parentage;
    return fmt::format("#{} (evaluation {}): {} x {}, {}, {}{}", member.id.value, member.born, nameOfMember(run, first),
                       nameOfMember(run, second), nameOf(splice.interpolation), wordsOf(splice, kSplitsTold),
                       splice.mutation ? fmt::format(", mutated by N(0, {}^2)", splice.mutation->sigma) : "");
}

ModelStory storyOf(const SessionSnapshot& snapshot, std::span<const MemberPtr> line) {
    const auto& run = *snapshot.run;
    const auto& member = *line.back();
    ModelStory story;
    story.origin = fmt::format("{} of run {}, \"{}\", after {} evaluations.", nameOfMember(run, member.id),
                               run.id.value, run.configuration.name, snapshot.evaluations);
    ModelStory::Score score{
        .task = std::string(kindOf(run.configuration.task)), .train = member.scores.mean(), .test = std::nullopt};
    for (std::size_t slot = 0; slot < snapshot.members.size(); ++slot)
        if (snapshot.members[slot] && snapshot.members[slot]->id == member.id) score.test = snapshot.test[slot];
    story.scores.push_back(std::move(score));
    std::size_t births = 0;
    for (auto ancestor = line.rbegin(); ancestor != line.rend(); ++ancestor)
        if ((*ancestor)->parentage && ++births <= kBirthsTold) story.lineage.push_back(birthOf(run, **ancestor));
    if (births > kBirthsTold)
        story.lineage.push_back(fmt::format("and {} births before these, down to the founders", births - kBirthsTold));
    return story;
}

std::vector<CheckpointFounder> sourcesOf(const RunDescription& run) {
    std::vector<CheckpointFounder> sources;
    for (const auto& founder : run.founders) sources.push_back(founder.source);
    return sources;
}

/// The founders of the run as they lie on disk now; refused when that is not what the run began with.
OpenedFounders openAgain(const RunDescription& run, const ExportRequest& request, const Announce& announce) {
    const auto sources = sourcesOf(run);
    auto opened = openFounders(sources, rulesOf(run.configuration), founderCache(request.database), announce);
    for (std::size_t k = 0; k < sources.size(); ++k)
        if (opened.founders->model(k).hash != run.founders.at(k).hash)
            throw std::runtime_error(fmt::format(
                "{}: the founder has changed since run {} began; put the original back to export the run's models.",
                sources[k].base.string(), run.id.value));
    if (opened.founders->layout() != run.layout)
        throw std::runtime_error(fmt::format("{}: the layout of run {} doesn't fit its founders any more.",
                                             request.database.string(), run.id.value));
    return opened;
}

ExportResult exportRecipe(const ExportRequest& request, const SessionSnapshot& snapshot, const Ancestry& ancestry,
                          const Announce& announce) {
    const auto& run = *snapshot.run;
    const auto opened = openAgain(run, request, announce);
    const auto id = ancestry.line.back()->id;
    ModelRecipe model{.name = nameOfModel(request),
                      .founders = recipeFounders(opened, sourcesOf(run), request.paths),
                      .tensors = rulesOf(run.configuration),
                      .layout = hashOf(run.layout),
                      .dtype = request.dtype,
                      .scales = request.scales,
                      .outOfRange = request.outOfRange,
                      .shardSize = request.shardSize,
                      .filesFrom = 0,
                      .form = request.form,
                      .like = namedPath(request.like, request.paths),
                      .recipe = {},
                      .result = {},
                      .story = storyOf(snapshot, ancestry.line)};
    const auto length = run.layout.length();
    const auto first = foundersAtFirst(run);
    const auto founder = std::ranges::find(run.founders, id, &FounderDescription::id);
    if (founder != run.founders.end()) {
        model.recipe =
            founderRecipe(static_cast<std::size_t>(founder - run.founders.begin()), first, length, run.genes);
    } else if (const auto stored = ancestry.genomes.find(id); stored != ancestry.genomes.end()) {
        model.recipe = unpackRecipe(stored->second, run.genes);
    } else {
        const auto gram = gramOf(opened, founderCache(request.database), announce, first, run.genes);
        const RecipeBreeding breeding(gram);
        std::map<MemberId, GenomePtr> genomes;
        for (const auto& [member, packed] : ancestry.genomes) genomes[member] = breeding.unpack(packed);
        for (std::size_t k = 0; k < run.founders.size(); ++k)
            genomes[run.founders[k].id] =
                std::make_shared<const RecipeGenome>(founderRecipe(k, first, length, run.genes), gram);
        model.recipe = *bredAgain(ancestry.line, std::move(genomes), breeding)->recipe();
    }
    model.recipe = widened(model.recipe, run.founders.size());
    return writeMergedModel(std::move(model), opened,
                            {.folder = request.folder, .like = request.like, .gguf = request.gguf}, announce);
}

ExportResult exportDense(const ExportRequest& request, const SessionSnapshot& snapshot, const Ancestry& ancestry) {
    const auto& layout = snapshot.run->layout;
    const auto& genes = snapshot.run->genes;
    const DenseBreeding breeding(tensorEndsOf(layout), genes);
    std::map<MemberId, GenomePtr> genomes;
    for (const auto& [member, packed] : ancestry.genomes)
        genomes[member] = DenseGenome::unpack(packed, layout.length(), genes);
    std::vector<float> parameters(layout.length());
    bredAgain(ancestry.line, std::move(genomes), breeding)->materialize(parameters);
    return writeDenseModel(nameOfModel(request), storyOf(snapshot, ancestry.line), layout, parameters, request.dtype,
                           request.outOfRange, request.folder);
}

}  // namespace

ExportResult exportModel(const ExportRequest& request, const Announce& announce) {
    const RunCatalog catalog(request.database);
    const auto snapshot = catalog.snapshot(request.run);
    const auto ancestry = catalog.ancestry(request.run, request.member);
    const bool dense = snapshot.run->genomes == GenomeKind::Dense;
    if (dense && request.gguf)
        throw std::runtime_error(
            fmt::format("{}: the members of run {} are no language models, of which a GGUF file can be written.",
                        request.database.string(), request.run.value));
    auto result =
        dense ? exportDense(request, snapshot, ancestry) : exportRecipe(request, snapshot, ancestry, announce);
    recordExport(request.database, request.run, request.member, result.folder, result.hash);
    return result;
}

}  // namespace mergarium
