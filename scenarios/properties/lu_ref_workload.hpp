// Generated workloads of lu_ref: a few tasks and softirqs that add, move and delete links on shared
// refs and on refs of their own, read the proc file and print. As a text:
//
//   refs=2 hard=1 | task cpu0: add x0; set_at x0; del_at x0 | softirq cpu0: add_atomic y1; del y1
//
// x and y are the shared refs; p is the actor's own, which lives from its init to its fini. Each
// actor has four slots on each ref; a slot holds a link or not. An operation that would be a
// mistake (del of an empty slot, add to a full one, fini with links, an operation that sleeps in a
// softirq) is passed over, so that every workload is legal, whatever is left out of it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <rapidcheck.h>

#include "traces/result.hpp"

namespace heddle::scenarios::lu_ref {

struct Step {
  enum class Kind : std::uint8_t {
    add,
    add_atomic,
    del,
    set_at,  ///< the link's source changes to the slot's other one
    del_at,
    print,      ///< of a ref
    print_all,  ///< of all
    read,       ///< the proc file, to its end, with a buffer of some bytes
    reread,     ///< the same twice, with a seek to the start between
    init,       ///< of p; each actor does it once at most
    fini,       ///< of p
    count_
  };
  enum class On : std::uint8_t { x, y, p, count_ };

  Kind kind = Kind::add;
  On on = On::x;            ///< links and print
  std::uint8_t slot = 0;    ///< links: below `slots`
  std::uint8_t buffer = 0;  ///< read: index into buffer_bytes
  friend bool operator==(const Step&, const Step&) = default;
};

inline constexpr std::size_t slots = 4;
inline constexpr std::size_t refs_max = 2;  ///< x and y
inline constexpr std::size_t actors_max = 4;
inline constexpr std::size_t steps_max = 12;  ///< of an actor
inline constexpr std::uint16_t cpus = 3;
/// Records have 55 bytes or so: a part of a record, one, several, all at once.
inline constexpr std::size_t buffer_bytes[] = {2000, 100, 55, 16};

struct Actor {
  bool softirq = false;
  std::uint16_t cpu = 0;  ///< below `cpus`
  std::vector<Step> steps;
  friend bool operator==(const Actor&, const Actor&) = default;
};

struct Plan {
  std::uint8_t refs = 1;  ///< 1: x; 2: x and y
  std::uint8_t hard = 0;  ///< how many allocations may fail, 0..2
  std::uint8_t soft = 0;  ///< how many may meet a shortage that waiting ends, 0..2
  std::vector<Actor> actors;
  friend bool operator==(const Plan&, const Plan&) = default;

  std::string text() const;
  static traces::Result<Plan> parse(std::string_view text);
};

}  // namespace heddle::scenarios::lu_ref

template <>
struct rc::Arbitrary<heddle::scenarios::lu_ref::Plan> {
  static rc::Gen<heddle::scenarios::lu_ref::Plan> arbitrary();
};
