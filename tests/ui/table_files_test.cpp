#include "core/store/run_catalog.h"
#include "tests/support/example_snapshot.h"
#include "tests/support/stopped_run.h"
#include "tests/support/suite.h"
#include "ui/births/birth_table.h"
#include "ui/compare/compare_table.h"
#include "ui/figures/figure_desk.h"
#include "ui/figures/write_table.h"
#include "ui/genome/layer_table.h"
#include "ui/main_window.h"
#include "ui/niches/sample_table.h"
#include "ui/overview/archive_table.h"
#include "ui/runs/listed_runs.h"
#include "ui/selection/selection.h"
#include "ui/setup/new_run_page.h"
#include "ui/setup/number_boxes.h"
#include "ui/table/plain_table.h"

#include <QAction>
#include <QCheckBox>
#include <QClipboard>
#include <QHeaderView>
#include <QItemSelectionModel>
#include <QSignalSpy>
#include <QStandardItemModel>
#include <QTabWidget>
#include <QTableView>
#include <QTest>
#include <QVariantList>

#include <numeric>

using namespace mergarium;
using test::exec;
using test::prolong;

namespace {

/// RFC 4180, read back.
std::vector<QStringList> readCsv(const QString& path) {
    QFile file(path);
    if (!file.open(QFile::ReadOnly)) return {};
    std::vector<QStringList> rows(1);
    QString cell;
    bool quoted = false;
    const auto text = QString::fromUtf8(file.readAll());
    for (qsizetype i = 0; i < text.size(); ++i) {
        const auto letter = text[i];
        if (letter == '"' && quoted && text.mid(i + 1, 1) == "\"")
            cell += text[++i];
        else if (letter == '"')
            quoted = !quoted;
        else if (quoted || (letter != ',' && letter != '\r' && letter != '\n'))
            cell += letter;
        else if (letter == ',')
            rows.back() << std::exchange(cell, {});
        else if (letter == '\n') {
            rows.back() << std::exchange(cell, {});
            rows.emplace_back();
        }
    }
    rows.pop_back();
    return rows;
}

std::unique_ptr<QTableView> tableOf(QAbstractItemModel& model) {
    std::unique_ptr<QTableView> table(makePlainTable(nullptr));
    table->setModel(&model);
    return table;
}

}  // namespace

/// What stands in tables leaves the window as CSV and by the clipboard.
class TableFilesTest : public QObject, private test::StoppedRun {
    Q_OBJECT

    QTemporaryDir files_;
    int count_ = 0;

    std::vector<QStringList> saved(const QTableView& table) {
        const auto path = files_.filePath(QString("%1.csv").arg(++count_));
        writeCsv(fileRowsOf(table), path.toStdString());
        return readCsv(path);
    }

private Q_SLOTS:
    void initTestCase() { make(); }

    void cellsAreQuotedWhereTheyMustBe() {
        QCOMPARE(csvLine({"a", 1.5, 7u, QString()}), QByteArray("a,1.5,7,\r\n"));
        QCOMPARE(csvLine({"a,b", "say \"x\"", "two\nlines", "\u03b1"}),
                 QByteArray("\"a,b\",\"say \"\"x\"\"\",\"two\nlines\",\xce\xb1\r\n"));
        QCOMPARE(csvLine({"", "b"}), QByteArray(",b\r\n"));
    }

    void numbersAreWholeWhateverTheLocale() {
        const QLocale before;
        QLocale::setDefault(QLocale(QLocale::German, QLocale::Germany));
        QCOMPARE(csvLine({1.0 / 3.0, 0.1, 1234567.25, qulonglong{12345678}}),
                 QByteArray("0.3333333333333333,0.1,1234567.25,12345678\r\n"));
        QLocale::setDefault(before);
    }

