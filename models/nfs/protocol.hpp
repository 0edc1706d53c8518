// What client and server say to each other: the MOUNT protocol, NFSv3, NLM and NSM as far as the
// model needs them, the procedure that the patch adds, and what nfsd asks mountd.
#pragma once

#include <cstdint>

#include "sim/core/ids.hpp"

namespace heddle::models::nfs {

enum class Procedure : std::uint32_t {
  null = 0,
  // MOUNT, to mountd.
  mount = 1,    ///< MNT; result: the number of the mount, > 0
  umnt = 3,     ///< of one mount
  umntall = 4,  ///< of all mounts of the caller
  // NFS, to nfsd. The result of those that use a file handle is the server's boot, if nothing else
  // is said: the verifier of writes, and how a client learns that locks are to be claimed again.
  access = 10,  ///< any use of the file handle; the first one is FSINFO
  lookup = 11,  ///< into a file system below; result: the number of the mount of that one
  write = 7,    ///< unstable
  commit = 21,  ///< what was written is stable
  umount = 22,  ///< the patch's; argument: the number of the mount alone
  // NLM and NSM.
  lock = 102,    ///< -EAGAIN: another has it, or only old locks are given now
  unlock = 104,  ///< always succeeds
  notify = 106,  ///< what earlier boots of the client had is gone
  // Within the server.
  upcall = 200  ///< nfsd to mountd; argument: Question
};

/// What a file lock is on, and whose it is.
struct LockName {
  std::uint16_t file = 0;
  std::uint16_t owner = 0;  ///< a process of the client
  friend bool operator==(const LockName&, const LockName&) = default;
};

/// The argument of all that clients call.
struct CallArgument {
  std::uint32_t number = 0;    ///< of the mount
  std::uint32_t instance = 0;  ///< which boot of the client calls
  std::int64_t clock_ms = 0;   ///< of the client
  std::uint64_t data = 0;      ///< to be written
  LockName lock;
  std::uint32_t reclaims = 0;  ///< 1: the lock was held before the server's reboot
};

/// Is what this client asks for exported to it?
struct Question {
  sim::HostId client;
  std::uint16_t of_key = 0;   ///< 1: about a file system's key; 0: about its path
  std::uint32_t flushes = 0;  ///< how often the caches were flushed when it was asked
};

}  // namespace heddle::models::nfs
