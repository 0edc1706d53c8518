// What the classics share. They are small programs that papers on concurrency testing measure with,
// each with a bug and, under NAME_fixed, without. A variable that such a paper calls shared is a
// scheduling point there: here it is read and written by marked accesses, which are steps.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <utility>

#include "scenarios/registry/scenario.hpp"
#include "sim/kernel/atomic.hpp"
#include "sim/kernel/kthread.hpp"
#include "sim/kernel/mutex.hpp"
#include "sim/kernel/once.hpp"
#include "sim/kernel/preempt.hpp"
#include "sim/machine/world.hpp"

namespace heddle::scenarios::classics {

namespace kernel = sim::kernel;
using kernel::cpu_relax;
using kernel::READ_ONCE;
using kernel::WRITE_ONCE;
using sim::Cpu;
using sim::FindingKind;
using sim::World;

inline constexpr bool buggy = true;
inline constexpr bool right = false;

/// How many executions the portfolio may take to find a bug.
inline constexpr std::uint64_t budget = 10'000;

/// A mutex that is held as long as this lives.
class Guard {
 public:
  explicit Guard(kernel::mutex& mutex) : mutex_(mutex) { kernel::mutex_lock(&mutex_); }
  ~Guard() { kernel::mutex_unlock(&mutex_); }
  Guard(const Guard&) = delete;
  Guard& operator=(const Guard&) = delete;

 private:
  kernel::mutex& mutex_;
};

/// A read and a write: two steps.
inline int add(int& variable, int amount) {
  const int sum = READ_ONCE(variable) + amount;
  WRITE_ONCE(variable, sum);
  return sum;
}

/// A task on a CPU of its own: the next one. `next` counts them.
template <class Body>
sim::Task start(World& world, std::uint16_t& next, const char* name, Body&& body) {
  return world.task(name, Cpu{next++}, std::forward<Body>(body));
}

/// What a program's main function starts, each on a CPU of its own, and joins at its end. Starting
/// and joining are steps, so a task that is started early may be gone before the next one is there.
class Crew {
 public:
  template <class Body>
  void start(const char* name, Body&& body) {
    const auto cpu = static_cast<std::uint16_t>(1 + count_);
    members_[count_++].emplace(kernel::kthread_run(name, Cpu{cpu}, std::forward<Body>(body)));
  }
  ~Crew() {
    for (std::uint16_t i = 0; i < count_; ++i) members_[i]->join();
  }
  Crew() = default;
  Crew(const Crew&) = delete;
  Crew& operator=(const Crew&) = delete;

 private:
  std::uint16_t count_ = 0;
  std::array<std::optional<kernel::kthread>, sim::contexts_max> members_;
};

/// A task that is the program's main function: `body` is called with a Crew.
template <class Body>
void main_task(World& world, Body&& body) {
  world.task("main", Cpu{0}, [body = std::forward<Body>(body)] {
    Crew crew;
    body(crew);
  });
}

}  // namespace heddle::scenarios::classics
