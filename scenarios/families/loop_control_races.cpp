// loop: removing a device, and those who open, close, find or add it meanwhile.
#include "scenarios/families/loop_control_support.hpp"
#include "sim/kernel/errno.hpp"

namespace heddle::scenarios::loop_control {
namespace {

void close_races_remove(World& world, DefectBits defects) {
  Subject& subject = world.create<Subject>(world, defects);
  subject.load(1);
  subject.open(0);
  if (world.choose(2) == 1) subject.set_fd(0, true);
  world.task("closer", Cpu{0}, [&subject] { subject.close(0); });
  world.task("remover", Cpu{1}, [&subject] { subject.remove(0); });
  subject.finish_at_end();
}
HEDDLE_SCENARIO("loop/close_races_remove", close_races_remove)
    .model(model)
    .summary("a device is removed while its last user, who may have bound it, closes it")
    .cpus(2)
    .executions(10'000)
    .finds(Defect::remove_ignores_ctl, {Kind::use_after_free, Kind::lock_misuse})
    .finds(Defect::disk_put_before_removal, Kind::use_after_free);

void open_races_remove(World& world, DefectBits defects) {
  Subject& subject = world.create<Subject>(world, defects);
  subject.load(1);
  world.task("opener", Cpu{0}, [&subject] {
    if (subject.open(0) == 0) subject.close(0);
  });
  world.task("remover", Cpu{1}, [&subject] {
    subject.remove(0);
    subject.add(0);
  });
  subject.finish_at_end();
}
HEDDLE_SCENARIO("loop/open_races_remove", open_races_remove)
    .model(model)
    .summary("a device is removed and added again while somebody opens it")
    .cpus(2)
    .finds(Defect::stale_disk_fails_open, Kind::invariant)
    .finds(Defect::count_is_plain, Kind::data_race);

void open_races_remove_and_takes_bd_mutex(World& world, DefectBits defects) {
  Parameters parameters;
  parameters.new_block_layer = true;
  Subject& subject = world.create<Subject>(world, defects, parameters);
  subject.load(1);
  world.task("opener", Cpu{0}, [&subject] {
    if (subject.open(0) == 0) subject.close(0);
  });
  world.task("remover", Cpu{1}, [&subject] { subject.remove(0); });
  subject.finish_at_end();
}
HEDDLE_SCENARIO("loop/open_races_remove_of_later_kernels", open_races_remove_and_takes_bd_mutex)
    .model(model)
    .summary("the same where del_gendisk takes bd_mutex, as in later kernels")
    .cpus(2)
    .finds(Defect::open_takes_global, {Kind::deadlock, Kind::lock_order});

void open_races_add(World& world, DefectBits defects) {
  Subject& subject = world.create<Subject>(world, defects);
  subject.load(0);
  world.task("opener", Cpu{0}, [&subject] {
    if (subject.open(0) == 0) subject.close(0);
  });
  world.task("adder", Cpu{1}, [&subject] { subject.add(0); });
  subject.finish_at_end();
}
HEDDLE_SCENARIO("loop/open_races_add", open_races_add)
    .model(model)
    .summary("a device is added while somebody opens it")
    .cpus(2)
    .finds(Defect::open_recreates, Kind::not_linearizable)
    .finds(Defect::probe_takes_no_reference,
           {Kind::use_after_free, Kind::refcount, Kind::double_free, Kind::crash});

void add_races_remove(World& world, DefectBits defects) {
  Subject& subject = world.create<Subject>(world, defects);
  subject.load(1);
  world.task("adder", Cpu{0}, [&subject] { subject.add(0); });
  world.task("remover", Cpu{1}, [&subject] { subject.remove(0); });
  subject.finish_at_end();
}
HEDDLE_SCENARIO("loop/add_races_remove", add_races_remove)
    .model(model)
    .summary("a device is removed while somebody adds one of its number")
    .cpus(2)
    .finds(Defect::removal_unmarked, Kind::kernel_assertion);

void get_free_races_remove(World& world, DefectBits defects) {
  Subject& subject = world.create<Subject>(world, defects);
  subject.load(1);
  world.task("finder", Cpu{0}, [&subject] {
    if (subject.open(0) == 0) subject.close(0);
    const int number = subject.get_free();
    if (number >= 0 && subject.open(number) == 0) subject.close(number);
  });
  world.task("remover", Cpu{1}, [&subject] { subject.remove(0); });
  subject.finish_at_end();
}
HEDDLE_SCENARIO("loop/get_free_races_remove", get_free_races_remove)
    .model(model)
    .summary("a free device is looked for and opened while one is removed")
    .cpus(2)
    .finds(Defect::remove_ignores_ctl, {Kind::use_after_free, Kind::lock_misuse, Kind::data_race})
    .finds(Defect::open_recreates, Kind::not_linearizable)
    .finds(Defect::unindexed_after_free, {Kind::use_after_free})
    .finds(Defect::free_scan_takes_deleting, Kind::not_linearizable);

void two_removers(World& world, DefectBits defects) {
  Subject& subject = world.create<Subject>(world, defects);
  subject.load(1);
  for (std::uint16_t i = 0; i < 2; ++i)
    world.task("remover", Cpu{i}, [&subject] { subject.remove(0); });
  subject.finish_at_end();
}
HEDDLE_SCENARIO("loop/two_removers", two_removers)
    .model(model)
    .summary("two processes remove the same device")
    .cpus(2)
    .finds(Defect::global_dropped_after_lookup, {Kind::use_after_free});

void read_races_remove(World& world, DefectBits defects) {
  Subject& subject = world.create<Subject>(world, defects);
  subject.load(1);
  world.task("reader", Cpu{0}, [&subject] { subject.block().read_attribute(0); });
  world.task("remover", Cpu{1}, [&subject] { subject.remove(0); });
  subject.finish_at_end();
}
HEDDLE_SCENARIO("loop/read_races_remove", read_races_remove)
    .model(model)
    .summary("a device is removed while somebody reads an attribute of it")
    .cpus(2)
    .finds(Defect::remove_ignores_ctl, Kind::data_race)
    .finds(Defect::show_takes_global, {Kind::deadlock, Kind::hung_task});

void killed_while_reader_lingers(World& world, DefectBits defects) {
  Subject& subject = world.create<Subject>(world, defects);
  subject.load(1);
  subject.let_reader_linger();
  world.task("reader", Cpu{0}, [&subject] { subject.block().read_attribute(0); });
  world.task("remover", Cpu{1}, [&subject] { subject.remove(0); });
  world.task("victim", Cpu{2}, [&subject] {
    kernel::send_sig(SIGKILL, sim::Task(sim::Machine::running().self()));
    subject.get_free();
    subject.let_reader_go_on();  // what the reader waits for needs the victim to end
  });
  subject.finish_at_end();
}
HEDDLE_SCENARIO("loop/killed_while_reader_lingers", killed_while_reader_lingers)
    .model(model)
    .summary("a removal waits for a reader, who waits for a process that is killed in GET_FREE")
    .cpus(3)
    .finds(Defect::global_is_unkillable, {Kind::hung_task, Kind::deadlock});

void killed_adder(World& world, DefectBits defects) {
  Subject& subject = world.create<Subject>(world, defects);
  subject.load(1);
  const sim::Task adder = world.task("adder", Cpu{0}, [&subject] { subject.add(0); });
  world.task("remover", Cpu{1}, [&subject] {
    subject.remove(0);
    subject.get_free();
  });
  kernel::signals_may_land(world, adder, SIGKILL, 1);
  subject.finish_at_end();
}
HEDDLE_SCENARIO("loop/killed_adder", killed_adder)
    .model(model)
    .summary("a process may be killed while it adds a device that another one removes")
    .cpus(2);

void udev_opens_what_is_removed(World& world, DefectBits defects) {
  Subject& subject = world.create<Subject>(world, defects);
  subject.load(1);
  subject.block().listen();
  world.task("collector", Cpu{0}, [&subject] {
    subject.remove(0);
    subject.block().stop_listening();
  });
  world.task("udev", Cpu{1}, [&subject] {
    Uevent event{};
    while (subject.block().next_uevent(event))
      if (subject.block().open(event.minor) == 0) subject.block().close(event.minor);
  });
  world.finally([&world, &subject] {
    world.expect(subject.driver().live_devices() == 0,
                 "a device that was removed stays so until somebody adds it");
  });
  subject.finish_at_end();
}
HEDDLE_SCENARIO("loop/udev_opens_what_is_removed", udev_opens_what_is_removed)
    .model(model)
    .summary("udev opens the node of each device that it hears of, also of a removed one")
    .cpus(2)
    .finds(Defect::open_recreates, Kind::invariant);

}  // namespace
}  // namespace heddle::scenarios::loop_control
