// What a scenario sees of an execution: it creates objects, tasks and interrupt sources here.
#pragma once

#include <cstddef>
#include <cstdint>
#include <new>
#include <type_traits>
#include <typeinfo>
#include <utility>

#include "sim/core/event.hpp"
#include "sim/core/ids.hpp"
#include "sim/machine/machine.hpp"

namespace heddle::sim {

/// A task of the world, to wait for.
class Task {
 public:
  explicit Task(Context& context) : context_(&context) {}
  /// Blocks until the task has ended; what it did happens before what follows.
  void join();
  ContextId id() const { return context_->id; }

 private:
  Context* context_;
};

/// An interrupt source that a device model can raise.
class InterruptSource {
 public:
  explicit InterruptSource(Context& context) : context_(&context) {}
  /// One more landing is due; it happens before the execution ends, wherever it is not masked.
  void raise();

 private:
  Context* context_;
};

/// The world of one execution. A scenario's function gets it, creates what it needs and returns;
/// then the tasks run. Variables of that function are gone by then (the World is not): shared ones
/// are create()d.
class World {
 public:
  explicit World(Machine& machine) : machine_(machine) {}
  /// A World that lives as long as the execution, so that its tasks may refer to it. @pre called by
  /// the execution's set-up.
  static World& of(Machine& machine) {
    return *new (machine.allocate_raw(sizeof(World))) World(machine);
  }

  /// A T in simulated memory, for as long as the execution lives. Its destructor does not run.
  template <class T, class... Arguments>
  T& create(Arguments&&... arguments) {
    void* room = allocate(sizeof(T), typeid(T).name());
    return *new (room) T(std::forward<Arguments>(arguments)...);
  }
  /// The same, under a name for traces; `name` must live as long as the execution.
  template <class T, class... Arguments>
  T& variable(const char* name, Arguments&&... arguments) {
    T& object = create<T>(std::forward<Arguments>(arguments)...);
    this->name(object, name);
    return object;
  }
  /// Names bytes of simulated memory for traces; `name` must live as long as the execution.
  template <class T>
  void name(const T& object, const char* name) {
    machine_.name({address_of(&object), sizeof(T), name, typeid(T).name()});
  }

  /// A task on `cpu`. `body` is copied into simulated memory and called without arguments.
  template <class Body>
  Task task(const char* name, Cpu cpu, Body&& body) {
    return Task(create_task(name, cpu, store(std::forward<Body>(body))));
  }

  /// An interrupt source on `cpu`: its handler `body` lands by itself up to `landings` times, at
  /// any step at which its level is not masked, and whenever it is raised.
  template <class Body>
  InterruptSource interrupt(const char* name, Cpu cpu, Level level, std::uint16_t landings,
                            Body&& body) {
    return InterruptSource(
        machine_.create_interrupt(name, cpu, level, landings, store(std::forward<Body>(body))));
  }

  /// Runs after every task has ended, in a context that comes after all of them.
  template <class Body>
  void finally(Body&& body) {
    machine_.finally(store(std::forward<Body>(body)));
  }

  /// `holds` must return true whenever `lock` is about to be released. `name` is a sentence.
  template <class Predicate>
  void invariant(const char* name, const void* lock, Predicate&& holds) {
    using Stored = std::decay_t<Predicate>;
    void* room = machine_.allocate_raw(sizeof(Stored));
    new (room) Stored(std::forward<Predicate>(holds));
    machine_.add_invariant({name, ObjectId::memory(reinterpret_cast<std::uintptr_t>(lock)),
                            [](void* stored) -> bool { return (*static_cast<Stored*>(stored))(); },
                            room});
  }

  /// Reports an invariant finding unless `holds`. `sentence` says what must hold.
  void expect(bool holds, const char* sentence);

  /// Reports a finding about what the running context does. `sentence` says what is wrong.
  void fail(FindingKind kind, const char* sentence);

  /// One of 0..arity - 1, explored like every other choice. @pre arity > 0.
  std::uint32_t choose(std::uint32_t arity) { return machine_.choose(arity); }

  /// How many allocations may fail in this execution, from now on.
  void allocation_faults(AllocationFaults faults) { machine_.set_allocation_faults(faults); }

  /// A copy of `body` in simulated memory, to be called without arguments.
  template <class Body>
  Callable store(Body&& body) {
    using Stored = std::decay_t<Body>;
    static_assert(alignof(Stored) <= 8, "the arena aligns to 8 bytes");
    void* room = machine_.allocate_raw(sizeof(Stored));
    new (room) Stored(std::forward<Body>(body));
    return {[](void* stored) { (*static_cast<Stored*>(stored))(); }, room};
  }

  /// Runs when all tasks but daemons have ended: faults have ceased, the schedule is fair, time
  /// passes by the clock. Here it is seen whether the world comes to rest within a bound.
  template <class Body>
  void settle(Body&& body) {
    machine_.settle(store(std::forward<Body>(body)));
  }

  Machine& machine() { return machine_; }

 private:
  void* allocate(std::size_t size, const char* label);
  Context& create_task(const char* name, Cpu cpu, Callable body);

  Machine& machine_;
};

}  // namespace heddle::sim
