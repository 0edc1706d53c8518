// The file locks that lockd holds for clients: each keeps its file open, and so pins the file
// system, whatever is flushed.
//
// The caller guards them. All zero bytes are none.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "models/nfs/protocol.hpp"
#include "sim/core/ids.hpp"

namespace heddle::models::nfs {

struct FileLocks {
  static constexpr std::size_t locks_max = 16;

  struct Lock {
    sim::HostId client;
    LockName name;
    std::uint32_t number;  ///< of the mount under which it was taken; 0: none
    std::uint32_t instance;
  };

  /// Who keeps the client's owner from having the lock; nullptr: nobody.
  Lock* in_the_way_of(sim::HostId client, LockName name);
  /// Once, however often it is taken. @returns whether there is room. @pre nobody is in the way.
  bool take(sim::HostId client, LockName name, std::uint32_t number, std::uint32_t instance);
  void release(sim::HostId client, LockName name);
  /// All under the mount.
  void release_mount(sim::HostId client, std::uint32_t number);
  /// All of boots of the client before this one.
  void release_boots_before(sim::HostId client, std::uint32_t instance);
  bool is_empty() const;

  std::array<Lock, locks_max> locks;
};

}  // namespace heddle::models::nfs
