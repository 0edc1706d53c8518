// lu_ref's proc file: every ref that lives throughout is shown once, whatever the buffer, and the
// reader comes to an end.
#include <array>
#include <cstddef>

#include "scenarios/families/lu_ref_support.hpp"

namespace heddle::scenarios::lu_ref {
namespace {

using Kind = FindingKind;

// Records here have 55 bytes or so: single bytes, parts of a record, one, several, all at once.
constexpr std::array<std::size_t, 5> buffer_bytes = {1, 16, 55, 100, 2000};
constexpr int reads_max = 300;

void expect_shown_once(World& world, const Cat& cat, const Owner* owner) {
  world.expect(cat.times_shown(&owner->ref) > 0, "a ref that lives throughout is shown");
  world.expect(cat.times_shown(&owner->ref) < 2, "no ref is shown twice");
}

void read_with_any_buffer(World& world, DefectBits defects) {
  Subject& subject = world.create<Subject>(world, defects);
  subject.load();
  Owner* first = subject.owner();
  Owner* second = subject.owner();
  Cat& cat = world.create<Cat>(subject.module());
  world.task("reader", Cpu{0}, [&world, &cat, first, second] {
    const std::size_t bytes = buffer_bytes[world.choose(buffer_bytes.size())];
    world.expect(cat.open() == 0, "the file opens");
    world.expect(cat.read_all(bytes, reads_max), "the file comes to an end");
    cat.close();
    expect_shown_once(world, cat, first);
    expect_shown_once(world, cat, second);
  });
  subject.clean_up_at_end(first, second);
}
HEDDLE_SCENARIO("lu_ref/read_with_any_buffer", read_with_any_buffer)
    .model(model)
    .summary("the file is read with buffers from one byte to all of it")
    .finds(Defect::cursor_repeats_record, Kind::invariant)
    .finds(Defect::next_stops_short, Kind::invariant);

void read_after_seek(World& world, DefectBits defects) {
  Subject& subject = world.create<Subject>(world, defects);
  subject.load();
  Owner* first = subject.owner();
  Owner* second = subject.owner();
  Cat& cat = world.create<Cat>(subject.module());
  world.task("reader", Cpu{0}, [&world, &cat, first, second] {
    world.expect(cat.open() == 0, "the file opens");
    world.expect(cat.read_all(2000, reads_max), "the file comes to an end");
    cat.rewind();
    cat.forget();
    world.expect(cat.read_all(2000, reads_max), "the file comes to an end");
    cat.close();
    expect_shown_once(world, cat, first);
    expect_shown_once(world, cat, second);
  });
  subject.clean_up_at_end(first, second);
}
HEDDLE_SCENARIO("lu_ref/read_after_seek", read_after_seek)
    .model(model)
    .summary("the file is read, sought back to its start, and read again")
    .finds(Defect::start_ignores_position, Kind::invariant);

void read_while_refs_come_and_go(World& world, DefectBits defects) {
  Subject& subject = world.create<Subject>(world, defects);
  subject.load();
  Owner* first = subject.owner();
  Owner* passing = subject.owner();
  Owner* second = subject.owner();
  Cat& cat = world.create<Cat>(subject.module());
  world.task("reader", Cpu{0}, [&world, &cat, first, second] {
    const std::size_t bytes = world.choose(2) == 0 ? 55 : 2000;
    world.expect(cat.open() == 0, "the file opens");
    world.expect(cat.read_all(bytes, reads_max), "the file comes to an end");
    cat.close();
    expect_shown_once(world, cat, first);
    expect_shown_once(world, cat, second);
  });
  world.task("owner", Cpu{1}, [&subject, passing] {
    subject.retire(passing);
    subject.retire(subject.owner());
  });
  subject.clean_up_at_end(first, second);
}
HEDDLE_SCENARIO("lu_ref/read_while_refs_come_and_go", read_while_refs_come_and_go)
    .model(model)
    .summary("the file is read while one ref is finalised and another one initialised")
    .cpus(2)
    .finds(Defect::next_reads_unlocked, Kind::data_race)
    .finds(Defect::next_skips_unshown, Kind::invariant)
    .finds(Defect::release_unlocked, Kind::data_race);

void two_readers(World& world, DefectBits defects) {
  Subject& subject = world.create<Subject>(world, defects);
  subject.load();
  Owner* owner = subject.owner();
  for (std::uint16_t i = 0; i < 2; ++i) {
    Cat& cat = world.create<Cat>(subject.module());
    world.task("reader", Cpu{i}, [&world, &cat, owner] {
      const bool opened = cat.open() == 0;
      world.expect(opened, "the file opens for a second reader");
      if (!opened) return;
      world.expect(cat.read_all(2000, reads_max), "the file comes to an end");
      cat.close();
      expect_shown_once(world, cat, owner);
    });
  }
  subject.clean_up_at_end(owner);
}
HEDDLE_SCENARIO("lu_ref/two_readers", two_readers)
    .model(model)
    .summary("two processes read the file at the same time")
    .cpus(2)
    .finds(Defect::shared_debug_state, Kind::invariant);

void read_during_print_all(World& world, DefectBits defects) {
  Subject& subject = world.create<Subject>(world, defects);
  subject.load();
  Owner* owner = subject.owner();
  Cat& cat = world.create<Cat>(subject.module());
  world.task("reader", Cpu{0}, [&world, &cat, owner] {
    world.expect(cat.open() == 0, "the file opens");
    world.expect(cat.read_all(2000, reads_max), "the file comes to an end");
    cat.close();
    expect_shown_once(world, cat, owner);
  });
  world.task("printer", Cpu{1}, [&subject] { subject.module().print_all(); });
  subject.clean_up_at_end(owner);
}
HEDDLE_SCENARIO("lu_ref/read_during_print_all", read_during_print_all)
    .model(model)
    .summary("the file is read while all refs are printed")
    .cpus(2)
    .finds(Defect::print_all_nests_guards, {Kind::deadlock, Kind::lock_order});

void reader_leaves(World& world, DefectBits defects) {
  Subject& subject = world.create<Subject>(world, defects);
  subject.load();
  Owner* owner = subject.owner();
  Cat& cat = world.create<Cat>(subject.module());
  world.task("reader", Cpu{0}, [&cat] {
    if (cat.open() == 0) cat.close();
  });
  world.task("printer", Cpu{1}, [&subject] { subject.module().print_all(); });
  subject.clean_up_at_end(owner);
}
HEDDLE_SCENARIO("lu_ref/reader_leaves", reader_leaves)
    .model(model)
    .summary("the file is opened and closed while all refs are printed")
    .cpus(2)
    .finds(Defect::release_keeps_marker, {Kind::use_after_free, Kind::livelock})
    .finds(Defect::print_all_takes_marker,
           {Kind::lock_misuse, Kind::use_after_free, Kind::out_of_bounds});

}  // namespace
}  // namespace heddle::scenarios::lu_ref
