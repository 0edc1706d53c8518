// What client and server say to each other: the MOUNT protocol, NFSv3 and NLM as far as the model
// needs them, and the procedure that the patch adds.
#pragma once

#include <cstdint>

namespace heddle::models::nfs {

enum class Procedure : std::uint32_t {
  null = 0,
  mount = 1,   ///< result: the number of the mount, > 0
  umnt = 3,    ///< of the MOUNT protocol; argument: the number of the mount
  access = 4,  ///< any use of the file handle; argument: the number of the mount
  lock = 5,    ///< takes a file lock; argument: the number of the mount
  umount = 22  ///< the patch's; argument: the number of the mount
};

}  // namespace heddle::models::nfs
