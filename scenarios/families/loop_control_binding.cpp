// loop: devices that are bound and cleared, and modules that come and go.
#include "scenarios/families/loop_control_support.hpp"
#include "sim/kernel/errno.hpp"

namespace heddle::scenarios::loop_control {
namespace {

constexpr Transfer cipher{1};

/// losetup: a free device, opened and bound, however often that takes.
bool set_up(Subject& subject, int tries) {
  for (; tries != 0; --tries) {
    const int number = subject.get_free();
    if (number < 0 || subject.open(number) != 0) continue;
    const bool bound = subject.set_fd(number, true) == 0;
    subject.close(number);
    if (bound) return true;
  }
  return false;
}

void two_losetups(World& world, DefectBits defects) {
  Subject& subject = world.create<Subject>(world, defects);
  subject.load(1);
  for (std::uint16_t i = 0; i < 2; ++i)
    world.task("losetup", Cpu{i}, [&world, &subject] {
      world.expect(set_up(subject, 4), "losetup succeeds once the others have stopped");
    });
  subject.finish_at_end();
}
HEDDLE_SCENARIO("loop/two_losetups", two_losetups)
    .model(model)
    .summary("two processes set up a device each, and try again when they lose it")
    .cpus(2)
    .finds(Defect::free_scan_unmarked, Kind::data_race);

void transfer_goes_during_remove(World& world, DefectBits defects) {
  Subject& subject = world.create<Subject>(world, defects);
  subject.load(2);
  world.task("cipher", Cpu{0}, [&subject] { subject.driver().unregister_transfer(&cipher); });
  world.task("remover", Cpu{1}, [&subject] { subject.remove(0); });
  subject.finish_at_end();
}
HEDDLE_SCENARIO("loop/transfer_goes_during_remove", transfer_goes_during_remove)
    .model(model)
    .summary("a cipher's module is unloaded while a device is removed")
    .cpus(2)
    .finds(Defect::transfer_walk_unlocked, {Kind::use_after_free, Kind::data_race});

void transfer_goes_during_close(World& world, DefectBits defects) {
  Subject& subject = world.create<Subject>(world, defects);
  subject.load(1);
  subject.open(0);
  subject.set_fd(0, true, &cipher);
  world.task("cipher", Cpu{0}, [&subject] { subject.driver().unregister_transfer(&cipher); });
  world.task("closer", Cpu{1}, [&subject] { subject.close(0); });
  subject.finish_at_end();
}
HEDDLE_SCENARIO("loop/transfer_goes_during_close", transfer_goes_during_close)
    .model(model)
    .summary("a cipher's module is unloaded while the last user of a bound device closes it")
    .cpus(2)
    .finds(Defect::release_skips_ctl, Kind::data_race);

void bind_to_a_device_that_is_cleared(World& world, DefectBits defects) {
  Subject& subject = world.create<Subject>(world, defects);
  subject.load(2);
  subject.open(0);
  subject.set_fd(0);
  File& device = world.create<File>();
  kernel::refcount_set(&device.refs, 1);
  device.loop = subject.driver().loop_of(0);
  // Two threads of a process share the file of device 0.
  world.task("binder", Cpu{0}, [&subject, &device] {
    if (subject.block().open(1) != 0) return;
    if (subject.driver().set_fd(1, &device) == 0) subject.driver().clr_fd(1);
    subject.block().close(1);
  });
  world.task("clearer", Cpu{1}, [&subject] { subject.clr_fd(0); });
  subject.finish_at_end();
}
HEDDLE_SCENARIO("loop/bind_to_a_device_that_is_cleared", bind_to_a_device_that_is_cleared)
    .model(model)
    .summary("a device is bound to another one, which is cleared meanwhile")
    .cpus(2)
    .finds(Defect::recursion_walk_unlocked, {Kind::crash, Kind::data_race});

void bind_during_clear(World& world, DefectBits defects) {
  Parameters parameters;
  parameters.thread_cpu = Cpu{2};
  Subject& subject = world.create<Subject>(world, defects, parameters);
  subject.load(1);
  subject.open(0);
  subject.set_fd(0);
  world.task("clearer", Cpu{0}, [&subject] { subject.clr_fd(0); });
  world.task("binder", Cpu{1}, [&subject] {
    if (subject.set_fd(0) == 0) subject.clr_fd(0);
  });
  subject.finish_at_end();
}
HEDDLE_SCENARIO("loop/bind_during_clear", bind_during_clear)
    .model(model)
    .summary("a device is cleared, and its thread stopped, while another file is bound to it")
    .cpus(3)
    .finds(Defect::ctl_dropped_before_stop, {Kind::data_race});

void early_command(World& world, DefectBits defects) {
  Parameters parameters;
  parameters.max_part = 3;
  parameters.min_count = 1;
  Subject& subject = world.create<Subject>(world, defects, parameters);
  world.task("loader", Cpu{0}, [&world, &subject] {
    world.expect(subject.driver().init() == 0, "the module loads");
  });
  world.task("user", Cpu{1}, [&subject] {
    Driver& driver = subject.driver();
    if (driver.open_control() != 0) return;
    driver.control(LOOP_CTL_ADD, 1);
    driver.close_control();
  });
  subject.finish_at_end();
}
HEDDLE_SCENARIO("loop/early_command", early_command)
    .model(model)
    .summary("a device is added while the module is being loaded")
    .cpus(2)
    .finds(Defect::init_opens_node_first, {Kind::data_race});

void forced_unload(World& world, DefectBits defects) {
  Subject& subject = world.create<Subject>(world, defects);
  subject.load(1);
  world.task("user", Cpu{0}, [&subject] {
    Driver& driver = subject.driver();
    if (driver.open_control() != 0) return;
    driver.control(LOOP_CTL_GET_FREE);
    driver.close_control();
  });
  world.task("unloader", Cpu{1}, [&subject] { subject.driver().unload(true); });
}
HEDDLE_SCENARIO("loop/forced_unload", forced_unload)
    .model(model)
    .summary("the module is unloaded by force while somebody uses the control node")
    .cpus(2)
    .finds(Defect::exit_leaves_node_for_last, {Kind::data_race, Kind::use_after_free});

}  // namespace
}  // namespace heddle::scenarios::loop_control
