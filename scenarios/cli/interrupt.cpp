#include "scenarios/cli/interrupt.hpp"

#include <ctime>
#include <initializer_list>

namespace heddle::cli {
namespace {

volatile std::sig_atomic_t asked_to_end = 0;
volatile std::time_t asked_at_s = 0;  // by the monotonic clock

std::time_t now_s() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec;
}

void ask_to_end(int number) {
  if (asked_to_end == 0) {
    asked_at_s = now_s();
    asked_to_end = 1;
  } else if (now_s() > asked_at_s + 1) {
    std::signal(number, SIG_DFL);
    raise(number);
  }
}

}  // namespace

const volatile std::sig_atomic_t* watch_for_interrupts() {
  for (const int number : {SIGINT, SIGTERM}) {
    struct sigaction action{};
    action.sa_handler = ask_to_end;
    sigemptyset(&action.sa_mask);
    sigaction(number, &action, nullptr);
  }
  return &asked_to_end;
}

}  // namespace heddle::cli