    void theArchiveIsAsItIs() {
        const auto snapshot = exampleSnapshot();
        ArchiveTable model;
        model.setRows(archiveRows(*snapshot), 1000);
        const auto table = tableOf(model);
        const auto rows = saved(*table);
        QCOMPARE(rows.size(), std::size_t{21});
        QCOMPARE(rows[0].mid(0, 5),
                 (QStringList{"Member", "Fitness", "Train (%)", "Test (%)", "Solved alone (samples)"}));
        for (int row = 0; row < model.rowCount(); ++row) {
            const auto& cells = rows[static_cast<std::size_t>(row) + 1];
            const auto id = *model.keyOf(row);
            const auto member =
                std::ranges::find_if(snapshot->members, [&](const auto& one) { return one && one->id.value == id; });
            const auto slot = static_cast<std::size_t>(member - snapshot->members.begin());
            QCOMPARE(cells[0], QString::number(id));
            QCOMPARE(cells[1].toDouble(), snapshot->fitness[slot]);
            QCOMPARE(cells[2].toDouble(), 100.0 * (*member)->scores.mean());
            QCOMPARE(cells[3].isEmpty(), !snapshot->test[slot].has_value());
        }
        // What is hidden stays out, and columns stand as they are seen.
        table->setColumnHidden(ArchiveTable::FitnessColumn, true);
        table->horizontalHeader()->setSectionsMovable(true);
        table->horizontalHeader()->moveSection(ArchiveTable::TestColumn, 0);
        QCOMPARE(saved(*table)[0].mid(0, 3), (QStringList{"Test (%)", "Member", "Train (%)"}));
    }

    void samplesHaveTheirNumbers() {
        const auto snapshot = exampleSnapshot({.texts = true});
        const auto frame = makeNicheFrame({.snapshot = snapshot, .soleSolver = {}, .range = {}, .width = 100}, nullptr);
        SampleTable model;
        const auto first = frame->rows[0].member, second = frame->rows[1].member;
        model.show(frame, first->id, second->id);
        const auto rows = saved(*tableOf(model));
        QCOMPARE(rows.size(), std::size_t{201});
        QCOMPARE(QSet<QString>(rows[0].begin(), rows[0].end()).size(), rows[0].size());
        const auto sample = *model.sampleAt(11);
        QCOMPARE(rows[12][SampleTable::SampleColumn], QString::number(sample));
        QCOMPARE(rows[12][SampleTable::FirstColumn].toDouble(), static_cast<double>(first->scores[sample]));
        QCOMPARE(rows[12][SampleTable::SecondAnswerColumn],
                 QString::fromStdString((*second->answers)[sample]).replace("\r\n", "\n"));
    }

    void layersHaveSharesInPercent() {
        const auto snapshot = exampleSnapshot();
        const auto shares = layerShares(snapshot, snapshot->members[2]->id);
        QVERIFY(!shares.rows.empty());
        LayerTable model;
        model.setShares(shares);
        const auto rows = saved(*tableOf(model));
        QVERIFY(rows[0][2].endsWith(" (%)"));
        QCOMPARE(rows[1][1], QString::number(shares.rows[0].parameters));
        QCOMPARE(rows[1][2].toDouble(), 100.0 * static_cast<double>(shares.rows[0].shares[0]));
    }

    void runsThatAreFoldedAwayAreWrittenToo() {
        RunsModel runs;
        ListedRuns listed(runs);
        std::vector<RunSummary> summaries(4);
        for (std::size_t i = 0; i < 4; ++i) {
            summaries[i].id = {static_cast<std::int64_t>(4 - i)};
            summaries[i].name = "run, " + std::to_string(i);
            summaries[i].sweep = i < 3 ? "a sweep" : "";
            summaries[i].bestTest = 0.1 * static_cast<double>(i);
            summaries[i].seconds = 1.5;
        }
        runs.setRuns(summaries);
        QCOMPARE(listed.rowCount(), 2);
        const auto rows = saved(*tableOf(listed));
        QCOMPARE(rows.size(), std::size_t{5});
        QCOMPARE(rows[1][RunsModel::NameColumn], QString("run, 0"));
        // Nothing is known of what is 0.
        QCOMPARE(rows[1][RunsModel::TestColumn], QString());
        QCOMPARE(rows[2][RunsModel::TestColumn].toDouble(), 10.0);
        QCOMPARE(rows[2][RunsModel::DurationColumn], QString("1.5"));
        listed.fold(0);
        QCOMPARE(saved(*tableOf(listed)).size(), std::size_t{5});
    }

