#include "core/fields/value.h"

namespace mergarium {

Value::Value(std::string scalar) : content_(std::move(scalar)) {}

Value::Value(List list) : content_(std::move(list)) {}

Value::Value(Map map) : content_(std::move(map)) {}

Value Value::text(std::string words) {
    Value value(std::move(words));
    value.quoted = true;
    return value;
}

const Value* Value::find(std::string_view key) const {
    if (!isMap()) return nullptr;
    for (const auto& entry : map())
        if (entry.key == key) return &entry.value;
    return nullptr;
}

const Value& Value::nearest(std::string_view dottedKey) const {
    const Value* found = this;
    while (!dottedKey.empty()) {
        const auto dot = dottedKey.find('.');
        const auto* next = found->find(dottedKey.substr(0, dot));
        if (!next) break;
        found = next;
        dottedKey = dot == std::string_view::npos ? std::string_view{} : dottedKey.substr(dot + 1);
    }
    return *found;
}

Value& Value::at(std::string_view key) {
    for (auto& entry : map())
        if (entry.key == key) return entry.value;
    map().push_back({std::string(key), {}, 0});
    return map().back().value;
}

}  // namespace mergarium
