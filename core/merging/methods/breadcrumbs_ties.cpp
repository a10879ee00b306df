// Breadcrumbs with TIES: each difference without its largest and its smallest entries; signs are elected.
// Davari, Belilovsky: "Model Breadcrumbs: scaling multi-task model merging with sparse masks", ECCV 2024, arXiv
// 2312.06795.
// Yadav, Tam, Choshen, Raffel, Bansal: "TIES-Merging: resolving interference when merging models", NeurIPS 2023, arXiv
// 2306.01708.
#include "core/merging/methods/methods.h"
#include "core/merging/methods/task_vectors.h"

namespace mergarium {
namespace {

std::unique_ptr<TensorMerge> prepareBreadcrumbsTies(const TensorInputs& inputs) {
    return mergeTaskVectors(inputs, dropOutliers, Signs::Elected);
}

}  // namespace

MergeMethod breadcrumbsTiesMethod() {
    return {.name = "breadcrumbs_ties",
            .base = BaseRule::Required,
            .least = 1,
            .passesOver = true,
            .parameters = taskVectorParameters(false, false,
                                               {{.name = "density", .standard = 1.0, .of = MethodParameter::Of::Model},
                                                {.name = "gamma", .standard = 0.01, .of = MethodParameter::Of::Model}}),
            .prepare = prepareBreadcrumbsTies};
}

}  // namespace mergarium
