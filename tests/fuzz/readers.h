#pragma once

#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <string_view>

namespace mergarium::fuzz {

/// A reader of bytes that somebody else made: it may refuse them in one sentence (std::runtime_error), but not crash,
/// hang, take memory without end, throw anything else, or accept what would lead astray later (it aborts then).
struct Reader {
    /// Also that of its folder of seeds, corpus/NAME, and of its dictionary, if any, dictionaries/NAME.dict.
    std::string_view name;
    /// What the file must be called.
    std::string_view file;
    void (*read)(const std::filesystem::path& file);
};

/// All there are.
std::span<const Reader> readers();
/// Throws std::invalid_argument.
const Reader& readerNamed(std::string_view name);

/// Files beside which a reader expects others, which are there. Removed with this object.
class Bench {
public:
    Bench();
    ~Bench();
    Bench(const Bench&) = delete;
    Bench& operator=(const Bench&) = delete;

    enum class Outcome { Read, Refused };
    /// Throws what isn't a refusal.
    Outcome run(const Reader& reader, std::string_view bytes);

private:
    std::filesystem::path folder_;
};

}  // namespace mergarium::fuzz
