// What the server's register of mounts promises, one call at a time: a set of mounts, and a file
// system that can be unmounted when the set is empty. Expiry is not part of it: no time passes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "sim/kernel/errno.hpp"

namespace heddle::models::nfs {

struct Operation {
  enum class Kind : std::uint8_t { mount, umount, umount_fs };
  Kind kind = Kind::mount;
  std::uint32_t number = 0;  ///< umount: of the mount, as an earlier mount has returned it
  int result = 0;            ///< mount: the number, or a negative errno
};

struct SequentialSpec {
  using Operation = nfs::Operation;

  struct State {
    std::uint64_t mounts = 0;  ///< bit of each number modulo 63; 63: one whose number nobody got
    bool is_gone = false;      ///< the file system
    bool operator==(const State&) const = default;
  };

  static std::uint64_t bit(std::uint32_t number) { return std::uint64_t{1} << number % 63; }

  State initial() const { return {}; }
  std::uint64_t hash(const State& state) const {
    return (state.mounts * 2 + (state.is_gone ? 1 : 0)) * 0x9E3779B97F4A7C15u;
  }

  std::optional<State> next(const State& state, const Operation& operation, bool has_returned,
                            unsigned way) const {
    if (way != 0) return std::nullopt;
    State after = state;
    switch (operation.kind) {
      case Operation::Kind::mount:
        if (has_returned && operation.result < 0)
          return state.is_gone ? std::optional<State>(state) : std::nullopt;
        if (state.is_gone) return std::nullopt;
        after.mounts |= has_returned ? bit(static_cast<std::uint32_t>(operation.result))
                                     : std::uint64_t{1} << 63;
        return after;
      case Operation::Kind::umount:
        after.mounts &= ~bit(operation.number);
        return after;
      case Operation::Kind::umount_fs:
        if (state.mounts != 0 && !state.is_gone)
          return !has_returned || operation.result == -EBUSY ? std::optional<State>(state)
                                                             : std::nullopt;
        if (has_returned && operation.result != 0) return std::nullopt;
        after.is_gone = true;
        return after;
    }
    return std::nullopt;
  }
};

}  // namespace heddle::models::nfs
