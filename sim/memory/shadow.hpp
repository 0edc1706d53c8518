// Shadow: what heddle knows of each word of the arena. State of each byte, and room for the last
// accesses, which the race checker fills.
#pragma once

#include <cstddef>
#include <cstdint>

#include "sim/memory/arena.hpp"

namespace heddle::sim {

enum class ByteState : std::uint8_t { unallocated = 0, freed = 1, uninitialised = 2, initialised = 3 };

/// Eight bytes of arena: two bits of ByteState for each, lowest address in the lowest bits.
struct WordShadow {
  std::uint16_t states = 0;
  std::uint16_t interleave = 0;  ///< not 0: plain accesses here are scheduled
};

/// Room for the last accesses to eight bytes; meaningful only in the generation that it names.
struct AccessCell {
  std::uint32_t generation = 0;
  std::uint32_t extra = 0;        ///< the observer's own: an index into a table of wider records
  std::uint64_t write_epoch = 0;
  std::uint64_t read_epoch = 0;
  std::uint32_t write_place = 0;  ///< index of a place in the observer's table
  std::uint32_t read_place = 0;
  std::uint32_t sync = 0;         ///< index of the clock of the synchronisation object here, or 0
  std::uint8_t bytes = 0;         ///< which of the eight bytes the record is about, as a mask
  std::uint8_t spare[3] = {};
};
static_assert(sizeof(AccessCell) == 40);

/// Shadow of the whole arena, untouched pages cost nothing.
class Shadow {
 public:
  /// Errors: ends the process with a sentence when the system refuses the address space.
  Shadow();
  ~Shadow();
  Shadow(const Shadow&) = delete;
  Shadow& operator=(const Shadow&) = delete;

  /// A new execution: every AccessCell of an older generation counts as empty. Cost O(1), but once in
  /// 2^32 - 1 executions it clears all cells.
  void next_generation();
  std::uint32_t generation() const { return generation_; }

  WordShadow& word(std::uintptr_t address) { return words_[index(address)]; }
  const WordShadow& word(std::uintptr_t address) const { return words_[index(address)]; }
  /// The cell, emptied if it is of an older generation.
  AccessCell& cell(std::uintptr_t address) {
    AccessCell& cell = cells_[index(address)];
    if (cell.generation != generation_) [[unlikely]] {
      cell = AccessCell{};
      cell.generation = generation_;
    }
    return cell;
  }

  /// Sets the state of each byte of [address, address + size). @pre inside the arena.
  void set(std::uintptr_t address, std::size_t size, ByteState state);
  /// A new block: `redzone` unallocated bytes before it, `size` bytes in `state`, the rest of its
  /// last word unallocated, nothing interleaved. @pre address and redzone are multiples of 8.
  void set_block(std::uintptr_t address, std::size_t redzone, std::size_t size, ByteState state);
  ByteState at(std::uintptr_t address) const {
    return static_cast<ByteState>((word(address).states >> (2 * (address & 7))) & 3);
  }
  /// Marks the words that [address, address + size) touches for interleaving at plain accesses, or
  /// takes the mark away.
  void set_interleave(std::uintptr_t address, std::size_t size, bool on);

 private:
  static std::size_t index(std::uintptr_t address) { return (address - arena_layout::base) / 8; }

  std::uint32_t generation_ = 1;
  WordShadow* words_ = nullptr;
  AccessCell* cells_ = nullptr;
};

}  // namespace heddle::sim
