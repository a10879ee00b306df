#include "core/founders/founder_fields.h"

#include "core/fields/map_reader.h"

#include <fmt/format.h>

#include <string>

namespace mergarium {

void visit(FieldVisitor& visitor, TensorRules& rules) {
    visitor.texts({.key = "exclude",
                   .label = "Leave out tensors",
                   .help = "Names of tensors that the merged models don't have; * and ? stand for any characters."},
                  rules.exclude, TextsAre::Words, false);
    FreezeField freeze(rules.freeze);
    visitor.structured(
        {.key = "freeze", .label = "Keep tensors", .help = "Tensors taken over from one founder as they are."}, freeze);
    visitor.boolean({.key = "common_vocabulary",
                     .label = "Common vocabulary",
                     .help = "Where vocabularies differ in size, merge the rows that all founders have; off: such "
                             "founders are refused."},
                    rules.commonVocabulary);
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
        map.at("adapter") = Value::text(founder.adapter.string());
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
            inner.path("base", founder.base);
            inner.path("adapter", founder.adapter);
            inner.close();
            if (founder.base.empty()) map.refuse(key, one, "a map needs the key base, the path of a model");
        } else {
            founder.base = map.pathOf(key, one);
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

CheckpointFounder founderNamed(const std::string& text) {
    const auto plus = text.find('+');
    if (plus == std::string::npos || std::filesystem::exists(text)) return {.base = text, .adapter = {}};
    return {.base = text.substr(0, plus), .adapter = text.substr(plus + 1)};
}

}  // namespace mergarium
