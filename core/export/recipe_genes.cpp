#include "core/export/recipe_genes.h"

#include "core/genes/gene_runs.h"

#include <fmt/format.h>

#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace mergarium {
namespace {

/// More than any model has, and few enough that no product of theirs overflows.
constexpr std::uint64_t kMostElements = std::uint64_t{1} << 50;

std::vector<Genes::Group> groupsIn(MapReader& section) {
    std::vector<Genes::Group> groups;
    const auto* list = section.find("groups");
    if (!list || !list->isList()) section.refuse("groups", list ? *list : Value(), "must be a list");
    std::uint64_t genes = 0;
    for (const auto& one : list->list()) {
        MapReader inner(one, section.full("groups"), section.source());
        Genes::Group group;
        inner.text("name", group.name);
        inner.whole("count", group.count);
        inner.close();
        if (group.count == 0 || group.count > kMostGenes - genes)
            section.refuse("groups", one, fmt::format("must come to 1 to {} genes", kMostGenes));
        genes += group.count;
        groups.push_back(std::move(group));
    }
    return groups;
}

GeneRun runIn(const Value& value, MapReader& section) {
    if (!value.isList() || value.list().size() != 3)
        section.refuse("runs", value, "must be lists of three numbers: first gene, count, step");
    const auto number = [&](std::size_t place) {
        const auto one = section.wholeOf("runs", value.list()[place]);
        if (one > kMostGenes) section.refuse("runs", value, fmt::format("must be at most {}", kMostGenes));
        return static_cast<std::uint32_t>(one);
    };
    return {number(0), number(1), number(2)};
}

std::vector<Genes::Part> partsIn(MapReader& section) {
    std::vector<Genes::Part> parts;
    const auto* list = section.find("tensors");
    if (!list || !list->isList()) section.refuse("tensors", list ? *list : Value(), "must be a list");
    std::uint64_t begin = 0, divided = 0;
    for (const auto& one : list->list()) {
        MapReader inner(one, section.full("tensors"), section.source());
        Genes::Part part{.begin = begin, .genes = {}};
        inner.whole("outer", part.outer);
        inner.whole("extent", part.extent);
        inner.whole("inner", part.inner);
        std::vector<GeneRun> runs;
        const auto* all = inner.find("runs");
        if (!all || !all->isList()) inner.refuse("runs", all ? *all : Value(), "must be a list");
        for (const auto& run : all->list()) runs.push_back(runIn(run, inner));
        inner.close();
        auto room = kMostElements - begin;
        for (const auto extent : {part.outer, part.extent, part.inner}) {
            if (extent == 0 || extent > room) section.refuse("tensors", one, "isn't the shape of a tensor");
            room /= extent;
        }
        divided += part.extent;
        if (divided > kMostGenes) section.refuse("tensors", one, "has more genes than there can be");
        part.genes = genesOf(runs, part.extent);
        begin += part.count();
        parts.push_back(std::move(part));
    }
    return parts;
}

}  // namespace

Value valueOf(const Genes& genes) {
    const auto number = [](std::uint64_t value) { return Value(std::to_string(value)); };
    Value::List groups, tensors;
    for (const auto& [name, count] : genes.groups()) {
        Value one{Value::Map{}};
        one.at("name") = Value::text(name);
        one.at("count") = number(count);
        groups.push_back(std::move(one));
    }
    for (const auto& part : genes.parts()) {
        Value::List runs;
        for (const auto& [first, count, step] : runsOf(part.genes))
            runs.push_back(Value(Value::List{number(first), number(count), number(step)}));
        Value one{Value::Map{}};
        one.at("outer") = number(part.outer);
        one.at("extent") = number(part.extent);
        one.at("inner") = number(part.inner);
        one.at("runs") = Value(std::move(runs));
        tensors.push_back(std::move(one));
    }
    Value map{Value::Map{}};
    map.at("groups") = Value(std::move(groups));
    map.at("tensors") = Value(std::move(tensors));
    return map;
}

GenesPtr readGenes(MapReader& top) {
    const auto* value = top.find("genes");
    if (!value) return nullptr;
    MapReader section(*value, "genes", top.source());
    try {
        auto groups = groupsIn(section);
        auto parts = partsIn(section);
        section.close();
        return std::make_shared<const Genes>(std::move(parts), std::move(groups));
    } catch (const std::invalid_argument&) {
        top.refuse("genes", *value, "doesn't divide a parameter vector");
    }
}

}  // namespace mergarium
