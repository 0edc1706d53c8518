// Interleaving coverage: which ordered pairs of dependent places were reached. A pair is the place
// of a step and that of a later one by another context, on one object, where the first is the last
// write of it (the second reads it or writes over it) or the last read since (the second writes).
//
// Source: reads-from pairs as in Wolff, Shi, Duck, Mathur, Roychoudhury, "Greybox fuzzing for
// concurrency testing", ASPLOS 2024, section 4; pairs that end in a write are added.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "sim/choice/choice.hpp"

namespace heddle::sim {

/// A set of pairs, each with the least index of an execution that reached it and the arm (whoever
/// chose there). Merging is commutative, so the set is the same whoever made the executions.
class Coverage {
 public:
  /// More are not kept; the count then says "at least".
  static constexpr std::size_t pairs_max = 1 << 15;

  /// A new execution.
  void begin(std::uint64_t index, std::uint8_t arm);
  void step(ContextId id, const Operation& operation);

  std::uint64_t pairs() const { return count_; }
  /// Has the running execution reached a pair that was not in the set?
  bool is_new() const { return count_ != count_before_; }
  /// The indices of executions that were the first to reach a pair, in order, each once.
  std::vector<std::uint64_t> firsts() const;
  void gather(const Coverage& other);
  /// Adds to each arm's number the pairs that it was the first to reach, at `index` or later.
  void credit(std::uint64_t index, std::array<std::uint64_t, 256>& arms) const;

 private:
  struct Pair {
    std::uint64_t before = 0;
    std::uint64_t after = 0;
    std::uint64_t reached = 0;  // index + 1 of the first; 0: the slot is free
    std::uint8_t arm = 0;
  };
  struct Access {
    std::uint64_t place = 0;
    ContextId context = no_context;
  };
  /// The last accesses of an object.
  struct Object {
    std::uint64_t execution = 0;  // whose this is; another: the slot is free
    ObjectId object;
    Access write;
    Access read;
  };
  static constexpr std::size_t slots = std::size_t{pairs_max} * 2;
  static constexpr std::size_t objects_max = 1 << 10;
  static constexpr std::size_t probes_max = 16;

  Object* find(ObjectId object);
  void reach(const Pair& pair);
  void reach(const Access& before, ContextId id, std::uint64_t after) {
    if (before.context == no_context || before.context == id) return;
    reach({before.place, after, index_ + 1, arm_});
  }

  std::uint64_t index_ = 0;
  std::uint8_t arm_ = 0;
  std::uint64_t execution_ = 0;  // counts begin()
  std::uint64_t count_ = 0;
  std::uint64_t count_before_ = 0;  // when the running execution began
  std::array<Object, objects_max> objects_{};
  std::array<Pair, slots> pairs_{};
};

}  // namespace heddle::sim
