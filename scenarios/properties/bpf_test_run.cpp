// bpf_test_run under generated users: whatever they ask for, and whatever fails, a call does what
// it says, and nothing is left over.
#include "scenarios/families/bpf_test_run_support.hpp"
#include "scenarios/properties/bpf_test_run_workload.hpp"
#include "scenarios/registry/property.hpp"
#include "sim/kernel/errno.hpp"
#include "sim/kernel/resched.hpp"
#include "sim/kernel/signal.hpp"
#include "sim/kernel/uaccess.hpp"

namespace heddle::scenarios::bpf_test_run {
namespace {

/// The world of one workload.
struct Stage {
  Subject& subject;
  const Calls& plan;
  Cgroup cgroup;

  User& user_of(const GeneratedCall& call) {
    const bool dissects = static_cast<Kind>(call.kind) == Kind::flow_dissector;
    User& user = subject.user(dissects ? 0 : call.maps);
    Attributes& asked = user.space->attributes;
    asked.repeat = call.repeat;
    asked.data_size_out = call.room;
    if (call.room == 0) asked.data_out = nullptr;
    if (call.context != 0 && static_cast<Kind>(call.kind) == Kind::skb) {
      asked.context_in = user.space->context;
      asked.context_out = user.space->context_out;
      asked.context_size_in = asked.context_size_out = sizeof(Context);
    }
    return user;
  }

  void run(std::size_t index, User& user) {
    const GeneratedCall& call = plan.calls[index];
    const int result = subject.call(user, static_cast<Kind>(call.kind));
    const bool dissects = static_cast<Kind>(call.kind) == Kind::flow_dissector;
    const std::uint32_t size = dissects ? sizeof(FlowKeys) : UserSpace::packet_bytes;
    const bool is_cut = call.room != 0 && call.room < size;
    bool right = result == (is_cut ? -ENOSPC : 0);
    right = right || (result == -ENOMEM && plan.hard != 0);
    right = right || (result == -EFAULT && plan.fault != 0);
    right = right || (result == -EINTR && plan.kill != 0 && index == 0);
    subject.world().expect(right, "a call ends as it was asked to, or as something has failed");
  }
};

void property(World& world, const Calls& plan, DefectBits defects) {
  Subject& subject = world.create<Subject>(world, defects);
  Stage& stage = world.create<Stage>(
      Stage{subject, plan, Cgroup(subject, subject.user(3), plan.packets != 0)});
  world.allocation_faults({.hard = plan.hard, .soft = 0});
  if (plan.fault != 0) kernel::user_copies_may_fault(world, plan.fault);
  for (std::size_t i = 0; i < plan.calls.size(); ++i) {
    const GeneratedCall& call = plan.calls[i];
    User& user = stage.user_of(call);
    const sim::Task task =
        world.task("user", Cpu{call.cpu}, [&stage, &user, i] { stage.run(i, user); });
    kernel::may_be_rescheduled(world, task, {.times = call.moves, .migrations = call.moves});
    if (i == 0 && plan.kill != 0) kernel::signals_may_land(world, task, SIGKILL, 1);
  }
  if (plan.packets != 0) {
    world.interrupt("packet", Cpu{0}, sim::Level::softirq, plan.packets,
                    [&stage] { stage.cgroup.run(); });
    world.finally([&stage] { stage.cgroup.detach(); });
  }
  subject.finish_at_end();
}
HEDDLE_PROPERTY("bpf_test_run/property", Calls, property)
    .model(model)
    .summary("users have programs run as generated, while what can fail fails")
    .cpus(user_cpus + 1)
    .executions(50)
    .workloads(200)
    .finds(Defect::flow_test_inverted, FindingKind::invariant)
    .finds(Defect::array_unchecked, FindingKind::crash)
    .finds(Defect::truncation_drops_result, FindingKind::invariant)
    .finds(Defect::size_query_lost, FindingKind::invariant)
    .finds(Defect::results_in_pieces, FindingKind::invariant)
    .finds(Defect::gives_way_at_end, FindingKind::invariant)
    .finds(Defect::nested_run_keeps_slots,
           {FindingKind::invariant, FindingKind::data_race, FindingKind::crash})
    .finds(Defect::fault_taken_for_truncation, FindingKind::invariant)
    .finds(Defect::signal_after_last_run, FindingKind::invariant)
    .finds(Defect::slots_set_once, {FindingKind::crash, FindingKind::invariant})
    .finds(Defect::runs_without_array, FindingKind::crash)
    .finds(Defect::signal_skips_teardown, FindingKind::leak)
    .finds(Defect::teardown_while_atomic, FindingKind::wrong_context)
    .finds(Defect::clock_not_restarted, FindingKind::invariant)
    .finds(Defect::divides_early, FindingKind::invariant)
    .finds(Defect::preemption_on_early, {FindingKind::crash, FindingKind::invariant,
                                         FindingKind::use_after_free, FindingKind::data_race})
    .finds(Defect::failed_setup_frees_later, {FindingKind::leak, FindingKind::invariant})
    .finds(Defect::exact_size_truncates, FindingKind::invariant)
    .finds(Defect::size_before_data, FindingKind::invariant)
    .finds(Defect::signal_leaves_section,
           {FindingKind::invariant, FindingKind::wrong_context, FindingKind::hung_task});

}  // namespace
}  // namespace heddle::scenarios::bpf_test_run
