#include "core/founders/alignment.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace mergarium {

std::string tableOf(std::span<const Difference> differences, std::span<const FounderOutline> founders,
                    std::size_t rows) {
    bool keys = !differences.empty() && differences.front().kind == Difference::Kind::Configuration;
    std::vector<std::vector<std::string>> table{{keys ? "config.json" : "tensor"}};
    for (const auto& founder : founders) table.front().push_back(founder.name);
    for (const auto& difference : differences.first(std::min(rows, differences.size()))) {
        if (std::exchange(keys, difference.kind == Difference::Kind::Configuration) && !keys)
            table.push_back({"tensor"});
        table.push_back({difference.tensor});
        table.back().insert(table.back().end(), difference.founders.begin(), difference.founders.end());
    }
    std::vector<std::size_t> widths(table.front().size(), 0);
    for (const auto& row : table)
        for (std::size_t column = 0; column < row.size(); ++column)
            widths[column] = std::max(widths[column], row[column].size());

    std::string text;
    for (const auto& row : table) {
        std::string line;
        for (std::size_t column = 0; column < row.size(); ++column)
            line += fmt::format("{:<{}}  ", row[column], widths[column]);
        text += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
    }
    if (differences.size() > rows) text += fmt::format("and {} more\n", differences.size() - rows);

    const auto has = [&](auto... kinds) {
        return std::ranges::any_of(differences,
                                   [&](const auto& difference) { return ((difference.kind == kinds) || ...); });
    };
    using Kind = Difference::Kind;
    if (has(Kind::Configuration))
        text +=
            "These settings of config.json change what a model computes, and all models of a run or merge compute as "
            "the first founder's says: leave out the founders that differ or, where the values mean the same, write "
            "the same ones into each config.json.\n";
    if (has(Kind::Vocabulary, Kind::Tokenizer))
        text +=
            "The vocabularies differ: with tensors.common_vocabulary the rows that all have are merged, the others are "
            "the "
            "first founder's.\n";
    if (has(Kind::Missing, Kind::Shape, Kind::Type))
        text +=
            "Tensors that are not alike can be left out (tensors.exclude of a run, --exclude of a merge) or taken over "
            "from one founder (tensors.freeze of a run).\n";
    return text;
}

}  // namespace mergarium
