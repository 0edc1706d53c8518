// What a program's executions are like: how many steps each context takes, and how often it uses
// which object. Some strategies need estimates of these.
//
// A Census counts while executions run; a Profile is what walks choose by. A campaign turns
// censuses into a profile between phases (Strategy::gather), so the profile is the same under any
// --jobs.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "sim/choice/choice.hpp"

namespace heddle::sim {

/// An object that several contexts use and one writes, with the mean number of uses of each
/// context.
struct ObjectProfile {
  ObjectId object;
  std::uint32_t total = 0;
  std::array<std::uint16_t, contexts_max> uses{};
};

/// Means over executions, rounded up.
class Profile {
 public:
  static constexpr std::size_t objects_max = 128;

  Profile() { parents_.fill(no_context); }
  bool known() const { return known_; }
  /// Steps of all contexts; 0 if nothing is known.
  std::uint32_t steps() const { return steps_; }
  /// 0 for a context that was never seen.
  std::uint32_t steps(ContextId id) const { return steps_of_[id.value]; }
  /// Who created it while the execution ran; no_context for contexts of the set-up.
  ContextId parent(ContextId id) const { return parents_[id.value]; }
  /// The shared objects, the most used first. Empty if there are too many to count.
  std::size_t object_count() const { return object_count_; }
  const ObjectProfile& object(std::size_t i) const { return objects_[i]; }

  /// Adds to each context's count those of its descendants that are still to be created.
  void add_descendants(std::array<std::uint32_t, contexts_max>& counts) const;

  /// As text, a line each, and back. Lines that it does not know are skipped.
  void write(std::string& text) const;
  void read(std::string_view text);

 private:
  friend class Census;
  bool known_ = false;
  std::uint32_t steps_ = 0;
  std::array<std::uint32_t, contexts_max> steps_of_{};
  std::array<ContextId, contexts_max> parents_;
  std::size_t object_count_ = 0;
  std::array<ObjectProfile, objects_max> objects_{};
};

/// Counts over executions.
class Census {
 public:
  void begin() { pending_creator_ = no_context, seen_ = {}; }
  /// The context takes a step, out of `enabled`.
  void step(ContextId id, const Operation& operation, ContextSet enabled);
  void end() { ++executions_; }

  void clear();
  void gather(const Census& other);
  std::uint64_t executions() const { return executions_; }
  /// The means, if there was an execution.
  void conclude(Profile& profile) const;

 private:
  /// How often a context used an object.
  struct Use {
    ObjectId object;
    ContextId context;
    bool writes = false;
    std::uint64_t count = 0;  // 0: the slot is free
  };
  static constexpr std::size_t uses_max = 1 << 13;
  static constexpr std::size_t uses_kept = uses_max / 2;

  void use(ObjectId object, ContextId context, bool writes, std::uint64_t count);
  std::uint32_t mean(std::uint64_t sum) const;
  void conclude_objects(Profile& profile) const;

  ContextSet seen_;  // of the running execution
  ContextId pending_creator_ = no_context;
  std::uint64_t executions_ = 0;
  std::array<std::uint64_t, contexts_max> steps_{};
  std::array<std::uint16_t, contexts_max> creators_{};  // + 1; the least one that was seen
  bool crowded_ = false;                                // more different uses than are kept
  std::size_t use_count_ = 0;
  std::array<Use, uses_max> uses_{};
};

}  // namespace heddle::sim
