// Names for what lies in the arena, given while an execution runs and read only when somebody
// looks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace heddle::sim {

class Names {
 public:
  void reset() { entries_.clear(); }

  /// `name` must live as long as the execution. A later name for the same bytes wins.
  void add(std::uintptr_t address, std::size_t size, const char* name) {
    entries_.push_back({address, size, name});
  }

  struct Entry {
    std::uintptr_t address;
    std::size_t size;
    const char* name;
  };
  /// In the order in which they were given.
  const std::vector<Entry>& entries() const { return entries_; }
  /// The entry of the fewest bytes that hold `address`, or nullptr. Cost O(names).
  const Entry* find(std::uintptr_t address) const {
    const Entry* best = nullptr;
    for (const Entry& entry : entries_) {
      if (address - entry.address >= entry.size) continue;
      if (best == nullptr || entry.size <= best->size) best = &entry;
    }
    return best;
  }

 private:
  std::vector<Entry> entries_;
};

}  // namespace heddle::sim
