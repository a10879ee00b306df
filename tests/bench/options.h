#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <variant>

namespace mergarium::bench {

/// What a bench is told on its command line. In a file of its own, since CLI11 takes ten seconds to compile.
class Options {
public:
    using Target = std::variant<int*, std::int64_t*, std::uint64_t*, std::string*, bool*>;

    explicit Options(const std::string& title);
    ~Options();

    /// `name` as "--rounds"; what `target` points at is the default, and lives until after `read`.
    Options& add(const std::string& name, Target target, const std::string& help = {});
    /// Ends the program where it is asked for help or can't read what it was told.
    void read(int argc, char** argv);

private:
    struct Parser;
    std::unique_ptr<Parser> parser_;
};

}  // namespace mergarium::bench
