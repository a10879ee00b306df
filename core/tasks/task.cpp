#include "core/tasks/task.h"

namespace mergarium {

void scoreAll(Task& task, std::span<float> scores) {
    for (std::size_t batch = 0; batch < task.batchCount(); ++batch) task.scoreBatch(batch, scores);
}

}  // namespace mergarium
