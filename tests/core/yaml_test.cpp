#include "core/configuration/yaml.h"
#include "core/fields/yaml.h"
#include "tests/support/suite.h"

#include <QTemporaryDir>
#include <QTest>

#include <filesystem>
#include <fstream>
#include <string>

#include <sys/stat.h>

using namespace mergarium;

// YAML from files that anybody may have made.
class YamlTest : public QObject {
    Q_OBJECT

    QTemporaryDir folder_;

private Q_SLOTS:
    void yamlIsBoundedInDepthAndNumber() {
        QVERIFY_EXCEPTION_THROWN(parseYaml(std::string(200, '['), "x"), ConfigurationError);
        std::string bomb = "a: &a [x, x, x, x, x, x, x, x, x, x]\n";
        for (char name = 'b'; name < 'j'; ++name) {
            bomb += std::string(1, name) + ": &" + name + " [";
            for (int i = 0; i < 10; ++i) bomb += std::string(i ? ", *" : "*") + static_cast<char>(name - 1);
            bomb += "]\n";
        }
        QVERIFY_EXCEPTION_THROWN(parseYaml(bomb, "x"), ConfigurationError);
    }

    void yamlIsReadInLinearTime() {
        // A long key above many lists: once, each list copied it.
        std::string lists = "? " + std::string(1'000'000, 'k') + "\n: [";
        for (int i = 0; i < 400'000; ++i) lists += "[],";
        std::string deep;
        for (int level = 0; level < 90; ++level) deep += "&" + std::string(1, 'a') + std::to_string(level) + " [";
        deep += "'" + std::string(1'000'000, 'x') + "'" + std::string(90, ']');
        QElapsedTimer timer;
        timer.start();
        QVERIFY(parseYaml(lists + "]", "x").isMap());
        QVERIFY_EXCEPTION_THROWN(parseYaml(deep, "x"), ConfigurationError);
        QVERIFY2(timer.elapsed() < 5000, qPrintable(QString::number(timer.elapsed())));
    }

    void aFileIsOneDocument() {
        const auto path = std::filesystem::path(folder_.path().toStdString()) / "run.yaml";
        const auto write = [&](std::string_view text) { std::ofstream(path, std::ios::binary) << text; };
        const auto complaintOf = [&] {
            try {
                readConfiguration(path);
            } catch (const ConfigurationError& error) {
                return std::string(error.what()).substr(path.string().size());
            }
            return std::string("read");
        };
        write("\xEF\xBB\xBF# Marked.\nseed: 7\n");
        QCOMPARE(readConfiguration(path).seed, 7u);
        QCOMPARE(headingOf("\xEF\xBB\xBF# Marked.\nseed: 7\n"), std::string("Marked."));
        write("---\nseed: 7\n...\n");
        QCOMPARE(readConfiguration(path).seed, 7u);
        write("seed: 7\n---\nseed: 8\n");
        QCOMPARE(complaintOf(), std::string(", line 2: a second document begins here, where a file may have one."));
        for (const char* text : {"", "\n", "# Nothing.\n", "---\n", "~"}) {
            write(text);
            QCOMPARE(complaintOf(), std::string(": there is nothing in this file; '{}' asks for the defaults."));
        }
        write("a: &a [*a]");
        QCOMPARE(complaintOf(), std::string(", line 1: this alias stands within what it is an alias of."));
        write("x: &x {y: 1}\nz:\n  y: *x\n  ? [a]\n  : b\n");
        QCOMPARE(
            complaintOf(),
            std::string(", line 4: this is not YAML: z: a key must be a single value, and every bracket be closed."));
        write("z: {y: {x: 1, 'x': 2}}");
        QCOMPARE(complaintOf(), std::string(", line 1: z.y.x: stands here a second time; remove one."));
        std::filesystem::remove(path);
        QCOMPARE(complaintOf(), std::string(": there is no such file."));
        QCOMPARE(::mkfifo(path.c_str(), 0600), 0);
        QCOMPARE(complaintOf(), std::string(": this is no regular file but a pipe or a device."));
    }
};

MERGARIUM_SUITE(YamlTest)
#include "yaml_test.moc"
