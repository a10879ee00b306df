#include "core/subprocess/program.h"

#include <fmt/format.h>

#include <string_view>
#include <utility>

namespace mergarium {
namespace {

/// Quoted where a shell would need it; control characters as \xNN.
std::string shellWord(std::string_view word) {
    constexpr std::string_view kPlain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=./:,@%";
    if (!word.empty() && word.find_first_not_of(kPlain) == std::string_view::npos) return std::string(word);
    std::string text = "'";
    for (const char c : word)
        if (const auto code = static_cast<unsigned char>(c); code < ' ' || code == 127)
            text += fmt::format("\\x{:02x}", code);
        else if (c == '\'')
            text += "'\\''";
        else
            text += c;
    return text + "'";
}

}  // namespace

std::string inWords(const Program& program) {
    std::string text;
    for (const auto& word : program.command) text += (text.empty() ? "" : " ") + shellWord(word);
    return text;
}

ProgramNotTrusted::ProgramNotTrusted(Program program)
    : std::runtime_error(fmt::format(
          "The run would start this program, which you have not approved on this machine: {} (in {}). Look at what it "
          "is; to approve it, say --trust-program on the command line, or start the run in the window, which asks.",
          inWords(program), shellWord(program.folder.string()))),
      program_(std::move(program)) {}

void requireTrust(const Program& program, const MayStart& mayStart) {
    if (!mayStart || !mayStart(program)) throw ProgramNotTrusted(program);
}

}  // namespace mergarium
