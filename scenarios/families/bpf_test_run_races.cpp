// bpf_test_run: several programs on few CPUs, that give way, move, and are interrupted.
#include "scenarios/families/bpf_test_run_support.hpp"
#include "sim/kernel/resched.hpp"

namespace heddle::scenarios::bpf_test_run {
namespace {

void runs_while_moved(World& world, DefectBits defects) {
  Subject& subject = world.create<Subject>(world, defects);
  User& user = subject.user(1);
  user.space->attributes.repeat = 3;
  const sim::Task task = world.task("user", Cpu{0}, [&subject, &world, &user] {
    world.expect(subject.call(user, Kind::xdp) == 0, "a call succeeds");
  });
  kernel::may_be_rescheduled(world, task, {.times = 2, .migrations = 2});
  subject.finish_at_end();
}
HEDDLE_SCENARIO("bpf_test_run/runs_while_moved", runs_while_moved)
    .model(model)
    .summary("a program that runs three times goes on on other CPUs")
    .cpus(3)
    .finds(Defect::slots_set_once, FindingKind::crash);

void two_on_a_cpu(World& world, DefectBits defects) {
  Subject& subject = world.create<Subject>(world, defects);
  for (int i = 0; i < 2; ++i) {
    User& user = subject.user(1);
    user.space->attributes.repeat = i == 0 ? 2 : 1;
    const sim::Task task = world.task("user", Cpu{0}, [&subject, &world, &user] {
      world.expect(subject.call(user, Kind::xdp) == 0, "a call succeeds");
    });
    if (i == 0) kernel::may_be_rescheduled(world, task, {.times = 1, .migrations = 1});
  }
  subject.finish_at_end();
}
HEDDLE_SCENARIO("bpf_test_run/two_on_a_cpu", two_on_a_cpu)
    .model(model)
    .summary("two users of a CPU have programs run; one of them may be moved")
    .cpus(2)
    .executions(5'000)
    .finds(Defect::slots_set_once,
           {FindingKind::crash, FindingKind::invariant, FindingKind::use_after_free})
    .finds(Defect::preemption_on_early,
           {FindingKind::invariant, FindingKind::use_after_free, FindingKind::data_race});

void interrupted_by_packet(World& world, DefectBits defects) {
  Subject& subject = world.create<Subject>(world, defects);
  User& user = subject.user(1);
  const bool with_storage = world.choose(2) != 0;
  Cgroup& cgroup = world.create<Cgroup>(subject, subject.user(with_storage ? 1 : 0), with_storage);
  world.task("user", Cpu{0}, [&subject, &world, &user] {
    world.expect(subject.call(user, Kind::xdp) == 0, "a call succeeds");
  });
  world.interrupt("packet", Cpu{0}, sim::Level::softirq, 1, [&cgroup] { cgroup.run(); });
  world.finally([&cgroup] { cgroup.detach(); });
  subject.finish_at_end();
}
HEDDLE_SCENARIO("bpf_test_run/interrupted_by_packet", interrupted_by_packet)
    .model(model)
    .summary("a packet arrives, for which a cgroup's program runs, with storage or without")
    .cpus(2)
    .finds(Defect::nested_run_keeps_slots, {FindingKind::crash, FindingKind::invariant});

void storage_left_behind(World& world, DefectBits defects) {
  Subject& subject = world.create<Subject>(world, defects);
  User& user = subject.user(1);
  world.task("user", Cpu{0}, [&subject, &world, &user] {
    world.expect(subject.call(user, Kind::xdp) == 0, "a call succeeds");
    std::uint32_t verdict = 0;
    std::uint32_t duration = 0;
    subject.kernel().run(user.process, user.program, nullptr, 1, flag_plain, {}, &verdict,
                         &duration);
  });
  subject.finish_at_end();
}
HEDDLE_SCENARIO("bpf_test_run/storage_left_behind", storage_left_behind)
    .model(model)
    .summary("after a test run with storage, a program is run without setting any")
    .cpus(2)
    .finds(Defect::slots_outlive_run, FindingKind::use_after_free);

}  // namespace
}  // namespace heddle::scenarios::bpf_test_run
