// Where the compiler's instrumentation of model and scenario code arrives (-fsanitize=thread,
// linked against the functions of hooks.cpp and not against the sanitizer's runtime).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "sim/core/event.hpp"
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

/// An atomic access that is about to be made.
struct AtomicChange {
  std::uint64_t before;
  std::uint64_t after;     ///< the same if it writes nothing
  std::uint64_t expected;  ///< of a compare-exchange
  bool compares;           ///< it is one
  unsigned noted;          ///< bits of Noted
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
  /// A step: returns when the running context may make an atomic access of that kind (load, store,
  /// exchange). @returns whether to call atomic() then, before it is made. @pre it is to the arena.
  virtual bool announce_atomic(EventKind kind, Mode mode, std::uint16_t size,
                               std::uintptr_t address, Place place) = 0;
  /// `access`: as it has turned out to be; the context is filled in.
  virtual void atomic(Access& access, const AtomicChange& change) = 0;
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

}  // namespace heddle::sim
