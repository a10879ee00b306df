#include "tests/support/suite.h"

#include <QTest>

#include <cstdio>
#include <filesystem>
#include <map>

#ifdef QT_WIDGETS_LIB
#include <QApplication>
using Application = QApplication;
#else
#include <QCoreApplication>
using Application = QCoreApplication;
#endif

namespace mergarium::test {
namespace {

std::map<std::string, Suite::Make>& suites() {
    static std::map<std::string, Suite::Make> all;
    return all;
}

}  // namespace

Suite::Suite(std::string_view file, Make make) { suites().emplace(std::filesystem::path(file).stem(), make); }

}  // namespace mergarium::test

int main(int argc, char** argv) {
    using namespace mergarium::test;
    const auto wanted = argc > 1 ? suites().find(argv[1]) : suites().end();
    if (wanted == suites().end()) {
        std::fputs("Name one of these suites; what follows it are Qt Test's own options.\n", stderr);
        for (const auto& [name, make] : suites()) std::printf("%s\n", name.c_str());
        return 2;
    }
    argv[1] = argv[0];
    ++argv;
    --argc;
    // Sizes of text must not depend on the screen.
    QCoreApplication::setAttribute(Qt::AA_Use96Dpi);
    Application application(argc, argv);
    const auto suite = wanted->second();
    return QTest::qExec(suite.get(), argc, argv);
}
