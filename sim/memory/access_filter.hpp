// Most plain accesses tell no checker anything: they touch bytes that were written long ago, and
// come after all that is remembered of them. The filter sees that from the shadow alone and takes
// note of them itself, which is many times cheaper than to tell those who watch.
//
// Its part of the race check are the "same epoch" and "exclusive" rules of FastTrack (see
// checkers/race.hpp, which has the others and fills the rest of the cells).
#pragma once

#include <cstddef>
#include <cstdint>

#include "sim/core/ids.hpp"
#include "sim/core/object.hpp"
#include "sim/memory/arena.hpp"
#include "sim/memory/shadow.hpp"

namespace heddle::sim {

/// What of an access has been seen to; bits.
enum Noted : std::uint8_t {
  noted_bytes = 1,  ///< its bytes may be used so, and count as initialised if it writes
  noted_order = 2,  ///< it comes after what the cell remembers, and the cell remembers it
};

struct AccessFilter {
  WordStates* states = nullptr;
  const std::uint8_t* interleaved = nullptr;  ///< by word; nullptr: no plain access is scheduled
  AccessCell* cells = nullptr;
  AccessLine* lines = nullptr;
  std::uint32_t generation = 0;
  /// Bits of Noted: with all of them an access is news to nobody. `never`: it always may be.
  std::uint8_t enough = never;
  static constexpr std::uint8_t never = 0xFF;

  // Filled in by whom noted_order is for, when an execution begins and whenever the tables move.
  /// By ContextId, contexts_max entries each: up to which of its times each other context is known
  /// to have come before; its own entry is the context's own time. nullptr: nobody keeps any.
  const std::uint32_t* clocks = nullptr;
  AccessGroup* groups = nullptr;  ///< what AccessGroup::next is an index into

  // Of the running context.
  const std::uint32_t* known = nullptr;
  const std::uint32_t* own = nullptr;  ///< its own time
  std::uint64_t context_bits = 0;      ///< as in AccessRecord::origin
  const StepIndex* step = nullptr;

  [[gnu::always_inline]] void enter(ContextId id) {
    known = clocks + id.value * contexts_max;
    own = known + id.value;
    context_bits = AccessRecord::bits_of(id);
  }

  /// Notes a plain access, unless it may be a step of its own, which must be announced first.
  /// @returns whether nobody needs to be told.
  [[gnu::always_inline]] bool is_no_news(std::uintptr_t address, std::size_t size, Mode mode,
                                         Place place) {
    if (enough == never || !arena_layout::contains(address) || is_interleaved(address))
      return false;
    return (note(address, size, mode, place) & enough) == enough;
  }
  /// The same of what nearly all accesses are, without a call to anybody. @returns false also if it
  /// cannot tell. @pre somebody keeps clocks.
  [[gnu::always_inline]] bool is_plainly_no_news(std::uintptr_t address, std::size_t size,
                                                 Mode mode, Place place) {
    if ((enough & ~noted_bytes) != noted_order || !arena_layout::contains(address) ||
        is_interleaved(address) || note_bytes(address, size, mode) == 0)
      return false;
    AccessCell& cell = cells[index(address)];
    return cell.generation == generation && fits(address, size) &&
           note_in(cell, bytes_of(address, size), mode, place);
  }

  /// Notes a plain access that is about to be made. Idempotent. @returns bits of Noted.
  /// @pre the address lies in the arena.
  [[gnu::always_inline]] unsigned note(std::uintptr_t address, std::size_t size, Mode mode,
                                       Place place) {
    if (!fits(address, size)) return 0;
    const unsigned bits = note_bytes(address, size, mode);
    if (clocks == nullptr) return bits;
    return note_order(index(address), bytes_of(address, size), mode, place) ? bits | noted_order
                                                                            : bits;
  }

  /// The same of its bytes alone, also of an atomic access that only reads or only writes.
  [[gnu::always_inline]] unsigned note_bytes(std::uintptr_t address, std::size_t size,
                                             Mode mode) const {
    if (!arena_layout::is_heap(address)) return noted_bytes;
    if (!fits(address, size)) return 0;
    const unsigned first = address & 7;
    WordStates& word = states[index(address)];
    const unsigned touched = ((1u << (2 * size)) - 1) << (2 * first);
    const unsigned needed = mode == Mode::write ? touched & usable_bytes : touched;
    if ((word & needed) != needed) return 0;
    if (mode == Mode::write) word = static_cast<WordStates>(word | touched);
    return noted_bytes;
  }

 private:
  /// The upper bit of each ByteState: allocated, and not freed.
  static constexpr unsigned usable_bytes = 0xAAAA;

  static std::size_t index(std::uintptr_t address) { return (address - arena_layout::base) / 8; }

  /// Does it lie within a word?
  static bool fits(std::uintptr_t address, std::size_t size) {
    const unsigned first = address & 7;
    return first + size <= 8;
  }
  static unsigned bytes_of(std::uintptr_t address, std::size_t size) {
    return (0xFFu >> (8 - size)) << (address & 7);
  }
  bool is_interleaved(std::uintptr_t address) const {
    return interleaved != nullptr && arena_layout::is_heap(address) &&
           interleaved[index(address)] != 0;
  }

  [[gnu::always_inline]] bool follows(const AccessRecord& earlier) const {
    return earlier.clock <= known[earlier.context().value];
  }

  bool note_order(std::size_t word, unsigned bytes, Mode mode, Place place) const {
    AccessCell& cell = cells[word];
    if (cell.generation != generation) [[unlikely]] {
      if (is_repeated_in_line(word, mode)) return true;
      Shadow::begin_cell(cells, lines, word, generation);
    }
    return note_in(cell, bytes, mode, place);
  }

  [[gnu::always_inline]] bool note_in(AccessCell& cell, unsigned bytes, Mode mode,
                                      Place place) const {
    const std::uint32_t now = *own;
    AccessGroup* group = &cell.first;
    if (group->bytes == 0) group->bytes = bytes & 0xFF;
    while ((bytes & ~group->bytes) != 0) {
      if (group->next == 0) return false;
      group = groups + group->next;
    }
    if (group->is_repeated(mode, now)) return true;
    if (group->bytes != bytes || group->wide != 0 || !follows(group->write) ||
        !follows(group->read))
      return false;
    group->note(mode, {now, static_cast<std::uint32_t>(*step),
                       (place.pc & AccessRecord::place_mask) | context_bits});
    return true;
  }

  bool is_repeated_in_line(std::size_t word, Mode mode) const {
    const AccessLine& line = lines[word / AccessLine::word_count];
    return line.generation == generation && line.holds(word) && line.is_repeated(mode, *own);
  }
};

}  // namespace heddle::sim
