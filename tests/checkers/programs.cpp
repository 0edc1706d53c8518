#include "tests/checkers/programs.hpp"

#include <atomic>
#include <cstring>

#include "sim/kernel/bug.hpp"
#include "sim/kernel/gfp.hpp"
#include "sim/kernel/mutex.hpp"
#include "sim/kernel/preempt.hpp"
#include "sim/kernel/slab.hpp"
#include "sim/kernel/spinlock.hpp"

namespace heddle::tests {
namespace {

using namespace sim::kernel;
using sim::Cpu;
using sim::FindingKind;
using sim::Level;
using sim::Task;
using sim::World;

spinlock_t& make_lock(World& world, const char* class_name) {
  return world.create<spinlock_t>(SPIN_LOCK_UNLOCKED(class_name));
}

struct Counter {
  spinlock_t lock = SPIN_LOCK_UNLOCKED("counter");
  int value = 0;
  int twin = 0;  // equal to value whenever the lock is free
};

struct TwoLocks {
  spinlock_t a = SPIN_LOCK_UNLOCKED("a");
  spinlock_t b = SPIN_LOCK_UNLOCKED("b");
};

// ---- race --------------------------------------------------------------------------------------

template <bool locked>
void count(World& world) {
  auto& counter = world.create<Counter>();
  for (std::uint16_t i = 0; i < 2; ++i)
    world.task("adder", Cpu{i}, [&counter] {
      if (locked) spin_lock(&counter.lock);
      ++counter.value;
      if (locked) spin_unlock(&counter.lock);
    });
}

template <bool masked>
void count_with_interrupt(World& world) {
  auto& counter = world.create<Counter>();
  world.task("adder", Cpu{0}, [&counter] {
    if (masked) local_irq_disable();
    ++counter.value;
    if (masked) local_irq_enable();
  });
  world.interrupt("interrupt", Cpu{0}, Level::hardirq, 0, [&counter] { ++counter.value; }).raise();
}

// ---- lock_order
// ----------------------------------------------------------------------------------

template <bool same_order>
void take_two(World& world) {
  auto& locks = world.create<TwoLocks>();
  world.task("ab", Cpu{0}, [&locks] {
    spin_lock(&locks.a);
    spin_lock(&locks.b);
    spin_unlock(&locks.b);
    spin_unlock(&locks.a);
  });
  world.task("ba", Cpu{1}, [&locks] {
    spin_lock(same_order ? &locks.a : &locks.b);
    spin_lock(same_order ? &locks.b : &locks.a);
    spin_unlock(same_order ? &locks.b : &locks.a);
    spin_unlock(same_order ? &locks.a : &locks.b);
  });
}

template <bool irqs_off>
void share_with_handler(World& world) {
  auto& counter = world.create<Counter>();
  world.task("task", Cpu{0}, [&counter] {
    unsigned long flags = 0;
    if (irqs_off)
      spin_lock_irqsave(&counter.lock, flags);
    else
      spin_lock(&counter.lock);
    ++counter.value;
    if (irqs_off)
      spin_unlock_irqrestore(&counter.lock, flags);
    else
      spin_unlock(&counter.lock);
  });
  // On another CPU, so that it does not deadlock here.
  world.interrupt("interrupt", Cpu{1}, Level::hardirq, 1, [&counter] {
    spin_lock(&counter.lock);
    ++counter.value;
    spin_unlock(&counter.lock);
  });
}

template <bool bh_off>
void share_with_softirq(World& world) {
  auto& counter = world.create<Counter>();
  world.task("task", Cpu{0}, [&counter] {
    if (bh_off)
      spin_lock_bh(&counter.lock);
    else
      spin_lock(&counter.lock);
    ++counter.value;
    if (bh_off)
      spin_unlock_bh(&counter.lock);
    else
      spin_unlock(&counter.lock);
  });
  world.interrupt("softirq", Cpu{1}, Level::softirq, 1, [&counter] {
    spin_lock(&counter.lock);
    ++counter.value;
    spin_unlock(&counter.lock);
  });
}

/// `b` is never taken by the handler, but its holder is waited for with `a` held.
template <bool irqs_off>
void follow_handlers_lock(World& world) {
  auto& locks = world.create<TwoLocks>();
  world.interrupt("interrupt", Cpu{0}, Level::hardirq, 1, [&locks] {
    spin_lock(&locks.a);
    spin_unlock(&locks.a);
  });
  world.task("ab", Cpu{1}, [&locks] {
    spin_lock_irq(&locks.a);
    spin_lock(&locks.b);
    spin_unlock(&locks.b);
    spin_unlock_irq(&locks.a);
  });
  world.task("b", Cpu{0}, [&locks] {
    if (irqs_off)
      spin_lock_irq(&locks.b);
    else
      spin_lock(&locks.b);
    if (irqs_off)
      spin_unlock_irq(&locks.b);
    else
      spin_unlock(&locks.b);
  });
}

template <bool annotated>
void take_two_of_a_class(World& world) {
  auto& first = make_lock(world, "element");
  auto& second = make_lock(world, "element");
  world.task("mover", Cpu{0}, [&first, &second] {
    spin_lock(&first);
    if (annotated)
      spin_lock_nested(&second);
    else
      spin_lock(&second);
    spin_unlock(&second);
    spin_unlock(&first);
  });
}

// ---- lock_misuse
// -----------------------------------------------------------------------------------

template <bool held>
void release(World& world) {
  auto& lock = make_lock(world, "lock");
  world.task("task", Cpu{0}, [&lock] {
    if (held)
      spin_lock(&lock);
    else
      preempt_disable();
    spin_unlock(&lock);
  });
}

template <bool own>
void release_for_another(World& world) {
  auto& lock = make_lock(world, "lock");
  auto& taken = world.create<std::atomic<bool>>(false);
  world.task("holder", Cpu{0}, [&lock, &taken] {
    spin_lock(&lock);
    taken.store(true);
    if (own)
      spin_unlock(&lock);
    else
      preempt_enable();
  });
  world.task("other", Cpu{1}, [&lock, &taken] {
    while (!taken.load()) cpu_relax();
    if (own)
      spin_lock(&lock);
    else
      preempt_disable();
    spin_unlock(&lock);
  });
}

template <bool held>
void release_mutex(World& world) {
  auto& sleeping = world.create<mutex>(MUTEX_UNLOCKED("sleeping"));
  world.task("task", Cpu{0}, [&sleeping] {
    if (held) mutex_lock(&sleeping);
    mutex_unlock(&sleeping);
  });
}

template <bool initialised>
void use_fresh_lock(World& world) {
  world.task("task", Cpu{0}, [] {
    auto* lock = static_cast<spinlock_t*>(kmalloc(sizeof(spinlock_t), GFP_KERNEL));
    if (initialised) spin_lock_init(lock, "lock");
    spin_lock(lock);
    spin_unlock(lock);
    kfree(lock);
  });
}

template <bool before>
void initialise(World& world) {
  auto& lock = make_lock(world, "lock");
  world.task("task", Cpu{0}, [&lock] {
    if (before) spin_lock_init(&lock, "lock");
    spin_lock(&lock);
    if (!before) spin_lock_init(&lock, "lock");
    spin_unlock(&lock);
  });
}

template <bool released>
void free_lock(World& world) {
  world.task("task", Cpu{0}, [] {
    auto* lock = static_cast<spinlock_t*>(kmalloc(sizeof(spinlock_t), GFP_KERNEL));
    spin_lock_init(lock, "lock");
    spin_lock(lock);
    if (released) spin_unlock(lock);
    kfree(lock);
    if (!released) preempt_enable();
  });
}

template <bool released>
void end_with_lock(World& world) {
  auto& lock = make_lock(world, "lock");
  world.task("task", Cpu{0}, [&lock] {
    spin_lock(&lock);
    if (released) spin_unlock(&lock);
  });
}

template <bool enabled>
void end_with_preemption_off(World& world) {
  world.task("task", Cpu{0}, [] {
    preempt_disable();
    if (enabled) preempt_enable();
  });
}

// ---- atomic_context ----------------------------------------------------------------------------

template <bool before>
void sleep_near_lock(World& world) {
  auto& lock = make_lock(world, "lock");
  world.task("task", Cpu{0}, [&lock] {
    if (before) might_sleep();
    spin_lock(&lock);
    if (!before) might_sleep();
    spin_unlock(&lock);
  });
}

template <bool before>
void take_mutex_near_lock(World& world) {
  auto& lock = make_lock(world, "lock");
  auto& sleeping = world.create<mutex>(MUTEX_UNLOCKED("sleeping"));
  world.task("task", Cpu{0}, [&lock, &sleeping] {
    if (before) mutex_lock(&sleeping);
    spin_lock(&lock);
    if (!before) mutex_lock(&sleeping);
    spin_unlock(&lock);
    mutex_unlock(&sleeping);
  });
}

template <bool atomically>
void allocate_in_handler(World& world) {
  world
      .interrupt("softirq", Cpu{0}, Level::softirq, 0,
                 [] { kfree(kmalloc(8, atomically ? GFP_ATOMIC : GFP_KERNEL)); })
      .raise();
}

template <bool enabled>
void join_with_preemption_off(World& world) {
  Task child = world.task("child", Cpu{1}, [] {});
  world.task("parent", Cpu{0}, [child]() mutable {
    preempt_disable();
    if (enabled) preempt_enable();
    child.join();
    if (!enabled) preempt_enable();
  });
}

// ---- deadlock
// ------------------------------------------------------------------------------------

template <bool same_order>
void sleep_for_each_other(World& world) {
  struct Mutexes {
    mutex a = MUTEX_UNLOCKED("a");
    mutex b = MUTEX_UNLOCKED("b");
  };
  auto& mutexes = world.create<Mutexes>();
  const auto take_both = [](mutex* first, mutex* second) {
    mutex_lock(first);
    mutex_lock(second);
    mutex_unlock(second);
    mutex_unlock(first);
  };
  world.task("ab", Cpu{0}, [&mutexes, take_both] { take_both(&mutexes.a, &mutexes.b); });
  world.task("ba", Cpu{0}, [&mutexes, take_both] {
    take_both(same_order ? &mutexes.a : &mutexes.b, same_order ? &mutexes.b : &mutexes.a);
  });
}

template <bool irqs_off>
void wait_for_interrupted(World& world) {
  auto& counter = world.create<Counter>();
  const auto body = [&counter] {
    unsigned long flags = 0;
    if (irqs_off)
      spin_lock_irqsave(&counter.lock, flags);
    else
      spin_lock(&counter.lock);
    ++counter.value;
    if (irqs_off)
      spin_unlock_irqrestore(&counter.lock, flags);
    else
      spin_unlock(&counter.lock);
  };
  world.task("task", Cpu{0}, body);
  world.interrupt("interrupt", Cpu{0}, Level::hardirq, 1, body);
}

template <bool released>
void take_twice(World& world) {
  auto& lock = make_lock(world, "lock");
  world.task("task", Cpu{0}, [&lock] {
    spin_lock(&lock);
    if (released) spin_unlock(&lock);
    spin_lock(&lock);
    spin_unlock(&lock);
    if (!released) spin_unlock(&lock);
  });
}

template <bool released>
void wait_for_the_gone(World& world) {
  auto& lock = make_lock(world, "lock");
  for (std::uint16_t i = 0; i < 2; ++i)
    world.task("task", Cpu{i}, [&lock] {
      spin_lock(&lock);
      if (released) spin_unlock(&lock);
    });
}

template <bool set>
void loop_until_flag(World& world) {
  auto& flag = world.create<std::atomic<bool>>(false);
  world.task("looper", Cpu{0}, [&flag] {
    while (!flag.load()) cpu_relax();
  });
  world.task("setter", Cpu{1}, [&flag] { flag.store(set); });
}

// ---- heap
template <bool first_sets>
void loop_for_each_other(World& world) {
  struct Flags {
    std::atomic<bool> a{false}, b{false};
  };
  auto& flags = world.create<Flags>();
  world.task("first", Cpu{0}, [&flags] {
    if (first_sets) flags.b.store(true);
    while (!flags.a.load()) cpu_relax();
    flags.b.store(true);
  });
  world.task("second", Cpu{1}, [&flags] {
    while (!flags.b.load()) cpu_relax();
    flags.a.store(true);
  });
}

// ----------------------------------------------------------------------------------------

struct Object {
  long first;
  long second;
};

Object* new_object(gfp_t flags) { return static_cast<Object*>(kmalloc(sizeof(Object), flags)); }

template <bool before>
void use_freed(World& world) {
  world.task("task", Cpu{0}, [] {
    Object* object = new_object(GFP_KERNEL);
    if (before) object->second = 1;
    kfree(object);
    if (!before) object->second = 1;
  });
}

template <bool before>
void lock_freed(World& world) {
  world.task("task", Cpu{0}, [] {
    auto* lock = static_cast<spinlock_t*>(kmalloc(sizeof(spinlock_t), GFP_KERNEL));
    spin_lock_init(lock, "lock");
    if (!before) kfree(lock);
    spin_lock(lock);
    spin_unlock(lock);
    if (before) kfree(lock);
  });
}

template <bool inside>
void write_behind(World& world) {
  world.task("task", Cpu{0}, [] {
    auto* bytes = static_cast<volatile char*>(kmalloc(5, GFP_KERNEL));
    bytes[inside ? 4 : 5] = 1;
    kfree(const_cast<char*>(bytes));
  });
}

template <bool written>
void read_fresh(World& world) {
  auto& sum = world.create<long>(0);
  world.task("task", Cpu{0}, [&sum] {
    Object* object = new_object(GFP_KERNEL);
    if (written) object->second = 1;
    sum += object->second;
    kfree(object);
  });
}

template <bool once>
void free_twice(World& world) {
  world.task("task", Cpu{0}, [] {
    Object* object = new_object(GFP_KERNEL);
    kfree(object);
    if (!once) kfree(object);
  });
}

// ---- leak, assertion, invariant
// --------------------------------------------------------------------

template <bool freed>
void keep(World& world) {
  world.task("task", Cpu{0}, [] {
    Object* object = new_object(GFP_KERNEL);
    if (freed) kfree(object);
  });
}

template <bool holds>
void assert_something(World& world) {
  world.task("task", Cpu{0}, [] { BUG_ON(!holds, "it holds"); });
}

template <bool whole>
void change_twins(World& world) {
  auto& counter = world.create<Counter>();
  world.invariant("the twins are equal", &counter.lock,
                  [&counter] { return counter.value == counter.twin; });
  world.task("task", Cpu{0}, [&counter] {
    spin_lock(&counter.lock);
    ++counter.value;
    if (!whole) spin_unlock(&counter.lock);
    if (!whole) spin_lock(&counter.lock);
    ++counter.twin;
    spin_unlock(&counter.lock);
  });
}

constexpr Program all[] = {
    {"unlocked_counter", "race", FindingKind::data_race, count<false>, count<true>},
    {"counter_shared_with_interrupt", "race", FindingKind::data_race, count_with_interrupt<false>,
     count_with_interrupt<true>},
    {"opposite_orders", "lock_order", FindingKind::lock_order, take_two<false>, take_two<true>},
    {"irq_unsafe_lock", "lock_order", FindingKind::lock_order, share_with_handler<false>,
     share_with_handler<true>},
    {"bh_unsafe_lock", "lock_order", FindingKind::lock_order, share_with_softirq<false>,
     share_with_softirq<true>},
    {"irq_unsafe_follower", "lock_order", FindingKind::lock_order, follow_handlers_lock<false>,
     follow_handlers_lock<true>},
    {"two_of_a_class", "lock_order", FindingKind::lock_order, take_two_of_a_class<false>,
     take_two_of_a_class<true>},
    {"released_unheld", "lock_misuse", FindingKind::lock_misuse, release<false>, release<true>},
    {"released_for_another", "lock_misuse", FindingKind::lock_misuse, release_for_another<false>,
     release_for_another<true>},
    {"mutex_released_unheld", "lock_misuse", FindingKind::lock_misuse, release_mutex<false>,
     release_mutex<true>},
    {"uninitialised_lock", "lock_misuse", FindingKind::lock_misuse, use_fresh_lock<false>,
     use_fresh_lock<true>},
    {"initialised_while_held", "lock_misuse", FindingKind::lock_misuse, initialise<false>,
     initialise<true>},
    {"freed_while_held", "lock_misuse", FindingKind::lock_misuse, free_lock<false>,
     free_lock<true>},
    {"ends_with_lock", "lock_misuse", FindingKind::lock_misuse, end_with_lock<false>,
     end_with_lock<true>},
    {"ends_with_preemption_off", "lock_misuse", FindingKind::wrong_context,
     end_with_preemption_off<false>, end_with_preemption_off<true>},
    {"sleeps_under_lock", "atomic_context", FindingKind::wrong_context, sleep_near_lock<false>,
     sleep_near_lock<true>},
    {"mutex_under_lock", "atomic_context", FindingKind::wrong_context, take_mutex_near_lock<false>,
     take_mutex_near_lock<true>},
    {"waiting_allocation_in_handler", "atomic_context", FindingKind::wrong_context,
     allocate_in_handler<false>, allocate_in_handler<true>},
    {"joins_with_preemption_off", "atomic_context", FindingKind::wrong_context,
     join_with_preemption_off<false>, join_with_preemption_off<true>},
    {"opposite_waits", "deadlock", FindingKind::deadlock, take_two<false>, take_two<true>},
    {"waits_for_interrupted", "deadlock", FindingKind::deadlock, wait_for_interrupted<false>,
     wait_for_interrupted<true>, 1},
    {"sleep_for_each_other", "deadlock", FindingKind::deadlock, sleep_for_each_other<false>,
     sleep_for_each_other<true>, 1},
    {"takes_twice", "deadlock", FindingKind::deadlock, take_twice<false>, take_twice<true>},
    {"waits_for_the_gone", "deadlock", FindingKind::hung_task, wait_for_the_gone<false>,
     wait_for_the_gone<true>},
    {"loops_for_nobody", "deadlock", FindingKind::livelock, loop_until_flag<false>,
     loop_until_flag<true>},
    {"loop_for_each_other", "deadlock", FindingKind::livelock, loop_for_each_other<false>,
     loop_for_each_other<true>},
    {"used_after_free", "heap", FindingKind::use_after_free, use_freed<false>, use_freed<true>},
    {"lock_used_after_free", "heap", FindingKind::use_after_free, lock_freed<false>,
     lock_freed<true>},
    {"written_behind", "heap", FindingKind::out_of_bounds, write_behind<false>, write_behind<true>},
    {"read_before_written", "heap", FindingKind::uninitialised, read_fresh<false>,
     read_fresh<true>},
    {"freed_twice", "heap", FindingKind::double_free, free_twice<false>, free_twice<true>},
    {"never_freed", "leak", FindingKind::leak, keep<false>, keep<true>},
    {"false_assertion", "assertion", FindingKind::kernel_assertion, assert_something<false>,
     assert_something<true>},
    {"halved_change", "invariant", FindingKind::invariant, change_twins<false>, change_twins<true>},
};

}  // namespace

std::span<const Program> programs() { return all; }

}  // namespace heddle::tests
