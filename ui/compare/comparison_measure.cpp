#include "ui/compare/comparison_measure.h"

#include <QCoreApplication>

#include <array>

namespace mergarium {

std::span<const ComparisonMeasure> comparisonMeasures() {
    const auto tr = [](const char* text) { return QCoreApplication::translate("mergarium::ComparisonMeasure", text); };
    static const std::array<ComparisonMeasure, 5> measures{{
        {tr("Test score of the best"), &ArmResult::testBand, &ArmResult::bestTest, true},
        {tr("Training score of the best"), &ArmResult::trainBand, &ArmResult::bestTrain, true},
        {tr("Coverage"), &ArmResult::coverageBand, &ArmResult::coverage, true},
        {tr("Disagreement"), &ArmResult::disagreementBand, &ArmResult::disagreement, true},
        {tr("Entropy of niche shares"), &ArmResult::nicheEntropyBand, &ArmResult::nicheEntropy, true},
    }};
    return measures;
}

}  // namespace mergarium
