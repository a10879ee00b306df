#include "core/files/text_file.h"
#include "core/files/excerpt.h"
#include "tests/support/suite.h"
#include "tests/support/tensor_files.h"

#include <QTemporaryDir>
#include <QTest>

#include <filesystem>

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

using namespace mergarium;
using test::messageOf;

class TextFileTest : public QObject {
    Q_OBJECT

    QTemporaryDir temporary_;
    std::filesystem::path folder_ = temporary_.path().toStdString();

    std::filesystem::path write(const std::string& text) const {
        test::writeText(folder_ / "text", text);
        return folder_ / "text";
    }
    std::vector<std::string> linesOf(const std::string& text, std::size_t longest = 10) const {
        LineReader lines(write(text), longest);
        std::vector<std::string> all;
        for (std::string_view line; lines.next(line);) all.emplace_back(line);
        return all;
    }
    using Lines = std::vector<std::string>;

private Q_SLOTS:
    // Opening a pipe without a writer would wait for one for ever.
    void whatIsNoRegularFileIsRefusedAtOnce() {
        const auto refuses = [](const std::filesystem::path& path, const std::string& what) {
            QCOMPARE(messageOf([&] { readFile(path, 10); }), path.string() + ": " + what + ".");
            QCOMPARE(messageOf([&] { LineReader(path, 10); }), path.string() + ": " + what + ".");
        };
        QCOMPARE(::mkfifo((folder_ / "pipe").c_str(), 0600), 0);
        refuses(folder_ / "pipe", "this is no regular file but a pipe or a device");
        refuses("/dev/zero", "this is no regular file but a pipe or a device");
        refuses(folder_, "this is a folder, not a file");
        refuses(folder_ / "nothing", "there is no such file");
        std::filesystem::create_symlink(folder_ / "gone", folder_ / "link");
        refuses(folder_ / "link",
                "this link leads nowhere: its target " + (folder_ / "gone").string() + " does not exist");
    }

    void aFileIsReadUpToItsBound() {
        QCOMPARE(readFile(write("0123456789"), 10), std::string("0123456789"));
        QCOMPARE(readFile(write(""), 10), std::string());
        const auto message = messageOf([&] { readFile(write("0123456789+"), 10); });
        QVERIFY2(message.ends_with("11 bytes are too much for a file of its kind, which may have 10."),
                 message.c_str());
        // A hole takes no room on the disk, but would in memory.
        std::filesystem::resize_file(folder_ / "text", std::uintmax_t{1} << 40);
        QVERIFY(messageOf([&] { readFile(folder_ / "text", 10); }).find("too much") != std::string::npos);
    }

    void linesAreReadOneAfterTheOther() {
        QCOMPARE(linesOf(""), Lines{});
        QCOMPARE(linesOf("\n"), Lines{""});
        QCOMPARE(linesOf("a"), Lines{"a"});
        QCOMPARE(linesOf("a\r\n\nb\n"), (Lines{"a\r", "", "b"}));
        QCOMPARE(linesOf("\xEF\xBB\xBF"
                         "a\nb"),
                 (Lines{"a", "b"}));
        Lines many;
        std::string text;
        for (int i = 0; i < 100'000; ++i) text += many.emplace_back(std::to_string(i)) + '\n';
        QCOMPARE(linesOf(text), many);
        QCOMPARE(linesOf(std::string(300'000, 'x'), 300'000), Lines{std::string(300'000, 'x')});
    }

    void aLongLineIsRefusedWithItsNumber() {
        const auto message = messageOf([&] { linesOf("0123456789\n0123456789+\n"); });
        QVERIFY2(message.ends_with("text, line 2: this line has more than the 10 bytes that it may have."),
                 message.c_str());
        // Before its end is looked for.
        std::filesystem::resize_file(write("a\n"), std::uintmax_t{1} << 40);
        LineReader lines(folder_ / "text", 1000);
        std::string_view line;
        QVERIFY(lines.next(line));
        QVERIFY(messageOf([&] { lines.next(line); }).find("line 2") != std::string::npos);
    }

    void anExcerptIsOneShortLine() {
        QCOMPARE(excerptOf("a\nb"), std::string("a?b"));
        QCOMPARE(excerptOf("0123456789", 10), std::string("0123456789"));
        QCOMPARE(excerptOf("0123456789+", 10), std::string("0123456789..."));
        QCOMPARE(excerptOf("012345678\xC3\xA4", 10), std::string("012345678..."));
    }
};

MERGARIUM_SUITE(TextFileTest)
#include "text_file_test.moc"
