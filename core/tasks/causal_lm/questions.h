#pragma once

#include "core/tasks/causal_lm/causal_lm_settings.h"
#include "core/tasks/causal_lm/chat.h"
#include "core/tasks/texts/question_set.h"

namespace mergarium {

/// Reads the files that a task names, `chat` around every question. Throws std::runtime_error with file and line:
/// malformed JSON, a missing field, an empty file, a reference that is none of the choices, a question that the chat
/// template refuses.
QuestionSet readQuestions(const CausalLmSettings& settings, const Chat& chat);

}  // namespace mergarium
