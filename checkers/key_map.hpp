// A hash map from 64-bit keys to small values that is emptied at no cost: for what a checker keeps
// about the locks of one execution. It is never iterated, so its order cannot leak into results.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "sim/core/archive.hpp"

namespace heddle::checkers {

template <class Value>
class KeyMap {
 public:
  /// Empties the map. Keeps its room. Cost O(1), but once in 2^32 - 1 calls O(room).
  void clear() {
    size_ = 0;
    if (++generation_ != 0) return;
    slots_.assign(slots_.size(), Slot{});
    generation_ = 1;
  }

  /// @pre it is empty when it is restored.
  void archive(sim::Archive& archive) {
    if (size_ == 0) return;
    archive.values(size_, generation_);
    archive.whole(slots_);
  }

  /// @returns nullptr for a key that is not there. References last until the next add.
  Value* find(std::uint64_t key) {
    if (slots_.empty()) return nullptr;
    Slot& slot = slot_of(key);
    return slot.generation == generation_ ? &slot.value : nullptr;
  }

  /// The key's value, a new Value{} if it was not there.
  Value& operator[](std::uint64_t key) {
    if (2 * (size_ + 1) > slots_.size()) grow();
    Slot& slot = slot_of(key);
    if (slot.generation != generation_) {
      slot = Slot{key, generation_, Value{}};
      ++size_;
    }
    return slot.value;
  }

 private:
  struct Slot {
    std::uint64_t key = 0;
    std::uint32_t generation = 0;
    Value value{};
  };

  /// The key's slot, or the free one where it belongs: linear probing over a power of two.
  Slot& slot_of(std::uint64_t key) {
    const std::size_t mask = slots_.size() - 1;
    std::size_t at = static_cast<std::size_t>((key * 0x9E37'79B9'7F4A'7C15ull) >> 32) & mask;
    while (slots_[at].generation == generation_ && slots_[at].key != key) at = (at + 1) & mask;
    return slots_[at];
  }

  void grow() {
    std::vector<Slot> old(slots_.empty() ? 64 : 2 * slots_.size());
    old.swap(slots_);
    for (const Slot& slot : old)
      if (slot.generation == generation_) slot_of(slot.key) = slot;
  }

  std::vector<Slot> slots_;
  std::size_t size_ = 0;
  std::uint32_t generation_ = 1;
};

}  // namespace heddle::checkers
