// dynamic_debug's messages: how they are formatted, stored and lost. Each scenario is the one that
// finds some defect with that defect alone.
#include "scenarios/families/dynamic_debug_support.hpp"
#include "sim/kernel/errno.hpp"
#include "sim/kernel/once.hpp"
#include "sim/kernel/resched.hpp"

namespace heddle::scenarios::dynamic_debug {
namespace {

using Kind = FindingKind;

void one_message(World& world, DefectBits defects) {
  Subject& subject = world.create<Subject>(world, defects, Subject::small());
  world.task("user", Cpu{0}, [&subject, &world] {
    subject.store();
    Output& output = world.create<Output>();
    subject.drain(output);
    world.expect(output.lines == 1, "the message is read");
  });
  subject.settle_at_end();
}
HEDDLE_SCENARIO("dynamic_debug/one_message", one_message)
    .model(model)
    .summary("a message is stored and read")
    .finds(Defect::list_passed_on, Kind::out_of_bounds);

void long_messages(World& world, DefectBits defects) {
  Subject& subject = world.create<Subject>(world, defects, Subject::small());
  world.task("user", Cpu{0}, [&subject, &world] {
    for (int i = 0; i < 2; ++i) subject.store(14 + world.choose(8));
    Output& output = world.create<Output>();
    subject.drain(output);
    world.expect(output.lines == 2, "both messages are read");
  });
  subject.settle_at_end();
}
HEDDLE_SCENARIO("dynamic_debug/long_messages", long_messages)
    .model(model)
    .summary("messages about as long as there is room for one")
    .finds(Defect::cut_text_keeps_end, Kind::invariant);

void stores_in_interrupts(World& world, DefectBits defects) {
  Parameters parameters = Subject::small();
  parameters.page_bytes = 4 * message_bytes;
  Subject& subject = world.create<Subject>(world, defects, parameters);
  world.task("task", Cpu{0}, [&subject] { subject.store(); });
  world.interrupt("irq", Cpu{0}, Level::hardirq, 1, [&subject] { subject.store(5); });
  world.interrupt("nmi", Cpu{0}, Level::nmi, 1, [&subject] { subject.store(9); });
  subject.settle_at_end();
}
HEDDLE_SCENARIO("dynamic_debug/stores_in_interrupts", stores_in_interrupts)
    .model(model)
    .summary("an interrupt and an nmi store messages while a task does")
    .executions(20'000)
    .finds(Defect::scratch_shared, {Kind::invariant, Kind::data_race});

void tasks_of_a_cpu(World& world, DefectBits defects) {
  Subject& subject = world.create<Subject>(world, defects, Subject::small());
  for (std::size_t i = 0; i < 3; ++i)
    world.task("user", Cpu{0}, [&subject, i] { subject.store(3 * i); });
  subject.settle_at_end();
}
HEDDLE_SCENARIO("dynamic_debug/tasks_of_a_cpu", tasks_of_a_cpu)
    .model(model)
    .summary("three tasks of a CPU store messages")
    .finds(Defect::list_passed_on, Kind::out_of_bounds);

void task_is_moved(World& world, DefectBits defects) {
  Subject& subject = world.create<Subject>(world, defects, Subject::small(2));
  const sim::Task moved = world.task("moved", Cpu{0}, [&subject] { subject.store(); });
  kernel::may_be_rescheduled(world, moved, {.times = 1, .migrations = 1});
  world.task("stays", Cpu{0}, [&subject] { subject.store(5); });
  world.interrupt("irq", Cpu{0}, Level::hardirq, 1, [&subject] { subject.store(9); });
  subject.settle_at_end();
}
HEDDLE_SCENARIO("dynamic_debug/task_is_moved", task_is_moved)
    .model(model)
    .summary("a task that stores is moved to another CPU; on its first one a task and an irq store")
    .cpus(2)
    .executions(20'000)
    .finds(Defect::list_passed_on, Kind::out_of_bounds)
    .finds(Defect::preemption_off_late, {Kind::invariant, Kind::data_race});

void evaluated_once(World& world, DefectBits defects) {
  Subject& subject = world.create<Subject>(world, defects, Subject::small());
  world.task("user", Cpu{0}, [&subject, &world] {
    Descriptor& descriptor = world.create<Descriptor>();
    subject.module().set_flags(descriptor, world.choose(4));
    int evaluations = 0;
    subject.module().pr_debug(descriptor, "", [&evaluations] {
      ++evaluations;
      return kernel::va_arguments{};
    });
    world.expect(evaluations <= 1, "the arguments of a message are evaluated once at most");
  });
  subject.settle_at_end();
}
HEDDLE_SCENARIO("dynamic_debug/evaluated_once", evaluated_once)
    .model(model)
    .summary("a message goes to the log, to the ring buffer, to both or to none")
    .finds(Defect::arguments_twice, Kind::invariant);

void flags_change(World& world, DefectBits defects) {
  Subject& subject = world.create<Subject>(world, defects, Subject::small());
  Descriptor& descriptor = world.create<Descriptor>();
  subject.module().set_flags(descriptor, Descriptor::ring);
  world.task("user", Cpu{0}, [&subject, &world, &descriptor] {
    const int sent =
        subject.module().pr_debug(descriptor, "", [] { return kernel::va_arguments{}; });
    world.expect(sent == 1, "a message goes to one output, whichever is chosen meanwhile");
  });
  world.task("control", Cpu{1}, [&subject, &descriptor] {
    subject.module().set_flags(descriptor, Descriptor::print);
    subject.module().set_flags(descriptor, Descriptor::ring);
  });
  subject.settle_at_end();
}
HEDDLE_SCENARIO("dynamic_debug/flags_change", flags_change)
    .model(model)
    .summary("the output is changed from one to the other while a message is on its way")
    .cpus(2)
    .finds(Defect::flags_tested_twice, Kind::invariant);

void overwritten(World& world, DefectBits defects) {
  Subject& subject = world.create<Subject>(world, defects, Subject::small());
  world.task("user", Cpu{0}, [&subject] {
    for (int i = 0; i < 6; ++i) subject.store();
  });
  subject.settle_at_end();
}
HEDDLE_SCENARIO("dynamic_debug/overwritten", overwritten)
    .model(model)
    .summary("more messages are stored than there is room for")
    .finds(Defect::losses_unreported, Kind::invariant);

void cause_and_effect(World& world, DefectBits defects) {
  Subject& subject = world.create<Subject>(world, defects, Subject::small(2));
  std::uint32_t& cause = world.variable<std::uint32_t>("cause", 0u);
  std::uint32_t& before = world.create<std::uint32_t>(0u);
  std::uint32_t& after = world.create<std::uint32_t>(0u);
  world.task("cause", Cpu{0}, [&subject, &cause] {
    subject.store();
    kernel::smp_store_release(&cause, subject.store());
  });
  world.task("effect", Cpu{1}, [&subject, &cause, &before, &after] {
    before = kernel::smp_load_acquire(&cause);
    after = subject.store();
  });
  world.finally([&subject, &world, &before, &after] {
    Output& output = world.create<Output>();
    subject.cat_trace(output, Output::bytes_max);
    bool shown = false;
    for (std::uint32_t i = 0; i < output.lines; ++i) {
      shown = shown || output.ids[i] == after;
      world.expect(before == 0 || output.ids[i] != before || !shown,
                   "a message is shown before those that it has caused");
    }
  });
  subject.settle_at_end();
}
HEDDLE_SCENARIO("dynamic_debug/cause_and_effect", cause_and_effect)
    .model(model)
    .summary("a message is stored because of one that was stored on another CPU")
    .cpus(2)
    .finds(Defect::local_clocks, Kind::invariant);

void same_time(World& world, DefectBits defects) {
  Parameters parameters = Subject::small(2);
  parameters.clock = models::ring_buffer::Clock::coarse;
  Subject& subject = world.create<Subject>(world, defects, parameters);
  for (std::uint16_t i = 0; i < 2; ++i) world.task("user", Cpu{i}, [&subject] { subject.store(); });
  world.finally([&subject, &world] {
    Output& output = world.create<Output>();
    subject.cat_trace(output, Output::bytes_max);
    world.expect(output.lines == 2 && subject.log().message(output.ids[0]).cpu == 0,
                 "messages of the same time are shown in the order of their CPUs");
  });
  subject.settle_at_end();
}
HEDDLE_SCENARIO("dynamic_debug/same_time", same_time)
    .model(model)
    .summary("two CPUs store messages at the same time of a coarse clock")
    .cpus(2)
    .finds(Defect::list_passed_on, Kind::out_of_bounds)
    .finds(Defect::later_cpu_wins_ties, Kind::invariant);

void nested_stores_overwrite(World& world, DefectBits defects) {
  Parameters parameters = Subject::small();
  parameters.page_bytes = message_bytes;
  parameters.size_shift = 5;
  Subject& subject = world.create<Subject>(world, defects, parameters);
  for (int i = 0; i < 2; ++i) subject.store();
  world.task("task", Cpu{0}, [&subject] { subject.store(); });
  world.interrupt("irq", Cpu{0}, Level::hardirq, 1, [&subject] {
    for (int i = 0; i < 2; ++i) subject.store();
  });
  world.task("reader", Cpu{1}, [&subject, &world] {
    Output& output = world.create<Output>();
    subject.drain(output);
  });
  subject.settle_at_end();
}
HEDDLE_SCENARIO("dynamic_debug/nested_stores_overwrite", nested_stores_overwrite)
    .model(model)
    .summary("a task and an interrupt overwrite the oldest messages while the pipe is read")
    .cpus(2)
    .executions(20'000)
    .finds(Defect::reader_page_trusted, Kind::invariant);

void page_taken_under_store(World& world, DefectBits defects) {
  Parameters parameters = Subject::small();
  parameters.page_bytes = message_bytes;
  parameters.size_shift = 5;
  Subject& subject = world.create<Subject>(world, defects, parameters);
  for (int i = 0; i < 2; ++i) subject.store();
  world.task("task", Cpu{0}, [&subject] { subject.store(); });
  world.task("reader", Cpu{1}, [&subject, &world] {
    Output& output = world.create<Output>();
    for (int i = 0; i < 2; ++i) subject.consume(0, output);
  });
  subject.settle_at_end();
}
HEDDLE_SCENARIO("dynamic_debug/page_taken_under_store", page_taken_under_store)
    .model(model)
    .summary("a reader takes the page that a store is about to move to, and the next one as well")
    .cpus(2)
    .finds(Defect::neighbour_trusted, {Kind::invariant, Kind::kernel_assertion});

}  // namespace
}  // namespace heddle::scenarios::dynamic_debug
