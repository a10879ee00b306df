#include "app/about/version.h"
#include "app/cli/commands.h"
#include "app/cli/exit_code.h"
#include "app/cli/interruption.h"
#include "app/cli/picture_options.h"
#include "app/cli/program_manual.h"
#include "app/cli/say.h"
#include "app/cli/shared_options.h"
#include "app/cli/worker_options.h"
#include "core/startup/tuned_libraries.h"
#include "core/text/words.h"

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <cstdio>
#include <exception>

namespace {

using namespace mergarium;
using namespace mergarium::cli;

struct Command {
    CLI::App* app;
    int (*carryOut)(const Options&);
};

CLI::App* addCommand(CLI::App& program, const char* name, const char* description, Options& options) {
    auto* command = program.add_subcommand(name, description);
    command->add_flag("--json", options.json, "Print one JSON document on stdout");
    return command;
}

int carryOut(int argc, char** argv) {
    CLI::App program("Evolves new models by merging existing ones: model merging of natural niches (M2N2).",
                     "mergarium-cli");
    program.require_subcommand(1);
    program.set_version_flag(
        "--version", [] { return versionText("mergarium-cli"); },
        "Print the versions of Mergarium and its libraries, and exit");
    Options options;
    std::vector<Command> commands;

    auto* run = addCommand(program, "run", "Run a configuration file or a preset", options);
    run->add_option("CONFIG", options.configuration, "A YAML file or a preset's name")
        ->required()
        ->type_name("PRESET|FILE");
    addDatabase(*run, options);
    addConfiguration(*run, options);
    addThreads(*run, options);
    addLanes(*run, options);
    addTrust(*run, options);
    addWorkers(*run, options);
    commands.push_back({run, &mergarium::cli::run});

    auto* resume = addCommand(program, "resume", "Go on with a run that was stopped or interrupted", options);
    addResume(*resume, options);
    commands.push_back({resume, &mergarium::cli::resume});

    auto* work =
        addCommand(program, "work", "Score models for runs on other machines, as one of their workers", options);
    addWork(*work, options);
    addThreads(*work, options);
    commands.push_back({work, &mergarium::cli::work});

    auto* breed = addCommand(
        program, "breed", "Breed a child of two members of a stopped run by hand, and see what it would be", options);
    breed->add_option("RUN", options.run, "The run's number")->required()->type_name("N");
    breed->add_option("PARENTS", options.parents, "Two members of its archive")
        ->required()
        ->expected(2)
        ->type_name("N");
    addSplice(*breed, options);
    auto* admit =
        breed->add_flag("--admit", options.admit, "It takes the run's next step, as if the strategy had proposed it");
    breed
        ->add_option("--evaluations", options.evaluations,
                     "Extend the run, which may have finished, to so many evaluations, the child's among them")
        ->needs(admit)
        ->type_name("N");
    addDatabase(*breed, options);
    addThreads(*breed, options);
    addTrust(*breed, options);
    commands.push_back({breed, &mergarium::cli::breed});

    auto* list = addCommand(program, "list", "List the stored runs", options);
    addDatabase(*list, options);
    commands.push_back({list, &mergarium::cli::list});

    auto* show = addCommand(program, "show", "Show a stored run", options);
    show->add_option("RUN", options.run, "The run's number")->required()->type_name("N");
    show->add_flag("--archive", options.archive, "The archive's members, best first");
    show->add_flag("--births", options.births, "Every mating and what came of it");
    addDatabase(*show, options);
    commands.push_back({show, &mergarium::cli::show});

    auto* note = addCommand(program, "note", "Write notes on a stored run, or print them", options);
    note->add_option("RUN", options.run, "The run's number")->required()->type_name("N");
    note->add_option("NOTES", options.note,
                     "The notes, in place of those there are; \"\" for none (default: print them)")
        ->type_name("TEXT");
    addDatabase(*note, options);
    commands.push_back({note, &mergarium::cli::note});

    auto* importing = addCommand(program, "import", "Take over runs of another run database", options);
    importing->add_option("FROM", options.otherDatabase, "The other run database")->required()->type_name("FILE");
    importing->add_option("RUN", options.compared, "Numbers of its runs (default: all)")
        ->type_name("RUN")
        ->check(CLI::PositiveNumber);
    addDatabase(*importing, options);
    commands.push_back({importing, &mergarium::cli::importOthers});

    auto* report =
        addCommand(program, "report", "Write what is known of a stored run as one HTML or PDF file", options);
    report->add_option("RUN", options.run, "The run's number")->required()->type_name("N");
    addDatabase(*report, options);
    report->add_option("--out", options.out, "The file to write; its name ends with .html or .pdf")
        ->required()
        ->type_name("FILE");
    commands.push_back({report, &mergarium::cli::report});

    auto* check = addCommand(program, "check", "Compare what is stored of runs with what was stored", options);
    check->add_option("RUN", options.compared, "Numbers of runs (default: all)")
        ->type_name("RUN")
        ->check(CLI::PositiveNumber);
    addDatabase(*check, options);
    commands.push_back({check, &mergarium::cli::check});

    auto* presets = addCommand(program, "presets", "List the presets, or print one", options);
    presets->add_option("NAME", options.preset, "The preset to print as YAML")->type_name("PRESET");
    commands.push_back({presets, &mergarium::cli::presets});

    auto* parameters = addCommand(program, "parameters", "List the keys of run configurations", options);
    parameters->add_flag("--markdown", options.asMarkdown, "As docs/configuration.md");
    commands.push_back({parameters, &mergarium::cli::parameters});

    auto* tryOut =
        addCommand(program, "try", "Try every founder on a few samples, and say what a run would meet", options);
    tryOut->add_option("CONFIG", options.configuration, "A YAML file or a preset's name")
        ->required()
        ->type_name("PRESET|FILE");
    tryOut->add_option("--samples", options.samples, "So many samples of every file, class or group (default: 8)")
        ->type_name("N")
        ->check(CLI::Range(1, 512));
    addDatabase(*tryOut, options);
    addConfiguration(*tryOut, options);
    addThreads(*tryOut, options);
    addTrust(*tryOut, options);
    commands.push_back({tryOut, &mergarium::cli::tryOut});

    auto* score = addCommand(program, "score", "Score a model, or the networks in a safetensors file", options);
    score
        ->add_option("CHECKPOINT", options.checkpoint,
                     "A model folder or safetensors file; BASE+ADAPTER for a LoRA adapter on its base")
        ->required()
        ->type_name("FILE");
    score->add_option("--task", options.configuration, "A YAML file or a preset's name")
        ->required()
        ->type_name("PRESET|FILE");
    addThreads(*score, options);
    addTrust(*score, options);
    commands.push_back({score, &mergarium::cli::score});

    auto* merge = addCommand(program, "merge", "Merge models once, without evolution", options);
    merge
        ->add_option("MODELS", options.models,
                     "Two model folders or safetensors files; BASE+ADAPTER for a LoRA adapter on its base, "
                     "BASE+ONE*0.7+OTHER for several with weights. Or one merge configuration, mergekit's YAML")
        ->required()
        ->expected(1, 2)
        ->type_name("FILE");
    addTarget(*merge, options);
    addSplice(*merge, options);
    merge
        ->add_option("--exclude", options.exclude,
                     "Don't merge tensors of this pattern: they are the first model's; repeatable")
        ->allow_extra_args(false)
        ->type_name("PATTERN");
    merge->add_flag("--common-vocabulary", options.commonVocabulary,
                    "Where vocabularies differ, merge the rows that both have");
    merge->add_flag("--match-units", options.matchUnits,
                    "First move the second model's neurons and heads to where the first's are that they are most like");
    merge
        ->add_option("--models", options.modelFolders,
                     "A folder that holds models of the configuration, beside its own and the current one; repeatable")
        ->allow_extra_args(false)
        ->type_name("FOLDER");
    merge
        ->add_option("--seed", options.seed,
                     "Seed of the configuration's method, where it draws at random (default: 0)")
        ->type_name("N");
    addForm(*merge, options);
    commands.push_back({merge, &mergarium::cli::merge});

    auto* exportOne = addCommand(program, "export", "Write a member of a stored run as a model folder", options);
    exportOne->add_option("RUN", options.run, "The run's number")->required()->type_name("N");
    exportOne->add_option("MODEL", options.member, "The member's number, as `show RUN --archive` prints it")
        ->required()
        ->type_name("N");
    addDatabase(*exportOne, options);
    addTarget(*exportOne, options);
    addForm(*exportOne, options);
    commands.push_back({exportOne, &mergarium::cli::exportMember});

    auto* rebuild = addCommand(program, "rebuild", "Make an exported model again, to the byte", options);
    rebuild->add_option("RECIPE", options.recipe, "The recipe.yaml of an exported model")
        ->required()
        ->type_name("FILE");
    addTarget(*rebuild, options);
    rebuild->add_option("--models", options.foundersFolder, "The folder that holds the founders, by their names")
        ->type_name("FOLDER");
    rebuild
        ->add_option("--founder", options.founders,
                     "Where a founder lies: NUMBER=PATH or NAME=PATH, as the recipe has it; repeatable")
        ->allow_extra_args(false)
        ->type_name("FOUNDER=PATH");
    commands.push_back({rebuild, &mergarium::cli::rebuild});

    auto* tokenize =
        addCommand(program, "tokenize", "Token ids of the texts on stdin, one JSON string per line", options);
    tokenize->add_option("FOLDER", options.folder, "The folder of a tokenizer.json or tokenizer.model")
        ->required()
        ->type_name("FOLDER");
    tokenize->add_flag("--no-special", options.noSpecial, "Leave out the special tokens that the tokenizer adds");
    addChat(*tokenize, options);
    commands.push_back({tokenize, &mergarium::cli::tokenize});

    auto* logprobs = addCommand(program, "logprobs", "Logits and log-probabilities of a language model", options);
    logprobs->add_option("FOLDER", options.checkpoint, "The model's Hugging Face folder, or BASE+ADAPTER")
        ->required()
        ->type_name("FOLDER");
    logprobs->add_option("--ids", options.ids, "A JSON file: a list of lists of token ids")
        ->required()
        ->type_name("FILE");
    addDevice(*logprobs, options);
    addThreads(*logprobs, options);
    commands.push_back({logprobs, &mergarium::cli::logprobs});

    auto* generate = addCommand(program, "generate", "Let a language model continue texts", options);
    generate->add_option("FOLDER", options.checkpoint, "The model's Hugging Face folder, or BASE+ADAPTER")
        ->required()
        ->type_name("FOLDER");
    auto* prompts = generate->add_option_group("prompts");
    prompts->add_option("--ids", options.ids, "A JSON file: a list of lists of token ids")->type_name("FILE");
    prompts->add_option("--prompt", options.prompt, "A text")->type_name("TEXT");
    prompts->require_option(1);
    addChat(*generate, options);
    generate->add_option("--max-new-tokens", options.newTokens, "Most tokens of a continuation")
        ->required()
        ->type_name("N")
        ->check(CLI::Range(std::int64_t{1}, std::int64_t{1} << 31));
    generate->add_option("--temperature", options.temperature, "0: always the likeliest token")
        ->type_name("T")
        ->check(CLI::NonNegativeNumber);
    generate->add_option("--seed", options.seed, "Seed of what is drawn at a temperature above 0")->type_name("N");
    addDevice(*generate, options);
    addThreads(*generate, options);
    commands.push_back({generate, &mergarium::cli::generate});

    auto* picture = addCommand(program, "picture", "Let a text-to-image model make pictures", options);
    addPicture(*picture, options);
    commands.push_back({picture, &mergarium::cli::picture});

    auto* clip = addCommand(program, "clip", "How similar texts and pictures are to CLIP, and its embeddings", options);
    addClip(*clip, options);
    commands.push_back({clip, &mergarium::cli::clip});

    auto* sweep = addCommand(program, "sweep", "Run a sweep, arms times seeds, or go on with it", options);
    sweep->add_option("CONFIG", options.configuration, "A YAML file or the name of a sweep that ships with Mergarium")
        ->required()
        ->type_name("SWEEP|FILE");
    sweep->add_option("--name", options.sweepName, "What the database calls it (default: the file's)")
        ->type_name("NAME");
    sweep->add_option("--seeds", options.seeds, "Seeds 1 to N for every arm")->type_name("N");
    sweep->add_option("--evaluations", options.evaluations, "How many children each run scores")->type_name("N");
    addDevice(*sweep, options);
    sweep->add_option("--set", options.settings, "Any key of the configuration, for every arm; repeatable")
        ->allow_extra_args(false)
        ->type_name("KEY=VALUE");
    sweep->add_option("--jobs", options.jobs, "Runs at a time")->type_name("N")->check(CLI::Range(1, 1024));
    addDatabase(*sweep, options);
    sweep
        ->add_option("--threads", options.threads,
                     "Threads of each run (default: the cores shared among the jobs); changes no result")
        ->type_name("N");
    addLanes(*sweep, options);
    addTrust(*sweep, options);
    addFiles(*sweep, options);
    commands.push_back({sweep, &mergarium::cli::sweep});

    auto* compare = addCommand(program, "compare", "Compare runs and sweeps, method by method", options);
    compare->add_option("RUN|SWEEP", options.compared, "Numbers of runs, names of sweeps")
        ->required()
        ->type_name("N|SWEEP");
    addDatabase(*compare, options);
    addFiles(*compare, options);
    commands.push_back({compare, &mergarium::cli::compare});

    auto* doctor = addCommand(program, "doctor", "Examine what computes here: whether right, and how fast", options);
    addDevice(*doctor, options);
    addThreads(*doctor, options);
    commands.push_back({doctor, &mergarium::cli::doctor});

    // For packages: left out of the help, and of what it writes.
    auto* manual = program.add_subcommand("manual", "Write the manual page, or what completes commands in a shell");
    manual->group("")->add_option("FORM", options.manual, "man, bash or zsh")->required()->type_name("man|bash|zsh");

    try {
        program.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        if (error.get_exit_code() == 0) return program.exit(error);
        sayAside("mergarium-cli: {}; see mergarium-cli --help.\n", error.what());
        return kBadInput;
    }
    if (manual->parsed()) {
        fmt::print("{}", writeManual(manualOf(program), options.manual));
        return kSuccess;
    }
    for (const auto& command : commands)
        if (command.app->parsed()) return command.carryOut(options);
    return kBadInput;
}

}  // namespace

int main(int argc, char** argv) {
    mergarium::restartWithTunedLibraries(argv);
    try {
        return carryOut(argc, argv);
    } catch (const std::exception& error) {
        sayAside("mergarium-cli: {}\n",
                 mergarium::words::failure(error, argc > 1 ? fmt::format("the command {}", argv[1]) : "this"));
        // What was waited for when the person had enough doesn't matter.
        return isInterrupted() ? kInterrupted : kBadInput;
    }
}