    void errorsAndIntervalsHaveColumnsOfTheirOwn() {
        std::vector<ComparedRun> runs;
        for (std::uint64_t seed = 1; seed <= 3; ++seed) {
            ComparedRun run{.arm = "m2n2", .seed = seed, .budget = 10, .finished = true, .curve = {}};
            run.curve.push_back({.step = 0, .bestTrain = 0.5, .bestTest = 0.1 * static_cast<double>(seed)});
            runs.push_back(run);
        }
        const auto comparison = std::make_shared<const Comparison>(compareArms("one", runs));
        CompareTable model;
        model.show(comparison, 0);
        const auto rows = saved(*tableOf(model));
        const auto& test = comparison->arms[0].bestTest;
        QCOMPARE(rows[1].mid(0, 3), (QStringList{"m2n2", "3", "0"}));
        QCOMPARE(rows[1][3].toDouble(), 100.0 * test.mean);
        QCOMPARE(rows[1][4].toDouble(), 100.0 * test.standardError);
        QCOMPARE(rows[1][6].toDouble(), 100.0 * (test.mean + *test.halfWidth));
        QCOMPARE(rows[0].size(), rows[1].size());
        QCOMPARE(rows[1].back(), QString());
    }

    void everyBirthIsWrittenInTheOrderOfTheTable_data() {
        QTest::addColumn<bool>("descending");
        QTest::newRow("down") << true;
        QTest::newRow("up") << false;
    }
    void everyBirthIsWrittenInTheOrderOfTheTable() {
        QFETCH(bool, descending);
        constexpr int kMany = 11'520;
        const auto database = copyOfGood();
        prolong(database, kMany);
        const auto births = RunCatalog(database).births({1});
        BirthTable model(database);
        model.sort(BirthTable::StepColumn, descending ? Qt::DescendingOrder : Qt::AscendingOrder);
        model.setRun(RunId{1});
        QTRY_COMPARE(model.rowCount(), kMany);
        const auto rows = saved(*tableOf(model));
        QCOMPARE(rows.size(), std::size_t{kMany} + 1);
        for (std::size_t i = 0; i < births.size(); ++i) {
            const auto& cells = rows[1 + (descending ? births.size() - 1 - i : i)];
            QCOMPARE(cells[BirthTable::StepColumn], QString::number(births[i].step));
            QCOMPARE(cells[BirthTable::TrainColumn].toDouble(), 100.0 * births[i].childTrain);
            QCOMPARE(cells[BirthTable::FirstColumn], QString::number(births[i].first.value));
        }
    }

    void onlyBirthsThatPassAreWritten() {
        exec(good_, "UPDATE births SET failure = 'It said \"no\", twice.' WHERE slot IS NULL AND step % 3 = 0");
        BirthTable model(good_);
        model.setRun(RunId{1});
        model.setQuery({.outcome = BirthOutcome::Failed});
        QTRY_VERIFY(!model.isReading());
        const auto rows = saved(*tableOf(model));
        QVERIFY(model.count() > 0);
        QCOMPARE(rows.size(), static_cast<std::size_t>(model.count()) + 1);
        QCOMPARE(rows[1][BirthTable::TrainColumn], QString());
        QCOMPARE(rows[1][BirthTable::OutcomeColumn], QString("failed"));
        QCOMPARE(rows[1][BirthTable::FailureColumn], QString("It said \"no\", twice."));
    }

    void whatIsCancelledLeavesNothing() {
        FileRows endless{.heads = {"n"}, .count = 1, .next = [](const auto&) {
                             return std::vector<QVariantList>(10, QVariantList{1});
                         }};
        QTemporaryDir folder;
        const std::filesystem::path path = folder.filePath("a.csv").toStdString();
        int batches = 0;
        QVERIFY_EXCEPTION_THROWN(writeCsv(endless, path, {}, [&](auto done, auto) { return ++batches, done < 50; }),
                                 Cancelled);
        QCOMPARE(batches, 5);
        std::stop_source stop;
        stop.request_stop();
        QVERIFY_EXCEPTION_THROWN(writeCsv(endless, path, stop.get_token()), Cancelled);
        QVERIFY(QDir(folder.path()).isEmpty(QDir::AllEntries | QDir::Hidden | QDir::NoDotAndDotDot));
    }

