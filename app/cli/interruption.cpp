#include "app/cli/interruption.h"

#include <csignal>
#include <initializer_list>

namespace mergarium::cli {
namespace {

volatile std::sig_atomic_t interrupted = 0;

}  // namespace

void catchInterruptions() {
    struct sigaction action {};
    action.sa_handler = [](int) { interrupted = 1; };
    action.sa_flags = static_cast<int>(SA_RESETHAND);
    for (const int signal : {SIGINT, SIGTERM}) sigaction(signal, &action, nullptr);
}

bool isInterrupted() { return interrupted != 0; }

}  // namespace mergarium::cli
