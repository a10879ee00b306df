#include "core/tokenization/metaspace.h"

#include "core/text/unicode.h"

#include <fmt/format.h>

namespace mergarium::text {
namespace {

Prepend prependNamed(const Component& component) {
    const auto name = component.text("prepend_scheme");
    if (name == "first") return Prepend::First;
    if (name == "always") return Prepend::Always;
    if (name == "never") return Prepend::Never;
    component.refuse(fmt::format("the prepend_scheme '{}' isn't supported", name));
}

}  // namespace

Metaspace readMetaspace(const Component& component) {
    component.allow({"replacement", "add_prefix_space", "prepend_scheme", "split", "str_rep"});
    Metaspace metaspace;
    append(metaspace.replacement, component.character("replacement"));
    const bool named = component.has("prepend_scheme");
    if (named) metaspace.prepend = prependNamed(component);
    if (!component.flag("add_prefix_space", true)) {
        if (named && metaspace.prepend != Prepend::Never)
            component.refuse("'add_prefix_space' is false and 'prepend_scheme' is not 'never'");
        metaspace.prepend = Prepend::Never;
    }
    metaspace.split = component.flag("split", true);
    return metaspace;
}

}  // namespace mergarium::text
