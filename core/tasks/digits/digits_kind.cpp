#include "core/tasks/digits/digits_kind.h"

#include "core/tasks/digits/digits.h"

namespace mergarium {

/// The perceptron 64-256-10 of the paper (section 4.1), and the first 80 % of the digits.
TaskOutline outlineOf(const DigitsSettings&, const TaskFolders&) { return {.parameters = 19'210, .samples = 1'437}; }

SampleSet samplesOf(const DigitsSettings&, const TaskFolders& folders) {
    return pictures(readDigits(digitsFile(folders.resources)).train);
}

}  // namespace mergarium
