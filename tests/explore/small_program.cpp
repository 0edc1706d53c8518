#include "tests/explore/small_program.hpp"

#include <algorithm>
#include <array>
#include <atomic>

#include "sim/kernel/cond_load.hpp"
#include "sim/kernel/kthread.hpp"
#include "sim/kernel/preempt.hpp"
#include "sim/kernel/spinlock.hpp"
#include "tests/support/explore.hpp"

namespace heddle::tests {
namespace {

using Kind = SmallOperation::Kind;
using Around = SmallOperation::Around;
using sim::Cpu;
using sim::World;
using sim::kernel::spinlock_t;

constexpr std::size_t flows_max = 8;

/// What a flow has done, in simulated memory: where states are compared, it belongs to them.
struct Notes {
  struct Note {
    char what;
    int value;
  };
  std::size_t count;
  std::array<Note, 30> notes;
};

struct Shared {
  bool observes = true;
  std::array<Notes, flows_max> observed{};
  std::atomic<int> variables[2];
  spinlock_t locks[2] = {sim::kernel::SPIN_LOCK_UNLOCKED("one"),
                         sim::kernel::SPIN_LOCK_UNLOCKED("two")};
};

/// Of the last execution. No execution writes outside of the simulated world, where states end.
const Shared& shared_memory() {
  const auto& blocks = machine().heap().blocks();
  const auto at = std::ranges::find(blocks, sizeof(Shared), &sim::Block::size);
  return *reinterpret_cast<const Shared*>(at->address);
}

/// A task's, or the handler's.
struct Flow {
  World& world;
  Shared& shared;
  std::size_t number;
  int cpu;
  int last_load = -1;

  void note(char what, int value) {
    if (!shared.observes) return;
    Notes& own = shared.observed[number];
    own.notes.at(own.count++) = {what, value};
  }

  void act(const SmallOperation& operation) {
    std::atomic<int>& variable = shared.variables[operation.variable];
    switch (operation.kind) {
      case Kind::load:
        last_load = variable.load();
        note('l', last_load);
        break;
      case Kind::store:
        variable.store(operation.value);
        break;
      case Kind::add:
        note('a', variable.fetch_add(1));
        break;
      case Kind::compare: {
        int expected = operation.value;
        variable.compare_exchange_strong(expected, operation.value + 1);
        note('c', expected);
        break;
      }
      case Kind::store_chosen: {
        const int chosen = static_cast<int>(world.choose(2));
        note('v', chosen);
        variable.store(chosen + 1);
        break;
      }
      case Kind::store_if:
        if (last_load == operation.value) variable.store(2);
        break;
      case Kind::stop_if:
        if (last_load == operation.value) sim::Machine::running().stop();
        break;
      case Kind::start: {
        const int value = operation.value;
        sim::Task child =
            sim::kernel::kthread_run("child", Cpu{static_cast<std::uint16_t>(operation.variable)},
                                     [&variable, value] { variable.store(value); });
        child.join();
        break;
      }
      case Kind::give_way:
        sim::kernel::cond_resched();
        break;
      case Kind::move: {
        sim::Machine& machine = sim::Machine::running();
        const sim::Context& self = machine.self();
        const Cpu to{static_cast<std::uint16_t>(operation.value)};
        if (self.migrations_left != 0 && self.cpu != to && !self.is_atomic())
          machine.migrate(to, sim::Place{});
        break;
      }
      case Kind::load_both_if:
        last_load = variable.load();
        note('l', last_load);
        if (last_load == operation.value)
          note('b', shared.variables[1 - operation.variable].load());
        break;
      case Kind::await:
        note('w', await(variable, sim::kernel::val_is(operation.value)));
        break;
      case Kind::await_other:
        note('o', await(variable, sim::kernel::val_is_not(operation.value)));
        break;
      case Kind::count_:
        break;
    }
  }

  static int await(const std::atomic<int>& variable, const sim::Condition& condition) {
    static_assert(sizeof variable == sizeof(int));
    return sim::kernel::smp_cond_load_acquire(reinterpret_cast<const int*>(&variable), condition);
  }

