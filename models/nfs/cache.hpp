// One of the kernel's two caches of what mountd has said, by client: of exports (client and path)
// or of keys (client and file system). An entry that is there pins the exported path.
//
// The caller guards it. All zero bytes are an empty one.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "sim/core/ids.hpp"

namespace heddle::models::nfs {

struct Cache {
  /// For how long what mountd says is good.
  static constexpr std::int64_t ttl_ms = 1'800'000;

  struct Entry {
    bool is_there;
    bool is_asked;  ///< a question to refresh it is on its way
    std::uint32_t network_namespace;
    std::int64_t expires_ms;  ///< the last moment at which it is good
    std::uint64_t refreshed;  ///< in the caches' own time
  };

  Entry& operator[](sim::HostId client) {
    used = std::max<std::size_t>(used, client.value + 1u);
    return entries[client.value];
  }

  /// Void is what has expired, and what is from before the time of flush.
  bool is_good(const Entry& entry, std::int64_t now_ms) const {
    return entry.is_there && now_ms <= entry.expires_ms && entry.refreshed >= flush_time;
  }
  /// Drops what is void (the cache's cleaner, and what follows a flush).
  void sweep(std::int64_t now_ms) {
    for (Entry& entry : std::span(entries).first(used))
      if (!is_good(entry, now_ms)) entry.is_there = false;
  }
  bool is_empty() const {
    for (const Entry& entry : std::span(entries).first(used))
      if (entry.is_there) return false;
    return true;
  }

  std::array<Entry, sim::hosts_max> entries;
  std::size_t used;  ///< of them, those of clients that were ever asked for
  std::uint64_t flush_time;
};

}  // namespace heddle::models::nfs
