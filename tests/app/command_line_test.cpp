#include "app/mergarium/command_line.h"
#include "tests/support/suite.h"

#include <QTemporaryDir>
#include <QTest>

using namespace mergarium;

namespace {

struct Asked : CommandLine {
    explicit Asked(const QStringList& arguments) {
        if (answer(QStringList{"mergarium"} + arguments)) throw std::logic_error("no window is wanted");
    }
};

}  // namespace

// What the window is asked for, before there is one.
class CommandLineTest : public QObject {
    Q_OBJECT

    QTemporaryDir folder_;
    QString database_;

    static std::string databaseOf(const QStringList& arguments) {
        return Asked(arguments).window().workplace.database.string();
    }
    static QString refusalOf(const QStringList& arguments) {
        try {
            (void)Asked(arguments).window();
            return {};
        } catch (const std::runtime_error& error) {
            return QString::fromStdString(error.what());
        }
    }

private Q_SLOTS:
    void initTestCase() {
        qputenv("MERGARIUM_RESOURCES", MERGARIUM_SOURCE_DIR "/resources");
        database_ = folder_.filePath("a lab.mergarium");
        QVERIFY(QFile(database_).open(QIODevice::WriteOnly));
    }

    void aFileIsTheDatabase() {
        QCOMPARE(databaseOf({database_}), database_.toStdString());
        QCOMPARE(databaseOf({"--theme", "dark", database_}), database_.toStdString());
        QCOMPARE(databaseOf({}), std::string());
    }

    void aFileThatIsNotThereIsRefused() {
        const auto lost = folder_.filePath("lost.mergarium");
        const auto sentence = lost + ": there is no such file; --db makes a new run database.";
        QCOMPARE(refusalOf({lost}), sentence);
        QCOMPARE(refusalOf({"--db", database_, lost}), sentence);
        const auto made = folder_.filePath("new.db");
        QCOMPARE(databaseOf({"--db", made}), made.toStdString());
    }

    void aRecipeIsOpenedInTheWindowAndIsNoDatabase() {
        const auto recipe = folder_.filePath("recipe.yaml");
        QFile file(recipe);
        QVERIFY(file.open(QIODevice::WriteOnly) && file.write("# A model.\nmergarium_recipe: 1\n") > 0);
        file.close();
        QCOMPARE(databaseOf({recipe}), std::string());
        QCOMPARE(Asked({recipe}).document().value(), recipe);
        QCOMPARE(databaseOf({"--db", database_, recipe}), database_.toStdString());
        QVERIFY(!Asked({database_}).document() && !Asked({}).document());
        QVERIFY_EXCEPTION_THROWN(databaseOf({recipe, recipe}), std::runtime_error);
    }

    void twoDatabasesAreRefused() {
        QCOMPARE(refusalOf({database_, database_}), QString("The window opens one file; name one."));
        QCOMPARE(refusalOf({"--db", database_, database_}),
                 QString("The window shows one run database; name one file."));
    }

    void valuesAreChecked() {
        QVERIFY_EXCEPTION_THROWN(Asked({"--theme", "pink"}).window(), std::runtime_error);
        QVERIFY_EXCEPTION_THROWN(Asked({"--threads", "-1"}).window(), std::runtime_error);
        QVERIFY_EXCEPTION_THROWN(Asked({"--size", "10x10"}).size(), std::runtime_error);
        QVERIFY_EXCEPTION_THROWN(Asked({"--resume", "x"}).resumed(), std::runtime_error);
        QCOMPARE(Asked({"--resume", "7"}).resumed()->value, 7);
        QCOMPARE(Asked({}).size(), QSize(1280, 800));
    }

    void everyOptionIsInTheManual() {
        QStringList names;
        for (const auto& entry : Asked({}).manual().entries)
            for (const auto& name : entry.names) names << QString::fromStdString(name);
        const auto help = Asked({}).help();
        const QRegularExpression option("(?:^|\\s)(--[\\w-]+)");
        int options = 0;
        for (auto one = option.globalMatch(help); one.hasNext(); ++options)
            QVERIFY2(names.contains(one.next().captured(1)), qPrintable(help));
        QVERIFY(options > 8);
        QVERIFY(names.contains("FILE"));
    }
};

MERGARIUM_SUITE(CommandLineTest)
#include "command_line_test.moc"
