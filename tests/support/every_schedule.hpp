// All executions of a small program, one for each way in which its choices can go. This is the
// plainest search there is, and so an oracle for the machine's rules and for cleverer searches.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "sim/choice/choice.hpp"
#include "sim/core/check.hpp"
#include "sim/machine/machine.hpp"
#include "sim/machine/world.hpp"
#include "tests/support/explore.hpp"

namespace heddle::tests {

/// Takes the first way everywhere, then, execution by execution, every other one.
class EveryWay final : public sim::Chooser {
 public:
  sim::ContextId schedule(const sim::SchedulePoint& point) override {
    return point.enabled.nth(take(point.enabled.count()));
  }
  std::uint32_t value(sim::Reason, std::uint32_t arity) override { return take(arity); }

  /// On to the next execution. @returns false when there is none.
  bool advance() {
    position_ = 0;
    while (!path_.empty() && path_.back().taken + 1 == path_.back().ways) path_.pop_back();
    if (path_.empty()) return false;
    ++path_.back().taken;
    return true;
  }

 private:
  struct Point {
    std::uint32_t ways;
    std::uint32_t taken;
  };
  std::uint32_t take(std::uint32_t ways) {
    if (position_ == path_.size()) path_.push_back({ways, 0});
    HEDDLE_CHECK(path_[position_].ways == ways, "equal choices lead to equal ways");
    return path_[position_++].taken;
  }

  std::vector<Point> path_;
  std::size_t position_ = 0;
};

/// The letters of the steps of one execution, in the order in which they were taken.
class Order {
 public:
  /// A step that touches nothing that another step touches.
  void step(char letter) {
    sim::Machine& machine = sim::Machine::running();
    machine.step({sim::EventKind::store, sim::Mode::write, 1,
                  sim::ObjectId::memory(static_cast<std::uintptr_t>(letter)), sim::Place{}});
    letters_ += letter;
  }
  void steps(const char* letters) {
    for (; *letters != 0; ++letters) step(*letters);
  }
  /// A letter without a step.
  void note(char letter) { letters_ += letter; }

  void clear() { letters_.clear(); }
  const std::string& letters() const { return letters_; }

 private:
  std::string letters_;
};

using Orders = std::set<std::string>;

/// The orders of all executions of `body`, a void (World&, Order&). An execution that does not
/// finish has its outcome appended: "ab stuck". At most 100,000 executions (checked).
template <class Body>
Orders all_orders(const sim::MachineConfig& config, Body&& body) {
  machine().configure(config);
  Orders orders;
  Order order;
  EveryWay every;
  std::uint32_t executions = 0;
  do {
    HEDDLE_CHECK(++executions <= 100'000, "a test's program is small");
    order.clear();
    const sim::Outcome outcome = run_once([&](sim::World& world) { body(world, order); }, every);
    std::string result = order.letters();
    if (outcome != sim::Outcome::finished) result += " " + std::string(word(outcome));
    orders.insert(std::move(result));
  } while (every.advance());
  return orders;
}

}  // namespace heddle::tests
