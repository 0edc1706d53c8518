// Generated workloads of loop: a few processes that set devices up, use, remove and add them. As a
// text:
//
//   devices=1 hard=1 kill=1 | losetup cpu0 | mount cpu1 0 | collector cpu2 0
//
// Devices 0, 1, … exist at first. losetup and udev take whatever number they are told; the others
// name theirs. At most one udev listens; more of them do nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <rapidcheck.h>

#include "traces/result.hpp"

namespace heddle::scenarios::loop_control {

struct Process {
  enum class Kind : std::uint8_t {
    losetup,    ///< GET_FREE, open, SET_FD until it works; CLR_FD; close
    autoclear,  ///< the same, where the last close clears the device
    mount,      ///< opens a device, uses it, closes it
    udev,       ///< opens each device that it hears of, reads an attribute, closes it
    collector,  ///< removes a device
    adder,      ///< adds a device
    reader,     ///< reads an attribute
    count_
  };
  Kind kind = Kind::losetup;
  std::uint16_t cpu = 0;    ///< below `cpus`
  std::uint8_t number = 0;  ///< below `numbers`, for those who name one
  friend bool operator==(const Process&, const Process&) = default;
};

inline constexpr std::uint16_t cpus = 3;
inline constexpr int numbers = 3;
inline constexpr std::size_t processes_max = 4;

struct Households {
  std::uint8_t devices = 0;  ///< 0..2
  std::uint8_t hard = 0;     ///< how many allocations may fail, 0..1
  std::uint8_t kill = 0;     ///< 1: the first process may be killed, at any step
  std::vector<Process> processes;
  friend bool operator==(const Households&, const Households&) = default;

  std::string text() const;
  static traces::Result<Households> parse(std::string_view text);
};

}  // namespace heddle::scenarios::loop_control

template <>
struct rc::Arbitrary<heddle::scenarios::loop_control::Households> {
  static rc::Gen<heddle::scenarios::loop_control::Households> arbitrary();
};
