// What the calls promise, one at a time: a map from numbers to devices. Calls that a signal ended,
// or that memory was too short for, have no effect.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "sim/kernel/errno.hpp"

namespace heddle::models::loop_control {

struct Operation {
  enum class Kind : std::uint8_t { add, remove, get_free, open, close, set_fd, clr_fd };
  Kind kind = Kind::add;
  int number = 0;  ///< argument; GET_FREE has none
  bool autoclear = false;
  int result = 0;
};

/// Numbers are 0..numbers - 1.
struct SequentialSpec {
  static constexpr std::size_t numbers = 8;
  using Operation = loop_control::Operation;

  struct Device {
    bool present = false;
    bool bound = false;
    bool autoclear = false;
    std::uint8_t openers = 0;
    bool operator==(const Device&) const = default;
  };
  using State = std::array<Device, numbers>;
  State start{};

  State initial() const { return start; }
  std::uint64_t hash(const State& state) const {
    std::uint64_t bits = 0;
    for (const Device& d : state)
      bits = bits << 8 | static_cast<std::uint64_t>(d.present | d.bound << 1 | d.autoclear << 2) |
             static_cast<std::uint64_t>(d.openers) << 3;
    return bits * 0x9E3779B97F4A7C15u;
  }

  std::optional<State> next(const State& state, const Operation& operation, bool has_returned,
                            unsigned way) const {
    if (has_returned && (operation.result == -EINTR || operation.result == -ENOMEM))
      return way == 0 ? std::optional(state) : std::nullopt;
    if (operation.kind == Operation::Kind::get_free)
      return get_free(state, operation, has_returned, way);
    if (way != 0) return std::nullopt;
    State after = state;
    const int result = apply(after[static_cast<std::size_t>(operation.number)], operation);
    if (has_returned && result != operation.result) return std::nullopt;
    return after;
  }

 private:
  /// Any number that is unbound, or one that was not there and is created.
  static std::optional<State> get_free(const State& state, const Operation& operation,
                                       bool has_returned, unsigned way) {
    if (has_returned ? way != 0 : way >= numbers) return std::nullopt;
    const std::size_t number = has_returned ? static_cast<std::size_t>(operation.result) : way;
    if (number >= numbers) return std::nullopt;
    State after = state;
    Device& device = after[number];
    if (device.present && device.bound) return has_returned ? std::nullopt : std::optional(state);
    device.present = true;
    return after;
  }

  /// @returns the result.
  static int apply(Device& device, const Operation& operation) {
    switch (operation.kind) {
      case Operation::Kind::add:
        if (device.present) return -EEXIST;
        device = {true, false, false, 0};
        return operation.number;
      case Operation::Kind::remove:
        if (!device.present) return -ENODEV;
        if (device.bound || device.openers != 0) return -EBUSY;
        device = {};
        return operation.number;
      case Operation::Kind::open:
        if (!device.present) return -ENXIO;
        ++device.openers;
        return 0;
      case Operation::Kind::close:
        if (device.openers == 0) return -EBADF;
        if (--device.openers == 0 && device.autoclear) device.bound = device.autoclear = false;
        return 0;
      case Operation::Kind::set_fd:
        if (device.bound) return -EBUSY;
        device.bound = true;
        device.autoclear = operation.autoclear;
        return 0;
      case Operation::Kind::clr_fd:
        if (!device.bound) return -ENXIO;
        if (device.openers > 1) return -EBUSY;
        device.bound = device.autoclear = false;
        return 0;
      case Operation::Kind::get_free:
        break;
    }
    return 0;
  }
};

}  // namespace heddle::models::loop_control
