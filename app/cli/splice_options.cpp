#include "app/cli/splice_options.h"

#include "core/fields/map_reader.h"
#include "core/fields/yaml.h"

#include <fmt/format.h>

#include <stdexcept>

namespace mergarium::cli {

Interpolation interpolationNamed(const std::string& name) {
    std::string names;
    for (const auto one : kInterpolations) {
        if (name == nameOf(one)) return one;
        names += (names.empty() ? "" : ", ") + std::string(nameOf(one));
    }
    throw std::runtime_error(fmt::format("--interpolation: '{}' is not one of {}.", name, names));
}

std::optional<GgmlType> ggufNamed(const std::string& name) {
    if (name.empty()) return std::nullopt;
    if (const auto type = ggmlTypeNamed(name)) return type;
    throw std::runtime_error(fmt::format("--gguf: '{}' is not one of f16, bf16, f32, q8_0.", name));
}

SplitPlace splitAt(const std::string& text) {
    if (const auto element = parsed<std::uint64_t>(text)) return *element;
    if (const auto share = parsed<double>(text); share && *share > 0.0 && *share < 1.0) return *share;
    throw std::runtime_error(
        fmt::format("--split: '{}' is neither the number of an element nor a share between 0 and 1.", text));
}

ChromosomeWish chromosomeIn(const std::string& yaml) {
    const auto root = parseYaml(yaml, "--chromosome");
    if (!root.isMap() || root.map().size() != 1)
        throw std::runtime_error(
            fmt::format("--chromosome: '{}' is no map from one name to a cut, like attention: {{tensors: [\"*attn*\"], "
                        "ratio: 0.3}}.",
                        yaml));
    const Source source("--chromosome", {});
    const auto& [name, value, line] = root.map().front();
    MapReader cut(value, name, source);
    ChromosomeWish wish{.rule = {.name = name, .patterns = {}}};
    std::vector<std::string> splits;
    cut.texts("tensors", wish.rule.patterns);
    cut.texts("splits", splits);
    cut.number("ratio", wish.ratio);
    cut.close();
    for (const auto& split : splits) wish.splits.push_back(splitAt(split));
    return wish;
}

}  // namespace mergarium::cli
