#include "core/tasks/command/command_settings.h"

namespace mergarium {
namespace {

constexpr EvaluatorLifetime kLifetimes[] = {EvaluatorLifetime::Kept, EvaluatorLifetime::PerChild};
constexpr Handover kHandovers[] = {Handover::Folder, Handover::InPlace};

}  // namespace

std::string_view nameOf(EvaluatorLifetime lifetime) {
    return lifetime == EvaluatorLifetime::Kept ? "kept" : "per-child";
}

std::string_view nameOf(Handover handover) { return handover == Handover::Folder ? "folder" : "in-place"; }

void visit(FieldVisitor& visitor, CommandSettings& s) {
    using Kind = PathShape::Kind;
    visitor.texts({.key = "program",
                   .label = "Program",
                   .help = "The program that scores models and its arguments, JSON lines over its input and output; "
                           "started without a shell."},
                  s.program, TextsAre::Command, true);
    visitor.path({.key = "folder",
                  .label = "Started in",
                  .help = "The folder that the program is started in.",
                  .unset = "the configuration's own folder"},
                 s.folder, {.kind = Kind::Folder, .besideText = true});
    visitor.path(
        {.key = "samples", .label = "Samples", .help = "What the program is asked about, a JSON object per line."},
        s.samples, {.required = true});
    visitor.path({.key = "test_samples",
                  .label = "Held-out samples",
                  .help = "Only scored for members, never competed for.",
                  .unset = "none"},
                 s.testSamples, {});
    visitor.choice({.key = "lifetime",
                    .label = "Program lives",
                    .help = "kept: started once; per-child: started anew for every model."},
                   s.lifetime, std::span<const EvaluatorLifetime>(kLifetimes));
    visitor.choice({.key = "handover",
                    .label = "Models are handed",
                    .help = "folder: a folder of its own for every model; in-place: one file rewritten."},
                   s.handover, std::span<const Handover>(kHandovers));
    visitor.number({.key = "timeout",
                    .label = "Time per answer",
                    .help = "A program that takes longer has failed on that model.",
                    .unit = "s"},
                   s.timeout, {.least = 0.0, .above = true});
    visitor.whole({.key = "batch",
                   .label = "Samples at a time",
                   .help = "Fewer, and a child that is certain to be rejected needn't be scored on all.",
                   .unset = "all at once"},
                  s.batch, {.zero = true});
    visitor.path({.key = "scratch",
                  .label = "Scratch folder",
                  .help = "Where models lie while they are scored.",
                  .unset = "beside the run database"},
                 s.scratch, {.kind = Kind::Folder});
}

TaskTraits traitsOf(const CommandSettings&) { return {.models = TaskTraits::Models::OnDisk}; }

}  // namespace mergarium
