// Trains the models of the preset images-demo: two text-to-image models, of which one has learnt shapes and the other
// colours, and the model that scores pictures; and draws the references. usage: images_demo FOLDER [SEED]
#include "tools/images_demo/configurations.h"
#include "tools/images_demo/drawings.h"
#include "tools/images_demo/trained.h"
#include "tools/images_demo/words.h"

#include "core/diffusion/component_configs.h"
#include "core/images/encode_image.h"
#include "core/networks/clip/clip_text.h"
#include "core/networks/clip/clip_vision.h"
#include "core/networks/diffusion/scheduler_tables.h"
#include "core/networks/diffusion/unet.h"
#include "core/networks/diffusion/vae.h"
#include "core/random/random_stream.h"

#include <fmt/format.h>
#include <torch/torch.h>

#include <chrono>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <map>
#include <memory>

using namespace mergarium;
using namespace mergarium::images_demo;

namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kBatch = 32;
/// Captions that are left out, so that guidance has what it guides away from.
constexpr double kUncaptioned = 0.15;

/// Draws from what is seeded with the program.
class Draws {
public:
    explicit Draws(std::uint64_t seed) : random_(seed, 2, Purpose::FounderWeights) { torch::manual_seed(seed); }
    std::uint64_t below(std::uint64_t bound) { return random_.below(bound); }
    bool happens(double chance) { return random_.uniform() < chance; }
    std::uint64_t seed() { return random_.bits64(); }

private:
    RandomStream random_;
};

void write(const fs::path& path, const nlohmann::ordered_json& json) {
    fs::create_directories(path.parent_path());
    std::ofstream file(path);
    file.exceptions(std::ios::failbit | std::ios::badbit);
    file << json.dump(2) << "\n";
}

void say(const std::string& text) {
    static const auto begin = std::chrono::steady_clock::now();
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
    fmt::print("{:7.1f} s  {}\n", seconds.count(), text);
    std::fflush(stdout);
}

/// [3, side, side] in -1 to 1.
torch::Tensor pixelsOf(const Image& image) {
    const auto side = static_cast<std::int64_t>(kSide);
    auto bytes = torch::tensor(std::vector<float>(image.pixels.begin(), image.pixels.end()));
    return bytes.view({side, side, 3}).permute({2, 0, 1}).contiguous() / 127.5 - 1.0;
}

/// The rate falls to nothing along a cosine, after a short rise.
double rateAt(int step, int steps, double most) {
    constexpr int kRise = 50;
    const double rise = std::min(1.0, (step + 1.0) / kRise);
    return most * rise * 0.5 * (1.0 + std::cos(M_PI * step / steps));
}

void descendOften(const std::string& what, int steps, double rate, Trained& trained,
                  const std::function<torch::Tensor()>& loss) {
    double mean = 0.0;
    for (int step = 0; step < steps; ++step) {
        const auto now = loss();
        trained.descend(now, rateAt(step, steps, rate));
        mean = step == 0 ? now.item<double>() : 0.98 * mean + 0.02 * now.item<double>();
        if (step % 200 == 199 || step + 1 == steps) say(fmt::format("{}: step {} of {}, loss {:.4f}", what, step + 1, steps, mean));
    }
}

class Demonstration {
public:
    Demonstration(fs::path folder, std::uint64_t seed)
        : folder_(std::move(folder)), seed_(seed), draws_(seed), scenes_(allScenes()) {}

    void make(double effort) {
        effort_ = effort;
        writeTokenizers();
        trainClip();
        trainVae();
        trainSpecialists();
        drawReferences();
    }

private:
    int steps(int whole) const { return std::max(2, static_cast<int>(whole * effort_)); }
    fs::path model(const char* name) const { return folder_ / name; }

    void writeTokenizers() {
        for (const auto& place : {model("scorer"), model("shapes") / "tokenizer", model("colours") / "tokenizer"})
            words_.write(place);
    }

    static Words everyWord() {
        std::vector<std::string> words{"on", "background"};
        for (const auto word : kShapes) words.emplace_back(word);
        for (const auto word : kColours) words.emplace_back(word);
        return Words(words);
    }

