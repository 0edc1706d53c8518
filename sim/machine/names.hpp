// Names and types of what lies in the arena, given while an execution runs and read only when
// somebody looks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "sim/core/archive.hpp"

namespace heddle::sim {

class Names {
 public:
  struct Entry {
    std::uintptr_t address;
    std::size_t size;
    const char* name;
    const char* type;  ///< typeid(T).name() of what lies there; "" if that is not known
  };

  /// Room that most executions need no more than: what grows in an execution keeps that one from
  /// being gone back to.
  Names() {
    entries_.reserve(usual);
    types_.reserve(usual);
  }

  void reset() {
    entries_.clear();
    types_.clear();
  }

  /// `name` must live as long as the execution. A later name for the same bytes wins.
  void add(std::uintptr_t address, std::size_t size, const char* name, const char* type = "") {
    entries_.push_back({address, size, name, type});
  }
  /// What lies at an address that has no name of its own, such as a block of the heap.
  void add_type(std::uintptr_t address, std::size_t size, const char* type) {
    types_.push_back({address, size, "", type});
  }

  void archive(Archive& archive) { archive.growth(entries_, types_); }

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
  /// What add_type() was told of exactly this address last, or nullptr. Cost O(types).
  const Entry* type_at(std::uintptr_t address) const {
    for (std::size_t i = types_.size(); i-- != 0;)
      if (types_[i].address == address) return &types_[i];
    return nullptr;
  }

 private:
  static constexpr std::size_t usual = 1'024;

  std::vector<Entry> entries_;
  std::vector<Entry> types_;
};

}  // namespace heddle::sim
