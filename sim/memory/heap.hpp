// Blocks of simulated memory: allocated, poisoned, freed once, and never handed out again within an
// execution, so that a stale pointer is always seen as one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "sim/core/archive.hpp"
#include "sim/core/ids.hpp"
#include "sim/core/object.hpp"
#include "sim/memory/arena.hpp"
#include "sim/memory/shadow.hpp"

namespace heddle::sim {

struct Block {
  std::uintptr_t address = 0;
  std::size_t size = 0;       ///< bytes that the code under test may use
  const char* label = "";     ///< what is in it: a slab cache's name, a type's name
  std::uint32_t ordinal = 0;  ///< how many blocks of this label came before it
  bool freed = false;
  bool permanent = false;  ///< lives as long as the execution: no leak at its end
  HostId host;             ///< whose memory it is
  ContextId allocated_by;
  ContextId freed_by;
  Place allocated_at;
  Place freed_at;
  StepIndex allocated_step = 0;
  StepIndex freed_step = 0;
};

class Heap {
 public:
  static constexpr std::size_t redzone_bytes = 16;  ///< unallocated, before each block
  static constexpr std::uint8_t fresh_poison = 0xA5;
  static constexpr std::uint8_t freed_poison = 0x6B;

  enum class Fill : std::uint8_t { poison, zero };

  Heap(Arena& arena, Shadow& shadow) : arena_(arena), shadow_(shadow) {
    // The first execution is to be as the later ones: one that allocates memory of the process
    // cannot be gone back to.
    blocks_.reserve(blocks_usual);
  }

  void reset() { blocks_.clear(); }

  /// A block of `size` bytes, aligned to 8, of the owner's heap. Fill::zero also counts as
  /// initialised. @returns 0 when the owner's heap is full. Cost O(size).
  std::uintptr_t allocate(ContextId owner, std::size_t size, const char* label, Fill fill);

  /// Marks the block freed and fills it with poison. @pre `block` is not freed yet.
  void free(Block& block);

  /// The block that starts at `address`, or nullptr. Cost O(1).
  Block* starting_at(std::uintptr_t address);
  /// The block whose bytes, or the redzone before it, hold `address`; nullptr for none. Cost
  /// O(blocks).
  const Block* around(std::uintptr_t address) const;

  /// What the host has allocated is gone with it: nobody will free it. Cost O(blocks).
  void lose(HostId host);

  void archive(Archive& archive) { archive.whole(blocks_); }

  const std::vector<Block>& blocks() const { return blocks_; }
  Block& last() { return blocks_.back(); }

 private:
  static constexpr std::size_t blocks_usual = 512;

  Arena& arena_;
  Shadow& shadow_;
  std::vector<Block> blocks_;
};

}  // namespace heddle::sim