    void trainClip() {
        const auto json = clipConfiguration(words_.tokens());
        const auto config = clipConfigOf(json, "config.json");
        LayoutOf layout("");
        ClipText(config.text, layout);
        ClipVision(config.vision, layout);
        layout.layout.append("logit_scale", {});
        Trained trained(std::move(layout.layout), seed_);
        trained.fill("logit_scale", 2.6592);
        auto tensors = trained.leaves("");
        const ClipText text(config.text, tensors);
        const ClipVision vision(config.vision, tensors);
        torch::Tensor scale;
        tensors.tensor("logit_scale", {}, scale);
        descendOften("scorer", steps(390), 1e-3, trained, [&] {
            // Each scene once: a batch has no two captions that say the same.
            const auto order = torch::randperm(static_cast<std::int64_t>(scenes_.size()));
            std::vector<std::vector<std::int32_t>> ids;
            std::vector<torch::Tensor> pictures;
            for (std::int64_t i = 0; i < kBatch; ++i) {
                const auto& scene = scenes_[static_cast<std::size_t>(order[i].item<std::int64_t>())];
                ids.push_back(words_.encode(captionOf(scene)));
                auto pixels = pixelsOf(draw(scene, draws_.seed()));
                // Painted pictures are not as clean as drawn ones.
                if (draws_.happens(0.5)) pixels = pixels + 0.15 * torch::randn_like(pixels);
                pictures.push_back(pixels);
            }
            const auto unit = [](const torch::Tensor& rows) { return rows / rows.norm(2, -1, true); };
            const auto logits = scale.exp() * torch::matmul(unit(text.read(ids).projected),
                                                            unit(vision.look(torch::stack(pictures)).projected).t());
            const auto right = torch::arange(kBatch);
            return 0.5 * (torch::cross_entropy_loss(logits, right) + torch::cross_entropy_loss(logits.t(), right));
        });
        trained.save(model("scorer") / "model.safetensors", "");
        write(model("scorer") / "config.json", json);
        write(model("scorer") / "preprocessor_config.json", preprocessorConfiguration());
    }

    torch::Tensor drawn(const std::vector<Scene>& scenes) {
        std::vector<torch::Tensor> pictures;
        for (const auto& scene : scenes) pictures.push_back(pixelsOf(draw(scene, draws_.seed())));
        return torch::stack(pictures);
    }

    const Scene& anyScene() { return scenes_[draws_.below(scenes_.size())]; }

    void trainVae() {
        const auto config = vaeConfigOf(vaeConfiguration(1.0), "config.json");
        vae_ = std::make_unique<Trained>(vaeLayout(config), seed_ + 1);
        auto tensors = vae_->leaves("vae.");
        const Vae vae(config, tensors);
        descendOften("VAE", steps(546), 2e-3, *vae_, [&] {
            std::vector<Scene> scenes;
            for (int i = 0; i < kBatch; ++i) scenes.push_back(anyScene());
            const auto pictures = drawn(scenes);
            const auto latents = vae.encode(pictures);
            const auto drawnLatents = latents.mean + (0.5 * latents.logarithm).exp() * torch::randn_like(latents.mean);
            const auto divergence =
                0.5 * (latents.mean.square() + latents.logarithm.exp() - 1.0 - latents.logarithm).mean();
            const auto difference = vae.decode(drawnLatents) - pictures;
            return difference.abs().mean() + difference.square().mean() + 1e-3 * divergence;
        });
        const torch::NoGradGuard none;
        std::vector<Scene> some;
        for (std::size_t i = 0; i < 4 * kBatch; ++i) some.push_back(anyScene());
        scaling_ = std::round(1e5 / vae.encode(drawn(some)).mean.std().item<double>()) / 1e5;
        say(fmt::format("VAE: scaling factor {}", scaling_));
        for (const auto* name : {"shapes", "colours"}) {
            vae_->save(model(name) / "vae" / "diffusion_pytorch_model.safetensors", "vae.");
            write(model(name) / "vae" / "config.json", vaeConfiguration(scaling_));
        }
    }

    /// What is drawn for a caption by one who knows its shape, its colours, or either.
    enum class Knows { Shapes, Colours, Either };

    Scene shown(const Scene& said, Knows knows) {
        if (knows == Knows::Either) knows = draws_.happens(0.5) ? Knows::Shapes : Knows::Colours;
        auto scene = anyScene();
        if (knows == Knows::Shapes) {
            scene.shape = said.shape;
        } else {
            scene.colour = said.colour;
            scene.background = said.background;
        }
        return scene;
    }

