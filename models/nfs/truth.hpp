// What really is mounted, whatever the server believes: what the properties are judged by. It lies
// outside of all hosts, and is no part of the model.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "sim/core/ids.hpp"

namespace heddle::models::nfs {

class Truth {
 public:
  /// The server accepts a mount of the running call's client.
  void mounted(sim::HostId client, std::uint32_t number);
  /// The client has given the mount up.
  void unmounted(sim::HostId client, std::uint32_t number);
  /// Does a client that has not crashed since have it mounted?
  bool is_in_use() const;
  bool is_mounted(sim::HostId client, std::uint32_t number) const;

 private:
  struct Mount {
    sim::HostId client;
    std::uint32_t number = 0;  // 0: none
    std::uint16_t boots = 0;   // of the client, when it was mounted
  };
  std::array<Mount, 64> mounts_{};
};

}  // namespace heddle::models::nfs
