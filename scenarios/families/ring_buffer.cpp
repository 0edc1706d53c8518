// The ring buffer's writers against one another and against a consuming reader.
#include "scenarios/families/ring_buffer_support.hpp"

namespace heddle::scenarios::ring_buffer {
namespace {

using Kind = FindingKind;

void consume_some(Subject& subject, int cpu, int times) {
  Progress progress;
  for (int i = 0; i < times; ++i) subject.consume(cpu, progress);
}

void overwritten_while_read(World& world, DefectBits defects) {
  Subject& subject = world.create<Subject>(world, defects, 1);
  world.task("writer", Cpu{0}, [&subject] {
    for (int i = 0; i < 4; ++i) subject.write();
  });
  world.task("reader", Cpu{1}, [&subject] { consume_some(subject, 0, 2); });
  subject.settle_at_end();
}
HEDDLE_SCENARIO("ring_buffer/overwritten_while_read", overwritten_while_read)
    .model(model)
    .summary("a task overwrites the oldest pages, of one event each, while another one reads")
    .cpus(2)
    .executions(20'000)
    .finds(Defect::late_commit_overlooked, Kind::invariant)
    .finds(Defect::swap_unchecked, {Kind::invariant, Kind::kernel_assertion, Kind::data_race})
    .finds(Defect::head_moves_unmarked,
           {Kind::invariant, Kind::kernel_assertion, Kind::data_race, Kind::livelock})
    .finds(Defect::overrun_uncounted, Kind::invariant);

void page_taken_under_writer(World& world, DefectBits defects) {
  Subject& subject = world.create<Subject>(world, defects, 1);
  for (int i = 0; i < 2; ++i) subject.write();
  world.task("writer", Cpu{0}, [&subject] {
    for (int i = 0; i < 2; ++i) subject.write();
  });
  world.task("reader", Cpu{1}, [&subject] { consume_some(subject, 0, 3); });
  subject.settle_at_end();
}
HEDDLE_SCENARIO("ring_buffer/page_taken_under_writer", page_taken_under_writer)
    .model(model)
    .summary("a reader takes the page that a writer is about to move to, and those behind it")
    .cpus(2)
    .executions(20'000)
    .finds(Defect::neighbour_trusted, {Kind::invariant, Kind::kernel_assertion});

void filled_while_read(World& world, DefectBits defects) {
  Subject& subject = world.create<Subject>(world, defects, 2);
  world.task("writer", Cpu{0}, [&subject] {
    for (int i = 0; i < 3; ++i) subject.write();
  });
  world.task("reader", Cpu{1}, [&subject] { consume_some(subject, 0, 3); });
  subject.settle_at_end();
}
HEDDLE_SCENARIO("ring_buffer/filled_while_read", filled_while_read)
    .model(model)
    .summary("a reader follows a writer closely, on the page that is being written")
    .cpus(2)
    .executions(20'000)
    .finds(Defect::late_commit_overlooked, Kind::invariant)
    .finds(Defect::reader_takes_tail, {Kind::invariant, Kind::kernel_assertion, Kind::data_race});

void nested_writers(World& world, DefectBits defects) {
  Subject& subject = world.create<Subject>(world, defects, 3);
  world.task("writer", Cpu{0}, [&subject] { subject.write(); });
  world.interrupt("irq", Cpu{0}, Level::hardirq, 1, [&subject] { subject.write(); });
  world.task("reader", Cpu{1}, [&subject] { consume_some(subject, 0, 2); });
  subject.settle_at_end();
}
HEDDLE_SCENARIO("ring_buffer/nested_writers", nested_writers)
    .model(model)
    .summary("an interrupt writes while the task that it interrupted does, and somebody reads")
    .cpus(2)
    .executions(20'000)
    .finds(Defect::nested_commit_publishes, {Kind::invariant, Kind::data_race, Kind::uninitialised})
    .finds(Defect::commit_overlooks_nested, Kind::invariant);

void writers_at_every_level(World& world, DefectBits defects) {
  Subject& subject = world.create<Subject>(world, defects, 1);
  world.task("writer", Cpu{0}, [&subject] { subject.write(); });
  world.interrupt("softirq", Cpu{0}, Level::softirq, 1, [&subject] { subject.write(); });
  world.interrupt("irq", Cpu{0}, Level::hardirq, 1, [&subject] { subject.write(); });
  world.interrupt("nmi", Cpu{0}, Level::nmi, 1, [&subject] { subject.write(); });
  subject.settle_at_end();
}
HEDDLE_SCENARIO("ring_buffer/writers_at_every_level", writers_at_every_level)
    .model(model)
    .summary("a task, a softirq, an interrupt and an nmi write, each inside another")
    .dfs_preemptions(4);

void nested_writers_overwrite(World& world, DefectBits defects) {
  Subject& subject = world.create<Subject>(world, defects, 1);
  world.task("writer", Cpu{0}, [&subject] {
    for (int i = 0; i < 3; ++i) subject.write();
  });
  world.interrupt("irq", Cpu{0}, Level::hardirq, 1, [&subject] {
    subject.write();
    subject.write();
  });
  world.task("reader", Cpu{1}, [&subject] { consume_some(subject, 0, 1); });
  subject.settle_at_end();
}
HEDDLE_SCENARIO("ring_buffer/nested_writers_overwrite", nested_writers_overwrite)
    .model(model)
    .summary("a task and an interrupt push the head on, one inside the other, while somebody reads")
    .cpus(2)
    .executions(20'000)
    .finds(Defect::reader_page_trusted, Kind::invariant);

void interrupted_writer_is_lapped(World& world, DefectBits defects) {
  Subject& subject = world.create<Subject>(world, defects, 1);
  world.task("writer", Cpu{0}, [&subject] { subject.write(); });
  world.interrupt("irq", Cpu{0}, Level::hardirq, 1, [&subject] {
    for (int i = 0; i < 4; ++i) subject.write();
  });
  subject.settle_at_end();
}
HEDDLE_SCENARIO("ring_buffer/interrupted_writer_is_lapped", interrupted_writer_is_lapped)
    .model(model)
    .summary("an interrupt fills the ring while the task that it interrupted has not committed")
    .finds(Defect::writer_laps_commit, {Kind::invariant, Kind::kernel_assertion, Kind::data_race});

void events_of_any_length(World& world, DefectBits defects) {
  Subject& subject = world.create<Subject>(world, defects, 2);
  world.task("writer", Cpu{0}, [&subject, &world] {
    Progress progress;
    for (int i = 0; i < 4; ++i) {
      const std::size_t length = least_length + 8 * world.choose(6);
      const bool stored = subject.write(length);
      world.expect(stored == (length <= subject.buffer().length_max()),
                   "what fits on a page is taken, and nothing else");
      if (world.choose(2) != 0) subject.consume(0, progress);
    }
  });
  subject.settle_at_end();
}
HEDDLE_SCENARIO("ring_buffer/events_of_any_length", events_of_any_length)
    .model(model)
    .summary("events of all lengths, so that pages end with padding of all lengths");

void empty_or_not(World& world, DefectBits defects) {
  Subject& subject = world.create<Subject>(world, defects, 2);
  world.task("user", Cpu{0}, [&subject, &world] {
    Progress progress;
    for (int i = 0; i < 14; ++i) {
      if (world.choose(2) == 0)
        subject.write();
      else
        subject.consume(0, progress);
      world.expect(subject.buffer().empty(0) == (subject.present(0) == 0),
                   "the buffer is empty exactly if there is nothing to read");
    }
  });
  subject.settle_at_end();
}
HEDDLE_SCENARIO("ring_buffer/empty_or_not", empty_or_not)
    .model(model)
    .summary("writes and reads in any order, and what empty() says in between")
    .finds(Defect::empty_trusts_old_read, Kind::invariant);

void two_consumers(World& world, DefectBits defects) {
  Subject& subject = world.create<Subject>(world, defects, 1);
  for (int i = 0; i < 2; ++i) subject.write();
  world.task("looks", Cpu{0}, [&subject] {
    subject.peek(0);
    subject.peek(0);
  });
  world.task("takes", Cpu{1}, [&subject] { consume_some(subject, 0, 2); });
  subject.settle_at_end();
}
HEDDLE_SCENARIO("ring_buffer/two_consumers", two_consumers)
    .model(model)
    .summary("one looks at the oldest event while another one takes it")
    .cpus(2)
    .finds(Defect::peek_unlocked, Kind::data_race);

}  // namespace
}  // namespace heddle::scenarios::ring_buffer
