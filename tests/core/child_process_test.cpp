#include "core/subprocess/child_process.h"
#include "tests/support/tensor_files.h"

#include <QTemporaryDir>
#include <QtTest>

#include <fcntl.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <sstream>

using namespace mergarium;

namespace {

bool isRunning(const std::string& process) {
    std::ifstream stream("/proc/" + process + "/stat");
    std::string stat;
    if (!std::getline(stream, stat)) return false;
    const auto state = stat.at(stat.rfind(')') + 2);
    return state != 'Z' && state != 'X';
}

}  // namespace

class ChildProcessTest : public QObject {
    Q_OBJECT

    QTemporaryDir temporary_;

    /// Runs a shell script, whose first line of input is read into $line.
    ChildProcess start(const std::string& script) {
        const std::filesystem::path folder = temporary_.path().toStdString();
        test::writeText(folder / "program", "#!/bin/sh\nIFS= read -r line\n" + script + "\n");
        std::filesystem::permissions(folder / "program", std::filesystem::perms::owner_all);
        return ChildProcess({"./program"}, folder);
    }

private Q_SLOTS:
    void whatItStartedEndsWithIt() {
        std::string process;
        {
            auto program = start("sleep 1000 & echo $!; sleep 1000");
            process = program.ask("who?", {});
            QVERIFY(isRunning(process));
        }
        QTRY_VERIFY(!isRunning(process));
    }

    void longQuestionsAnswersAndErrorsDontBlockEachOther() {
        auto program =
            start("head -c 300000 /dev/zero | tr '\\0' e >&2; printf '%300000s\\n'; echo ${#line}; read -r line");
        QCOMPARE(program.ask(std::string(300'000, 'x'), {}), std::string("300000"));
        QCOMPARE(program.stderrTail(), std::string(ChildProcess::kStderrKept, 'e'));
    }

    void ourFilesStayOurs() {
        // Far from the numbers that a shell uses itself.
        const int open = ::fcntl(STDOUT_FILENO, F_DUPFD, 200);
        QVERIFY(open >= 200);
        auto program = start("echo $(ls /proc/$$/fd)");
        std::istringstream text(program.ask("which?", {}));
        ::close(open);
        const std::set<std::string> numbers{std::istream_iterator<std::string>(text), {}};
        QVERIFY(numbers.contains("2"));
        QVERIFY(!numbers.contains(std::to_string(open)));
    }
};

QTEST_APPLESS_MAIN(ChildProcessTest)
#include "child_process_test.moc"
