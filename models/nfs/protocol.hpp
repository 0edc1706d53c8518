// What client and server say to each other: the MOUNT protocol, NFSv3, NLM and NSM as far as the
// model needs them, and the procedure that the patch adds.
#pragma once

#include <cstdint>

namespace heddle::models::nfs {

enum class Procedure : std::uint32_t {
  null = 0,
  mount = 1,    ///< result: the number of the mount, > 0
  umnt = 3,     ///< of the MOUNT protocol
  access = 4,   ///< any use of the file handle
  lock = 5,     ///< takes a file lock
  write = 7,    ///< unstable; result: the verifier of the server's boot
  commit = 21,  ///< what was written is stable; result: the verifier
  umount = 22,  ///< the patch's; argument: the number of the mount alone
  notify = 100  ///< NSM: what earlier boots of the client had is gone
};

/// The argument of all of them.
struct CallArgument {
  std::uint32_t number = 0;    ///< of the mount
  std::uint32_t instance = 0;  ///< which boot of the client calls
  std::int64_t clock_ms = 0;   ///< of the client
  std::uint64_t data = 0;      ///< to be written
};

}  // namespace heddle::models::nfs
