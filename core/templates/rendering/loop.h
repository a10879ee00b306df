#pragma once

#include "core/templates/library/tools.h"

#include <cstddef>
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

namespace mergarium::jinja {

/// What `loop` knows of the iterations of a for: as in Jinja, elements that the loop's condition lets pass are found
/// one after the other.
struct Loop {
    std::vector<Value> elements;
    /// Null: all pass.
    std::function<bool(const Value&)> passes;
    std::size_t fetched = 0;
    /// Iterations before this one; absent: none has begun.
    std::optional<std::size_t> index;
    std::optional<Value> before, current, after;
    /// Absent: as many as there are elements.
    std::optional<std::size_t> counted;
    /// Of loop.changed(): what it was told last.
    std::optional<Value> told;

    /// The next iteration; false: there is none.
    bool next();
    /// What the next iteration is of; null: there is none.
    const Value* peek();
    std::size_t length();
};

/// loop.name, and loop.cycle(...) and loop.changed(...).
Value loopAttribute(Loop& loop, std::string_view name);
Value callLoop(Tools& tools, Loop& loop, std::string_view method, const Arguments& arguments);

}  // namespace mergarium::jinja
