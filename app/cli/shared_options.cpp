#include "app/cli/shared_options.h"

#include "app/cli/worker_options.h"

#include <CLI/CLI.hpp>

namespace mergarium::cli {

void addDatabase(CLI::App& command, Options& options) {
    command.add_option("--db", options.database, "The run database (default: runs.db in your data folder)")
        ->type_name("FILE");
}

void addDevice(CLI::App& command, Options& options) {
    command.add_option("--device", options.device, "auto, cpu, cuda or cuda:N")->type_name("auto|cpu|cuda");
}

void addChat(CLI::App& command, Options& options) {
    command
        .add_option("--chat", options.chat,
                    "The chat template around a text, by name; model: the model's own, model:NAME: one of several")
        ->type_name("NAME");
    command.add_option("--system", options.system, "The system text of the chat template")->type_name("TEXT");
}

void addConfiguration(CLI::App& command, Options& options) {
    command.add_option("--seed", options.seed, "Seed of the run")->type_name("N");
    command.add_option("--evaluations", options.evaluations, "How many children are scored")->type_name("N");
    addDevice(command, options);
    addSettings(command, options, "Any key of the configuration: strategy.archive=30; repeatable");
}

void addSettings(CLI::App& command, Options& options, const char* meaning) {
    command.add_option("--set", options.settings, meaning)->allow_extra_args(false)->type_name("KEY=VALUE");
}

void addThreads(CLI::App& command, Options& options) {
    command.add_option("--threads", options.threads, "Threads that score (default: one per core); changes no result")
        ->type_name("N");
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

void addTrust(CLI::App& command, Options& options) {
    command.add_flag("--trust-program", options.trustProgram,
                     "Approve the program that the configuration names, with its arguments and folder; it is "
                     "remembered on this machine");
}

void addResume(CLI::App& command, Options& options) {
    command.add_option("RUN", options.run, "The run's number")->required()->type_name("N");
    command.add_flag("--verify", options.verify,
                     "Read the founders whole to see whether they have changed, whatever their dates say");
    command
        .add_option("--evaluations", options.evaluations,
                    "Extend the run, which may have finished, to so many evaluations: it goes on as if it had always "
                    "had them")
        ->type_name("N");
    addSettings(
        command, options,
        "A parameter of its strategy from this step on: strategy.alpha=0.5; repeatable. Every change is kept with "
        "the run, and repeated with it");
    command
        .add_option(
            "--add-founder", options.founder,
            "A model that joins the run's founders: a model folder or safetensors file; BASE+ADAPTER for a LoRA "
            "adapter on its base. It takes the next step")
        ->type_name("FILE");
    addDatabase(command, options);
    addThreads(command, options);
    addLanes(command, options);
    addTrust(command, options);
    addWorkers(command, options);
    command.add_flag("--from-last-good", options.fromLastGood,
                     "Where the run isn't as it was stored, go back to the last step up to which it is");
}

void addSplice(CLI::App& command, Options& options) {
    command
        .add_option("--ratio", options.ratio,
                    "Weight of the second one before the first split point, 0 to 1 (default: 0.5)")
        ->type_name("RATIO");
    command
        .add_option("--split", options.splits,
                    "Where the weights change places: an element, or a share of the vector; repeatable")
        ->allow_extra_args(false)
        ->type_name("POSITION");
    command
        .add_option("--chromosome", options.chromosomes,
                    "Tensors that are cut and mixed for themselves, as 'attention: {tensors: [\"*attn*\"], splits: "
                    "[0.5], ratio: 0.3}'; where a run has chromosomes, their names alone; repeatable. All others go by "
                    "--ratio and --split")
        ->allow_extra_args(false)
        ->type_name("YAML");
    command
        .add_option("--interpolation", options.interpolation,
                    "slerp (default), slerp-per-side, slerp-per-tensor or lerp")
        ->type_name("slerp|slerp-per-side|slerp-per-tensor|lerp");
}

void addTarget(CLI::App& command, Options& options) {
    command.add_option("--out", options.out, "The folder to write; must not exist yet")
        ->required()
        ->type_name("FOLDER");
}

void addForm(CLI::App& command, Options& options) {
    command
        .add_option(
            "--dtype", options.dtype,
            "fp32, fp16, bf16, or fp8, which is E4M3 without scales; fp8-scaled: projections as E4M3 with a scale "
            "each, all others as stored (default: as the founders store their tensors, and bf16 for those with "
            "scales)")
        ->type_name("fp32|fp16|bf16|fp8|fp8-scaled");
    command
        .add_option("--gguf", options.gguf,
                    "Also write model.gguf for llama.cpp into the folder, its matrices in this type (default: none)")
        ->type_name("f16|bf16|f32|q8_0");
    command.add_flag("--clamp", options.clamp,
                     "Numbers that the element type can't hold become its largest (default: they are refused)");
    command
        .add_option("--shard-size", options.shardSize,
                    "Split the tensors over files of at most this size: 5GB (default: one file)")
        ->type_name("SIZE");
    command
        .add_option("--layout", options.layout,
                    "Of text-to-image models: a folder per component as diffusers has it, or all in one file under "
                    "original names (default: as the first founder)")
        ->type_name("folder|single-file");
    command
        .add_option("--like", options.like,
                    "Whose configurations and tokenizers a folder has that is made of single files (default: another "
                    "founder's)")
        ->type_name("FOLDER");
    command.add_flag(
        "--with-paths", options.withPaths,
        "Tell in recipe.yaml where the founders lie on this machine (default: their names and hashes alone)");
    command.add_option("--name", options.name, "What the model card calls the model (default: the folder's name)")
        ->type_name("NAME");
}

void addFiles(CLI::App& command, Options& options) {
    command.add_option("--csv", options.csv, "Write the curves, mean and standard error of every measure")
        ->type_name("FILE");
    command.add_option("--markdown", options.markdown, "Write the table of end points")->type_name("FILE");
    command.add_option("--svg", options.svg, "Write the figure, a panel for every sweep")->type_name("FILE");
    command.add_option("--pdf", options.pdf, "Write the figure")->type_name("FILE");
}

}  // namespace mergarium::cli
