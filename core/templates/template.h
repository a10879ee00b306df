#pragma once

#include <nlohmann/json_fwd.hpp>

#include <memory>
#include <string>
#include <string_view>

namespace mergarium {

/// A template in the part of Jinja2 that chat templates use, filled as transformers fills them: a sandbox in which
/// nothing can be changed but namespaces, trim_blocks and lstrip_blocks, break and continue, `raise_exception`,
/// `strftime_now` (always 26 July 2024, so that results don't depend on the day), `tojson` that leaves letters as they
/// are, {% generation %}. What is missing is refused by name: other templates (extends, include, import, block),
/// recursive loops, a few filters. Immutable; any thread.
class Template {
public:
    /// `name`: what messages call it. `source`: UTF-8 of at most 256 kB. Throws std::runtime_error with one sentence:
    /// "NAME, line N: ...".
    Template(std::string name, std::string_view source);
    ~Template();
    Template(Template&&) noexcept;
    Template& operator=(Template&&) noexcept;

    /// What it prints with the variables of an object. Its steps, its memory and what it prints (16 MiB) are bounded.
    /// Throws std::runtime_error as above, also where the template refuses what it is given (`raise_exception`).
    std::string render(const nlohmann::ordered_json& variables) const;

private:
    struct Parts;
    std::unique_ptr<const Parts> parts_;
};

}  // namespace mergarium
