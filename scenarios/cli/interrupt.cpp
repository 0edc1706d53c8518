#include "scenarios/cli/interrupt.hpp"

#include <initializer_list>

namespace heddle::cli {
namespace {

volatile std::sig_atomic_t asked_to_end = 0;

void ask_to_end(int) { asked_to_end = 1; }

}  // namespace

const volatile std::sig_atomic_t* watch_for_interrupts() {
  for (const int number : {SIGINT, SIGTERM}) {
    struct sigaction action {};
    action.sa_handler = ask_to_end;
    action.sa_flags = static_cast<int>(SA_RESETHAND);  // the second one is not caught
    sigemptyset(&action.sa_mask);
    sigaction(number, &action, nullptr);
  }
  return &asked_to_end;
}

}  // namespace heddle::cli
