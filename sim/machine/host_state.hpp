// What the machine knows of a host: its CPUs, how it comes up, what happens when it goes down.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "sim/choice/choice.hpp"
#include "sim/core/ids.hpp"

namespace heddle::sim {

/// A function and its argument, as contexts and scenarios are started with.
struct Callable {
  void (*function)(void* argument) = nullptr;
  void* argument = nullptr;
};

struct HostState {
  static constexpr std::size_t at_crash_max = 2;

  const char* name = "";  ///< lives as long as the execution
  Cpu first_cpu{};
  std::uint16_t cpus = 0;
  std::uint16_t boots = 0;  ///< how often it has come up
  bool up = true;
  std::int32_t drift_ppm = 0;  ///< how much faster its clock goes than virtual time
  Callable boot;
  std::array<Callable, at_crash_max> at_crash{};
  std::size_t at_crash_count = 0;
};

/// Takes contexts in turn, and no fault: what chooses while a world settles.
class RoundRobin final : public Chooser {
 public:
  ContextId schedule(const SchedulePoint& point) override {
    const ContextSet later = point.enabled.after(last_);
    last_ = (later.empty() ? point.enabled : later).first();
    return last_;
  }
  std::uint32_t value(Reason, std::uint32_t) override { return 0; }

 private:
  ContextId last_{};
};

}  // namespace heddle::sim
