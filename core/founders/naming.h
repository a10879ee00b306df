#pragma once

#include "core/checkpoint/checkpoint.h"

#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace mergarium {

/// A way in which two checkpoints of one architecture name their tensors differently: one has a prefix that the other
/// has not ("bert.", "transformer.", "model."), or has the parts of a prefix in another order.
struct PrefixRule {
    /// What the names begin with, and what stands there instead; one of them may be empty. With the dot at the end.
    std::string from, to;
    /// Those that it renames.
    std::size_t tensors = 0;
    bool operator==(const PrefixRule&) const = default;
};

/// What a founder's tensors are called where another one gives the names.
struct Naming {
    std::vector<PrefixRule> rules;
    /// By own name; those whose names stay are left out.
    std::map<std::string, std::string> names;

    const std::string& nameOf(const std::string& own) const;
};

/// Rules by which tensors of `other` that `first` has none of the same name of are called as tensors of `first` that
/// `other` has none of the same name of. A rule renames all tensors that begin with its prefix, or gives all names that
/// do; and every tensor that it renames has the shape of the one that it is called as, but for rows of the vocabulary.
/// The rule that renames most is taken, then again for what is left. Where two rename as many and differently, none is:
/// nothing tells which is meant.
Naming namingAs(std::span<const TensorDescription> first, std::span<const TensorDescription> other);

/// One sentence per rule, for people.
std::vector<std::string> sentencesOf(const Naming& naming, const std::string& founder, const std::string& first);

}  // namespace mergarium
