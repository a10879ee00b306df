#include "core/cluster/offered_run.h"

#include "core/configuration/yaml.h"
#include "core/fields/field_visitor.h"
#include "core/fields/value.h"
#include "core/fields/yaml.h"

#include <functional>
#include <set>
#include <system_error>

namespace mergarium {
namespace {

/// Every text in a value.
void forEachText(Value& value, const std::function<void(Value&)>& visit) {
    if (value.isScalar()) visit(value);
    if (value.isList())
        for (auto& item : value.list()) forEachText(item, visit);
    if (value.isMap())
        for (auto& entry : value.map()) forEachText(entry.value, visit);
}

/// What may be a path.
class PathCollector final : public FieldVisitor {
public:
    void boolean(const FieldText&, bool&) override {}
    void whole(const FieldText&, std::uint64_t&, const WholeBounds&) override {}
    void number(const FieldText&, double&, const NumberBounds&) override {}
    std::size_t choice(const FieldText&, std::span<const std::string_view>, std::size_t index) override {
        return index;
    }
    void text(const FieldText&, std::string&, const TextShape&) override {}
    void texts(const FieldText&, std::vector<std::string>&, TextsAre, bool) override {}
    void path(const FieldText&, std::filesystem::path& value, const PathShape&) override { add(value); }
    void structured(const FieldText&, StructuredField& field) override {
        auto value = field.write();
        forEachText(value, [this](const Value& text) {
            if (text.scalar().find_first_of("./") != std::string::npos) add(text.scalar());
        });
    }
    void boolean(const FieldText&, std::optional<bool>&) override {}
    void number(const FieldText&, std::optional<double>&, const NumberBounds&) override {}
    void section(const FieldText&, const std::function<void()>& fields) override { fields(); }
    using FieldVisitor::choice;

    std::set<std::filesystem::path> found;

private:
    void add(const std::filesystem::path& path) {
        std::error_code error;
        if (!path.empty() && std::filesystem::is_regular_file(path, error)) found.insert(path);
    }
};

}  // namespace

std::vector<std::filesystem::path> filesNamedBy(const RunConfiguration& configuration) {
    auto copy = configuration;
    PathCollector collector;
    std::visit([&](auto& settings) { visit(collector, settings); }, copy.task);
    return {collector.found.begin(), collector.found.end()};
}

RunConfiguration configurationIn(const RunOffer& offer, const std::map<std::string, std::filesystem::path>& files) {
    auto value = parseYaml(offer.configuration, "the run's configuration");
    forEachText(value, [&](Value& text) {
        if (const auto found = files.find(text.scalar()); found != files.end())
            text = Value::text(found->second.string());
    });
    return parseConfiguration(toYaml(value), "the run's configuration");
}

}  // namespace mergarium
