#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace mergarium {

/// A CLIP transformer's feed-forward activation, as its configuration's hidden_act names it.
enum class ClipActivation : std::uint8_t {
    /// x sigmoid(1.702 x): "quick_gelu".
    QuickGelu,
    /// With the error function: "gelu".
    Gelu,
};

/// What the two transformers of CLIP have in common (Radford et al., "Learning Transferable Visual Models From Natural
/// Language Supervision", ICML 2021).
struct ClipLayers {
    std::int64_t width = 0;
    std::int64_t count = 0;
    std::int64_t heads = 0;
    /// Of the feed-forward part.
    std::int64_t inner = 0;
    ClipActivation activation = ClipActivation::QuickGelu;
    double epsilon = 1e-5;
    bool operator==(const ClipLayers&) const = default;
};

struct ClipTextConfig {
    ClipLayers layers;
    std::int64_t vocabulary = 0;
    /// Tokens that it reads, the marks of beginning and end included.
    std::int64_t positions = 77;
    /// Width of `text_projection`; 0: the network has none.
    std::int64_t projection = 0;
    /// The token whose state is the text's: the first of it. 2 stands for the largest id in the text, as configurations
    /// of before 2023 say it.
    std::int64_t endToken = 2;
    bool operator==(const ClipTextConfig&) const = default;
};

struct ClipVisionConfig {
    ClipLayers layers;
    /// Pixels of a side, and of a patch's.
    std::int64_t imageSize = 224;
    std::int64_t patchSize = 32;
    std::int64_t projection = 0;
    bool operator==(const ClipVisionConfig&) const = default;
};

/// A model that scores pictures.
struct ClipConfig {
    ClipTextConfig text;
    ClipVisionConfig vision;
    bool operator==(const ClipConfig&) const = default;
};

/// diffusers' UNet2DConditionModel, as Stable Diffusion 1.x, 2.x and XL have it.
struct UNetConfig {
    struct Level {
        std::int64_t channels = 0;
        std::int64_t heads = 0;
        /// Transformer blocks behind each residual block; 0: no attention at this level.
        std::int64_t depth = 0;
        bool operator==(const Level&) const = default;
    };
    std::int64_t inChannels = 4;
    std::int64_t outChannels = 4;
    /// From the top. The middle has the last one's channels and heads, and `middleDepth`.
    std::vector<Level> levels;
    /// Transformer blocks behind each residual block on the way up, from the top as `levels`.
    std::vector<std::int64_t> upDepths;
    std::int64_t middleDepth = 1;
    std::int64_t blocksPerLevel = 2;
    std::int64_t groups = 32;
    double epsilon = 1e-5;
    /// Of the text that is attended to.
    std::int64_t contextWidth = 768;
    /// Whether proj_in and proj_out are matrices; else 1x1 convolutions.
    bool linearProjections = false;
    bool cosineFirst = true;
    double frequencyShift = 0.0;
    /// SDXL's "text_time": numbers that each of the six sizes becomes; 0: there is no additional embedding.
    std::int64_t sizeEmbedding = 0;
    /// What add_embedding takes: the pooled text and the six sizes.
    std::int64_t additionalWidth = 0;
    bool operator==(const UNetConfig&) const = default;

    bool hasAdditional() const { return sizeEmbedding > 0; }
};

/// diffusers' AutoencoderKL.
struct VaeConfig {
    std::int64_t channels = 3;
    std::int64_t latentChannels = 4;
    /// From the picture's side. Every level but the last halves the picture.
    std::vector<std::int64_t> levels;
    std::int64_t blocksPerLevel = 2;
    std::int64_t groups = 32;
    double scaling = 0.18215;
    double shift = 0.0;
    bool quantConvolution = true;
    bool postQuantConvolution = true;
    bool middleAttention = true;
    bool operator==(const VaeConfig&) const = default;

    /// Pixels of a latent's side.
    std::int64_t factor() const { return std::int64_t{1} << (levels.empty() ? 0 : levels.size() - 1); }
};

/// What a network predicts of a noisy latent.
enum class Prediction : std::uint8_t { Epsilon, Velocity, Sample };

enum class SchedulerKind : std::uint8_t { Euler, EulerAncestral, Ddim, DpmSolver2M, Pndm };

/// diffusers' schedulers.
struct SchedulerConfig {
    enum class Betas : std::uint8_t { Linear, ScaledLinear, SquaredCosine };
    enum class Spacing : std::uint8_t { Leading, Linspace, Trailing };

    SchedulerKind kind = SchedulerKind::Euler;
    std::int64_t trainSteps = 1000;
    double betaStart = 0.0001;
    double betaEnd = 0.02;
    Betas betas = Betas::Linear;
    /// Instead of the three; empty: none.
    std::vector<double> trainedBetas;
    Prediction prediction = Prediction::Epsilon;
    Spacing spacing = Spacing::Linspace;
    std::int64_t stepsOffset = 0;
    bool karras = false;
    bool zeroTerminalSnr = false;
    /// Of Euler and DPM++: whether the last sigma is 0; else the smallest of training.
    bool lastSigmaZero = true;
    /// Of DDIM and PNDM: whether the last step's previous alpha is 1.
    bool lastAlphaOne = true;
    /// Of DDIM: 0: none of the noise is drawn anew.
    double eta = 0.0;
    /// Of DDIM: the prediction of the clean sample is clamped to this; 0: it isn't.
    double clipSample = 0.0;
    /// Of DPM++ 2M: the stochastic variant ("sde-dpmsolver++").
    bool stochastic = false;
    /// Of DPM++ 2M: whether its solver is Heun's, else the midpoint.
    bool heun = false;
    /// Of DPM++ 2M: 1 or 2.
    std::int64_t order = 2;
    bool lowerOrderFinal = true;
    bool eulerAtFinal = false;
    /// Of PNDM: starts with four steps of linear multistep at once.
    bool skipRungeKutta = false;
    bool operator==(const SchedulerConfig&) const = default;
};

/// A text-to-image model: everything that its components' configurations say. By value; knows no tensors.
struct PipelineConfig {
    /// One, or SDXL's two.
    std::vector<ClipTextConfig> textEncoders;
    UNetConfig unet;
    VaeConfig vae;
    SchedulerConfig scheduler;
    /// SDXL: without a negative prompt its embeddings are zeros instead of those of the empty text.
    bool zerosWithoutNegative = false;
    /// Pixels of a side that the model was trained with.
    std::int64_t size = 512;
    bool operator==(const PipelineConfig&) const = default;

    bool isXl() const { return textEncoders.size() == 2; }
};

/// Components in the order in which they act, as diffusers names their folders. A tensor of a pipeline is called
/// COMPONENT.TENSOR: "unet.conv_in.weight".
inline constexpr const char* kPipelineComponents[] = {"text_encoder", "text_encoder_2", "unet", "vae"};

}  // namespace mergarium
