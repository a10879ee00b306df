#include "core/tokenization/post_processor.h"

#include <fmt/format.h>

namespace mergarium::text {
namespace {

constexpr std::size_t kMostTokens = 1000;

void readTemplate(const Component& component, PostProcessor& result) {
    component.allow({"single", "pair", "special_tokens"});
    const auto specials = component.at("special_tokens");
    bool textSeen = false;
    for (const auto& part : component.list("single")) {
        part.allow({"SpecialToken", "Sequence"});
        if (part.has("Sequence")) {
            if (textSeen || part.at("Sequence").text("id") != "A") part.refuse("a template names the text A, once");
            textSeen = true;
            continue;
        }
        const auto name = part.at("SpecialToken").text("id");
        auto& side = textSeen ? result.after : result.before;
        for (const auto& id : specials.at(name).list("ids")) side.push_back(tokenId(id));
        if (side.size() > kMostTokens) part.refuse("the template puts too many tokens around a text");
    }
    if (!textSeen) component.refuse("the template has no place for the text");
}

/// ["</s>", 2]
std::int32_t namedToken(const Component& component, std::string_view key) {
    const auto parts = component.list(key);
    if (parts.size() != 2) component.refuse(fmt::format("'{}' is not a token and its id", key));
    return tokenId(parts[1]);
}

void read(const Component& component, PostProcessor& result, bool& placed) {
    const auto type = component.type();
    if (type == "Sequence") {
        component.allow({"processors"});
        for (const auto& step : component.list("processors")) read(step, result, placed);
        return;
    }
    if (type == "ByteLevel") {
        // Trims tokens' offsets in the text, which are not used here.
        component.allow({"add_prefix_space", "trim_offsets", "use_regex"});
        return;
    }
    if (type != "TemplateProcessing" && type != "RobertaProcessing" && type != "BertProcessing") component.refuseType();
    if (placed) component.refuse("a second component that adds special tokens isn't supported");
    placed = true;
    if (type == "TemplateProcessing") return readTemplate(component, result);
    component.allow({"sep", "cls", "trim_offsets", "add_prefix_space"});
    result.before = {namedToken(component, "cls")};
    result.after = {namedToken(component, "sep")};
}

}  // namespace

PostProcessor readPostProcessor(const Component& component) {
    PostProcessor result;
    bool placed = false;
    if (!component.isNull()) read(component, result, placed);
    return result;
}

}  // namespace mergarium::text
