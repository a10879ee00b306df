#include "app/cli/picture_options.h"

#include "app/cli/shared_options.h"

#include <CLI/CLI.hpp>

namespace mergarium::cli {
namespace {

void addHow(CLI::App& command, Options& options) {
    command.add_option("--negative", options.negative, "What is not to be seen")->type_name("TEXT");
    command.add_option("--steps", options.steps, "Steps from noise to picture (default: 30)")->type_name("N");
    command
        .add_option("--guidance", options.guidance,
                    "How much the prompt counts; 1: nothing but the prompt, at half the time (default: 7.5, SDXL 5)")
        ->type_name("X");
    command.add_option("--size", options.size, "Pixels: 512x768 is upright (default: the model's own)")
        ->type_name("WIDTHxHEIGHT");
    command.add_option("--scheduler", options.scheduler, "What takes noise to a picture (default: the model's own)")
        ->type_name("euler|euler-ancestral|ddim|dpm++-2m|dpm++-2m-karras|pndm");
}

}  // namespace

void addPicture(CLI::App& command, Options& options) {
    command
        .add_option("MODEL", options.checkpoint,
                    "A pipeline's folder as diffusers lays it out, or a checkpoint in a single safetensors file")
        ->required()
        ->type_name("FOLDER|FILE");
    auto* wanted = command.add_option_group("wanted");
    wanted->add_option("--prompt", options.prompt, "What is to be seen")->type_name("TEXT");
    wanted
        ->add_option("--requests", options.requests,
                     "A JSON file: a list of {prompt, negative, steps, guidance, width, height, scheduler, seed}, each "
                     "with optional noise: {file, tensor}, original_size, crop and target_size (height before width)")
        ->type_name("FILE");
    wanted->require_option(1);
    command
        .add_option("--out", options.out, "The PNG file to write; of --requests the folder, for 0.png, 1.png and so on")
        ->required()
        ->type_name("FILE|FOLDER");
    addHow(command, options);
    command.add_flag("--dump", options.dump,
                     "Write everything that is computed, too: 0.safetensors, 1.safetensors and so on");
    command
        .add_option("--like", options.like,
                    "A pipeline's folder that tokenizers, configurations, and components that a single file lacks are "
                    "taken from")
        ->type_name("FOLDER");
    command.add_option("--seed", options.seed, "Seed of the noise that the picture is made from (default: 0)")
        ->type_name("N");
    addDevice(command, options);
    addThreads(command, options);
}

void addClip(CLI::App& command, Options& options) {
    command.add_option("FOLDER", options.checkpoint, "The CLIP model's Hugging Face folder")
        ->required()
        ->type_name("FOLDER");
    command.add_option("--texts", options.texts, "A JSON file: a list of texts")->required()->type_name("FILE");
    command
        .add_option("--images", options.images,
                    "A folder of PNG, JPEG and WebP files, taken in natural order of their names; similarity is a row "
                    "per picture and in it the cosine with each text")
        ->required()
        ->type_name("FOLDER");
    addDevice(command, options);
    addThreads(command, options);
}

}  // namespace mergarium::cli
