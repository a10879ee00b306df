#include "ui/births/birth_table.h"

#include "core/progress/progress.h"
#include "ui/background/latest_worker.h"
#include "ui/members/member_text.h"
#include "ui/session/run_text.h"
#include "ui/table/column_header.h"
#include "ui/theme/theme.h"

#include <QFont>
#include <QGuiApplication>

#include <algorithm>
#include <tuple>
#include <utility>

namespace mergarium {
namespace {

/// Kept in memory, beside those on the screen.
constexpr std::size_t kPagesKept = 64;
/// Read at a time for a file.
constexpr std::uint64_t kRowsAtOnce = 4096;

const QString kNobody = QStringLiteral("\u2013");
const QString kNotYet = QStringLiteral("\u2026");

QString outcomeText(const Pairing& birth) {
    return birth.accepted          ? BirthTable::tr("accepted")
           : birth.failure.empty() ? BirthTable::tr("rejected")
                                   : BirthTable::tr("failed");
}

/// Nothing of most births: the strategy asked for them.
QString originText(const Pairing& birth) {
    switch (birth.origin) {
        case BirthOrigin::ByHand: return BirthTable::tr("by hand");
        case BirthOrigin::Founder: return BirthTable::tr("founder");
        case BirthOrigin::Search: break;
    }
    return {};
}

QString spliceOf(const Pairing& birth) { return birth.splice ? spliceText(*birth.splice, 0) : QString(); }

/// In the order of the columns.
QVariantList valuesOf(const Pairing& birth) {
    const QVariant none = QString();
    const bool failed = !birth.failure.empty();
    const auto number = [](std::uint64_t one) { return QVariant(static_cast<qulonglong>(one)); };
    const auto member = [&](MemberId one) { return one.value > 0 ? number(one.value) : none; };
    return {number(birth.step),
            member(birth.first),
            member(birth.second),
            member(birth.child),
            failed ? none : QVariant(100.0 * birth.childTrain),
            outcomeText(birth),
            originText(birth),
            birth.replaced ? member(*birth.replaced) : none,
            failed         ? none
            : birth.scored ? number(*birth.scored)
                           : QVariant(BirthTable::tr("all")),
            spliceOf(birth),
            QString::fromStdString(birth.failure)};
}

}  // namespace

BirthTable::BirthTable(std::filesystem::path database, QObject* parent)
    : QAbstractTableModel(parent), database_(std::move(database)), worker_(new LatestWorker(this)) {}

BirthTable::~BirthTable() { stop_.request_stop(); }

void BirthTable::setRun(std::optional<RunId> run) {
    if (run == run_) return;
    run_ = run;
    desk_ = run ? std::make_shared<BirthDesk>(database_, *run) : nullptr;
    askAnew();
}

void BirthTable::setQuery(BirthQuery query) {
    query.order = query_.order;
    if (query == query_) return;
    query_ = query;
    askAnew();
}

void BirthTable::sort(int column, Qt::SortOrder order) {
    if (!sortsBy(column)) return;
    const auto by = column == TrainColumn ? BirthOrder::Train : BirthOrder::Step;
    const bool descending = order == Qt::DescendingOrder;
    if (by == query_.order && descending == descending_) return;
    query_.order = by;
    descending_ = descending;
    askAnew();
}

void BirthTable::askAnew() {
    stop_.request_stop();
    stop_ = {};
    worker_->forget();
    beginResetModel();
    known_ = false;
    problem_.clear();
    count_ = 0;
    pages_.clear();
    first_ = 0;
    markedRow_.reset();
    endResetModel();
    if (!desk_) stored_ = 0;
    ask();
    Q_EMIT looked();
}

void BirthTable::setVisible(int first, int rows) {
    const auto seen =
        std::pair(static_cast<std::uint64_t>(std::max(first, 0)), static_cast<std::uint64_t>(std::max(rows, 0)));
    const bool others = seen != std::pair(first_, rows_);
    std::tie(first_, rows_) = seen;
    // What can't be read isn't asked for again and again.
    if (known_ && (others || problem_.isEmpty()) && isMissing(first_, rows_)) ask();
}

void BirthTable::refresh() { ask(); }

void BirthTable::mark(std::optional<std::uint64_t> step) {
    if (step == marked_) return;
    marked_ = step;
    markedRow_.reset();
    if (step) ask();
}

void BirthTable::seek(std::uint64_t step) {
    sought_ = step;
    ask();
}

void BirthTable::ask() {
    if (!desk_) return;
    BirthLook look{.query = query_,
                   .descending = descending_,
                   .row = first_,
                   .rows = std::max<std::uint64_t>(rows_, 1),
                   .marked = marked_,
                   .sought = sought_,
                   .known = count_};
    // Where one reads at the top, what comes in above is seen.
    if (const auto* top = find(static_cast<int>(first_)); top && first_ > 0) look.top = top->step;
    for (const auto& [page, births] : pages_) look.pages.insert(page);
    worker_->run([desk = desk_, look = std::move(look), stop = stop_.get_token()] { return desk->answer(look, stop); },
                 [this, desk = desk_](const BirthSight& sight) {
                     if (desk == desk_ && sight.look.query == query_ && sight.look.descending == descending_)
                         receive(sight);
                 });
}

void BirthTable::receive(const BirthSight& sight) {
    if (sight.stopped) return;
    problem_ = sight.problem;
    // What could be read stays.
    if (problem_.isEmpty() || sight.count > 0) {
        stored_ = sight.stored;
        take(sight);
    }
    known_ = true;
    if (sight.look.marked == marked_)
        markedRow_ =
            sight.marked && *sight.marked < kMostRows ? std::optional(static_cast<int>(*sight.marked)) : std::nullopt;
    Q_EMIT looked();
    if (sight.look.sought && sight.look.sought == sought_) {
        sought_.reset();
        if (sight.sought && rowCount() > 0)
            Q_EMIT found(static_cast<int>(std::min<std::uint64_t>(*sight.sought, kMostRows - 1)));
    }
    if (problem_.isEmpty() && isMissing(first_, rows_)) ask();
}

void BirthTable::take(const BirthSight& sight) {
    const auto before = count_;
    const int rowsBefore = rowCount();
    const auto rowsNow = static_cast<int>(std::min(sight.count, kMostRows));
    const auto fill = [&] {
        count_ = sight.count;
        keep(sight.pages);
    };
    if (sight.count == before && known_) {
        fill();
        if (rowsNow > 0 && !sight.pages.empty())
            Q_EMIT dataChanged(index(0, 0), index(rowsNow - 1, Columns - 1), {Qt::DisplayRole, Qt::ForegroundRole});
        return;
    }
    const bool grows = known_ && sight.count > before && query_.order == BirthOrder::Step && rowsNow > rowsBefore;
    if (grows) {
        const int place = descending_ ? 0 : rowsBefore;
        beginInsertRows({}, place, place + rowsNow - rowsBefore - 1);
        // The last page has gone on.
        if (before % BirthSight::kPage != 0) pages_.erase(before / BirthSight::kPage);
        fill();
        endInsertRows();
        const auto top = static_cast<int>(first_);
        if (descending_ && top > 0) Q_EMIT shifted(top, top + rowsNow - rowsBefore);
        return;
    }
    const auto top = known_ && sight.top && sight.look.row == first_ ? sight.top : std::optional(first_);
    beginResetModel();
    pages_.clear();
    fill();
    endResetModel();
    if (known_ && rowsNow > 0)
        Q_EMIT shifted(static_cast<int>(first_),
                       static_cast<int>(std::min(*top, static_cast<std::uint64_t>(rowsNow - 1))));
}

void BirthTable::keep(const std::map<std::uint64_t, BirthPage>& pages) {
    for (const auto& [number, births] : pages) pages_[number] = births;
    if (count_ == 0) return;
    const auto here = turned(std::min(first_, count_ - 1), count_, descending_) / BirthSight::kPage;
    const auto distance = [here](std::uint64_t page) { return page > here ? page - here : here - page; };
    while (pages_.size() > kPagesKept) {
        const auto last = std::prev(pages_.end());
        pages_.erase(distance(pages_.begin()->first) > distance(last->first) ? pages_.begin() : last);
    }
}

bool BirthTable::isMissing(std::uint64_t first, std::uint64_t rows) const {
    if (count_ == 0 || rows == 0) return false;
    const auto one = turned(std::min(first, count_ - 1), count_, descending_);
    const auto other = turned(std::min(first + rows - 1, count_ - 1), count_, descending_);
    for (auto page = std::min(one, other) / BirthSight::kPage; page <= std::max(one, other) / BirthSight::kPage; ++page)
        if (!pages_.contains(page)) return true;
    return false;
}

const Pairing* BirthTable::find(int row) const {
    if (row < 0 || row >= rowCount()) return nullptr;
    const auto position = turned(static_cast<std::uint64_t>(row), count_, descending_);
    const auto page = pages_.find(position / BirthSight::kPage);
    if (page == pages_.end() || position % BirthSight::kPage >= page->second.size()) return nullptr;
    return &page->second[position % BirthSight::kPage];
}

std::optional<Pairing> BirthTable::birthAt(int row) const {
    const auto* birth = find(row);
    return birth ? std::optional(*birth) : std::nullopt;
}

int BirthTable::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(std::min(count_, kMostRows));
}

