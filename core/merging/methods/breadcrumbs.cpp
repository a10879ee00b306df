// Breadcrumbs: each difference without its largest and its smallest entries, then task arithmetic.
// Davari, Belilovsky: "Model Breadcrumbs: scaling multi-task model merging with sparse masks", ECCV 2024, arXiv
// 2312.06795.
#include "core/merging/methods/methods.h"
#include "core/merging/methods/task_vectors.h"

namespace mergarium {
namespace {

std::unique_ptr<TensorMerge> prepareBreadcrumbs(const TensorInputs& inputs) {
    return mergeTaskVectors(inputs, dropOutliers, Signs::Any);
}

}  // namespace

MergeMethod breadcrumbsMethod() {
    return {.name = "breadcrumbs",
            .base = BaseRule::Required,
            .least = 1,
            .passesOver = true,
            .parameters = taskVectorParameters(false, false,
                                               {{.name = "density", .standard = 1.0, .of = MethodParameter::Of::Model},
                                                {.name = "gamma", .standard = 0.01, .of = MethodParameter::Of::Model}}),
            .prepare = prepareBreadcrumbs};
}

}  // namespace mergarium
