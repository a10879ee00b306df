#include "core/diffusion/config_checks.h"

#include <nlohmann/json.hpp>

#include <array>
#include <limits>
#include <utility>

namespace mergarium {
namespace {

using Spacing = SchedulerConfig::Spacing;
using Betas = SchedulerConfig::Betas;

constexpr std::int64_t kMostTrainSteps = 1'000'000;

constexpr std::array<std::pair<std::string_view, SchedulerKind>, 5> kSchedulers{{
    {"EulerDiscreteScheduler", SchedulerKind::Euler},
    {"EulerAncestralDiscreteScheduler", SchedulerKind::EulerAncestral},
    {"DDIMScheduler", SchedulerKind::Ddim},
    {"DPMSolverMultistepScheduler", SchedulerKind::DpmSolver2M},
    {"PNDMScheduler", SchedulerKind::Pndm},
}};

SchedulerKind schedulerKindOf(const ConfigKeys& keys) {
    const auto name = keys.text("_class_name");
    for (const auto& [known, kind] : kSchedulers)
        if (name == known) return kind;
    keys.unsupported("_class_name", "; supported are Euler, Euler ancestral, DDIM, DPM-Solver++ and PNDM");
}

Betas betasOf(const ConfigKeys& keys) {
    const auto name = keys.text("beta_schedule", "linear");
    if (name == "linear") return Betas::Linear;
    if (name == "scaled_linear") return Betas::ScaledLinear;
    if (name == "squaredcos_cap_v2") return Betas::SquaredCosine;
    keys.unsupported("beta_schedule", "; supported are linear, scaled_linear and squaredcos_cap_v2");
}

Prediction predictionOf(const ConfigKeys& keys) {
    const auto name = keys.text("prediction_type", "epsilon");
    if (name == "epsilon") return Prediction::Epsilon;
    if (name == "v_prediction") return Prediction::Velocity;
    if (name == "sample") return Prediction::Sample;
    keys.unsupported("prediction_type", "; supported are epsilon, v_prediction and sample");
}

Spacing spacingOf(const ConfigKeys& keys, std::string_view otherwise) {
    const auto name = keys.text("timestep_spacing", otherwise);
    if (name == "leading") return Spacing::Leading;
    if (name == "linspace") return Spacing::Linspace;
    if (name == "trailing") return Spacing::Trailing;
    keys.unsupported("timestep_spacing", "; supported are leading, linspace and trailing");
}

bool lastIsZero(const ConfigKeys& keys) {
    const auto name = keys.text("final_sigmas_type", "zero");
    if (name != "zero" && name != "sigma_min")
        keys.unsupported("final_sigmas_type", "; supported are zero and sigma_min");
    return name == "zero";
}

void readDdim(const ConfigKeys& keys, SchedulerConfig& config) {
    config.lastAlphaOne = keys.flag("set_alpha_to_one", true);
    if (keys.flag("clip_sample", true)) config.clipSample = keys.positive("clip_sample_range", 1.0);
    requireFlag(keys, "thresholding", false);
}

void readDpmSolver(const ConfigKeys& keys, SchedulerConfig& config) {
    const auto algorithm = keys.text("algorithm_type", "dpmsolver++");
    if (algorithm != "dpmsolver++" && algorithm != "sde-dpmsolver++")
        keys.unsupported("algorithm_type", "; supported are dpmsolver++ and sde-dpmsolver++");
    config.stochastic = algorithm == "sde-dpmsolver++";
    // "logrho" and "bh1" are other solvers' and mean the midpoint's here, as in diffusers.
    const auto solver = keys.text("solver_type", "midpoint");
    if (solver != "midpoint" && solver != "heun" && solver != "logrho" && solver != "bh1" && solver != "bh2")
        keys.unsupported("solver_type", "; supported are midpoint and heun");
    config.heun = solver == "heun";
    config.order = boundedCount(keys, "solver_order", 2, 3);
    if (config.order == 3) keys.unsupported("solver_order", "; supported are 1 and 2");
    config.lowerOrderFinal = keys.flag("lower_order_final", true);
    config.eulerAtFinal = keys.flag("euler_at_final", false);
    requireFlag(keys, "thresholding", false);
    requireFlag(keys, "use_lu_lambdas", false);
    requireFlag(keys, "use_flow_sigmas", false);
    requireNone(keys, {"variance_type"});
    // minus infinity, where Python may write a text or a large number.
    const auto* clipped = keys.find("lambda_min_clipped");
    if (clipped && clipped->is_number() && clipped->get<double>() > -1e4)
        keys.unsupported("lambda_min_clipped", "; only -Infinity is");
}

void readSigmas(const ConfigKeys& keys, SchedulerConfig& config) {
    config.karras = keys.flag("use_karras_sigmas", false);
    for (const auto* key : {"use_exponential_sigmas", "use_beta_sigmas"}) requireFlag(keys, key, false);
    config.lastSigmaZero = lastIsZero(keys);
}

void readEuler(const ConfigKeys& keys) {
    requireText(keys, "interpolation_type", "linear");
    requireText(keys, "timestep_type", "discrete");
    requireNone(keys, {"sigma_min", "sigma_max"});
}

void readTrainedBetas(const ConfigKeys& keys, SchedulerConfig& config) {
    if (!keys.has("trained_betas")) return;
    config.trainedBetas = keys.positives("trained_betas");
    if (std::cmp_not_equal(config.trainedBetas.size(), config.trainSteps))
        keys.refuse("trained_betas", "has not one number per step of num_train_timesteps");
    for (const auto beta : config.trainedBetas)
        if (beta >= 1.0) keys.refuse("trained_betas", "has a number that is not below 1");
}

}  // namespace

SchedulerConfig schedulerConfigOf(const nlohmann::json& json, std::string_view place, std::optional<SchedulerKind> as) {
    const ConfigKeys keys(json, place);
    SchedulerConfig config;
    config.kind = as ? *as : schedulerKindOf(keys);
    const bool discrete = config.kind == SchedulerKind::Ddim || config.kind == SchedulerKind::Pndm;
    config.trainSteps = boundedCount(keys, "num_train_timesteps", 1000, kMostTrainSteps);
    config.betaStart = keys.positive("beta_start", 0.0001);
    config.betaEnd = keys.positive("beta_end", 0.02);
    for (const auto* key : {"beta_start", "beta_end"})
        if (keys.positive(key, 0.01) >= 1.0) keys.refuse(key, "is not below 1");
    config.betas = betasOf(keys);
    readTrainedBetas(keys, config);
    config.prediction = predictionOf(keys);
    config.spacing = spacingOf(keys, discrete ? "leading" : "linspace");
    config.stepsOffset = keys.countOrZero("steps_offset", 0);
    if (config.stepsOffset >= config.trainSteps) keys.refuse("steps_offset", "is not below num_train_timesteps");
    if (config.kind != SchedulerKind::Pndm) config.zeroTerminalSnr = keys.flag("rescale_betas_zero_snr", false);
    switch (config.kind) {
        case SchedulerKind::Euler:
            readSigmas(keys, config);
            readEuler(keys);
            break;
        case SchedulerKind::EulerAncestral: break;
        case SchedulerKind::Ddim: readDdim(keys, config); break;
        case SchedulerKind::DpmSolver2M:
            readSigmas(keys, config);
            readDpmSolver(keys, config);
            break;
        case SchedulerKind::Pndm:
            config.lastAlphaOne = keys.flag("set_alpha_to_one", false);
            config.skipRungeKutta = keys.flag("skip_prk_steps", false);
            break;
    }
    return config;
}

}  // namespace mergarium
