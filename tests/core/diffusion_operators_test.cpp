#include "core/networks/diffusion/operators.h"
#include "core/networks/diffusion/unet.h"
#include "core/networks/diffusion/vae.h"
#include "core/networks/diffusion/vae_tiles.h"
#include "tests/support/diffusion_goldens.h"
#include "tests/support/message_of.h"
#include "tests/support/suite.h"

#include <QTest>

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <torch/csrc/autograd/autograd.h>

#include <cmath>
#include <functional>

using namespace mergarium;
using namespace mergarium::test;

namespace {

using Operator = std::function<torch::Tensor(torch::Tensor, const Affine&)>;

Affine inDouble(const Affine& affine) {
    const auto widened = [](const torch::Tensor& x) { return x.defined() ? x.to(torch::kFloat64) : x; };
    return {widened(affine.weight), widened(affine.bias)};
}

/// How far our own results lie from libtorch's in double precision, in parts of the largest.
double distanceFromLibrary(const Operator& work, const torch::Tensor& x, const Affine& affine) {
    const auto reference = work(x.to(torch::kFloat64), inDouble(affine));
    const at::NoGradGuard none;
    const auto own = work(x.clone(), affine).to(torch::kFloat64);
    if (own.sizes() != reference.sizes()) return 1e9;
    return ((own - reference).abs().max() / reference.abs().max()).item<double>();
}

/// Whether the last pictures come out the same to the bit alone, on one thread and on several.
bool isTheSameAlone(const Operator& work, const torch::Tensor& x, const Affine& affine) {
    const at::NoGradGuard none;
    const auto last = [](const torch::Tensor& all) { return all.narrow(0, all.size(0) - 1, 1).clone(); };
    at::set_num_threads(2);
    const auto together = last(work(x.clone(), affine)), alone = work(last(x), affine);
    at::set_num_threads(1);
    const auto onOne = last(work(x.clone(), affine)), aloneOnOne = work(last(x), affine);
    at::set_num_threads(3);
    const auto onThree = last(work(x.clone(), affine));
    at::set_num_threads(2);
    return at::equal(together, alone) && at::equal(together, onOne) && at::equal(together, aloneOnOne) &&
           at::equal(together, onThree);
}

VaeConfig smallVae() {
    return {.latentChannels = 3, .levels = {8, 16}, .blocksPerLevel = 1, .groups = 4, .scaling = 0.5};
}

UNetConfig tinyUNet() {
    return {.levels = {{.channels = 4, .heads = 1, .depth = 1}, {.channels = 8, .heads = 2, .depth = 0}},
            .upDepths = {1, 0},
            .middleDepth = 1,
            .blocksPerLevel = 1,
            .groups = 2,
            .contextWidth = 5};
}

}  // namespace

class DiffusionOperatorsTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void ourOwnOperatorsAgreeWithLibtorch_data() {
        QTest::addColumn<QString>("name");
        for (const char* name :
             {"convolution", "its step", "one-sided", "1x1", "product", "of a picture", "as a picture", "group norm",
              "activated norm", "layer norm", "activation", "gate", "attention"})
            QTest::newRow(name) << name;
    }

    void ourOwnOperatorsAgreeWithLibtorch() {
        QFETCH(QString, name);
        // More than one piece each way, and odd ends.
        const auto picture = normals({3, 70, 27, 31}, 1), tokens = normals({3, 530, 37}, 2);
        const Affine square{normals({650, 70, 3, 3}, 3) * 0.1, normals({650}, 4)};
        const Affine matrix{normals({650, 37}, 5), normals({650}, 6)}, bare{normals({650, 37}, 7), {}};
        const Affine channels{normals({70}, 8), normals({70}, 9)}, features{normals({37}, 10), normals({37}, 11)};
        const auto check = [](const Operator& work, const torch::Tensor& x, const Affine& affine) {
            const auto distance = distanceFromLibrary(work, x, affine);
            QVERIFY2(distance < 2e-6, qPrintable(QString::number(distance)));
            QVERIFY(isTheSameAlone(work, x, affine));
        };
        const auto strided = [](Stride stride) {
            return [stride](const torch::Tensor& x, const Affine& a) { return convolved(x, a, stride); };
        };
        if (name == "convolution") check(strided({}), picture, square);
        if (name == "its step") check(strided({.step = 2}), picture, square);
        if (name == "one-sided") check(strided({.step = 2, .before = 0, .after = 1}), picture, square);
        if (name == "1x1") check(convolvedAlone, picture, {normals({650, 70, 1, 1}, 12), normals({650}, 13)});
        if (name == "product") {
            check(product, tokens, matrix);
            check(product, tokens, bare);
            check(product, normals({3, 37}, 14), matrix);
        }
        if (name == "of a picture")
            check([](const torch::Tensor& x, const Affine& a) { return product(tokensOf(x), a); }, picture,
                  {normals({650, 70, 1, 1}, 15), normals({650}, 16)});
        if (name == "as a picture")
            check([](const torch::Tensor& x, const Affine& a) { return productAsPicture(x, a, 53, 10); }, tokens,
                  matrix);
        const GroupNorm norm{.groups = 7, .epsilon = 1e-2};
        if (name == "group norm")
            check([&](const torch::Tensor& x, const Affine& a) { return groupNorm(x, a, norm); }, picture + 5,
                  channels);
        if (name == "activated norm")
            check([&](const torch::Tensor& x, const Affine& a) { return activatedGroupNorm(x, a, norm); }, picture + 5,
                  channels);
        if (name == "layer norm")
            check([](const torch::Tensor& x, const Affine& a) { return layerNorm(x, a, 1e-2); }, tokens * 3, features);
        if (name == "activation")
            check([](const torch::Tensor& x, const Affine&) { return activated(x); }, tokens * 5, {});
        if (name == "gate")
            check([](const torch::Tensor& x, const Affine&) { return geglu(x); }, normals({3, 41, 74}, 17) * 3, {});
        if (name == "attention")
            check(
                [](const torch::Tensor& x, const Affine&) {
                    const auto others = x.narrow(1, 0, 77);
                    return attended(x, others, others.flip({1}), 3);
                },
                normals({3, 300, 24}, 18), {});
    }

    void whatIsNoNumberStaysSo() {
        const at::NoGradGuard none;
        auto tokens = normals({1, 20, 8}, 1);
        tokens[0][3][2] = std::nanf("");
        QVERIFY(attended(tokens, tokens, tokens, 2).isnan().any().item<bool>());
        QVERIFY(geglu(tokens).isnan().any().item<bool>());
        QVERIFY(activated(tokens.clone()).isnan().any().item<bool>());
    }

    void aTensorThatDoesNotFitIsNamed_data() {
        QTest::addColumn<QString>("change");
        QTest::addColumn<QString>("words");
        QTest::newRow("missing") << "missing"
                                 << "vae.quant_conv.bias is missing";
        QTest::newRow("shape") << "shape"
                               << "vae.quant_conv.bias has the shape [7], where the configuration asks for [6]";
        QTest::newRow("unknown") << "unknown"
                                 << "vae.other is unknown";
        QTest::newRow("several") << "several"
                                 << "vae.quant_conv.bias is missing, which the configuration asks for as "
                                    "[6]; 1 other tensor doesn't fit either";
    }

    void aTensorThatDoesNotFitIsNamed() {
        QFETCH(QString, change);
        QFETCH(QString, words);
        Layout layout;
        for (const auto& tensor : vaeLayout(smallVae()).tensors) {
            const bool chosen = tensor.name == "vae.quant_conv.bias";
            if (chosen && (change == "missing" || change == "several")) continue;
            layout.append(tensor.name, chosen && change == "shape" ? std::vector<std::int64_t>{7} : tensor.shape);
        }
        if (change == "unknown" || change == "several") layout.append("vae.other", {2});
        layout.append("unet.other", {2});
        const auto message = messageOf([&] { checkTensors(smallVae(), layout, "vae.", "FILE"); });
        QVERIFY2(message.starts_with("FILE: ") && message.find(words.toStdString()) != message.npos, message.c_str());
    }

    void otherSpellingsAreTheSameNetwork() {
        const at::NoGradGuard none;
        const auto layout = vaeLayout(smallVae());
        Layout old;
        for (auto tensor : layout.tensors) {
            for (const auto& [modern, other] : {std::pair{".to_q.", ".query."},
                                                {".to_k.", ".key."},
                                                {".to_v.", ".value."},
                                                {".to_out.0.", ".proj_attn."}})
                if (const auto at = tensor.name.find(modern); at != tensor.name.npos) {
                    tensor.name.replace(at, std::string(modern).size(), other);
                    if (tensor.shape.size() == 2) tensor.shape.insert(tensor.shape.end(), {1, 1});
                }
            old.append(tensor.name, tensor.shape);
        }
        old.freeze("vae.position_ids", {1, 77}, DType::I64, 0);
        const auto flat = randomWeights(layout, 3);
        const auto latents = normals({1, 3, 5, 4}, 4);
        QVERIFY(at::equal(Vae(smallVae(), flat, layout).decode(latents), Vae(smallVae(), flat, old).decode(latents)));
    }

    void tilesAreBlended() {
        const at::NoGradGuard none;
        // Every tile is its own number, in the order in which they are decoded.
        double tile = 0.0;
        const auto picture =
            decodedInTiles(at::zeros({1, 3, 10, 7}), {.side = 8, .factor = 2}, [&](const torch::Tensor& x) {
                tile += 1.0;
                return at::full({1, 3, 2 * x.size(2), 2 * x.size(3)}, tile);
            });
        QCOMPARE(picture.sizes(), (at::IntArrayRef{1, 3, 20, 14}));
        const auto at = [&](int y, int x) { return picture[0][1][y][x].item<double>(); };
        // Four tiles: 8 x 7 and 8 x 1 latents above, 4 x 7 and 4 x 1 below. The second begins at pixel 12.
        QCOMPARE(at(0, 0), 1.0);
        QCOMPARE(at(11, 11), 1.0);
        QCOMPARE(at(0, 12), 1.0);
        QCOMPARE(at(0, 13), 1.5);
        QCOMPARE(at(12, 0), 1.0);
        QCOMPARE(at(14, 0), 2.0);
        QCOMPARE(at(16, 0), 3.0);
        QCOMPARE(at(19, 13), 3.5);
    }

    void picturesOfOneTileAreDecodedWhole() {
        const at::NoGradGuard none;
        const auto layout = vaeLayout(smallVae());
        const Vae network(smallVae(), randomWeights(layout, 5), layout);
        const auto latents = normals({2, 3, 8, 6}, 6);
        QVERIFY(at::equal(network.decode(latents), network.decodeTiled(latents, 8)));
        const auto tiled = network.decodeTiled(normals({1, 3, 19, 13}, 7), 8);
        QCOMPARE(tiled.sizes(), (at::IntArrayRef{1, 3, 38, 26}));
        QVERIFY(tiled.isfinite().all().item<bool>());
    }

    void gradientsAreThoseOfSmallDifferences() {
        const auto layout = unetLayout(tinyUNet());
        auto flat = randomWeights(layout, 8).to(torch::kFloat64);
        flat.requires_grad_();
        const UNet network(tinyUNet(), flat, layout);
        const auto loss = [&] {
            return network
                .forward({.latents = normals({2, 4, 5, 3}, 9).to(torch::kFloat64),
                          .timesteps = {3.0, 700.0},
                          .context = normals({2, 6, 5}, 10).to(torch::kFloat64)})
                .pow(2)
                .sum();
        };
        torch::autograd::backward({loss()}, {});
        const auto gradient = flat.grad().clone();
        const at::NoGradGuard none;
        const double step = 1e-5;
        for (std::int64_t i = 0; i < flat.numel(); i += flat.numel() / 97) {
            const auto at = [&](double by) {
                flat[i] += by;
                const auto value = loss().item<double>();
                flat[i] -= by;
                return value;
            };
            const double slope = (at(step) - at(-step)) / (2 * step), found = gradient[i].item<double>();
            QVERIFY2(std::abs(slope - found) < 1e-5 * std::max(1.0, std::abs(slope)),
                     qPrintable(QString("%1: %2, %3").arg(i).arg(slope).arg(found)));
        }
    }
};

MERGARIUM_SUITE(DiffusionOperatorsTest)
#include "diffusion_operators_test.moc"
