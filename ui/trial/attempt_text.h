#pragma once

#include "core/tasks/attempt.h"
#include "core/tasks/sample_set.h"

class QTextEdit;

namespace mergarium {

/// Writes one sample as a founder read it, special tokens marked, with its answer and the reference. Texts are shown as
/// they are.
void writeAttempt(QTextEdit& into, const Attempt& attempt, const SampleSet& samples);

}  // namespace mergarium
