// Two implementations of the same thing, executed one after the other on the same workload and the
// same choices: what came of the one is held against what came of the other.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "sim/core/check.hpp"
#include "sim/machine/world.hpp"

namespace heddle::checkers {

/// The choices that both make. The first implementation's are the world's, so that they are
/// explored; the second one gets the same answers.
class Tape {
 public:
  static constexpr std::size_t answers_max = 64;

  explicit Tape(sim::World& world) : world_(world) {}

  /// One of 0..arity - 1. @pre the second implementation asks what the first one has asked
  /// (checked).
  std::uint32_t choose(std::uint32_t arity) {
    if (position_ == size_) {
      HEDDLE_CHECK(!repeats_ && size_ < answers_max, "two implementations make the same choices");
      answers_[size_++] = {world_.choose(arity), arity};
    }
    const Answer answer = answers_[position_++];
    HEDDLE_CHECK(answer.arity == arity, "two implementations make the same choices");
    return answer.chosen;
  }
  /// From here on answers are those that were given before.
  void rewind() {
    position_ = 0;
    repeats_ = true;
  }

 private:
  struct Answer {
    std::uint32_t chosen = 0;
    std::uint32_t arity = 0;
  };

  sim::World& world_;
  std::array<Answer, answers_max> answers_{};
  std::size_t size_ = 0;
  std::size_t position_ = 0;
  bool repeats_ = false;
};

/// Something that two outcomes must have in common.
template <class Outcome>
struct Agreement {
  const char* sentence = "";  ///< what holds: "both return the same"
  bool (*holds)(const Outcome& reference, const Outcome& subject) = nullptr;
};

/// Runs `reference` and then `subject`, each an Outcome (Tape&), and reports an invariant finding
/// at the caller's place for the first agreement that does not hold. @returns whether all do.
template <class Outcome, class Reference, class Subject, std::size_t count>
[[gnu::always_inline]] inline bool compare(
    sim::World& world, Reference&& reference, Subject&& subject,
    const std::array<Agreement<Outcome>, count>& agreements) {
  Tape tape(world);
  const Outcome expected = reference(tape);
  tape.rewind();
  const Outcome got = subject(tape);
  for (const Agreement<Outcome>& agreement : agreements) {
    if (agreement.holds(expected, got)) continue;
    world.fail(sim::FindingKind::invariant, agreement.sentence);
    return false;
  }
  return true;
}

}  // namespace heddle::checkers
