#pragma once

#include "core/founders/founder_source.h"
#include "core/tasks/causal_lm/prepared_questions.h"

#include <span>
#include <string>

namespace mergarium {

/// Which founders would be asked otherwise by themselves than in a run, where all are read as the first: their
/// own chat template, where that is asked for, is another, their tokenizer makes other tokens of the prompts, or other
/// tokens end their texts. One sentence; empty: none.
std::string cautionAbout(const PreparedQuestions& questions, std::span<const FounderSourcePtr> founders);

}  // namespace mergarium
