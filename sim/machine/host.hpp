// A host as scenarios and models create it: CPUs, tasks that go down with it, a routine with which
// it comes up, and the crashes that may happen to it.
#pragma once

#include <cstdint>
#include <utility>

#include "sim/machine/world.hpp"

namespace heddle::sim {

/// What becomes of a host that has crashed.
enum class AfterCrash : std::uint8_t { stays_down, reboots, either };

/// Part of a world; copies mean the same host.
class Host {
 public:
  /// A host with the world's next `cpus` CPUs. `name` lives as long as the execution. @pre called
  /// by set-up.
  Host(World& world, const char* name, std::uint16_t cpus)
      : world_(&world), id_(world.machine().add_host(name, cpus)) {}

  HostId id() const { return id_; }
  /// Its n-th CPU.
  Cpu cpu(std::uint16_t n = 0) const {
    return Cpu{static_cast<std::uint16_t>(state().first_cpu.value + n)};
  }
  bool is_up() const { return world_->machine().is_up(id_); }
  /// 1 at the first boot, one more at each reboot.
  std::uint16_t boots() const { return state().boots; }

  /// `routine` is how the host comes up: called now, and in one go at each reboot. It initialises
  /// what the host keeps in memory and creates its tasks. @pre called by set-up.
  template <class Routine>
  void boot(Routine&& routine) {
    world_->machine().boot(id_, world_->store(std::forward<Routine>(routine)));
  }

  /// A task of the host on its n-th CPU.
  template <class Body>
  Task task(const char* name, Body&& body, std::uint16_t n = 0) {
    return world_->task(name, cpu(n), std::forward<Body>(body));
  }
  /// A task that serves others, and does not keep the execution going while it waits for a message,
  /// for a wake-up or for a moment.
  template <class Body>
  Task daemon(const char* name, Body&& body, std::uint16_t n = 0) {
    const Task task = world_->task(name, cpu(n), std::forward<Body>(body));
    world_->machine().make_daemon(world_->machine().context(task.id()));
    return task;
  }

  /// The host may crash at any step, up to `times` in an execution. One that reboots does so at any
  /// later step. @returns the source of the crashes: raised, it crashes once more, at any later
  /// step. @pre called by set-up.
  InterruptSource may_crash(std::uint16_t times, AfterCrash after);
  /// Its clock goes by this many millionths faster or slower than virtual time, or does not, by
  /// choice. @pre called by set-up.
  void drifts(std::int32_t ppm);
  /// A step: it goes down. Does not return if the running task is one of its own.
  void crash();

 private:
  const HostState& state() const { return world_->machine().host(id_); }

  World* world_;
  HostId id_;
};

}  // namespace heddle::sim