int BirthTable::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : Columns; }

QVariant BirthTable::data(const QModelIndex& index, int role) const {
    if (role == Qt::TextAlignmentRole) {
        const bool words =
            index.column() == OutcomeColumn || index.column() == OriginColumn || index.column() >= SpliceColumn;
        return QVariant::fromValue((words ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
    }
    const auto* birth = index.isValid() ? find(index.row()) : nullptr;
    // Most children are rejected: those are said softly, so that the others stand out.
    if (role == Qt::ForegroundRole && !(birth && birth->accepted))
        return colorsOf(QGuiApplication::palette()).mutedText;
    if (role == Qt::FontRole && birth && birth->origin != BirthOrigin::Search) {
        QFont font;
        font.setBold(true);
        return font;
    }
    if (role == Qt::ToolTipRole && birth && index.column() == FailureColumn)
        return QString::fromStdString(birth->failure);
    if (role == Qt::ToolTipRole && birth && index.column() == SpliceColumn) return spliceOf(*birth);
    if (role == kValueRole && birth) return valuesOf(*birth).at(index.column());
    if (role != Qt::DisplayRole || !index.isValid()) return {};
    if (!birth) return index.column() == StepColumn ? kNotYet : QString();
    return text(*birth, index.column());
}

FileRows BirthTable::fileRows() const {
    QStringList heads;
    for (int column = 0; column < Columns; ++column) heads << headerData(column, Qt::Horizontal, kValueRole).toString();
    if (!run_) return fileRowsOf(std::move(heads), {});
    return {.heads = std::move(heads),
            .count = count_,
            .next = [database = database_, run = *run_, query = query_, descending = descending_,
                     births = std::shared_ptr<BirthPages>(), given = std::uint64_t{0}](const auto& stop) mutable {
                if (!births) {
                    births = std::make_shared<BirthPages>(database, run);
                    if (!births->find(query, stop)) throw Cancelled();
                }
                const auto most = std::min(kRowsAtOnce, births->count() - given);
                auto page = births->page(descending ? births->count() - given - most : given, most);
                if (descending) std::ranges::reverse(page);
                given += most;
                std::vector<QVariantList> rows;
                for (const auto& birth : page) rows.push_back(valuesOf(birth));
                return rows;
            }};
}

QString BirthTable::text(const Pairing& birth, int column) const {
    const auto parent = [](MemberId one) { return one.value > 0 ? memberText(one) : kNobody; };
    switch (column) {
        case StepColumn: return countText(birth.step);
        case FirstColumn: return parent(birth.first);
        case SecondColumn: return parent(birth.second);
        case ChildColumn: return memberText(birth.child);
        case TrainColumn: return birth.failure.empty() ? percentNumber(birth.childTrain) : kNobody;
        case OutcomeColumn: return outcomeText(birth);
        case OriginColumn: return originText(birth);
        case ReplacedColumn: return birth.replaced ? memberText(*birth.replaced) : kNobody;
        case ScoredColumn:
            return !birth.failure.empty() ? kNobody : birth.scored ? countText(*birth.scored) : tr("all");
        case SpliceColumn: return spliceOf(birth);
        case FailureColumn: return QString::fromStdString(birth.failure).simplified();
        default: return {};
    }
}

QVariant BirthTable::headerData(int section, Qt::Orientation orientation, int role) const {
    return headerOf(
        {
            {tr("Step"), tr("The evaluation that scored the child. Click to sort by it.")},
            {tr("First"), tr("Parent 1; a dash where the strategy made the model itself.")},
            {tr("Second"), tr("Parent 2; a dash where the strategy made the model itself.")},
            {tr("Child"), tr("The child's number, which it keeps whatever became of it.")},
            {tr("Train (%)"),
             tr("The child's mean score on the training samples that it was scored on. Click to sort by it.")},
            {tr("Outcome"), tr("Whether the child came into the archive."), Qt::AlignLeft},
            {tr("Origin"),
             tr("By hand: a person had it bred. Founder: it joined the run, and took an evaluation. Else the strategy "
                "asked for it."),
             Qt::AlignLeft},
            {tr("Replaced"), tr("The member that made room; a dash where none had to.")},
            {tr("Scored"), tr("Samples scored before it was certain that the child would be rejected."), Qt::AlignRight,
             tr("Scored (samples)")},
            {tr("Splice"), tr("Where the child was cut from its parents, and how they were mixed."), Qt::AlignLeft},
            {tr("Failure"), tr("Why the child could not be scored."), Qt::AlignLeft},
        },
        section, orientation, role);
}

}  // namespace mergarium
