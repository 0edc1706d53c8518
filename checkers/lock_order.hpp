// Lock orders that can deadlock, seen without the deadlock: in the manner of lockdep, the kernel's
// lock validator (Documentation/locking/lockdep-design.rst).
//
// Locks are of classes: those initialised under one name, or else a lock alone. A class follows
// another if a context took a lock of it while holding one of the other. Findings: a circle of
// classes; two locks of one class held at once, unless annotated (event_nested); a class that is
// taken in an interrupt handler and elsewhere with those interrupts on; and a class taken in a
// handler from which such an other class follows.
//
// Trylocks do not wait, so nothing leads to them, and a handler may use them. All is forgotten at
// the end of an execution, and nothing counts while set-up and finally run alone.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "checkers/key_map.hpp"
#include "sim/machine/machine.hpp"
#include "sim/machine/observer.hpp"

namespace heddle::checkers {

class LockOrderChecker final : public sim::Observer {
 public:
  sim::EventMask events() const override;
  void begin(sim::Machine& machine) override;
  void event(sim::Machine& machine, const sim::Event& event) override;
  bool archive(sim::Archive& archive) override;

 private:
  using ClassId = std::uint32_t;
  static constexpr std::uint32_t none = 0xFFFF'FFFF;

  /// How a class has been taken; for both kinds of interrupt.
  enum Use : unsigned { in_hardirq, with_hardirqs_on, in_softirq, with_softirqs_on };
  static constexpr std::size_t use_count = 4;

  struct Class {
    std::uint32_t first_edge = none;          // of those that lead away
    std::uint32_t first_edge_back = none;     // of those that lead here
    unsigned uses = 0;                        // bits of Use
    std::array<sim::Actor, use_count> first;  // who used it so first
    // For walks: when it was reached last, and over which edge.
    std::uint32_t walk = 0;
    std::uint32_t reached_by = none;
  };
  struct Edge {
    ClassId from = 0;
    ClassId to = 0;
    std::uint32_t next = none;
    std::uint32_t next_back = none;
    sim::Actor holds;
    sim::Actor takes;
  };
  struct Held {
    ClassId cls = 0;
    sim::Actor taken;
  };
  enum class Direction : std::uint8_t { forth, back };

  void forget();
  ClassId class_of(sim::ObjectId lock);
  ClassId add_class();
  void name_class(const sim::Event& event);
  void take(sim::Machine& machine, const sim::Event& event);
  void release(const sim::Event& event);
  void add_edge(sim::Machine& machine, const Held& held, ClassId to, const sim::Actor& takes);
  void note_uses(sim::Machine& machine, ClassId cls, const sim::Event& event,
                 const sim::Actor& taken);
  void check_uses(sim::Machine& machine, ClassId from, ClassId to, Use inside, Use outside);
  ClassId walk(ClassId start, ClassId goal, unsigned goal_uses, Direction direction);
  void add_path(sim::Finding& finding, ClassId start, ClassId end, Direction direction) const;
  sim::Finding finding_about(const sim::Machine& machine, sim::ObjectId lock,
                             const char* detail) const;

  KeyMap<ClassId> classes_by_lock_;
  KeyMap<ClassId> classes_by_name_;
  KeyMap<std::uint32_t> edges_by_ends_;
  std::vector<Class> classes_;
  std::vector<Edge> edges_;
  std::vector<ClassId> queue_;
  std::uint32_t walks_ = 0;
  std::array<std::vector<Held>, sim::contexts_max> held_;
  std::size_t contexts_ = 0;  // that may hold something
};

}  // namespace heddle::checkers
