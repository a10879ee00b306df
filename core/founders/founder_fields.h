#pragma once

#include "core/fields/field_visitor.h"
#include "core/fields/value.h"
#include "core/founders/founder_settings.h"

#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mergarium {

/// `ofFiles`: of founders from checkpoints; for others only some of the parameters mean anything.
void visit(FieldVisitor& visitor, TensorRules& rules, bool ofFiles = true);

/// The keys `adapter` (one of weight 1) or `adapters` of a founder's map; none where there are no adapters.
void writeAdapters(const AdapterStack& adapters, Value& map);
/// `place`: where a path leads that stands in the file.
AdapterStack readAdapters(MapReader& map, const std::function<std::filesystem::path(const Value&)>& place);

/// The task's own founders by name, or a list of models.
class FoundersField final : public StructuredField {
public:
    /// `own` are the names of the founders that the task brings; empty where founders are checkpoints.
    FoundersField(FounderSettings& founders, std::span<const std::string_view> own) : founders_(founders), own_(own) {}
    std::string_view shape() const override {
        return "a name that the task knows, or a list of model folders and files, or of maps like {base: model, "
               "adapter: lora} or {base: model, adapters: [{path: lora, weight: 0.7}]}";
    }
    Value write() const override;
    void read(std::string_view key, const Value& value, MapReader& map) override;

    FounderSettings& founders() const { return founders_; }
    std::span<const std::string_view> own() const { return own_; }

private:
    FounderSettings& founders_;
    std::span<const std::string_view> own_;
};

/// Tensors taken from one founder.
class FreezeField final : public StructuredField {
public:
    explicit FreezeField(std::vector<FreezeRule>& rules) : rules_(rules) {}
    std::string_view shape() const override {
        return "a list of maps like {pattern: '*norm*', founder: 1}, founders counted from 1";
    }
    Value write() const override;
    void read(std::string_view key, const Value& value, MapReader& map) override;

    std::vector<FreezeRule>& rules() const { return rules_; }

private:
    std::vector<FreezeRule>& rules_;
};

}  // namespace mergarium
