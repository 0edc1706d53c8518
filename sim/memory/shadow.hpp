// Shadow: what heddle knows of each word of the arena. State of each byte, and room for the last
// accesses, which the race checker fills.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "sim/core/archive.hpp"
#include "sim/core/ids.hpp"
#include "sim/core/object.hpp"
#include "sim/memory/arena.hpp"

namespace heddle::sim {

enum class ByteState : std::uint8_t {
  unallocated = 0,
  freed = 1,
  uninitialised = 2,
  initialised = 3
};

/// Of eight bytes of arena: two bits of ByteState for each, lowest address in the lowest bits.
using WordStates = std::uint16_t;

/// One access, as the race checker remembers it.
struct AccessRecord {
  static constexpr unsigned context_shift = 48;
  static constexpr std::uint64_t place_mask = (std::uint64_t{1} << context_shift) - 1;
  static constexpr std::uint64_t freed_flag = std::uint64_t{1} << 63;
  static constexpr std::uint64_t bits_of(ContextId id) {
    return std::uint64_t{id.value} << context_shift;
  }

  std::uint32_t clock = 0;  ///< the context's own time; 0: there was none
  std::uint32_t step = 0;
  std::uint64_t origin = 0;  ///< the place in the lower 48 bits, the context above, freed_flag

  ContextId context() const {
    return ContextId{static_cast<std::uint16_t>((origin & ~freed_flag) >> context_shift)};
  }
  Place place() const { return Place{origin & place_mask}; }
};

/// The last plain accesses to some bytes, which have always been accessed together.
struct LastAccesses {
  AccessRecord write;
  AccessRecord read;  ///< none if it came before `write`

  /// Has the running context, whose time is `now`, accessed all of that so at that time before?
  /// Then the first of several accesses stands for them.
  bool is_repeated(Mode mode, std::uint32_t now) const {
    return write.clock == now || (mode == Mode::read && read.clock == now);
  }
  /// @pre it comes after both. Whoever comes after a write comes after all that came before it.
  void note(Mode mode, const AccessRecord& record) {
    if (mode == Mode::read) {
      read = record;
    } else {
      write = record;
      read = AccessRecord{};
    }
  }
};

/// Of some of a word's bytes.
struct AccessGroup : LastAccesses {
  std::uint32_t next = 0;       ///< the observer's own: the next group of the same word
  std::uint32_t wide : 24 = 0;  ///< the observer's own: an index into a table of wider records
  std::uint32_t bytes : 8 = 0;  ///< which of the eight bytes, lowest address in the lowest bit
};

/// Room for the last accesses to eight bytes; meaningful only in the generation that it names.
struct AccessCell {
  std::uint32_t generation = 0;
  std::uint32_t sync = 0;  ///< index of the clock of the synchronisation object here, or 0
  AccessGroup first;
};
static_assert(sizeof(AccessCell) == 48);

/// 32 words. Where they are accessed as a whole it remembers that for all that have no cell of
/// their own yet; meaningful only in the generation that it names.
struct AccessLine : LastAccesses {
  static constexpr std::size_t word_count = 32;

  std::uint32_t generation = 0;
  std::uint32_t in_cells = 0;  ///< bit w: word w has a cell, which knows more
  std::uint32_t alike = 0;     ///< bit w: these were the last accesses to word w; not in_cells

  static constexpr std::uint32_t bit(std::size_t word) {
    return std::uint32_t{1} << word % word_count;
  }
  bool holds(std::size_t word) const { return (alike & bit(word)) != 0; }
};
static_assert(sizeof(AccessLine) == 48);

/// Shadow of the whole arena, untouched pages cost nothing.
class Shadow {
 public:
  /// Errors: ends the process with a sentence when the system refuses the address space.
  Shadow();
  ~Shadow();
  Shadow(const Shadow&) = delete;
  Shadow& operator=(const Shadow&) = delete;

  /// A new execution: every AccessCell and AccessLine of an older generation counts as empty.
  /// Cost O(1), but once in 2^32 - 1 executions it clears all cells.
  void next_generation();
  std::uint32_t generation() const { return generation_; }
  /// What it knows of the heaps of the first `owners` contexts, and of all that was accessed in
  /// this generation. Restored in the generation that it was saved in.
  void archive(Archive& archive, const Arena& arena, std::uint16_t owners);
  WordStates* states() { return states_; }
  /// By word, for whom set_interleave() has marked.
  const std::uint8_t* interleaved() const { return interleaved_; }
  AccessCell* cells() { return cells_; }
  AccessLine* lines() { return lines_; }

  WordStates& states(std::uintptr_t address) { return states_[index(address)]; }
  const WordStates& states(std::uintptr_t address) const { return states_[index(address)]; }
  /// The cell; if it is of an older generation, begun anew.
  AccessCell& cell(std::uintptr_t address) {
    AccessCell& cell = cells_[index(address)];
    if (cell.generation != generation_) [[unlikely]]
      begin_cell(cells_, lines_, index(address), generation_);
    return cell;
  }
  /// The line, emptied if it is of an older generation.
  AccessLine& line(std::uintptr_t address) { return line_of(lines_, index(address), generation_); }
  /// From here on the word has a cell of its own, with what its line remembers of it.
  static void begin_cell(AccessCell* cells, AccessLine* lines, std::size_t word,
                         std::uint32_t generation);

  /// Sets the state of each byte of [address, address + size). @pre inside the arena.
  void set(std::uintptr_t address, std::size_t size, ByteState state);
  /// A new block: `redzone` unallocated bytes before it, `size` bytes in `state`, the rest of its
  /// last word unallocated, nothing interleaved. @pre address and redzone are multiples of 8.
  void set_block(std::uintptr_t address, std::size_t redzone, std::size_t size, ByteState state);
  ByteState at(std::uintptr_t address) const {
    return static_cast<ByteState>((states(address) >> (2 * (address & 7))) & 3);
  }
  /// Marks the words that [address, address + size) touches for interleaving at plain accesses, or
  /// takes the mark away.
  void set_interleave(std::uintptr_t address, std::size_t size, bool on);
  bool is_interleaved(std::uintptr_t address) const { return interleaved_[index(address)] != 0; }

  static std::size_t index(std::uintptr_t address) { return (address - arena_layout::base) / 8; }

 private:
  static AccessLine& line_of(AccessLine* lines, std::size_t word, std::uint32_t generation) {
    AccessLine& line = lines[word / AccessLine::word_count];
    if (line.generation != generation) [[unlikely]]
      begin_line(line, word / AccessLine::word_count, generation);
    return line;
  }
  static void begin_line(AccessLine& line, std::size_t number, std::uint32_t generation);

  // Of this generation: which cells and lines there are, in the order in which they began. Of the
  // class, as the filter begins cells without a shadow.
  static std::vector<std::uint32_t> cells_begun_;
  static std::vector<std::uint32_t> lines_begun_;

  std::uint32_t generation_ = 1;
  bool interleaves_ = false;  // some word was ever marked
  WordStates* states_ = nullptr;
  std::uint8_t* interleaved_ = nullptr;
  AccessCell* cells_ = nullptr;
  AccessLine* lines_ = nullptr;
};

}  // namespace heddle::sim
