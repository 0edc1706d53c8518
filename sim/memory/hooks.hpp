// Where the compiler's instrumentation of model and scenario code arrives (-fsanitize=thread,
// linked against the functions of hooks.cpp and not against the sanitizer's runtime).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "sim/core/object.hpp"
#include "sim/memory/access_filter.hpp"

namespace heddle::sim {

/// What the code under test has called and not yet returned from, innermost last.
struct CallStack {
  static constexpr std::uint32_t depth_max = 96;  // deeper calls are counted, not kept

  std::uint32_t depth = 0;
  std::array<std::uintptr_t, depth_max> call_sites;  // return addresses

  void enter(std::uintptr_t call_site) {
    if (depth < depth_max) call_sites[depth] = call_site;
    ++depth;
  }
  void exit() {
    if (depth != 0) --depth;
  }
};

enum class AtomicKind : std::uint8_t {
  load,
  store,
  exchange,
  add,
  subtract,
  bit_and,
  bit_or,
  bit_xor,
  bit_nand,
  compare_exchange
};

/// Memory orders as the compiler passes them (C11 numbering).
enum class MemoryOrder : std::uint8_t { relaxed, consume, acquire, release, acq_rel, seq_cst };

struct AtomicAccess {
  AtomicKind kind = AtomicKind::load;
  MemoryOrder order = MemoryOrder::seq_cst;
  MemoryOrder failure_order = MemoryOrder::seq_cst;  ///< compare_exchange only
  std::uint8_t size = 0;                             ///< bytes: 1, 2, 4 or 8
  std::uintptr_t address = 0;
  std::uint64_t operand = 0;   ///< what is stored, added, …
  std::uint64_t expected = 0;  ///< compare_exchange only
  Place place;
};

/// Who is told of the accesses that instrumented code is about to make.
class AccessHandler {
 public:
  virtual ~AccessHandler() = default;
  /// A plain access; the code makes it when this returns.
  virtual void plain(std::uintptr_t address, std::size_t size, Mode mode, Place place) = 0;
  /// Part of a copy or a fill of any length.
  virtual void range(std::uintptr_t address, std::size_t size, Mode mode, Place place) = 0;
  /// memcpy or memmove, which carries along whether bytes are initialised.
  virtual void copy(std::uintptr_t to, std::uintptr_t from, std::size_t size, Place place) = 0;
  /// A volatile access; the code makes it when this returns.
  virtual void marked(std::uintptr_t address, std::size_t size, Mode mode, Place place) = 0;
  /// Performs the access, and puts into `found` the value that memory had before it. @returns false
  /// if nobody watches: then the code does so when this returns.
  virtual bool atomic(const AtomicAccess& access, std::uint64_t& found) = 0;
  /// Is that memory of heddle's own, outside of the arena?
  virtual bool owns(std::uintptr_t address) const = 0;
  /// More than Hooks::work_max accesses and calls since somebody set Hooks::work to 0. Must not
  /// return.
  [[noreturn]] virtual void endless(Place place) = 0;
};

/// Both are null while no execution runs and while heddle itself does: then hooks return at once.
struct Hooks {
  AccessHandler* handler = nullptr;
  CallStack* calls = nullptr;
  AccessFilter filter{};
  bool watches_plain = false;  ///< plain accesses matter to somebody in this execution
  std::uint64_t work = 0;      ///< accesses and calls since the last step
  std::uint64_t work_max = 0;
  bool left_the_arena = false;      ///< something else was written to in this execution
  std::uint64_t calls_entered = 0;  ///< function entries since the start of the process
};
extern Hooks hooks;

/// Performs an atomic access on memory as it is, sequentially consistent.
std::uint64_t perform(const AtomicAccess& access);

}  // namespace heddle::sim