    void trainSpecialists() {
        const auto unetConfig = unetConfigOf(unetConfiguration(), "config.json");
        const auto textConfig = clipTextConfigOf(textEncoderConfiguration(words_.tokens()), "config.json");
        const auto vaeConfig = vaeConfigOf(vaeConfiguration(scaling_), "config.json");
        auto vaeTensors = vae_->leaves("vae.");
        const Vae vae(vaeConfig, vaeTensors);
        LayoutOf all("text_encoder.");
        ClipText(textConfig, all);
        auto layout = std::move(all.layout);
        for (const auto& tensor : unetLayout(unetConfig).tensors) layout.append(tensor.name, tensor.shape);
        Trained trained(std::move(layout), seed_ + 2);
        trained.fill("unet.conv_out.weight", 0.0);
        auto unetTensors = trained.leaves("unet.");
        const UNet unet(unetConfig, unetTensors);
        auto textTensors = trained.leaves("text_encoder.");
        const ClipText text(textConfig, textTensors);
        const auto tables = schedulerTables(schedulerConfigOf(schedulerConfiguration(), "scheduler_config.json"), 1);

        // By caption: of several drawings.
        constexpr std::uint64_t kDrawings = 12;
        std::map<std::string, torch::Tensor> latentsOf;
        for (const auto& scene : scenes_) {
            const torch::NoGradGuard none;
            latentsOf[captionOf(scene)] = vae.encode(drawn(std::vector(kDrawings, scene))).mean * scaling_;
        }
        const auto loss = [&](Knows knows, bool readsAnew) {
            std::vector<torch::Tensor> chosen;
            std::vector<std::vector<std::int32_t>> ids;
            std::vector<double> times;
            std::vector<float> alphas;
            for (int i = 0; i < kBatch; ++i) {
                const auto& said = anyScene();
                chosen.push_back(latentsOf.at(captionOf(shown(said, knows)))[static_cast<std::int64_t>(draws_.below(kDrawings))]);
                ids.push_back(words_.encode(draws_.happens(kUncaptioned) ? "" : captionOf(said)));
                const auto time = static_cast<std::int64_t>(draws_.below(1000));
                times.push_back(static_cast<double>(time));
                alphas.push_back(tables.alphaAt(time));
            }
            const auto latents = torch::stack(chosen);
            const auto noise = torch::randn_like(latents);
            const auto alpha = torch::tensor(alphas).view({-1, 1, 1, 1});
            auto context = text.read(ids).last;
            if (!readsAnew) context = context.detach();
            const auto noisy = alpha.sqrt() * latents + (1.0 - alpha).sqrt() * noise;
            return (unet.forward({.latents = noisy, .timesteps = times, .context = context, .pooled = {}, .sizes = {}}) -
                    noise)
                .square()
                .mean();
        };
        descendOften("both", steps(1560), 2e-3, trained, [&] { return loss(Knows::Either, true); });
        const auto beginning = trained.copy();
        for (const auto& [name, knows] : {std::pair("shapes", Knows::Shapes), std::pair("colours", Knows::Colours)}) {
            trained.become(beginning);
            descendOften(name, steps(624), 7e-4, trained, [&] { return loss(knows, false); });
            trained.save(model(name) / "unet" / "diffusion_pytorch_model.safetensors", "unet.");
            trained.save(model(name) / "text_encoder" / "model.safetensors", "text_encoder.");
            write(model(name) / "unet" / "config.json", unetConfiguration());
            write(model(name) / "text_encoder" / "config.json", textEncoderConfiguration(words_.tokens()));
            write(model(name) / "scheduler" / "scheduler_config.json", schedulerConfiguration());
            write(model(name) / "model_index.json", modelIndex());
        }
    }

    /// Captions to be evolved on and others to be held out; each with a drawing that nothing was trained on.
    void drawReferences() {
        constexpr std::size_t kEach = 18;
        std::vector<std::size_t> order(scenes_.size());
        for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
        for (std::size_t i = order.size() - 1; i > 0; --i) std::swap(order[i], order[draws_.below(i + 1)]);
        fs::create_directories(folder_ / "drawings");
        for (std::size_t set = 0; set < 2; ++set) {
            std::ofstream lines(folder_ / (set == 0 ? "captions.jsonl" : "captions-test.jsonl"));
            for (std::size_t i = 0; i < kEach; ++i) {
                const auto& scene = scenes_[order[set * kEach + i]];
                auto name = fmt::format("drawings/{}-{}-{}.png", kColours[scene.colour], kShapes[scene.shape],
                                        kColours[scene.background]);
                writePng(folder_ / name, draw(scene, 0));
                lines << nlohmann::ordered_json{{"caption", captionOf(scene)}, {"image", name}}.dump() << "\n";
            }
        }
    }

    fs::path folder_;
    std::uint64_t seed_;
    Draws draws_;
    std::vector<Scene> scenes_;
    Words words_ = everyWord();
    double effort_ = 1.0;
    std::unique_ptr<Trained> vae_;
    double scaling_ = 1.0;
};

}  // namespace

int main(int argc, char** argv) {
    if (argc < 2) {
        fmt::print(stderr, "usage: images_demo FOLDER [SEED [EFFORT]]\n");
        return 2;
    }
    const auto seed = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 1;
    Demonstration(argv[1], seed).make(argc > 3 ? std::strtod(argv[3], nullptr) : 1.0);
}