  void run(const SmallOperation& operation) {
    spinlock_t* one = &shared.locks[0];
    spinlock_t* two = &shared.locks[1];
    unsigned long flags = 0;
    switch (operation.around) {
      case Around::nothing:
        act(operation);
        break;
      case Around::lock:
        in(one, operation);
        break;
      case Around::other_lock:
        in(two, operation);
        break;
      case Around::both_locks:
        spin_lock(one);
        in(two, operation);
        spin_unlock(one);
        break;
      case Around::both_locks_swapped:
        spin_lock(two);
        in(one, operation);
        spin_unlock(two);
        break;
      case Around::try_lock:
        if (spin_trylock(one)) {
          note('t', 1);
          act(operation);
          spin_unlock(one);
        } else {
          note('t', 0);
        }
        break;
      case Around::lock_irq:
        flags = _raw_spin_lock_irqsave(one);
        act(operation);
        spin_unlock_irqrestore(one, flags);
        break;
      case Around::preemption_off:
        sim::kernel::preempt_disable();
        act(operation);
        sim::kernel::preempt_enable();
        break;
      case Around::interrupts_off:
        flags = sim::kernel::raw_local_irq_save();
        act(operation);
        sim::kernel::local_irq_restore(flags);
        break;
      case Around::count_:
        break;
    }
  }

  void in(spinlock_t* lock, const SmallOperation& operation) {
    spin_lock(lock);
    act(operation);
    spin_unlock(lock);
  }
};

void set_up(World& world, const SmallProgram& program, bool observes) {
  auto& shared = world.create<Shared>();
  shared.observes = observes;
  for (std::size_t i = 0; i < program.tasks.size(); ++i) {
    const SmallTask& task = program.tasks[i];
    const sim::Task created =
        world.task("task", Cpu{static_cast<std::uint16_t>(task.cpu)}, [&world, &shared, &task, i] {
          Flow flow{world, shared, i, task.cpu};
          for (const SmallOperation& operation : task.operations) flow.run(operation);
        });
    const auto moves = std::ranges::count(task.operations, Kind::move, &SmallOperation::kind);
    if (moves != 0)
      world.machine().let_migrate(world.machine().context(created.id()),
                                  static_cast<std::uint16_t>(moves));
  }
  if (program.has_interrupt)
    world.interrupt("interrupt", Cpu{static_cast<std::uint16_t>(program.interrupt_cpu)},
                    sim::Level::hardirq, 1, [&world, &shared, &program] {
                      Flow flow{world, shared, program.tasks.size(), program.interrupt_cpu};
                      flow.run(program.handler);
                    });
}

const char* const kind_names[] = {
    "load",  "store",    "add",  "compare",      "store_chosen", "store_if",   "stop_if",
    "start", "give_way", "move", "load_both_if", "await",        "await_other"};
const char* const around_names[] = {
    "nothing",  "lock",     "other_lock",     "both_locks",    "both_locks_swapped",
    "try_lock", "lock_irq", "preemption_off", "interrupts_off"};

void show(std::ostream& out, const SmallOperation& operation) {
  out << "{Kind::" << kind_names[static_cast<int>(operation.kind)]
      << ", Around::" << around_names[static_cast<int>(operation.around)] << ", "
      << operation.variable << ", " << operation.value << "}";
}

}  // namespace

std::ostream& operator<<(std::ostream& out, const SmallProgram& program) {
  out << "{{";
  for (const SmallTask& task : program.tasks) {
    out << "{" << task.cpu << ", {";
    for (const SmallOperation& operation : task.operations) {
      show(out, operation);
      out << ", ";
    }
    out << "}}, ";
  }
  out << "}, " << program.has_interrupt << ", " << program.interrupt_cpu << ", ";
  show(out, program.handler);
  return out << ", sim::Preemption::" << word(program.preemption) << "}";
}

sim::Outcome SmallExecution::run(sim::Chooser& chooser, sim::ChoiceLog log) {
  sim::MachineConfig config;
  config.cpus = 3;
  config.preemption = program_.preemption;
  config.relaxing = sim::Relaxing::spins;
  config.limits.steps_max = 1'000;
  machine().configure(config);
  auto body = [this](World& world) { set_up(world, program_, observes_); };
  outcome_ = machine().run(callable(body), chooser, log);
  return outcome_;
}

std::string SmallExecution::result() const {
  std::string result(word(outcome_));
  for (const Notes& flow : shared_memory().observed) {
    result += "|";
    for (std::size_t i = 0; i < flow.count; ++i)
      result += flow.notes[i].what + std::to_string(flow.notes[i].value);
  }
  for (const std::atomic<int>& variable : shared_memory().variables)
    result += "|" + std::to_string(variable.load());
  return result;
}

}  // namespace heddle::tests
