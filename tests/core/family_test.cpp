#include "core/archive/coverage.h"
#include "core/store/run_catalog.h"
#include "tests/support/runs.h"
#include "tests/support/suite.h"

#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <map>
#include <set>

using namespace mergarium;
namespace fs = std::filesystem;

namespace {

std::set<std::uint64_t> idsOf(const Family& family) {
    std::set<std::uint64_t> ids;
    for (const auto& relative : family.relatives) ids.insert(relative.member->id.value);
    return ids;
}

const Relative& find(const Family& family, MemberId id) {
    const auto found = std::ranges::find(family.relatives, id, [](const auto& one) { return one.member->id; });
    if (found == family.relatives.end()) throw std::logic_error("not in the family");
    return *found;
}

}  // namespace

class FamilyTest : public QObject {
    Q_OBJECT

    QTemporaryDir folder_;
    fs::path database_;
    RunId run_{1};
    /// The youngest accepted child, and all accepted births by child.
    MemberId youngest_;
    std::map<std::uint64_t, Pairing> accepted_;

    Family family(const FamilyReach& reach) const { return RunCatalog(database_).family(run_, youngest_, reach); }

private Q_SLOTS:
    void initTestCase() {
        database_ = folder_.filePath("runs.db").toStdString();
        test::runToItsEnd(test::shortRun(400), database_);
        for (const auto& pairing : RunCatalog(database_).births(run_))
            if (pairing.accepted) accepted_[pairing.child.value] = pairing;
        QVERIFY(accepted_.size() > 20);
        youngest_ = {accepted_.rbegin()->first};
    }

    void everyAncestorIsThere() {
        const auto all = family({.ancestors = 1000, .most = 10'000});
        std::set<std::uint64_t> line;
        for (const auto& member : RunCatalog(database_).ancestry(run_, youngest_).line) line.insert(member->id.value);
        QCOMPARE(idsOf(all), line);
        QVERIFY(!all.isCut);
        for (const auto& relative : all.relatives) QCOMPARE(relative.hiddenParents, std::size_t{0});
        QVERIFY(std::ranges::is_sorted(all.relatives, {}, [](const auto& one) { return one.member->id; }));
    }

    void reachCountsBirths() {
        const auto& birth = accepted_.at(youngest_.value);
        QCOMPARE(idsOf(family({.ancestors = 0})), (std::set<std::uint64_t>{youngest_.value}));
        const auto parents = family({.ancestors = 1});
        QCOMPARE(idsOf(parents), (std::set<std::uint64_t>{youngest_.value, birth.first.value, birth.second.value}));
        QCOMPARE(find(parents, youngest_).hiddenParents, std::size_t{0});
        QCOMPARE(find(family({.ancestors = 0}), youngest_).hiddenParents,
                 birth.first == birth.second ? std::size_t{1} : std::size_t{2});
    }

    void whoIsClosedShowsNoParents() {
        const auto closed = family({.ancestors = 1000, .most = 10'000, .closed = {youngest_}});
        QCOMPARE(idsOf(closed), (std::set<std::uint64_t>{youngest_.value}));
    }

    void whoIsOpenedShowsThemHoweverFar() {
        const auto& birth = accepted_.at(youngest_.value);
        auto parent = birth.first;
        if (!accepted_.contains(parent.value)) parent = birth.second;
        const auto& further = accepted_.at(parent.value);
        std::set<std::uint64_t> expected{youngest_.value, birth.first.value, birth.second.value, further.first.value,
                                         further.second.value};
        QCOMPARE(idsOf(family({.ancestors = 1, .opened = {parent}})), expected);
    }

    void theNearestAreKept() {
        const auto cut = family({.ancestors = 1000, .most = 3});
        QVERIFY(cut.isCut);
        const auto& birth = accepted_.at(youngest_.value);
        QVERIFY(idsOf(cut).contains(youngest_.value));
        QVERIFY(idsOf(cut).contains(birth.first.value) && idsOf(cut).contains(birth.second.value));
    }

    void samplesGainedAndLostAreThoseOfNoParentAndOfAnyParent() {
        const auto all = family({.ancestors = 1000, .most = 10'000});
        std::size_t changed = 0;
        for (const auto& relative : all.relatives) {
            if (!relative.member->parentage) {
                QCOMPARE(relative.gained + relative.lost, std::size_t{0});
                continue;
            }
            const auto& first = find(all, relative.member->parentage->first).member->scores;
            const auto& second = find(all, relative.member->parentage->second).member->scores;
            std::size_t gained = 0, lost = 0;
            for (std::size_t i = 0; i < first.size(); ++i) {
                const bool parents = first[i] >= kSolved || second[i] >= kSolved;
                const bool child = relative.member->scores[i] >= kSolved;
                gained += child && !parents;
                lost += !child && parents;
            }
            QCOMPARE(relative.gained, gained);
            QCOMPARE(relative.lost, lost);
            changed += gained + lost;
        }
        QVERIFY(changed > 0);
    }

    void descendantsAreFollowedTheOtherWay() {
        const MemberId founder{1};
        std::set<std::uint64_t> children{1}, grandchildren;
        for (const auto& [child, birth] : accepted_)
            if (birth.first == founder || birth.second == founder) children.insert(child);
        grandchildren = children;
        for (const auto& [child, birth] : accepted_)
            if (children.contains(birth.first.value) || children.contains(birth.second.value))
                grandchildren.insert(child);
        const RunCatalog catalog(database_);
        QCOMPARE(idsOf(catalog.family(run_, founder, {.ancestors = 5, .descendants = 1})), children);
        QCOMPARE(idsOf(catalog.family(run_, founder, {.ancestors = 0, .descendants = 2, .most = 10'000})),
                 grandchildren);
        QCOMPARE(find(catalog.family(run_, founder, {}), founder).hiddenChildren, children.size() - 1);
    }

    void whoNeverCameInHasNoFamily() {
        const RunCatalog catalog(database_);
        std::uint64_t rejected = 3;
        while (accepted_.contains(rejected)) ++rejected;
        QVERIFY(catalog.family(run_, {rejected}, {}).relatives.empty());
        QVERIFY(catalog.family(run_, {0}, {}).relatives.empty());
        QVERIFY(catalog.family(run_, {100'000}, {}).relatives.empty());
    }
};

MERGARIUM_SUITE(FamilyTest)
#include "family_test.moc"
