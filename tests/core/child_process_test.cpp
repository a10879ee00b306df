#include "core/subprocess/child_process.h"
#include "tests/support/suite.h"
#include "tests/support/tensor_files.h"

#include <QTemporaryDir>
#include <QTest>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
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

/// Of a named pipe, which ends when all processes that hold it open for writing have ended.
class Reader {
public:
    explicit Reader(const std::string& path) {
        std::filesystem::remove(path);
        ::mkfifo(path.c_str(), 0600);
        pipe_ = FileDescriptor(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
    }
    bool hasEnded() const {
        char byte = 0;
        return ::read(pipe_.number(), &byte, 1) == 0;
    }

private:
    FileDescriptor pipe_;
};

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

    std::string pipe() const { return temporary_.path().toStdString() + "/pipe"; }
    /// The start of a script: whatever it starts holds the pipe open.
    std::string holdingAPipe() const { return "exec 9>" + pipe() + "\n"; }

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

    void whatMovedToASessionOfItsOwnEndsWithIt_data() {
        QTest::addColumn<QString>("start");
        QTest::newRow("its own session") << "setsid sleep 1000 &";
        QTest::newRow("forked twice") << "(setsid sh -c 'sleep 1000 & exit' &)";
        QTest::newRow("all the way down")
            << "setsid sh -c 'setsid sh -c \"setsid sleep 1000 & sleep 1000\" & sleep 1000' &";
    }
    void whatMovedToASessionOfItsOwnEndsWithIt() {
        QFETCH(QString, start);
        const auto script = holdingAPipe() + start.toStdString() + "\necho started\n";

        const Reader stopped(pipe());
        {
            auto program = this->start(script + "sleep 1000");
            QCOMPARE(program.ask("?", {}), std::string("started"));
            QVERIFY(!stopped.hasEnded());
        }
        QTRY_VERIFY(stopped.hasEnded());

        const Reader finished(pipe());
        auto program = this->start(script + "cat; exit 3");
        QCOMPARE(program.ask("?", {}), std::string("started"));
        program.finish(std::chrono::seconds(10));
        QTRY_VERIFY(finished.hasEnded());
        QVERIFY(test::messageOf([&] { program.ask("?", {}); }).find("ended with exit code 3") != std::string::npos);

        const Reader crashed(pipe());
        auto crashing = this->start(script + "kill -SEGV $$");
        QCOMPARE(crashing.ask("?", {}), std::string("started"));
        QTRY_VERIFY(crashed.hasEnded());
        QVERIFY(test::messageOf([&] { crashing.ask("?", {}); }).find("was ended by signal 11") != std::string::npos);

        const Reader killed(pipe());
        const auto us = ::fork();
        if (us == 0) {
            auto orphaned = this->start(script + "sleep 1000");
            orphaned.ask("?", {});
            ::kill(::getpid(), SIGKILL);
        }
        ::waitpid(us, nullptr, 0);
        QTRY_VERIFY(killed.hasEnded());
    }

    void aSupervisorThatIsStoppedHindersNobody() {
        const Reader stopped(pipe());
        {
            auto program = start(holdingAPipe() + "kill -STOP $PPID; echo started; sleep 1000");
            QCOMPARE(program.ask("?", {}), std::string("started"));
        }
        QTRY_VERIFY(stopped.hasEnded());
    }

    void longQuestionsAnswersAndErrorsDontBlockEachOther() {
        auto program =
            start("head -c 300000 /dev/zero | tr '\\0' e >&2; printf '%300000s\\n'; echo ${#line}; read -r line");
        QCOMPARE(program.ask(std::string(300'000, 'x'), {}), std::string("300000"));
        QCOMPARE(program.stderrTail(), std::string(ChildProcess::kStderrKept, 'e'));
    }

    void whatItSaidLastMaySayWhyItDoesntAnswer() {
        QTemporaryDir folder;
        const auto mark = folder.filePath("mark");
        auto program = start("echo first >&2; echo answer; echo second >&2; touch " + mark.toStdString() +
                             "; read -r line; exit 3");
        QCOMPARE(program.ask("?", {}), std::string("answer"));
        QTRY_VERIFY(QFile::exists(mark));
        QVERIFY(test::messageOf([&] { program.ask("?", {}); }).find("ended with exit code 3") != std::string::npos);
        QVERIFY(program.stderrTail().ends_with("second\n"));
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

MERGARIUM_SUITE(ChildProcessTest)
#include "child_process_test.moc"
