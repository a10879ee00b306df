#include "core/genes/gene_runs.h"

#include "core/files/bytes.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace mergarium {
namespace {

constexpr const char* kDamaged = "The stored genes are damaged.";

}  // namespace

std::vector<GeneRun> runsOf(std::span<const std::uint32_t> genes) {
    std::vector<GeneRun> runs;
    for (const auto gene : genes) {
        if (!runs.empty()) {
            auto& [first, count, step] = runs.back();
            const auto last = first + (count - 1) * step;
            if (count == 1 && (gene == last || gene == last + 1)) step = gene - last;
            if (gene == last + step) {
                ++count;
                continue;
            }
        }
        runs.push_back({gene, 1, 0});
    }
    return runs;
}

std::vector<std::uint32_t> genesOf(std::span<const GeneRun> runs, std::uint64_t extent) {
    std::uint64_t count = 0;
    for (const auto& run : runs) count += run.count;
    if (count != extent) throw std::invalid_argument("The runs of genes don't fit their tensor.");
    std::vector<std::uint32_t> genes;
    genes.reserve(extent);
    for (const auto& run : runs)
        for (std::uint32_t i = 0; i < run.count; ++i) genes.push_back(run.first + i * run.step);
    return genes;
}

std::vector<std::byte> packGenes(const Genes& genes) {
    ByteWriter out;
    out.number(std::uint64_t{genes.groups().size()});
    for (const auto& [name, count] : genes.groups()) {
        out.text(name);
        out.number(count);
    }
    out.number(std::uint64_t{genes.parts().size()});
    for (const auto& part : genes.parts()) {
        const auto runs = runsOf(part.genes);
        out.number(part.outer);
        out.number(part.extent);
        out.number(part.inner);
        out.number(std::uint64_t{runs.size()});
        out.numbers(runs);
    }
    return std::move(out).take();
}

GenesPtr unpackGenes(std::span<const std::byte> bytes, std::uint64_t length) {
    ByteReader in(bytes, kDamaged);
    std::vector<Genes::Group> groups;
    std::vector<Genes::Part> parts;
    std::uint64_t genes = 0;
    for (auto left = in.number<std::uint64_t>(); left > 0; --left) {
        auto name = in.text();
        const auto count = in.number<std::uint64_t>();
        // Every gene has an element.
        if (count == 0 || count > std::min(length, kMostGenes) - genes) in.refuse();
        genes += count;
        groups.push_back({std::move(name), count});
    }
    std::uint64_t begin = 0, divided = 0;
    for (auto left = in.number<std::uint64_t>(); left > 0; --left) {
        Genes::Part part{.begin = begin, .genes = {}};
        part.outer = in.number<std::uint64_t>();
        part.extent = in.number<std::uint64_t>();
        part.inner = in.number<std::uint64_t>();
        auto room = length - begin;
        for (const auto extent : {part.outer, part.extent, part.inner}) {
            if (extent == 0 || extent > room) in.refuse();
            room /= extent;
        }
        divided += part.extent;
        if (divided > kMostGenes) in.refuse();
        const auto runs = in.numbers<std::uint32_t>(3 * std::min(in.number<std::uint64_t>(), part.extent));
        std::vector<GeneRun> all;
        for (std::size_t one = 0; one < runs.size(); one += 3) all.push_back({runs[one], runs[one + 1], runs[one + 2]});
        try {
            part.genes = genesOf(all, part.extent);
        } catch (const std::invalid_argument&) {
            in.refuse();
        }
        begin += part.count();
        parts.push_back(std::move(part));
    }
    in.close();
    if (begin != length) in.refuse();
    try {
        return std::make_shared<const Genes>(std::move(parts), std::move(groups));
    } catch (const std::invalid_argument&) {
        in.refuse();
    }
}

}  // namespace mergarium
