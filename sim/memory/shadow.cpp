#include "sim/memory/shadow.hpp"

#include <cstring>

#include <sys/mman.h>

#include "sim/core/check.hpp"

namespace heddle::sim {
namespace {
constexpr std::size_t word_count = arena_layout::total_bytes / 8;
constexpr std::size_t line_count = word_count / AccessLine::word_count;

template <class T>
T* map_lazily(std::size_t count) {
  void* got = mmap(nullptr, count * sizeof(T), PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (got == MAP_FAILED)
    refused_by_system("too little address space for shadow; let `ulimit -v` leave 18 GiB");
  return static_cast<T*>(got);
}

template <class T>
void forget(T* array, std::size_t count) {
  HEDDLE_CHECK(madvise(array, count * sizeof(T), MADV_DONTNEED) == 0,
               "the system takes back the shadow's pages");
}

/// The same ByteState for each of the eight bytes.
constexpr WordStates all(ByteState state) {
  return static_cast<WordStates>(0x5555u * static_cast<unsigned>(state));
}

/// Both bytes of a WordStates are equal then.
void fill(WordStates* begin, std::size_t count, ByteState state) {
  std::memset(begin, all(state) & 0xFF, count * sizeof(WordStates));
}
}  // namespace

Shadow::Shadow()
    : states_(map_lazily<WordStates>(word_count)),
      interleaved_(map_lazily<std::uint8_t>(word_count)),
      cells_(map_lazily<AccessCell>(word_count)),
      lines_(map_lazily<AccessLine>(line_count)) {}

Shadow::~Shadow() {
  munmap(states_, word_count * sizeof(WordStates));
  munmap(interleaved_, word_count);
  munmap(cells_, word_count * sizeof(AccessCell));
  munmap(lines_, line_count * sizeof(AccessLine));
}

std::vector<std::uint32_t> Shadow::cells_begun_;
std::vector<std::uint32_t> Shadow::lines_begun_;

void Shadow::next_generation() {
  cells_begun_.clear();
  lines_begun_.clear();
  if (++generation_ != 0) return;
  forget(cells_, word_count);
  forget(lines_, line_count);
  generation_ = 1;
}

void Shadow::begin_cell(AccessCell* cells, AccessLine* lines, std::size_t word,
                        std::uint32_t generation) {
  AccessCell& cell = cells[word];
  cell = AccessCell{};
  cell.generation = generation;
  cells_begun_.push_back(static_cast<std::uint32_t>(word));
  AccessLine& line = line_of(lines, word, generation);
  line.in_cells |= AccessLine::bit(word);
  if (!line.holds(word)) return;
  line.alike &= ~AccessLine::bit(word);
  cell.first.bytes = 0xFF;
  cell.first.write = line.write;
  cell.first.read = line.read;
}

void Shadow::begin_line(AccessLine& line, std::size_t number, std::uint32_t generation) {
  line = AccessLine{};
  line.generation = generation;
  lines_begun_.push_back(static_cast<std::uint32_t>(number));
}

namespace {
/// What has begun since has not begun.
template <class T>
void forget_behind(std::size_t count, std::vector<std::uint32_t>& begun, T* all) {
  HEDDLE_CHECK(count <= begun.size(), "a state is restored on the path that it is of");
  for (std::size_t i = count; i < begun.size(); ++i) all[begun[i]].generation = 0;
  begun.resize(count);
}
}  // namespace

void Shadow::archive(Archive& archive, const Arena& arena, std::uint16_t owners) {
  for (std::uint16_t i = 0; i < owners; ++i) {
    const std::size_t begin = i * (arena_layout::heap_bytes / 8);
    const std::size_t words = arena.used(ContextId{i}) / 8;
    archive.elements(states_ + begin, words);
    if (interleaves_) archive.elements(interleaved_ + begin, words);
  }
  archive.then(*this, cells_begun_.size(), [](Shadow& shadow, std::size_t count) {
    forget_behind(count, cells_begun_, shadow.cells_);
  });
  for (const std::uint32_t at : cells_begun_) archive.values(cells_[at]);
  archive.then(*this, lines_begun_.size(), [](Shadow& shadow, std::size_t count) {
    forget_behind(count, lines_begun_, shadow.lines_);
  });
  for (const std::uint32_t at : lines_begun_) archive.values(lines_[at]);
}

void Shadow::set(std::uintptr_t address, std::size_t size, ByteState state) {
  HEDDLE_CHECK(arena_layout::contains(address) && size <= arena_layout::total_bytes,
               "shadow is set inside the arena");
  const std::uintptr_t end = address + size;
  while (address < end) {
    const unsigned first = address & 7;
    const std::uintptr_t word_end = (address | 7) + 1;
    const unsigned last = end < word_end ? static_cast<unsigned>(end & 7) : 8;
    if (first == 0 && last == 8) {
      const std::size_t count = (end - address) / 8;
      fill(&states(address), count, state);
      address += 8 * count;
      continue;
    }
    const unsigned mask = ((1u << (2 * (last - first))) - 1) << (2 * first);
    WordStates& word = states(address);
    word = static_cast<WordStates>((word & ~mask) | (all(state) & mask));
    address = word_end;
  }
}

void Shadow::set_block(std::uintptr_t address, std::size_t redzone, std::size_t size,
                       ByteState state) {
  WordStates* const words = &states(address);
  fill(words - redzone / 8, redzone / 8, ByteState::unallocated);
  fill(words, size / 8, state);
  const unsigned rest = size % 8;
  if (rest != 0 || size == 0)
    words[size / 8] = static_cast<WordStates>(all(state) & ((1u << (2 * rest)) - 1));
  if (interleaves_) set_interleave(address - redzone, redzone + size, false);
}

void Shadow::set_interleave(std::uintptr_t address, std::size_t size, bool on) {
  interleaves_ = interleaves_ || on;
  for (std::uintptr_t a = address & ~std::uintptr_t{7}; a < address + size; a += 8)
    interleaved_[index(a)] = on ? 1 : 0;
}

}  // namespace heddle::sim