    void selectedRowsAreCopied() {
        QWidget window;
        FigureDesk desk(&window);
        QWidget view;
        auto* table = makePlainTable(&view);
        QStandardItemModel model;
        for (const auto* name : {"a\tb", "c", "d"}) {
            auto* number = new QStandardItem("about a third");
            number->setData(1.0 / 3.0, kValueRole);
            model.appendRow({new QStandardItem(name), number});
        }
        table->setModel(&model);
        table->setSelectionMode(QAbstractItemView::ExtendedSelection);
        desk.serve(view);
        view.show();
        QVERIFY(QTest::qWaitForWindowActive(&view));
        table->setFocus();
        table->selectRow(2);
        table->selectionModel()->select(model.index(0, 0), QItemSelectionModel::Select | QItemSelectionModel::Rows);
        QTest::keyClick(table, Qt::Key_C, Qt::ControlModifier);
        QCOMPARE(QApplication::clipboard()->text(), QString("a b\t0.3333333333333333\nd\t0.3333333333333333\n"));
    }

    void everyTableOfTheWindowCanLeaveIt() {
        MainWindow window({.workplace = {.database = path("window.db"), .resources = test::kResources, .threads = 1}});
        window.show();
        auto* setup = window.findChild<NewRunPage*>();
        QVERIFY(setup->choosePreset("digits-specialists"));
        setup->findChild<CountBox*>("budget.evaluations")->setValue(40);
        setup->start();
        const auto& shown = [&]() -> const SnapshotPtr& { return window.workbench().shown(); };
        QTRY_VERIFY_WITH_TIMEOUT(shown() && shown()->phase == Phase::Finished, 600'000);
        for (auto* box : window.findChildren<QCheckBox*>())
            if (box->objectName() == "list" || box->objectName() == "layers") box->setChecked(true);
        window.selection().select(shown()->members[0]->id);
        for (int tab = 0; tab < window.tabs().count(); ++tab) window.tabs().setCurrentIndex(tab);
        window.tabs().setCurrentIndex(2);
        window.selection().select(std::size_t{7});
        window.tabs().setCurrentIndex(4);
        int filled = 0;
        for (const auto* table : window.findChildren<QTableView*>()) {
            const auto name = table->accessibleName() + table->objectName();
            QStringList menu;
            for (const auto* action : table->actions()) menu << action->text();
            QVERIFY2(menu.count("Copy") == 1 && menu.count("Save as CSV...") == 1, qPrintable(name));
            const auto rows = fileRowsOf(*table);
            QVERIFY2(QSet<QString>(rows.heads.begin(), rows.heads.end()).size() == rows.heads.size(),
                     qPrintable(name + ": " + rows.heads.join(", ")));
            const auto& model = *table->model();
            QTRY_VERIFY(model.rowCount() > 0 || table->objectName() != "births.table");
            filled += model.rowCount() > 0 ? 1 : 0;
            for (int row = 0; row < std::min(model.rowCount(), 30); ++row)
                for (int column = 0; column < model.columnCount(); ++column) {
                    const auto cell = model.index(row, column);
                    if (!(cell.data(Qt::TextAlignmentRole).toInt() & Qt::AlignRight) || !cell.data().isValid())
                        continue;
                    // What looks like a number is one, or nothing, or a word for one.
                    const auto value = cell.data(kValueRole);
                    QVERIFY2(value.isValid() && (value.typeId() != QMetaType::QString || value.toString().isEmpty() ||
                                                 value.toString() == "all"),
                             qPrintable(name + " " + model.headerData(column, Qt::Horizontal).toString()));
                }
        }
        QVERIFY2(filled >= 6, qPrintable(QString::number(filled)));
    }

    void aTableIsSavedByTheDesk() {
        QTemporaryDir folder;
        QWidget window;
        FigureDesk desk(&window);
        QSignalSpy said(&desk, &FigureDesk::said);
        ArchiveTable model;
        model.setRows(archiveRows(*exampleSnapshot()), 1000);
        const auto table = tableOf(model);
        desk.saveTable(*table, folder.filePath("a.csv"));
        QTRY_COMPARE(said.size(), 1);
        QVERIFY(said[0][0].value<Message>().sentence.contains("a.csv was saved"));
        QCOMPARE(readCsv(folder.filePath("a.csv")).size(), std::size_t{21});
        desk.saveTable(*table, folder.filePath("no/a.csv"));
        QTRY_COMPARE(said.size(), 2);
        QVERIFY(said[1][0].value<Message>().kind == Message::Kind::Error);
        QCOMPARE(QDir(folder.path()).entryList(QDir::Files | QDir::Hidden), QStringList{"a.csv"});
    }
};

MERGARIUM_SUITE(TableFilesTest)
#include "table_files_test.moc"
