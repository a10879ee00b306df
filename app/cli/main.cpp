#include "app/cli/commands.h"
#include "app/cli/exit_code.h"
#include "core/startup/tuned_libraries.h"

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <cstdio>
#include <exception>

namespace {

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

void addDatabase(CLI::App& command, Options& options) {
    command.add_option("--db", options.database, "The run database (default: runs.db in your data folder)");
}

void addDevice(CLI::App& command, Options& options) {
    command.add_option("--device", options.device, "auto, cpu, cuda or cuda:N");
}

void addConfiguration(CLI::App& command, Options& options) {
    command.add_option("--seed", options.seed, "Seed of the run");
    command.add_option("--evaluations", options.evaluations, "How many children are scored");
    addDevice(command, options);
    command.add_option("--set", options.settings, "Any key of the configuration: strategy.archive=30")
        ->allow_extra_args(false);
}

void addThreads(CLI::App& command, Options& options) {
    command.add_option("--threads", options.threads, "Threads that score (default: one per core); changes no result");
}

void addLanes(CLI::App& command, Options& options) {
    command
        .add_option_function<std::string>(
            "--lanes",
            [&options](const std::string& text) {
                if (text == "auto") return;
                const bool number = text.find_first_not_of("0123456789") == std::string::npos && text.size() <= 4;
                options.lanes = number && !text.empty() ? std::stoul(text) : 0;
                if (options.lanes == 0)
                    throw CLI::ValidationError("--lanes", "must be auto or a number from 1, not '" + text + "'");
            },
            "Children scored side by side, where strategy.offspring allows: a number, or auto (default), which is as "
            "many as threads and memory allow; changes no result")
        ->type_name("N|auto");
}

void addTarget(CLI::App& command, Options& options) {
    command.add_option("--out", options.out, "The folder to write; must not exist yet")->required();
}

void addForm(CLI::App& command, Options& options) {
    command.add_option("--dtype", options.dtype, "fp32, fp16 or bf16 (default: as the founders store their tensors)");
    command.add_option("--shard-size", options.shardSize,
                       "Split the tensors over files of at most this size: 5GB (default: one file)");
    command.add_option("--name", options.name, "What the model card calls the model (default: the folder's name)");
}

void addFiles(CLI::App& command, Options& options) {
    command.add_option("--csv", options.csv, "Write the curves, mean and standard error of every measure");
    command.add_option("--markdown", options.markdown, "Write the table of end points");
    command.add_option("--svg", options.svg, "Write the figure, a panel for every sweep");
    command.add_option("--pdf", options.pdf, "Write the figure");
}

int carryOut(int argc, char** argv) {
    CLI::App program("Evolves new models by merging existing ones: model merging of natural niches (M2N2).",
                     "mergarium-cli");
    program.require_subcommand(1);
    program.set_version_flag("--version", "mergarium-cli " MERGARIUM_VERSION);
    Options options;
    std::vector<Command> commands;

    auto* run = addCommand(program, "run", "Run a configuration file or a preset", options);
    run->add_option("CONFIG", options.configuration, "A YAML file or a preset's name")->required();
    addDatabase(*run, options);
    addConfiguration(*run, options);
    addThreads(*run, options);
    addLanes(*run, options);
    commands.push_back({run, &mergarium::cli::run});

    auto* resume = addCommand(program, "resume", "Go on with a run that was stopped or interrupted", options);
    resume->add_option("RUN", options.run, "The run's number")->required();
    addDatabase(*resume, options);
    addThreads(*resume, options);
    addLanes(*resume, options);
    commands.push_back({resume, &mergarium::cli::resume});

    auto* list = addCommand(program, "list", "List the stored runs", options);
    addDatabase(*list, options);
    commands.push_back({list, &mergarium::cli::list});

    auto* show = addCommand(program, "show", "Show a stored run", options);
    show->add_option("RUN", options.run, "The run's number")->required();
    show->add_flag("--archive", options.archive, "The archive's members, best first");
    show->add_flag("--births", options.births, "Every mating and what came of it");
    addDatabase(*show, options);
    commands.push_back({show, &mergarium::cli::show});

    auto* presets = addCommand(program, "presets", "List the presets, or print one", options);
    presets->add_option("NAME", options.preset, "The preset to print as YAML");
    commands.push_back({presets, &mergarium::cli::presets});

    auto* parameters = addCommand(program, "parameters", "List the keys of run configurations", options);
    parameters->add_flag("--markdown", options.asMarkdown, "As docs/configuration.md");
    commands.push_back({parameters, &mergarium::cli::parameters});

    auto* score = addCommand(program, "score", "Score the models in a safetensors file", options);
    score->add_option("CHECKPOINT", options.checkpoint, "The safetensors file")->required();
    score->add_option("--task", options.configuration, "A YAML file or a preset's name")->required();
    addThreads(*score, options);
    commands.push_back({score, &mergarium::cli::score});

    auto* merge = addCommand(program, "merge", "Merge two models once, without evolution", options);
    merge
        ->add_option("MODELS", options.models,
                     "Two model folders or safetensors files; BASE+ADAPTER for a LoRA adapter on its base")
        ->required()
        ->expected(2);
    addTarget(*merge, options);
    merge->add_option("--ratio", options.ratio,
                      "Weight of the second model before the first split point, 0 to 1 (default: 0.5)");
    merge
        ->add_option("--split", options.splits,
                     "Where the weights change places: an element, or a share of the vector; repeatable")
        ->allow_extra_args(false);
    merge->add_option("--interpolation", options.interpolation,
                      "slerp (default), slerp-per-side, slerp-per-tensor or lerp");
    merge->add_option("--exclude", options.exclude, "Leave out tensors of this pattern; repeatable")
        ->allow_extra_args(false);
    merge->add_flag("--common-vocabulary", options.commonVocabulary,
                    "Where vocabularies differ, merge the rows that both have");
    addForm(*merge, options);
    commands.push_back({merge, &mergarium::cli::merge});

    auto* exportOne = addCommand(program, "export", "Write a member of a stored run as a model folder", options);
    exportOne->add_option("RUN", options.run, "The run's number")->required();
    exportOne->add_option("MODEL", options.member, "The member's number, as `show RUN --archive` prints it")
        ->required();
    addDatabase(*exportOne, options);
    addTarget(*exportOne, options);
    addForm(*exportOne, options);
    commands.push_back({exportOne, &mergarium::cli::exportMember});

    auto* rebuild = addCommand(program, "rebuild", "Make an exported model again, to the byte", options);
    rebuild->add_option("RECIPE", options.recipe, "The recipe.yaml of an exported model")->required();
    addTarget(*rebuild, options);
    rebuild->add_option("--founder", options.founders, "Where a founder lies now: NUMBER=PATH; repeatable")
        ->allow_extra_args(false);
    commands.push_back({rebuild, &mergarium::cli::rebuild});

    auto* tokenize =
        addCommand(program, "tokenize", "Token ids of the texts on stdin, one JSON string per line", options);
    tokenize->add_option("FOLDER", options.folder, "The folder of a tokenizer.json or tokenizer.model")->required();
    tokenize->add_flag("--no-special", options.noSpecial, "Leave out the special tokens that the tokenizer adds");
    commands.push_back({tokenize, &mergarium::cli::tokenize});

    auto* logprobs = addCommand(program, "logprobs", "Logits and log-probabilities of a language model", options);
    logprobs->add_option("FOLDER", options.checkpoint, "The model's Hugging Face folder")->required();
    logprobs->add_option("--ids", options.ids, "A JSON file: a list of lists of token ids")->required();
    addDevice(*logprobs, options);
    addThreads(*logprobs, options);
    commands.push_back({logprobs, &mergarium::cli::logprobs});

    auto* generate = addCommand(program, "generate", "Let a language model continue texts", options);
    generate->add_option("FOLDER", options.checkpoint, "The model's Hugging Face folder")->required();
    auto* prompts = generate->add_option_group("prompts");
    prompts->add_option("--ids", options.ids, "A JSON file: a list of lists of token ids");
    prompts->add_option("--prompt", options.prompt, "A text");
    prompts->require_option(1);
    generate->add_option("--max-new-tokens", options.newTokens, "Most tokens of a continuation")
        ->required()
        ->check(CLI::Range(std::int64_t{1}, std::int64_t{1} << 31));
    generate->add_option("--temperature", options.temperature, "0: always the likeliest token")
        ->check(CLI::NonNegativeNumber);
    generate->add_option("--seed", options.seed, "Seed of what is drawn at a temperature above 0");
    addDevice(*generate, options);
    addThreads(*generate, options);
    commands.push_back({generate, &mergarium::cli::generate});

    auto* sweep = addCommand(program, "sweep", "Run a sweep, arms times seeds, or go on with it", options);
    sweep->add_option("CONFIG", options.configuration, "A YAML file or the name of a sweep that ships with Mergarium")
        ->required();
    sweep->add_option("--name", options.sweepName, "What the database calls it (default: the file's)");
    sweep->add_option("--seeds", options.seeds, "Seeds 1 to N for every arm");
    sweep->add_option("--evaluations", options.evaluations, "How many children each run scores");
    addDevice(*sweep, options);
    sweep->add_option("--set", options.settings, "Any key of the configuration, for every arm")
        ->allow_extra_args(false);
    sweep->add_option("--jobs", options.jobs, "Runs at a time")->check(CLI::Range(1, 1024));
    addDatabase(*sweep, options);
    sweep->add_option("--threads", options.threads,
                      "Threads of each run (default: the cores shared among the jobs); changes no result");
    addLanes(*sweep, options);
    addFiles(*sweep, options);
    commands.push_back({sweep, &mergarium::cli::sweep});

    auto* compare = addCommand(program, "compare", "Compare runs and sweeps, method by method", options);
    compare->add_option("RUN|SWEEP", options.compared, "Numbers of runs, names of sweeps")->required();
    addDatabase(*compare, options);
    addFiles(*compare, options);
    commands.push_back({compare, &mergarium::cli::compare});

    try {
        program.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        if (error.get_exit_code() == 0) return program.exit(error);
        fmt::print(stderr, "mergarium-cli: {}; see mergarium-cli --help.\n", error.what());
        return kBadInput;
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
        fmt::print(stderr, "mergarium-cli: {}\n", error.what());
        return kBadInput;
    }
}
