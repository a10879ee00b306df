#include "tests/bench/options.h"

#include <CLI/CLI.hpp>

#include <cstdlib>
#include <type_traits>

namespace mergarium::bench {

struct Options::Parser {
    CLI::App app;
};

Options::Options(const std::string& title) : parser_(new Parser{CLI::App(title)}) {}
Options::~Options() = default;

Options& Options::add(const std::string& name, Target target, const std::string& help) {
    std::visit(
        [&](auto* value) {
            if constexpr (std::is_same_v<decltype(value), bool*>)
                parser_->app.add_flag(name, *value, help);
            else
                parser_->app.add_option(name, *value, help)->capture_default_str();
        },
        target);
    return *this;
}

void Options::read(int argc, char** argv) {
    try {
        parser_->app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        std::exit(parser_->app.exit(error));
    }
}

}  // namespace mergarium::bench
