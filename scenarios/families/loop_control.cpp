// loop: one process at a time: errors, arguments, memory that is short, loading that fails.
#include "scenarios/families/loop_control_support.hpp"
#include "sim/kernel/errno.hpp"

namespace heddle::scenarios::loop_control {
namespace {

void add_without_memory(World& world, DefectBits defects) {
  Subject& subject = world.create<Subject>(world, defects);
  subject.load(0);
  world.allocation_faults({.hard = 1, .soft = 0});
  world.task("user", Cpu{0}, [&world, &subject] {
    const int added = subject.add(0);
    world.expect(added == 0 || added == -ENOMEM, "ADD succeeds or says that memory is short");
    if (subject.open(0) == 0) subject.close(0);
    subject.get_free();
    subject.remove(0);
  });
  subject.finish_at_end();
}
HEDDLE_SCENARIO("loop/add_without_memory", add_without_memory)
    .model(model)
    .summary("a device is added, opened and removed while one allocation fails")
    .finds(Defect::failed_add_stays_indexed, {Kind::use_after_free})
    .finds(Defect::preload_misread, Kind::invariant)
    .finds(Defect::disk_added_before_number, {Kind::use_after_free, Kind::crash})
    .finds(Defect::failed_add_returns_zero, Kind::not_linearizable);

void arguments(World& world, DefectBits defects) {
  Subject& subject = world.create<Subject>(world, defects);
  subject.load(2);
  world.task("user", Cpu{0}, [&world, &subject] {
    Driver& driver = subject.driver();
    constexpr unsigned long wide = 1ul << 32;
    constexpr unsigned long beyond = 1ul << 20;
    world.expect(driver.control(LOOP_CTL_REMOVE, -1ul) == -EINVAL, "there is no device -1");
    world.expect(driver.control(LOOP_CTL_ADD, -1ul) == -EINVAL, "no device -1 can be added");
    world.expect(driver.control(LOOP_CTL_REMOVE, wide + 1) == -EINVAL,
                 "a number of 33 bits is no device");
    world.expect(driver.control(LOOP_CTL_ADD, beyond) == -EINVAL,
                 "a number that has no minor cannot be added");
    world.expect(driver.control(0x4C83) == -ENOTTY, "there is no such command");
    world.expect(driver.live_devices() == 2, "calls that fail change nothing");
  });
  subject.finish_at_end();
}
HEDDLE_SCENARIO("loop/arguments", arguments)
    .model(model)
    .summary("the control node is asked for what there is not")
    .finds(Defect::argument_unchecked, Kind::invariant)
    .finds(Defect::range_unchecked, {Kind::invariant, Kind::kernel_assertion})
    .finds(Defect::unknown_is_enosys, Kind::invariant);

void open_absent(World& world, DefectBits defects) {
  Subject& subject = world.create<Subject>(world, defects);
  subject.load(1);
  world.task("user", Cpu{0}, [&subject] {
    if (subject.open(2) == 0) subject.close(2);
  });
  subject.finish_at_end();
}
HEDDLE_SCENARIO("loop/open_absent", open_absent)
    .model(model)
    .summary("the node of a device is opened that does not exist")
    .finds(Defect::open_recreates, Kind::not_linearizable)
    .finds(Defect::probe_error_is_followed, Kind::crash);

void init_fails(World& world, DefectBits defects) {
  Parameters parameters;
  switch (world.choose(3)) {
    case 0:
      parameters.max_loop = -1;
      break;
    case 1:
      parameters.max_part = 1 << 10;
      break;
    default:
      parameters.max_loop = 2;
      world.allocation_faults({.hard = 1, .soft = 0});
  }
  Subject& subject = world.create<Subject>(world, defects, parameters);
  world.task("loader", Cpu{0}, [&world, &subject] {
    Driver& driver = subject.driver();
    const int error = driver.init();
    if (error == 0) {
      world.expect(driver.live_devices() == 2, "a module that is loaded has its devices");
      driver.unload();
    }
    if (driver.open_control() == 0) driver.close_control();
  });
}
HEDDLE_SCENARIO("loop/init_fails", init_fails)
    .model(model)
    .summary("the module is loaded with bad parameters or short memory; then its node is opened")
    .finds(Defect::failed_init_keeps_node, Kind::use_after_free)
    .finds(Defect::precreate_errors_ignored, Kind::invariant);

}  // namespace
}  // namespace heddle::scenarios::loop_control
