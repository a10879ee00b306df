#include "core/figures/magnitude.h"
#include "core/figures/markup.h"
#include "core/files/whole_file.h"
#include "core/report/run_report.h"
#include "core/report/stored_report.h"
#include "core/text/unicode.h"
#include "tests/support/command_line.h"
#include "tests/support/example_snapshot.h"
#include "tests/support/suite.h"

#include <QDir>
#include <QTemporaryDir>
#include <QTest>
#include <QXmlStreamReader>

#include <limits>

using namespace mergarium;

namespace {

const std::string kEvil = "<script>alert('x')</script> & \"\x01\xff";

/// The example run, renamed by somebody who means no good.
SnapshotPtr evilRun(bool texts = false) {
    auto snapshot = *exampleSnapshot({.texts = texts});
    auto run = *snapshot.run;
    run.configuration.name = kEvil;
    run.founders = {{.id = {1}, .name = kEvil}, {.id = {2}, .name = "]]></title>"}};
    if (texts) {
        auto samples = *run.samples;
        samples.groupNoun = kEvil;
        samples.groupNames.assign(samples.groupNames.size(), kEvil);
        samples.texts[0] = {kEvil, std::string(5000, 'x')};
        run.samples = std::make_shared<const SampleSet>(samples);
    }
    snapshot.run = std::make_shared<const RunDescription>(run);
    return std::make_shared<const SessionSnapshot>(std::move(snapshot));
}

/// What an HTML file says. Not well-formed: nothing.
struct Page {
    explicit Page(const std::string& html) {
        QXmlStreamReader reader(QByteArray::fromStdString(html));
        while (!reader.atEnd()) {
            const auto token = reader.readNext();
            if (token == QXmlStreamReader::Characters) text += reader.text();
            if (token != QXmlStreamReader::StartElement) continue;
            ++elements[reader.name().toString()];
            for (const auto& one : reader.attributes()) {
                attributes << one.name().toString();
                if (one.name() == u"href" || one.name() == u"src") links << one.value().toString();
            }
        }
        if (reader.hasError()) error = reader.errorString();
    }
    QString text, error;
    QMap<QString, int> elements;
    QStringList attributes, links;
};

Report example(bool texts = false) {
    const auto run = evilRun(texts);
    return reportOf({.run = run, .database = "my runs.db", .versions = "mergarium-cli 1.2"});
}

QStringList filesIn(const QTemporaryDir& folder) {
    return QDir(folder.path()).entryList(QDir::AllEntries | QDir::Hidden | QDir::NoDotAndDotDot);
}

}  // namespace

class ReportTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aReportIsWellFormedAndHoldsNoScriptWhateverNamesSay_data() {
        QTest::addColumn<bool>("texts");
        QTest::newRow("pictures") << false;
        QTest::newRow("texts") << true;
    }
    void aReportIsWellFormedAndHoldsNoScriptWhateverNamesSay() {
        QFETCH(bool, texts);
        const Page page(reportHtml(example(texts)));
        QCOMPARE(page.error, QString());
        QVERIFY(page.text.contains("<script>alert('x')</script> & \"\ufffd\ufffd"));
        QVERIFY(page.text.contains("]]></title>"));
        QCOMPARE(page.elements["script"], 0);
        QCOMPARE(page.elements["svg"], 2);
        for (const auto& attribute : page.attributes) QVERIFY2(!attribute.startsWith("on"), qPrintable(attribute));
        QVERIFY(!page.links.isEmpty());
        for (const auto& link : page.links) QVERIFY2(link.startsWith("data:image/png;base64,"), qPrintable(link));
    }

    void aReportSaysWhatIsKnownOfTheRun() {
        const auto snapshot = exampleSnapshot();
        const Page page(reportHtml(
            reportOf({.run = snapshot, .database = "my runs.db", .versions = "mergarium-cli 1.2\nSQLite 3"})));
        for (const auto* heading : {"Curves", "Niches", "Best members", "Founders", "Configuration", "Versions"})
            QVERIFY2(page.text.contains(heading), heading);
        QVERIFY(page.text.contains("4,213 of 10,000"));
        QVERIFY(page.text.contains("evaluations: 10000") || page.text.contains("evaluations:"));
        QVERIFY(page.text.contains("mergarium-cli run run.yaml --db repeated.db"));
        QVERIFY(page.text.contains("--db 'my runs.db' --archive"));
        QVERIFY(page.text.contains("SQLite 3"));
        QVERIFY(page.text.contains("Best train"));
        // Ten classes stand below the niches.
        QVERIFY(!page.text.contains("Lineage"));
        QVERIFY(!page.text.contains("Answers of the best"));
    }

    void aLineageIsToldWhereItIsKnown() {
        const auto snapshot = exampleSnapshot();
        Family family;
        for (const auto slot : {0, 1, 2})
            family.relatives.push_back({.member = snapshot->members[static_cast<std::size_t>(slot)], .gained = 77});
        const Page page(reportHtml(reportOf({.run = snapshot, .family = family, .database = "d", .versions = "v"})));
        QVERIFY(page.text.contains("Lineage of the best"));
        QVERIFY(page.text.contains("77"));
    }

    void theCommandLineWritesAReportOfAStoredRun() {
        QTemporaryDir folder;
        const auto database = folder.filePath("my runs.db"), out = folder.filePath("r.html");
        QVERIFY(QFile::copy(MERGARIUM_TEST_DATA "/store/version3.db", database));
        QVERIFY(QFile::setPermissions(database, QFile::ReadOwner | QFile::WriteOwner));
        const auto ended = test::cli({"report", "1", "--db", database, "--out", out, "--json"});
        QCOMPARE(ended.code, 0);
        QCOMPARE(ended.json().at("file"), out.toStdString());
        QFile file(out);
        QVERIFY(file.open(QFile::ReadOnly));
        const Page page(file.readAll().toStdString());
        QCOMPARE(page.error, QString());
        QVERIFY(page.text.contains("300 of 1,500"));
        QVERIFY(page.text.contains("Lineage of the best"));
        QVERIFY(page.text.contains("mergarium-cli "));
        // Where the database lies is nobody's business.
        QVERIFY(page.text.contains("--db 'my runs.db'"));
        QVERIFY(!page.text.contains(folder.path()));

        const auto refused = test::cli({"report", "1", "--db", database, "--out", folder.filePath("r.doc")});
        QCOMPARE(refused.code, 2);
        QVERIFY(refused.errors.contains(".html or .pdf"));
        QCOMPARE(test::cli({"report", "99", "--db", database, "--out", folder.filePath("x.pdf")}).code, 2);
        QVERIFY(!QFile::exists(folder.filePath("x.pdf")));
    }

    void answersAreASampleAndLongTextsAreCut() {
        const Page page(reportHtml(example(true)));
        QVERIFY(page.text.contains("Answers of the best"));
        QVERIFY(page.text.contains(QString(400, 'x') + "\u2026") || !page.text.contains("xxxx"));
        QVERIFY(!page.text.contains(QString(401, 'x')));
    }

    void aRunWithoutMembersHasAReport() {
        auto snapshot = *exampleSnapshot();
        snapshot.members.assign(snapshot.members.size(), nullptr);
        snapshot.curve = nullptr;
        const auto report = reportOf({.run = std::make_shared<const SessionSnapshot>(std::move(snapshot))});
        QCOMPARE(Page(reportHtml(report)).error, QString());
        QVERIFY(reportPdf(report).starts_with("%PDF"));
    }

    void theSameRunMakesTheSameFile() {
        QCOMPARE(reportHtml(example()), reportHtml(example()));
        const auto pdf = reportPdf(example());
        QVERIFY(pdf == reportPdf(example()));
        QVERIFY(pdf.starts_with("%PDF"));
        QVERIFY(pdf.size() > 10'000);
    }

    void longTablesAndListingsGoOnOnTheNextPage() {
        Report report{.title = "t", .blocks = {}};
        std::string lines;
        for (int i = 0; i < 300; ++i) lines += "line " + std::to_string(i) + "\n";
        ReportTable table{.columns = {{"a", true}, {"b"}}, .rows = {}};
        for (int i = 0; i < 200; ++i) table.rows.push_back({std::to_string(i), std::string(300, 'w')});
        report.blocks = {ReportListing{lines}, table, ReportHeading{"end"}, ReportParagraph{std::string("a\0b", 3)}};
        const auto pdf = reportPdf(report);
        const auto at = pdf.find("/Count ");
        QVERIFY(at != std::string::npos);
        QVERIFY(std::stoi(pdf.substr(at + 7)) > 5);
    }

    void markupIsEscaped() {
        QCOMPARE(escapedMarkup("a<b>&\"'c"), std::string("a&lt;b&gt;&amp;&quot;&#39;c"));
        QCOMPARE(escapedMarkup(std::string("\x00\x1b\t\xc3\xa9\xff\xef\xbf\xbf", 9)),
                 std::string("\xef\xbf\xbd\xef\xbf\xbd\t\xc3\xa9\xef\xbf\xbd\xef\xbf\xbd"));
        for (const std::string bytes : {"", "f", "fo", "foo", "\xff\x00\x7f"})
            QCOMPARE(QByteArray::fromStdString(base64(bytes)), QByteArray::fromStdString(bytes).toBase64());
    }

    void aRasterIsAnImageInBothFormats() {
        Drawing drawing{.width = 100, .height = 50, .title = "a & b", .marks = {}};
        drawing.marks.push_back(Raster{.corner = {10, 10},
                                       .width = 80,
                                       .height = 30,
                                       .columns = 2,
                                       .pixels = {0xFF0000, 0x00FF00, 0x0000FF, 0xFFFFFF}});
        const auto svg = QByteArray::fromStdString(toInlineSvg(drawing));
        QVERIFY(svg.contains("<title>a &amp; b</title>"));
        const auto begin = svg.indexOf("base64,") + 7;
        const auto png = QByteArray::fromBase64(svg.mid(begin, svg.indexOf('"', begin) - begin));
        QVERIFY(png.startsWith("\x89PNG"));
        QVERIFY(toPdf(drawing).find("/Subtype /Image") != std::string::npos);
    }

    void magnitudesGoFromBlueToYellow() {
        QCOMPARE(magnitudeColour(0.0), 0x00204Du);
        QCOMPARE(magnitudeColour(1.0), 0xFFEA46u);
        QCOMPARE(magnitudeColour(7.0), 0xFFEA46u);
        QCOMPARE(magnitudeColour(std::numeric_limits<double>::quiet_NaN()), 0x00204Du);
    }

    void aReportIsWrittenAsItsNameSays() {
        QTemporaryDir folder;
        const auto path = [&](const char* name) { return std::filesystem::path(folder.filePath(name).toStdString()); };
        writeReport(example(), path("a.html"));
        writeReport(example(), path("a.pdf"));
        // In the place of what was there.
        writeReport(example(), path("a.html"));
        QFile html(folder.filePath("a.html")), pdf(folder.filePath("a.pdf"));
        QVERIFY(html.open(QFile::ReadOnly) && pdf.open(QFile::ReadOnly));
        QVERIFY(html.readAll().startsWith("<!DOCTYPE html>"));
        QVERIFY(pdf.readAll().startsWith("%PDF"));
        QVERIFY_EXCEPTION_THROWN(writeReport(example(), path("a.doc")), std::runtime_error);
        // Who has had enough gets no file.
        QVERIFY_EXCEPTION_THROWN(writeReport(example(), path("late.pdf"), [](auto, auto) { return false; }), Cancelled);
        QVERIFY(!std::filesystem::exists(path("late.pdf")));
        QCOMPARE(filesIn(folder), (QStringList{"a.html", "a.pdf"}));
    }

    void whatCantBeWrittenLeavesNothingBehind() {
        QTemporaryDir folder;
        QVERIFY(QDir(folder.path()).mkdir("full"));
        const auto path = std::filesystem::path(folder.path().toStdString());
        QVERIFY_EXCEPTION_THROWN(writeWholeFile(path / "full", "x"), std::runtime_error);
        QVERIFY_EXCEPTION_THROWN(writeWholeFile(path / "no" / "a", "x"), std::runtime_error);
        QVERIFY_EXCEPTION_THROWN(writeWholeFile("/dev/full", "x"), std::runtime_error);
        QCOMPARE(filesIn(folder), QStringList{"full"});
    }

    void aLinkStaysALinkAndAPipeIsWrittenTo() {
        QTemporaryDir folder;
        const auto path = std::filesystem::path(folder.path().toStdString());
        writeWholeFile(path / "file", "old");
        std::filesystem::create_symlink("file", path / "link");
        writeWholeFile(path / "link", "new");
        QVERIFY(std::filesystem::is_symlink(path / "link"));
        QFile file(folder.filePath("file"));
        QVERIFY(file.open(QFile::ReadOnly));
        QCOMPARE(file.readAll(), QByteArray("new"));
        writeWholeFile("/dev/null", "gone");
        QVERIFY(!std::filesystem::is_regular_file("/dev/null"));
    }
};

MERGARIUM_SUITE(ReportTest)
#include "report_test.moc"
