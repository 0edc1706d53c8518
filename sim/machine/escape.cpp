// Escapes: the code under test starts a real thread, takes a real lock, sleeps, reads a real clock
// or a real file. The simulator neither sees nor decides such things, so the execution would hang,
// or not be the same when it is repeated.
//
// The functions that do them are defined here under the system's own names. The dynamic linker
// takes a program's first definition for everybody, also for the C++ library (std::thread,
// std::mutex, std::chrono), and this library comes before the system's. So nothing that the
// simulator does gets slower, and everybody else's call is one branch longer. Not so in a build
// with AddressSanitizer, which defines the same names itself.
#ifndef HEDDLE_ASAN

#include <cerrno>
#include <cstdint>
#include <ctime>

#include <dlfcn.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <sys/epoll.h>
#include <sys/random.h>
#include <sys/select.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#include "sim/core/finding.hpp"
#include "sim/machine/machine.hpp"
#include "sim/machine/system_libraries.hpp"
#include "sim/memory/arena.hpp"
#include "sim/memory/hooks.hpp"

namespace heddle::sim {
namespace {

/// Does the caller run on the stack of a context, and is it not heddle that works there?
bool is_escape() {
  if (hooks.handler == nullptr) return false;
  const char here = 0;
  return arena_layout::contains(reinterpret_cast<std::uintptr_t>(&here));
}

enum class Then : std::uint8_t { goes_on, ends };

/// The finding. `what` is its detail. The execution ends where the call could last for ever.
void report_escape(const char* what, Then then) {
  static const SystemLibraries libraries;
  Machine& machine = Machine::running();
  const Machine::EngineScope engine(machine);
  Finding finding = machine.finding_here(FindingKind::escape, libraries.caller(),
                                         "leaves the simulator", no_object);
  finding.detail = what;
  finding.fatal = then == Then::ends;
  machine.report(finding);
  if (finding.fatal) machine.stop();
}

/// The definition that this one hides.
template <class Function>
Function* real(Function*, const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

constexpr char thread_started[] = "a real thread is started; tasks are World::task()";
constexpr char lock_taken[] =
    "a real lock is taken; its simulated twin is heddle::sync::mutex or one of kernel::";
constexpr char time_slept[] = "it sleeps in real time, or waits for somebody outside";
constexpr char clock_read[] =
    "a real clock is read; virtual time is that of sim/kernel/timeout.hpp";
constexpr char input_read[] = "real input is read, which may be another one next time";
constexpr char random_drawn[] =
    "a real random number is drawn; World::choose() gives explored ones";

bool may_block(int descriptor) {
  pollfd ready{descriptor, POLLIN, 0};
  static auto* const real_poll = real(&::poll, "poll");
  return real_poll(&ready, 1, 0) == 0;
}

}  // namespace
}  // namespace heddle::sim

using heddle::sim::is_escape;
using heddle::sim::real;
using heddle::sim::report_escape;
using heddle::sim::Then;

// Defines the function as the real one, before which an escape is reported.
#define HEDDLE_REPORTS(result, name, parameters, arguments, specifier, what, then) \
  result name parameters specifier {                                               \
    static auto* const real_##name = real(&::name, #name);                         \
    if (is_escape()) report_escape(heddle::sim::what, then);                       \
    return real_##name arguments;                                                  \
  }
// The same for one that takes a lock. `tries` is its twin that does not wait: a lock that is free
// makes no difference to the execution, one that is not ends it.
#define HEDDLE_LOCKS(name, tries, type)                                            \
  int name(type* lock) noexcept {                                                  \
    static auto* const real_##name = real(&::name, #name);                         \
    if (!is_escape()) return real_##name(lock);                                    \
    static auto* const real_##tries = real(&::tries, #tries);                      \
    const bool is_taken = real_##tries(lock) == 0;                                 \
    report_escape(heddle::sim::lock_taken, is_taken ? Then::goes_on : Then::ends); \
    return 0;                                                                      \
  }

extern "C" {

HEDDLE_REPORTS(int, pthread_create,
               (pthread_t * thread, const pthread_attr_t* attributes, void* (*body)(void*),
                void* argument),
               (thread, attributes, body, argument), noexcept, thread_started, Then::ends)

HEDDLE_LOCKS(pthread_mutex_lock, pthread_mutex_trylock, pthread_mutex_t)
HEDDLE_LOCKS(pthread_rwlock_rdlock, pthread_rwlock_tryrdlock, pthread_rwlock_t)
HEDDLE_LOCKS(pthread_rwlock_wrlock, pthread_rwlock_trywrlock, pthread_rwlock_t)
HEDDLE_LOCKS(pthread_spin_lock, pthread_spin_trylock, pthread_spinlock_t)
HEDDLE_REPORTS(int, pthread_barrier_wait, (pthread_barrier_t * barrier), (barrier), noexcept,
               time_slept, Then::ends)
HEDDLE_REPORTS(int, sem_wait, (sem_t * semaphore), (semaphore), , time_slept, Then::ends)

HEDDLE_REPORTS(unsigned, sleep, (unsigned seconds), (seconds), , time_slept, Then::ends)
HEDDLE_REPORTS(int, usleep, (useconds_t microseconds), (microseconds), , time_slept, Then::ends)
HEDDLE_REPORTS(int, nanosleep, (const timespec* time, timespec* left), (time, left), , time_slept,
               Then::ends)
HEDDLE_REPORTS(int, clock_nanosleep,
               (clockid_t clock, int flags, const timespec* time, timespec* left),
               (clock, flags, time, left), , time_slept, Then::ends)
HEDDLE_REPORTS(int, pause, (), (), , time_slept, Then::ends)
HEDDLE_REPORTS(int, poll, (pollfd * files, nfds_t count, int timeout_ms),
               (files, count, timeout_ms), , time_slept,
               timeout_ms == 0 ? Then::goes_on : Then::ends)
HEDDLE_REPORTS(int, select,
               (int count, fd_set* reads, fd_set* writes, fd_set* others, timeval* timeout),
               (count, reads, writes, others, timeout), , time_slept, Then::ends)
HEDDLE_REPORTS(int, epoll_wait, (int file, epoll_event* events, int count, int timeout_ms),
               (file, events, count, timeout_ms), , time_slept, Then::ends)
HEDDLE_REPORTS(ssize_t, read, (int file, void* bytes, std::size_t count), (file, bytes, count), ,
               input_read, heddle::sim::may_block(file) ? Then::ends : Then::goes_on)

HEDDLE_REPORTS(int, clock_gettime, (clockid_t clock, timespec* time), (clock, time), noexcept,
               clock_read, Then::goes_on)
HEDDLE_REPORTS(int, gettimeofday, (timeval * time, void* zone), (time, zone), noexcept, clock_read,
               Then::goes_on)
HEDDLE_REPORTS(std::time_t, time, (std::time_t* result), (result), noexcept, clock_read,
               Then::goes_on)
HEDDLE_REPORTS(ssize_t, getrandom, (void* bytes, std::size_t count, unsigned flags),
               (bytes, count, flags), , random_drawn, Then::goes_on)
HEDDLE_REPORTS(int, rand, (), (), noexcept, random_drawn, Then::goes_on)

// How the C++ library waits for an atomic. The kernel takes six words at most.
long syscall(long number, ...) noexcept {
  using Call = long(long, long, long, long, long, long, long);
  static auto* const real_syscall = reinterpret_cast<Call*>(dlsym(RTLD_NEXT, "syscall"));
  __builtin_va_list list;
  __builtin_va_start(list, number);
  long words[6];
  for (long& word : words) word = __builtin_va_arg(list, long);
  __builtin_va_end(list);
  if (number == SYS_futex && is_escape()) report_escape(heddle::sim::time_slept, Then::ends);
  return real_syscall(number, words[0], words[1], words[2], words[3], words[4], words[5]);
}

}  // extern "C"

#endif  // HEDDLE_ASAN
