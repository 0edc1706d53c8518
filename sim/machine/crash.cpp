#include "sim/machine/crash.hpp"

#include <cstdlib>
#include <exception>

#include <sys/time.h>
#include <ucontext.h>

#include "sim/core/check.hpp"
#include "sim/fiber/annotate.hpp"
#include "sim/machine/error_pointer.hpp"
#include "sim/memory/hooks.hpp"

namespace heddle::sim {
namespace {

constexpr std::uintptr_t null_bytes = 64 << 10;  // Linux maps nothing below (vm.mmap_min_addr)

#if defined(__x86_64__)

std::uintptr_t pc_of(const ucontext_t& c) {
  return static_cast<std::uintptr_t>(c.uc_mcontext.gregs[REG_RIP]);
}
/// Where a function that was called by a bad pointer would have returned to.
std::uintptr_t return_address_of(const ucontext_t& c) {
  return *reinterpret_cast<const std::uintptr_t*>(c.uc_mcontext.gregs[REG_RSP]);
}
const char* verb_of(const ucontext_t& c) {
  constexpr greg_t writes = 2;  // of a page fault's error code
  return (c.uc_mcontext.gregs[REG_ERR] & writes) != 0 ? "writes" : "reads";
}
void go_on_at(ucontext_t& c, std::uintptr_t function, std::uintptr_t stack_top) {
  c.uc_mcontext.gregs[REG_RIP] = static_cast<greg_t>(function);
  c.uc_mcontext.gregs[REG_RSP] = static_cast<greg_t>(stack_top - 8);  // as if it had been called
  c.uc_mcontext.gregs[REG_EFL] &= ~greg_t{0x400};  // functions rely on a clear direction flag
}

#elif defined(__aarch64__)

std::uintptr_t pc_of(const ucontext_t& c) { return c.uc_mcontext.pc; }
std::uintptr_t return_address_of(const ucontext_t& c) { return c.uc_mcontext.regs[30]; }
const char* verb_of(const ucontext_t&) { return "accesses"; }
void go_on_at(ucontext_t& c, std::uintptr_t function, std::uintptr_t stack_top) {
  c.uc_mcontext.pc = function;
  c.uc_mcontext.sp = stack_top;
}

#else
#error "CrashGuard knows x86-64 and arm64"
#endif

}  // namespace

CrashGuard* CrashGuard::active_ = nullptr;

CrashGuard::CrashGuard(Machine& machine)
    : machine_(machine), handler_stack_(std::make_unique<char[]>(stack_bytes)) {
  HEDDLE_CHECK(active_ == nullptr, "a process has one guard against crashes at a time");
  active_ = this;
  const stack_t stack{handler_stack_.get(), 0, stack_bytes};
  sigaltstack(&stack, &stack_before_);
  for (std::size_t i = 0; i < signals.size(); ++i) {
    struct sigaction action{};
    action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESTART;
    action.sa_sigaction = signals[i] == SIGPROF ? &on_tick : &on_crash;
    sigaction(signals[i], &action, &before_[i]);
  }
  terminate_before_ = std::set_terminate(&on_terminate);
  const itimerval second{{1, 0}, {1, 0}};
  setitimer(ITIMER_PROF, &second, nullptr);
}

CrashGuard::~CrashGuard() {
  const itimerval never{};
  setitimer(ITIMER_PROF, &never, nullptr);
  std::set_terminate(terminate_before_);
  for (std::size_t i = 0; i < signals.size(); ++i) sigaction(signals[i], &before_[i], nullptr);
  sigaltstack(&stack_before_, nullptr);
  active_ = nullptr;
}

bool CrashGuard::concerns_us(int signal, std::uintptr_t address) const {
  if (!Machine::is_running()) return false;
  if (hooks.handler != nullptr) return true;
  // A stack is just as used up if it is heddle that is called last.
  return signal == SIGSEGV && machine_.stacks().is_guard(address);
}

void CrashGuard::on_crash(int signal, siginfo_t* info, void* interrupted) {
  CrashGuard& guard = *active_;
  auto& context = *static_cast<ucontext_t*>(interrupted);
  const auto address = reinterpret_cast<std::uintptr_t>(info->si_addr);
  const bool sent = info->si_code <= 0 && signal != SIGABRT;  // by kill(), not by what the code did
  if (sent || !guard.concerns_us(signal, address)) {
    // Takes its usual effect: at once if the instruction is repeated, else from abort() or here.
    std::signal(signal, SIG_DFL);
    if (sent) std::raise(signal);
    return;
  }
  hooks.handler = nullptr;
  guard.classify(signal, *info, context);
  guard.continue_in_report(context);
}

void CrashGuard::on_terminate() {
  // The usual handler would write a message for something that is found, not something that is
  // wrong.
  if (!active_->concerns_us(SIGABRT, 0)) active_->terminate_before_();
  std::abort();
}

void CrashGuard::classify(int signal, const siginfo_t& info, const ucontext_t& interrupted) {
  fault_ = {};
  switch (signal) {
    case SIGFPE:
      fault_.verb = "divides";
      fault_.detail = "an integer is divided by zero, or the result has no room";
      break;
    case SIGILL:
      fault_.verb = "gets stuck";
      fault_.detail =
          "an instruction that is none is executed, as the compiler puts it where code "
          "cannot be reached";
      break;
    case SIGABRT:
      fault_.verb = "aborts";
      fault_.detail = "abort() is called, or nobody catches an exception";
      break;
    default:
      classify_access(info, interrupted);
      return;
  }
  fault_.place = place_of(interrupted);
}

void CrashGuard::classify_access(const siginfo_t& info, const ucontext_t& interrupted) {
  const auto address = reinterpret_cast<std::uintptr_t>(info.si_addr);
  if (machine_.stacks().is_guard(address)) {
    // Where exactly depends on who watches. The last step does not.
    fault_.place = machine_.self().announced.place;
    fault_.verb = "overflows its stack, its last step being";
    fault_.detail = "calls nest too deep, or their variables are too large";
    return;
  }
  fault_.place = place_of(interrupted);
  fault_.verb = verb_of(interrupted);
  if (info.si_code == SI_KERNEL) {  // the processor does not say where
    fault_.detail = "a pointer is followed that cannot be one, such as what freed memory holds";
  } else if (pc_of(interrupted) == address) {
    fault_.verb = "calls a function";
    fault_.detail = "there is no code at the address that is called";
  } else if (error_pointer::contains(address)) {
    fault_.detail = "a pointer that carries an error is followed; the error's number:";
    fault_.number = error_pointer::error_of(address);
  } else if (address < null_bytes) {
    fault_.detail = "a null pointer is followed, at the offset:";
    fault_.number = address;
  } else {
    fault_.detail = "a pointer is followed that points to no memory";
  }
}

Place CrashGuard::place_of(const ucontext_t& interrupted) const {
  const std::uintptr_t pc = pc_of(interrupted);
  if (!libraries_.contain(pc)) return Place{pc + 1};
  if (!is_code(pc)) {
    const std::uintptr_t caller = return_address_of(interrupted);
    return libraries_.contain(caller) ? Place{} : Place{caller};
  }
  return libraries_.caller();
}

void CrashGuard::continue_in_report(ucontext_t& interrupted) {
  const Stack stack = machine_.stacks().at(machine_.self().id.value);
  annotate::State forgotten;
  annotate::reuse(forgotten, stack);
  for (int signal : signals) sigdelset(&interrupted.uc_sigmask, signal);
  go_on_at(interrupted, reinterpret_cast<std::uintptr_t>(&CrashGuard::report),
           reinterpret_cast<std::uintptr_t>(stack.top));
}

void CrashGuard::report() {
  const CrashGuard& guard = *active_;
  const Fault& fault = guard.fault_;
  Machine& machine = guard.machine_;
  Finding finding = machine.finding_here(FindingKind::crash, fault.place, fault.verb, no_object);
  finding.detail = fault.detail;
  finding.number = fault.number;
  finding.fatal = true;
  machine.report(finding);
  machine.stop();
}

void CrashGuard::on_tick(int, siginfo_t*, void* interrupted) {
  CrashGuard& guard = *active_;
  const std::uint32_t generation = guard.machine_.shadow().generation();
  const StepIndex step = guard.machine_.steps();
  if (generation != guard.tick_generation_ || step != guard.tick_step_) {
    guard.tick_generation_ = generation;
    guard.tick_step_ = step;
    guard.ticks_without_step_ = 0;
    return;
  }
  if (!guard.concerns_us(SIGPROF, 0) || ++guard.ticks_without_step_ < loop_cpu_s_max) return;
  hooks.handler = nullptr;
  guard.ticks_without_step_ = 0;
  // Where it was interrupted is chance; where it took its last step is not.
  guard.fault_ = {guard.machine_.self().announced.place, "loops for ever, its last step being",
                  "it goes on without a step", 0};
  guard.continue_in_report(*static_cast<ucontext_t*>(interrupted));
}

}  // namespace heddle::sim
