#include "app/about/version.h"
#include "core/export/model_recipe.h"
#include "tests/support/suite.h"

#include <QDirIterator>
#include <QMimeDatabase>
#include <QProcess>
#include <QRegularExpression>
#include <QScopeGuard>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>
#include <QXmlStreamReader>
#include <QtEndian>

using namespace mergarium;

namespace {

const QString kSource = MERGARIUM_SOURCE_DIR;
const QString kDesktop = kSource + "/packaging/desktop/";
const QLatin1String kKeyOfRecipes("mergarium_recipe: ");

QByteArray contentsOf(const QString& path) {
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

/// The values of a key in a desktop entry.
QStringList valuesOf(const QString& key) {
    for (const auto& line : QString::fromUtf8(contentsOf(kDesktop + "mergarium.desktop")).split('\n'))
        if (line.startsWith(key + "=")) return line.mid(key.size() + 1).split(';', Qt::SkipEmptyParts);
    return {};
}

struct Element {
    QString name;
    QXmlStreamAttributes attributes;
};

/// Every element of an XML file in order; empty, with a warning, when it isn't well-formed.
QList<Element> elementsOf(const QString& path) {
    QXmlStreamReader reader(contentsOf(path));
    QList<Element> elements;
    while (!reader.atEnd())
        if (reader.readNext() == QXmlStreamReader::StartElement)
            elements.append({reader.name().toString(), reader.attributes()});
    if (!reader.hasError()) return elements;
    qWarning("%s: %s", qPrintable(path), qPrintable(reader.errorString()));
    return {};
}

/// The attribute of every element of that name.
QStringList attributesOf(const QList<Element>& elements, const char* name, const char* attribute) {
    QStringList values;
    for (const auto& one : elements)
        if (one.name == QLatin1String(name)) values << one.attributes.value(QLatin1String(attribute)).toString();
    return values;
}

}  // namespace

// What a package tells the desktop, and where an installed program looks.
class DesktopTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void theDesktopEntryIsValid() {
        const auto validator = QStandardPaths::findExecutable("desktop-file-validate");
        if (validator.isEmpty()) QSKIP("desktop-file-validate isn't installed");
        QCOMPARE(QProcess::execute(validator, {kDesktop + "mergarium.desktop"}), 0);
    }

    void theDesktopEntryOpensWhatTheWindowOpens() {
        QCOMPARE(valuesOf("Exec"), QStringList{"mergarium %f"});
        const auto types =
            attributesOf(elementsOf(kDesktop + "mergarium.xml"), "mime-type", "type").filter("mergarium");
        QCOMPARE(types, (QStringList{"application/x-mergarium", "application/x-mergarium-recipe"}));
        QCOMPARE(valuesOf("MimeType"), types);
        for (const auto& type : types)
            QVERIFY(contentsOf(kDesktop + "org.mergarium.mergarium.metainfo.xml")
                        .contains("<mediatype>" + type.toUtf8() + "</mediatype>"));
    }

    void theMagicOfRecipesIsTheirs() {
        const auto begin = toYaml(ModelRecipe{}).find(kKeyOfRecipes.data());
        for (const auto& one : elementsOf(kDesktop + "mergarium.xml")) {
            if (one.name != "match" || one.attributes.value("value") != kKeyOfRecipes) continue;
            const auto within = one.attributes.value("offset").toString().split(':');
            QVERIFY(begin >= within[0].toULong() && begin <= within[1].toULong());
            return;
        }
        QFAIL("none");
    }

    // Whoever else calls a file recipe.yaml keeps it.
    void contentsSayWhatARecipeIs() {
        const auto tool = QStandardPaths::findExecutable("update-mime-database");
        if (tool.isEmpty()) QSKIP("update-mime-database isn't installed");
        const QTemporaryDir folder;
        const auto write = [&](const QString& name, const QByteArray& text) {
            const auto path = folder.filePath(name);
            if (!QDir().mkpath(QFileInfo(path).path())) return QString();
            QFile file(path);
            return file.open(QIODevice::WriteOnly) && file.write(text) == text.size() ? path : QString();
        };
        QVERIFY(!write("mime/packages/mergarium.xml", contentsOf(kDesktop + "mergarium.xml")).isEmpty());
        QCOMPARE(QProcess::execute(tool, {folder.filePath("mime")}), 0);
        const auto before = qgetenv("XDG_DATA_HOME");
        qputenv("XDG_DATA_HOME", folder.path().toUtf8());
        const auto restored =
            qScopeGuard([&] { before.isEmpty() ? qunsetenv("XDG_DATA_HOME") : qputenv("XDG_DATA_HOME", before); });
        const QMimeDatabase types;
        const auto typeOf = [&](const QString& name, const QByteArray& text) {
            return types.mimeTypeForFile(write(name, text)).name();
        };
        const auto ours = QByteArray::fromStdString(toYaml(ModelRecipe{})),
                   theirs = QByteArray("package:\n  name: x\n");
        QCOMPARE(typeOf("ours/recipe.yaml", ours), QString("application/x-mergarium-recipe"));
        const auto yaml = typeOf("theirs/recipe.yaml", theirs);
        QVERIFY2(yaml.endsWith("yaml"), qPrintable(yaml));
        QCOMPARE(typeOf("theirs/other.yaml", theirs), yaml);
    }

