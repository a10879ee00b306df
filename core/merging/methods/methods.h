#pragma once

#include "core/merging/methods/method.h"

#include <span>
#include <string_view>

namespace mergarium {

// One file each, which cites the paper. docs/merging.md has their formulas.
MergeMethod linearMethod();
MergeMethod slerpMethod();
MergeMethod nuslerpMethod();
MergeMethod multislerpMethod();
MergeMethod karcherMethod();
MergeMethod taskArithmeticMethod();
MergeMethod tiesMethod();
MergeMethod dareLinearMethod();
MergeMethod dareTiesMethod();
MergeMethod dellaMethod();
MergeMethod dellaLinearMethod();
MergeMethod breadcrumbsMethod();
MergeMethod breadcrumbsTiesMethod();
MergeMethod modelStockMethod();
MergeMethod sceMethod();
MergeMethod nearswapMethod();
MergeMethod arceeFusionMethod();
MergeMethod ramMethod();
MergeMethod ramplusTlMethod();
MergeMethod passthroughMethod();

/// All of them, in the order in which docs/merging.md has them.
std::span<const MergeMethod> mergeMethods();
/// Null where there is none of this name.
const MergeMethod* mergeMethodNamed(std::string_view name);
/// Whether some method has a parameter of this name.
bool isMethodParameter(std::string_view name);

}  // namespace mergarium
