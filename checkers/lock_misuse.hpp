// Locks used as they must not be: released by who does not hold them, used before they were
// initialised, initialised or freed while held, still held when their holder ends. Also contexts
// that end with preemption, softirqs or interrupts off. (Who takes a lock twice deadlocks.)
#pragma once

#include <array>
#include <vector>

#include "sim/machine/machine.hpp"
#include "sim/machine/observer.hpp"

namespace heddle::checkers {

class LockMisuseChecker final : public sim::Observer {
 public:
  sim::EventMask events() const override;
  void begin(sim::Machine& machine) override;
  void event(sim::Machine& machine, const sim::Event& event) override;
  bool heeds_past() const override { return false; }
  bool archive(sim::Archive& archive) override;

 private:
  void forget();
  void take(const sim::Event& event);
  void release(sim::Machine& machine, const sim::Event& event);
  void initialise(sim::Machine& machine, const sim::Event& event);
  void free_memory(sim::Machine& machine, const sim::Event& event);
  void end_context(sim::Machine& machine, const sim::Event& event);
  /// Who holds the lock, or nullptr.
  const sim::Actor* holder(sim::ObjectId lock) const;

  std::array<std::vector<sim::Actor>, sim::contexts_max> held_;
  std::size_t contexts_ = 0;  // that may hold something
};

}  // namespace heddle::checkers
