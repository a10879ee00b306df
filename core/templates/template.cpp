#include "core/templates/template.h"

#include "core/files/excerpt.h"
#include "core/templates/rendering/renderer.h"
#include "core/templates/syntax/lexer.h"
#include "core/templates/syntax/parser.h"
#include "core/templates/values/json_text.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <stdexcept>

namespace mergarium {
namespace {

std::runtime_error refusal(const std::string& name, std::size_t line, std::string_view what) {
    // What a template itself says may be a sentence already.
    while (what.ends_with('.')) what.remove_suffix(1);
    return std::runtime_error(fmt::format("{}, line {}: {}.", name, line, excerptOf(what, 1000)));
}

/// What values may take of it.
std::size_t sizeOf(const nlohmann::ordered_json& json) {
    if (json.is_string()) return json.get_ref<const std::string&>().size();
    std::size_t size = 16;
    if (json.is_structured())
        for (const auto& one : json) size += sizeOf(one);
    return size;
}

}  // namespace

struct Template::Parts {
    std::string name;
    jinja::Block block;
};

Template::Template(std::string name, std::string_view source) {
    try {
        parts_ = std::make_unique<const Parts>(Parts{name, jinja::parsed(source)});
    } catch (const jinja::SyntaxFault& fault) {
        throw refusal(name, fault.line, fault.what);
    }
}

Template::~Template() = default;
Template::Template(Template&&) noexcept = default;
Template& Template::operator=(Template&&) noexcept = default;

std::string Template::render(const nlohmann::ordered_json& variables) const {
    jinja::Budget budget(sizeOf(variables));
    jinja::Renderer renderer(budget);
    try {
        std::vector<std::pair<std::string_view, jinja::Value>> known;
        for (auto one = variables.begin(); one != variables.end(); ++one)
            known.emplace_back(one.key(), jinja::valueOf(budget, one.value()));
        return renderer.render(parts_->block, std::move(known));
    } catch (const jinja::Fault& fault) {
        throw refusal(parts_->name, renderer.line(), fault.what());
    }
}

}  // namespace mergarium
