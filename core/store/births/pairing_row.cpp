#include "core/store/births/pairing_row.h"

namespace mergarium {

Pairing pairingOf(const Row& row, const RunMeasures& run) {
    const auto step = row.count(0, 1, run.evaluations);
    const auto before = [&](int column) {
        return row.isNull(column) ? MemberId{} : MemberId{row.count(column, 1, run.founders + step - 1)};
    };
    Pairing pairing{.step = step,
                    .first = before(1),
                    .second = before(2),
                    .child = {run.founders + step},
                    .childTrain = row.fraction(3),
                    .accepted = !row.isNull(4),
                    .replaced = std::nullopt};
    if (pairing.accepted) (void)row.count(4, 0, run.slots - 1);
    if (!row.isNull(5)) pairing.replaced = before(5);
    if (!row.isNull(6)) pairing.scored = row.count(6, 0, run.samples);
    if (!row.isNull(7)) pairing.failure = row.text(7);
    return pairing;
}

}  // namespace mergarium
