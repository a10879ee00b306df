#pragma once

// Qt Test declares it, and nlohmann's json asks what it is.
#include <QFloat16>
#include <QObject>

#include <memory>
#include <string_view>

namespace mergarium::test {

/// A class of Qt Test that this program can run, under the name of its file: `core_suites competition_test [options of
/// Qt Test]`. Suites share programs, since compiling what they include takes longer than compiling them.
struct Suite {
    using Make = std::unique_ptr<QObject> (*)();

    Suite(std::string_view file, Make make);
};

}  // namespace mergarium::test

/// Below the class, in place of QTEST_MAIN.
#define MERGARIUM_SUITE(Class)                      \
    static const mergarium::test::Suite the##Class{ \
        __FILE__, []() -> std::unique_ptr<QObject> { return std::make_unique<Class>(); }};
