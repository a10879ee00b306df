#include "core/networks/diffusion/picture_noise.h"

#include "core/random/random_stream.h"

namespace mergarium {

std::vector<float> pictureNoise(std::uint64_t seed, std::size_t pass, std::size_t count) {
    RandomStream stream(seed, pass, Purpose::PictureNoise);
    std::vector<float> noise(count);
    for (auto& one : noise) one = static_cast<float>(stream.normal());
    return noise;
}

}  // namespace mergarium
