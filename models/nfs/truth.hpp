// What is really so, whatever the server knows: what the properties are judged by. It lies outside
// of all hosts, and is no part of the model.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "models/nfs/protocol.hpp"
#include "sim/core/ids.hpp"
#include "sim/core/object.hpp"

namespace heddle::models::nfs {

class Truth {
 public:
  // Of clients: who believes that it has a mount, and until when (virtual time, inclusive).

  void believes(sim::HostId client, std::uint32_t number, std::int64_t until_ms);
  void believes_no_more(sim::HostId client, std::uint32_t number);
  /// Is the client right to expect that the mount works?
  bool is_valid(sim::HostId client, std::uint32_t number) const;

  /// The client's boot believes that it holds the lock. @returns false if another one that is up
  /// does, and rightly.
  bool holds(sim::HostId client, std::uint32_t instance, LockName name, std::int64_t until_ms);
  void holds_no_more(sim::HostId client, LockName name);

  // Of the server: what it has promised, until when (its clock, inclusive).

  void registered(sim::HostId client, std::uint32_t number, std::int64_t until_ms);
  void released(sim::HostId client, std::uint32_t number);
  /// Is anything promised that has neither expired nor been released or revoked?
  bool is_registered(std::int64_t clock_ms) const;

  /// The administrator takes back all mounts up to this number, also those that their clients have
  /// not heard of yet.
  void revoked(std::uint32_t number);

  /// The client was told that this is stable.
  void is_stable(std::uint64_t data);
  std::uint64_t stable() const { return stable_; }

 private:
  struct Promise {
    sim::HostId client;
    std::uint32_t number = 0;  // 0: none
    std::int64_t until_ms = 0;
  };
  struct Promises {
    std::array<Promise, 64> slots;
    std::size_t used = 0;  // of them, the first ones

    auto begin() const { return slots.begin(); }
    auto end() const { return slots.begin() + static_cast<std::ptrdiff_t>(used); }
    auto begin() { return slots.begin(); }
    auto end() { return slots.begin() + static_cast<std::ptrdiff_t>(used); }
  };
  struct Lock {
    sim::HostId client;
    LockName name;
    std::uint32_t instance = 0;  // 0: none
    std::int64_t until_ms = 0;
  };

  static void set(Promises& promises, sim::HostId client, std::uint32_t number,
                  std::int64_t until_ms);
  static void clear(Promises& promises, sim::HostId client, std::uint32_t number);
  sim::ObjectId object() const {
    return sim::ObjectId::memory(reinterpret_cast<std::uintptr_t>(this));
  }

  Promises believed_;
  Promises registered_;
  std::array<Lock, 8> locks_;
  std::uint32_t revoked_ = 0;
  std::uint64_t stable_ = 0;
};

}  // namespace heddle::models::nfs
