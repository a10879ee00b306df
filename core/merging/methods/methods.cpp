#include "core/merging/methods/methods.h"

#include <algorithm>

namespace mergarium {

std::span<const MergeMethod> mergeMethods() {
    static const std::vector<MergeMethod> all{linearMethod(),
                                              slerpMethod(),
                                              nuslerpMethod(),
                                              multislerpMethod(),
                                              karcherMethod(),
                                              taskArithmeticMethod(),
                                              tiesMethod(),
                                              dareLinearMethod(),
                                              dareTiesMethod(),
                                              dellaMethod(),
                                              dellaLinearMethod(),
                                              breadcrumbsMethod(),
                                              breadcrumbsTiesMethod(),
                                              modelStockMethod(),
                                              sceMethod(),
                                              nearswapMethod(),
                                              arceeFusionMethod(),
                                              ramMethod(),
                                              ramplusTlMethod(),
                                              passthroughMethod()};
    return all;
}

const MergeMethod* mergeMethodNamed(std::string_view name) {
    const auto found = std::ranges::find(mergeMethods(), name, &MergeMethod::name);
    return found == mergeMethods().end() ? nullptr : &*found;
}

bool isMethodParameter(std::string_view name) {
    return std::ranges::any_of(mergeMethods(), [&](const auto& method) {
        return std::ranges::find(method.parameters, name, &MethodParameter::name) != method.parameters.end();
    });
}

}  // namespace mergarium