    // As files of every version of the schema begin.
    void theMagicOfRunDatabasesIsTheirs() {
        const auto elements = elementsOf(kDesktop + "mergarium.xml");
        QDirIterator databases(kSource + "/tests/data/store", {"*.db"}, QDir::Files);
        QVERIFY(databases.hasNext());
        while (databases.hasNext()) {
            const auto database = contentsOf(databases.next());
            int matches = 0;
            for (const auto& one : elements) {
                if (one.name != "match" || one.attributes.value("value") == kKeyOfRecipes) continue;
                ++matches;
                const auto bytes =
                    one.attributes.value("value").toString().replace("\\0", QChar(QChar::Null)).toLatin1();
                QCOMPARE(database.mid(one.attributes.value("offset").toInt(), bytes.size()), bytes);
            }
            QCOMPARE(matches, 2);
        }
    }

    void theReleasesAreTheChangelogs() {
        const auto releases = elementsOf(kDesktop + "org.mergarium.mergarium.metainfo.xml");
        QStringList told;
        for (const auto& one : releases)
            if (one.name == "release")
                told << QString("[%1] - %2").arg(one.attributes.value("version"), one.attributes.value("date"));
        QStringList made;
        const QRegularExpression heading("^## (\\[[0-9.]+\\] - [0-9-]+)$", QRegularExpression::MultilineOption);
        for (auto one = heading.globalMatch(QString::fromUtf8(contentsOf(kSource + "/CHANGELOG.md"))); one.hasNext();)
            made << one.next().captured(1);
        QVERIFY(!made.isEmpty());
        QCOMPARE(told, made);
    }

    void everySizeOfTheIconIsThere() {
        const auto begin = QByteArrayLiteral("\x89PNG\r\n\x1a\n\0\0\0\rIHDR");
        for (const quint32 size : {16, 24, 32, 48, 64, 128, 256, 512}) {
            const auto picture = contentsOf(QString("%1/resources/icons/mergarium-%2.png").arg(kSource).arg(size));
            QVERIFY(picture.startsWith(begin));
            QCOMPARE(qFromBigEndian<quint32>(picture.constData() + begin.size()), size);
            QCOMPARE(qFromBigEndian<quint32>(picture.constData() + begin.size() + 4), size);
        }
        QVERIFY(!elementsOf(kSource + "/resources/icons/mergarium.svg").isEmpty());
    }

    // An empty element would be the current folder.
    void noProgramTakesLibrariesFromTheCurrentFolder() {
        for (const char* file : {MERGARIUM_CLI, MERGARIUM_CORE}) {
            QProcess process;
            process.start("readelf", {"--dynamic", file});
            QVERIFY(process.waitForFinished(-1));
            const QRegularExpression runpath("\\(R(?:UN)?PATH\\).*\\[(.*)\\]");
            const auto found = runpath.match(QString::fromUtf8(process.readAllStandardOutput()));
            QVERIFY2(found.hasMatch(), file);
            for (const auto& path : found.captured(1).split(':'))
                QVERIFY2(path.startsWith("$ORIGIN") || path.startsWith('/'), qPrintable(found.captured(1)));
        }
    }

    // bin, lib and share beside each other, wherever that is.
    void anInstalledProgramFindsItsResources() {
        const QTemporaryDir prefix;
        QVERIFY(QDir(prefix.path()).mkpath("bin") && QDir(prefix.path()).mkpath("share/mergarium/presets"));
        const auto program = prefix.filePath("bin/mergarium-cli");
        QVERIFY(QFile::copy(MERGARIUM_CLI, program));
        const QString libraries = MERGARIUM_LIBRARIES;
        QVERIFY(QDir(prefix.path()).mkpath(QFileInfo(libraries).path()));
        QVERIFY(QFile::link(QFileInfo(MERGARIUM_CORE).path(), prefix.filePath(libraries)));
        QVERIFY(QFile::copy(kSource + "/resources/presets/digits-specialists.yaml",
                            prefix.filePath("share/mergarium/presets/the-only-one.yaml")));
        QProcess process;
        auto environment = QProcessEnvironment::systemEnvironment();
        environment.remove("MERGARIUM_RESOURCES");
        process.setProcessEnvironment(environment);
        process.start(program, {"presets", "the-only-one"});
        QVERIFY(process.waitForFinished(-1));
        QCOMPARE(QString::fromUtf8(process.readAllStandardError()), QString());
        QCOMPARE(process.exitCode(), 0);
        process.start(program, {"presets", "digits-specialists"});
        QVERIFY(process.waitForFinished(-1));
        QVERIFY(process.exitCode() != 0);
    }
};

MERGARIUM_SUITE(DesktopTest)
#include "desktop_test.moc"
