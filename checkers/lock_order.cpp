#include "checkers/lock_order.hpp"

#include <algorithm>
#include <cstring>

#include <xxhash.h>

namespace heddle::checkers {

using sim::Actor;
using sim::Context;
using sim::Event;
using sim::EventKind;
using sim::Finding;
using sim::FindingKind;
using sim::Level;
using sim::Machine;
using sim::ObjectId;

sim::EventMask LockOrderChecker::events() const {
  return {EventKind::lock_init, EventKind::lock,      EventKind::trylock,
          EventKind::unlock,    EventKind::task_exit, EventKind::interrupt_exit};
}

void LockOrderChecker::begin(Machine&) { forget(); }

bool LockOrderChecker::archive(sim::Archive& archive) {
  archive.then(*this, 0, [](LockOrderChecker& checker, std::uint64_t) { checker.forget(); });
  if (classes_.empty()) return true;
  classes_by_lock_.archive(archive);
  classes_by_name_.archive(archive);
  edges_by_ends_.archive(archive);
  archive.whole(classes_);
  archive.whole(edges_);
  archive.values(walks_, contexts_);
  for (std::size_t i = 0; i < contexts_; ++i) archive.whole(held_[i]);
  return true;
}

void LockOrderChecker::forget() {
  classes_by_lock_.clear();
  classes_by_name_.clear();
  edges_by_ends_.clear();
  classes_.clear();
  edges_.clear();
  walks_ = 0;
  for (std::size_t i = 0; i < contexts_; ++i) held_[i].clear();
  contexts_ = 0;
}

void LockOrderChecker::event(Machine& machine, const Event& event) {
  switch (event.kind) {
    case EventKind::lock_init:
      name_class(event);
      break;
    case EventKind::lock:
      take(machine, event);
      break;
    case EventKind::trylock:
      if (event.value != 0) take(machine, event);
      break;
    case EventKind::unlock:
      release(event);
      break;
    default:
      held_[event.context.value].clear();
      break;
  }
}

// ---- classes and who holds what
// --------------------------------------------------------------------

LockOrderChecker::ClassId LockOrderChecker::add_class() {
  classes_.emplace_back();
  return static_cast<ClassId>(classes_.size() - 1);
}

void LockOrderChecker::name_class(const Event& event) {
  if (event.text == nullptr) return;
  ClassId& named = classes_by_name_[XXH3_64bits(event.text, std::strlen(event.text))];
  if (named == 0) named = add_class() + 1;
  classes_by_lock_[event.object.bits] = named;
}

LockOrderChecker::ClassId LockOrderChecker::class_of(ObjectId lock) {
  ClassId& id = classes_by_lock_[lock.bits];
  if (id == 0) id = add_class() + 1;
  return id - 1;
}

void LockOrderChecker::take(Machine& machine, const Event& event) {
  auto& held = held_[event.context.value];
  const ClassId cls = class_of(event.object);
  const Actor taken{event.context, event.step, event.place, "takes", event.object};
  if (!machine.runs_alone()) {
    note_uses(machine, cls, event, taken);
    if (event.kind == EventKind::lock)
      for (const Held& other : held) {
        if (other.cls != cls) {
          add_edge(machine, other, cls, taken);
        } else if (other.taken.object != event.object && (event.flags & sim::event_nested) == 0) {
          Finding finding = finding_about(machine, event.object,
                                          "it holds a lock of the same class already, and nothing "
                                          "says which of the two comes first");
          finding.add(taken);
          finding.add(other.taken);
          machine.report(finding);
        }
      }
  }
  contexts_ = std::max<std::size_t>(contexts_, event.context.value + 1u);
  held.push_back({cls, taken});
}

void LockOrderChecker::release(const Event& event) {
  auto& held = held_[event.context.value];
  const auto last = std::find_if(held.rbegin(), held.rend(), [&](const Held& other) {
    return other.taken.object == event.object;
  });
  if (last != held.rend()) held.erase(std::next(last).base());
}

// ---- the order of classes
// --------------------------------------------------------------------------

void LockOrderChecker::add_edge(Machine& machine, const Held& held, ClassId to,
                                const Actor& takes) {
  const ClassId from = held.cls;
  std::uint32_t& known = edges_by_ends_[std::uint64_t{from} << 32 | to];
  if (known != 0) return;
  known = static_cast<std::uint32_t>(edges_.size() + 1);
  const auto edge = static_cast<std::uint32_t>(edges_.size());
  edges_.push_back(
      {from, to, classes_[from].first_edge, classes_[to].first_edge_back, held.taken, takes});
  edges_[edge].holds.verb = "holds";
  edges_[edge].takes.verb = "then takes";
  classes_[from].first_edge = edge;
  classes_[to].first_edge_back = edge;

  if (walk(to, from, 0, Direction::forth) != none) {
    Finding finding = finding_about(machine, takes.object,
                                    "these orders make a circle: taken at once, each waits for the "
                                    "next");
    finding.add(edges_[edge].holds);
    finding.add(edges_[edge].takes);
    add_path(finding, to, from, Direction::forth);
    machine.report(finding);
  }
  check_uses(machine, from, to, in_hardirq, with_hardirqs_on);
  check_uses(machine, from, to, in_softirq, with_softirqs_on);
}

void LockOrderChecker::note_uses(Machine& machine, ClassId cls, const Event& event,
                                 const Actor& taken) {
  const Context& context = machine.context(event.context);
  const bool waits = event.kind == EventKind::lock;
  const bool hardirqs_on = context.level < Level::hardirq && !context.irqs_off &&
                           (event.flags & sim::event_irq_safe) == 0;
  const bool softirqs_on = hardirqs_on && context.level < Level::softirq &&
                           context.softirq_count == 0 && (event.flags & sim::event_bh_safe) == 0;
  unsigned uses = 0;
  if (hardirqs_on) uses |= 1u << with_hardirqs_on;
  if (softirqs_on) uses |= 1u << with_softirqs_on;
  if (waits && context.level == Level::hardirq) uses |= 1u << in_hardirq;
  if (waits && context.level == Level::softirq) uses |= 1u << in_softirq;
  const unsigned fresh = uses & ~classes_[cls].uses;
  if (fresh == 0) return;
  classes_[cls].uses |= fresh;
  for (unsigned use = 0; use < use_count; ++use)
    if ((fresh >> use & 1) != 0) classes_[cls].first[use] = taken;
  check_uses(machine, cls, cls, in_hardirq, with_hardirqs_on);
  check_uses(machine, cls, cls, in_softirq, with_softirqs_on);
}

/// Looks for a class used `inside` a handler from which `from` follows (or is it), and one used
/// `outside` with those interrupts on that follows from `to`: a handler that lands while the second
/// is held may wait for the first, whose holder waits for the second.
void LockOrderChecker::check_uses(Machine& machine, ClassId from, ClassId to, Use inside,
                                  Use outside) {
  const ClassId used_inside = walk(from, none, 1u << inside, Direction::back);
  if (used_inside == none) return;
  Actor handler = classes_[used_inside].first[inside];
  handler.verb = "takes";
  handler.how = "in a handler";
  Finding finding = finding_about(machine, handler.object, "");
  finding.add(handler);
  add_path(finding, from, used_inside, Direction::back);

  const ClassId used_outside = walk(to, none, 1u << outside, Direction::forth);
  if (used_outside == none) return;
  Actor task = classes_[used_outside].first[outside];
  task.verb = "takes";
  task.how = inside == in_hardirq ? "with interrupts on" : "with softirqs on";
  finding.add(task);
  if (from != to)
    if (const auto* edge = edges_by_ends_.find(std::uint64_t{from} << 32 | to)) {
      finding.add(edges_[*edge - 1].holds);
      finding.add(edges_[*edge - 1].takes);
    }
  add_path(finding, to, used_outside, Direction::forth);
  finding.detail = used_inside == used_outside
                       ? "a handler that lands while the lock is held waits for it on its own CPU"
                       : "a handler's lock is held while one is taken that the handler can "
                         "interrupt the holder of";
  machine.report(finding);
}

/// Breadth first from `start` to the first class that is the goal or has one of the goal's uses;
/// `start` counts. @returns none if there is none.
LockOrderChecker::ClassId LockOrderChecker::walk(ClassId start, ClassId goal, unsigned goal_uses,
                                                 Direction direction) {
  const bool forth = direction == Direction::forth;
  ++walks_;
  queue_.assign(1, start);
  classes_[start].walk = walks_;
  classes_[start].reached_by = none;
  for (std::size_t head = 0; head < queue_.size(); ++head) {
    const ClassId at = queue_[head];
    if (at == goal || (classes_[at].uses & goal_uses) != 0) return at;
    std::uint32_t edge = forth ? classes_[at].first_edge : classes_[at].first_edge_back;
    while (edge != none) {
      const ClassId beyond = forth ? edges_[edge].to : edges_[edge].from;
      if (classes_[beyond].walk != walks_) {
        classes_[beyond].walk = walks_;
        classes_[beyond].reached_by = edge;
        queue_.push_back(beyond);
      }
      edge = forth ? edges_[edge].next : edges_[edge].next_back;
    }
  }
  return none;
}

// ---- findings
// --------------------------------------------------------------------------------------

/// Adds the edges of the last walk, as far as there is room. @pre it went from `start` to `end`.
void LockOrderChecker::add_path(Finding& finding, ClassId start, ClassId end,
                                Direction direction) const {
  while (end != start) {
    const Edge& edge = edges_[classes_[end].reached_by];
    finding.add(edge.holds);
    finding.add(edge.takes);
    end = direction == Direction::forth ? edge.from : edge.to;
  }
}

Finding LockOrderChecker::finding_about(const Machine& machine, ObjectId lock,
                                        const char* detail) const {
  Finding finding;
  finding.kind = FindingKind::lock_order;
  finding.step = machine.steps();
  finding.object = lock;
  finding.detail = detail;
  return finding;
}

}  // namespace heddle::checkers
