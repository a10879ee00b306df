#include "core/founders/founder_fields.h"

#include "core/checkpoint/model_place.h"
#include "core/fields/map_reader.h"
#include "core/founders/founder_names.h"

#include <fmt/format.h>

#include <string>
#include <system_error>

namespace mergarium {
namespace {

/// Where a text of a file leads. A name in Hugging Face's cache is no path beside the file that it stands in.
std::filesystem::path modelAt(const MapReader& map, const Value& value, const std::string& text) {
    const auto path = map.source().resolve(value, text);
    std::error_code error;
    if (std::filesystem::exists(std::filesystem::symlink_status(path, error))) return path;
    return cachedModel(text).value_or(path);
}

}  // namespace

void visit(FieldVisitor& visitor, TensorRules& rules, bool ofFiles) {
    visitor.texts(
        {.key = "exclude",
         .label = "Leave out tensors",
         .help = "Names of tensors that are not merged: models that are written have the first founder's, if it "
                 "has them. * and ? stand for any characters.",
         .relevant = ofFiles},
        rules.exclude, TextsAre::Words, false);
    FreezeField freeze(rules.freeze);
    visitor.structured({.key = "freeze",
                        .label = "Keep tensors",
                        .help = "Tensors taken over from one founder as they are.",
                        .relevant = ofFiles},
                       freeze);
    visitor.boolean({.key = "common_vocabulary",
                     .label = "Common vocabulary",
                     .help = "Where vocabularies differ in size, merge the rows that all founders have; off: such "
                             "founders are refused.",
                     .relevant = ofFiles},
                    rules.commonVocabulary);
    visitor.choice({.key = "align",
                    .label = "Match units",
                    .help = "units: before anything merges, neurons and heads of the other founders change places with "
                            "each other to stand where the first founder's are that they are most like, for founders "
                            "with different beginnings; what each computes stays the same."},
                   rules.align, std::span<const UnitAlignment>(kUnitAlignments));
}

void writeAdapters(const AdapterStack& adapters, Value& map) {
    if (adapters.empty()) return;
    if (adapters.all().size() == 1 && adapters.all().front().weight == 1.0) {
        map.at("adapter") = Value::text(adapters.all().front().path.string());
        return;
    }
    Value::List list;
    for (const auto& [path, weight] : adapters.all()) {
        Value one{Value::Map{}};
        one.at("path") = Value::text(path.string());
        one.at("weight") = Value(fmt::format("{}", weight));
        list.push_back(std::move(one));
    }
    map.at("adapters") = Value(std::move(list));
}

AdapterStack readAdapters(MapReader& map, const std::function<std::filesystem::path(const Value&)>& place) {
    AdapterStack adapters;
    if (const auto* one = map.find("adapter"); one && !(one->isScalar() && one->scalar().empty()))
        adapters.add({.path = place(*one)});
    const auto* several = map.find("adapters");
    if (!several) return adapters;
    if (!several->isList()) map.refuse("adapters", *several, "must be a list like [{path: lora, weight: 0.7}]");
    for (const auto& one : several->list()) {
        if (!one.isMap()) {
            adapters.add({.path = place(one)});
            continue;
        }
        MapReader inner(one, map.full("adapters"), map.source());
        const auto* path = inner.find("path");
        if (!path) inner.refuse("path", one, "is missing: the path of an adapter");
        WeightedAdapter adapter{.path = place(*path)};
        inner.number("weight", adapter.weight);
        inner.close();
        adapters.add(std::move(adapter));
    }
    return adapters;
}

Value FoundersField::write() const {
    if (const auto* own = std::get_if<OwnFounders>(&founders_)) return Value(own->name);
    Value::List list;
    for (const auto& founder : std::get<std::vector<CheckpointFounder>>(founders_)) {
        if (founder.adapter.empty()) {
            list.push_back(Value::text(founder.base.string()));
            continue;
        }
        Value map{Value::Map{}};
        map.at("base") = Value::text(founder.base.string());
        writeAdapters(founder.adapter, map);
        list.push_back(std::move(map));
    }
    return Value(std::move(list));
}

void FoundersField::read(std::string_view key, const Value& value, MapReader& map) {
    if (value.isScalar()) {
        founders_ = OwnFounders{value.scalar()};
        return;
    }
    if (!value.isList()) map.refuse(key, value, fmt::format("must be {}", shape()));
    std::vector<CheckpointFounder> models;
    for (const auto& one : value.list()) {
        CheckpointFounder founder;
        if (one.isMap()) {
            MapReader inner(one, map.full(key), map.source());
            if (const auto* base = inner.find("base")) {
                inner.pathOf("base", *base);  // refuses what is no path
                founder.base = modelAt(inner, *base, base->scalar());
            }
            founder.adapter = readAdapters(inner, [&](const Value& path) {
                inner.pathOf("adapter", path);
                return modelAt(inner, path, path.scalar());
            });
            inner.close();
            if (founder.base.empty()) map.refuse(key, one, "a map needs the key base, the path of a model");
        } else {
            map.pathOf(key, one);  // refuses what is no path
            founder = founderNamed(one.scalar(), [&](const auto& path) { return modelAt(map, one, path); });
        }
        models.push_back(std::move(founder));
    }
    founders_ = std::move(models);
}

Value FreezeField::write() const {
    Value::List list;
    for (const auto& rule : rules_) {
        Value map{Value::Map{}};
        map.at("pattern") = Value::text(rule.pattern);
        map.at("founder") = Value(std::to_string(rule.founder + 1));
        list.push_back(std::move(map));
    }
    return Value(std::move(list));
}

void FreezeField::read(std::string_view key, const Value& value, MapReader& map) {
    if (!value.isList()) map.refuse(key, value, fmt::format("must be {}", shape()));
    rules_.clear();
    for (const auto& one : value.list()) {
        MapReader inner(one, map.full(key), map.source());
        FreezeRule rule;
        std::uint64_t founder = 1;
        inner.text("pattern", rule.pattern);
        inner.whole("founder", founder);
        inner.close();
        if (rule.pattern.empty() || founder == 0) map.refuse(key, one, "needs a pattern and a founder, counted from 1");
        rule.founder = founder - 1;
        rules_.push_back(std::move(rule));
    }
}

}  // namespace mergarium
