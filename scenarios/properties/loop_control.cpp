// loop under generated user space: whatever the processes do, their calls are linearizable, who
// wants a device gets one in the end, and nothing is left over.
#include <utility>

#include "scenarios/families/loop_control_support.hpp"
#include "scenarios/properties/loop_control_workload.hpp"
#include "scenarios/registry/property.hpp"
#include "sim/kernel/errno.hpp"

namespace heddle::scenarios::loop_control {
namespace {

/// More than the others together can make one lose: each of them takes few devices, and few times.
constexpr int tries_max = 12;

/// The world of one workload.
struct Stage {
  Stage(World& w, const Households& p, Subject& s) : world(w), plan(p), subject(s) {}

  World& world;
  const Households& plan;
  Subject& subject;
  kernel::atomic_t running{0};
  bool has_udev = false;

  void run(std::size_t index);
  void set_up(bool autoclear);
  void listen();
};

void Stage::run(std::size_t index) {
  const Process& process = plan.processes[index];
  const int number = process.number;
  switch (process.kind) {
    case Process::Kind::losetup:
    case Process::Kind::autoclear:
      set_up(process.kind == Process::Kind::autoclear);
      break;
    case Process::Kind::mount:
      if (subject.open(number) == 0) subject.close(number);
      break;
    case Process::Kind::udev:
      listen();
      return;
    case Process::Kind::collector:
      subject.remove(number);
      break;
    case Process::Kind::adder:
      subject.add(number);
      break;
    case Process::Kind::reader:
      subject.block().read_attribute(number);
      break;
    case Process::Kind::count_:
      break;
  }
  if (kernel::atomic_dec_and_test(&running) && has_udev) subject.block().stop_listening();
}

void Stage::set_up(bool autoclear) {
  for (int i = 0; i < tries_max; ++i) {
    const int number = subject.get_free();
    if (number == -EINTR) return;  // killed
    if (number < 0 || subject.open(number) != 0) continue;
    const bool bound = subject.set_fd(number, autoclear) == 0;
    // Others may have it open, too: then it stays bound.
    if (bound && !autoclear) subject.clr_fd(number);
    subject.close(number);
    if (bound) return;
  }
  world.expect(false, "who wants a device gets one after some tries");
}

void Stage::listen() {
  Uevent event{};
  while (subject.block().next_uevent(event)) {
    if (subject.open(event.minor) != 0) continue;
    subject.block().read_attribute(event.minor);
    subject.close(event.minor);
  }
}

void property(World& world, const Households& plan, DefectBits defects) {
  Subject& subject = world.create<Subject>(world, defects);
  subject.load(plan.devices);
  world.allocation_faults({.hard = plan.hard, .soft = 0});
  Stage& stage = world.create<Stage>(world, plan, subject);
  int others = 0;
  int udevs = 0;
  for (const Process& process : plan.processes)
    ++(process.kind == Process::Kind::udev ? udevs : others);
  // Without others nothing ends its wait.
  stage.has_udev = udevs != 0 && others != 0;
  if (stage.has_udev) subject.block().listen();
  kernel::atomic_set(&stage.running, others);
  bool starts_udev = stage.has_udev;
  for (std::size_t i = 0; i < plan.processes.size(); ++i) {
    const Process& process = plan.processes[i];
    if (process.kind == Process::Kind::udev && !std::exchange(starts_udev, false)) continue;
    const sim::Task task = world.task("process", Cpu{process.cpu}, [&stage, i] { stage.run(i); });
    if (i == 0 && plan.kill != 0) kernel::signals_may_land(world, task, SIGKILL, 1);
  }
  subject.finish_at_end();
}
HEDDLE_PROPERTY("loop/property", Households, property)
    .model(model)
    .summary("processes set up, mount, add and remove devices as generated; udev listens")
    .cpus(cpus)
    .executions(50)
    .workloads(300)
    .finds(Defect::failed_add_stays_indexed, Kind::use_after_free)
    .finds(Defect::preload_misread, Kind::not_linearizable)
    .finds(Defect::remove_ignores_ctl,
           {Kind::use_after_free, Kind::data_race, Kind::lock_misuse, Kind::crash})
    .finds(Defect::free_scan_unmarked, Kind::data_race)
    .finds(Defect::open_recreates, Kind::not_linearizable)
    .finds(Defect::probe_error_is_followed, Kind::crash)
    .finds(Defect::disk_put_before_removal, Kind::use_after_free)
    .finds(Defect::unindexed_after_free, {Kind::use_after_free, Kind::data_race})
    .finds(Defect::removal_unmarked, Kind::not_linearizable)
    .finds(Defect::count_is_plain, Kind::data_race)
    .finds(Defect::disk_added_before_number,
           {Kind::use_after_free, Kind::data_race, Kind::refcount})
    .finds(Defect::probe_takes_no_reference, {Kind::use_after_free, Kind::refcount})
    .finds(Defect::failed_add_returns_zero, Kind::not_linearizable)
    .finds(Defect::free_scan_takes_deleting, Kind::not_linearizable);

}  // namespace
}  // namespace heddle::scenarios::loop_control
