// The ring buffer's iterators, and what empties or resizes it under writers and readers.
#include "scenarios/families/ring_buffer_support.hpp"
#include "sim/kernel/errno.hpp"

namespace heddle::scenarios::ring_buffer {
namespace {

using Kind = FindingKind;

void iterate_while_written(World& world, DefectBits defects) {
  Subject& subject = world.create<Subject>(world, defects, 1);
  world.task("writer", Cpu{0}, [&subject] {
    for (int i = 0; i < 3; ++i) subject.write();
  });
  world.task("iterator", Cpu{1}, [&subject, &world] {
    Iterator* iterator = subject.buffer().start(0);
    const std::uint64_t present = subject.present(0);
    Progress progress;
    world.expect(subject.iterate(iterator, progress) == present,
                 "an iterator shows all that is there");
    subject.buffer().finish(iterator);
  });
  subject.settle_at_end();
}
HEDDLE_SCENARIO("ring_buffer/iterate_while_written", iterate_while_written)
    .model(model)
    .summary("an iterator is opened, read and closed while a task writes")
    .cpus(2)
    .finds(Defect::iterator_passes_end, {Kind::invariant, Kind::out_of_bounds, Kind::crash})
    .finds(Defect::start_skips_grace_period, {Kind::invariant, Kind::data_race})
    .finds(Defect::finish_leaves_disabled, Kind::invariant);

void iterate_after_consuming(World& world, DefectBits defects) {
  Subject& subject = world.create<Subject>(world, defects, 2);
  world.task("reader", Cpu{0}, [&subject, &world] {
    Progress consumed;
    const std::uint32_t writes = 1 + world.choose(4);
    for (std::uint32_t i = 0; i < writes; ++i) subject.write();
    const std::uint32_t reads = world.choose(4);
    for (std::uint32_t i = 0; i < reads; ++i) subject.consume(0, consumed);
    const std::uint64_t present = subject.present(0);
    Iterator* iterator = subject.buffer().start(0);
    Progress progress;
    world.expect(subject.iterate(iterator, progress) == present,
                 "an iterator shows all that is there");
    subject.buffer().finish(iterator);
  });
  subject.settle_at_end();
}
HEDDLE_SCENARIO("ring_buffer/iterate_after_consuming", iterate_after_consuming)
    .model(model)
    .summary("some events are consumed, then an iterator goes through the rest")
    .finds(Defect::iterator_passes_end, {Kind::invariant, Kind::out_of_bounds, Kind::crash});

void iterate_while_consuming(World& world, DefectBits defects) {
  Subject& subject = world.create<Subject>(world, defects, 1);
  subject.buffer().resize(2 * subject.buffer().bytes());
  for (int i = 0; i < 3; ++i) subject.write();
  world.task("iterator", Cpu{0}, [&subject, &world] {
    Iterator* iterator = subject.buffer().start(0);
    Progress progress;
    for (int i = 0; i < 4; ++i) {
      if (subject.present(0) == 0) break;  // steps, at which the consumer may come
      // Whatever the iterator shows now has not been consumed before it looked.
      std::array<bool, 3> gone{};
      for (std::uint32_t id = 0; id < 3; ++id) gone[id] = subject.tape().entry(id).consumed;
      if (!subject.iterate_once(iterator, progress)) break;
      world.expect(!gone[progress.last[0] - 1], "what was consumed before is not shown");
    }
    subject.buffer().finish(iterator);
  });
  world.task("consumer", Cpu{1}, [&subject] {
    Progress progress;
    for (int i = 0; i < 2; ++i) subject.consume(0, progress);
    subject.peek(0);
  });
  subject.settle_at_end();
}
HEDDLE_SCENARIO("ring_buffer/iterate_while_consuming", iterate_while_consuming)
    .model(model)
    .summary("events are consumed while an iterator goes through them")
    .cpus(2)
    .executions(20'000)
    .finds(Defect::iterator_goes_stale, {Kind::invariant, Kind::kernel_assertion});

void reset_while_written(World& world, DefectBits defects) {
  Subject& subject = world.create<Subject>(world, defects, 1);
  world.task("writer", Cpu{0}, [&subject] {
    for (int i = 0; i < 2; ++i) subject.write();
  });
  world.task("resetter", Cpu{1}, [&subject] { subject.buffer().reset(); });
  subject.settle_at_end();
}
HEDDLE_SCENARIO("ring_buffer/reset_while_written", reset_while_written)
    .model(model)
    .summary("the buffer is emptied while a task writes")
    .cpus(2)
    .finds(Defect::reset_meets_writer, {Kind::kernel_assertion, Kind::invariant});

void reset_while_read(World& world, DefectBits defects) {
  Subject& subject = world.create<Subject>(world, defects, 1);
  for (int i = 0; i < 2; ++i) subject.write();
  world.task("reader", Cpu{0}, [&subject] {
    for (int i = 0; i < 2; ++i) {
      std::uint64_t time = 0;
      if (subject.buffer().empty(0)) subject.buffer().peek(0, &time);
    }
  });
  world.task("resetter", Cpu{1}, [&subject] { subject.buffer().reset(); });
  subject.settle_at_end();
}
HEDDLE_SCENARIO("ring_buffer/reset_while_read", reset_while_read)
    .model(model)
    .summary("the buffer is emptied while somebody looks whether it is")
    .cpus(2);

void resize_while_written(World& world, DefectBits defects) {
  Subject& subject = world.create<Subject>(world, defects, 1);
  const std::size_t page = subject.buffer().bytes() / 2;
  world.task("writer", Cpu{0}, [&subject] {
    for (int i = 0; i < 2; ++i) subject.write();
  });
  world.task("resizer", Cpu{1}, [&subject, &world, page] {
    world.expect(subject.buffer().resize(3 * page) == static_cast<std::int64_t>(3 * page),
                 "the buffer grows as it is told to");
    world.expect(subject.buffer().resize(2 * page) == static_cast<std::int64_t>(2 * page),
                 "the buffer shrinks as it is told to");
  });
  subject.settle_at_end();
}
HEDDLE_SCENARIO("ring_buffer/resize_while_written", resize_while_written)
    .model(model)
    .summary("the buffer grows and shrinks while a task writes")
    .cpus(2)
    .finds(Defect::resize_skips_grace_period,
           {Kind::invariant, Kind::data_race, Kind::use_after_free, Kind::kernel_assertion});

void resize_without_memory(World& world, DefectBits defects) {
  Subject& subject = world.create<Subject>(world, defects, 1, 3);
  const std::size_t page = subject.buffer().bytes() / 2;
  world.allocation_faults({.hard = 1});
  world.task("resizer", Cpu{0}, [&subject, &world, page] {
    subject.write();
    const std::int64_t resized = subject.buffer().resize(4 * page);
    world.expect(resized == -ENOMEM || resized == static_cast<std::int64_t>(4 * page),
                 "the buffer grows, or says that memory is short");
    world.expect(subject.buffer().bytes() == (resized == -ENOMEM ? 2 : 4) * page,
                 "the buffer has the size that it says it has");
    subject.write();
  });
  subject.settle_at_end();
}
HEDDLE_SCENARIO("ring_buffer/resize_without_memory", resize_without_memory)
    .model(model)
    .summary("the buffer is to grow, and memory is short at any of its pages")
    .cpus(2);

void resize_under_iterator(World& world, DefectBits defects) {
  Subject& subject = world.create<Subject>(world, defects, 1);
  const std::size_t page = subject.buffer().bytes() / 2;
  subject.buffer().resize(4 * page);
  for (int i = 0; i < 3; ++i) subject.write();
  world.task("iterator", Cpu{0}, [&subject] {
    Iterator* iterator = subject.buffer().start(0);
    Progress progress;
    subject.iterate(iterator, progress);
    subject.buffer().finish(iterator);
  });
  world.task("resizer", Cpu{1}, [&subject, page] { subject.buffer().resize(2 * page); });
  subject.settle_at_end();
}
HEDDLE_SCENARIO("ring_buffer/resize_under_iterator", resize_under_iterator)
    .model(model)
    .summary("the buffer shrinks while an iterator goes through it")
    .cpus(2)
    .finds(Defect::resize_ignores_iterators,
           {Kind::use_after_free, Kind::invariant, Kind::data_race});

void sizes_of_any_size(World& world, DefectBits defects) {
  Subject& subject = world.create<Subject>(world, defects, 1);
  const std::size_t before = subject.buffer().bytes();
  subject.buffer().resize(4 * (before / 2));
  world.task("resizer", Cpu{0}, [&subject, &world] {
    const std::size_t wanted = ~std::size_t{0} - world.choose(3) * 10;
    world.expect(subject.buffer().resize(wanted) < 0, "a size that cannot be is refused");
  });
  subject.settle_at_end();
}
HEDDLE_SCENARIO("ring_buffer/sizes_of_any_size", sizes_of_any_size)
    .model(model)
    .summary("the buffer is to become as large as numbers go")
    .finds(Defect::size_wraps, Kind::invariant);

}  // namespace
}  // namespace heddle::scenarios::ring_buffer
