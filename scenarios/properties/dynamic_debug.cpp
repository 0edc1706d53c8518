// dynamic_debug under generated workloads: whatever is stored is read whole, in order and once, or
// a reader is told that it is lost; and every read of the pipe and of trace comes to an end.
#include "models/dynamic_debug/dynamic_debug.hpp"

#include "scenarios/families/dynamic_debug_support.hpp"
#include "scenarios/properties/dynamic_debug_workload.hpp"
#include "scenarios/registry/property.hpp"
#include "sim/kernel/errno.hpp"

namespace heddle::scenarios::dynamic_debug {
namespace {

void do_act(Subject& subject, const Act& act, bool is_task) {
  Module& module = subject.module();
  if (act.kind == Act::Kind::store) {
    subject.store(act.number);
    return;
  }
  if (!is_task) return;
  const std::size_t bytes = std::size_t{1} << act.number;
  switch (act.kind) {
    case Act::Kind::pipe:
      subject.drain(subject.world().create<Output>(), bytes);
      break;
    case Act::Kind::trace:
      subject.cat_trace(subject.world().create<Output>(), bytes);
      break;
    case Act::Kind::resize: {
      const int error = module.write_size(2u + act.number % 4);
      subject.world().expect(error == 0 || error == -EBUSY, "a size that can be is taken");
      break;
    }
    default: {  // truncate
      TraceFile* file = module.open_trace({.read = false, .write = true, .truncate = true});
      if (!kernel::IS_ERR(file)) module.close_trace(file);
      break;
    }
  }
}

void property(World& world, const Plan& plan, DefectBits defects) {
  Parameters parameters = Subject::small(cpus);
  parameters.page_bytes = plan.per_page * message_bytes + 16;
  Subject& subject = world.create<Subject>(world, defects, parameters);
  for (const Actor& actor : plan.actors) {
    const auto act = [&subject, &actor] {
      for (const Act& one : actor.acts) do_act(subject, one, actor.context == Actor::Context::task);
    };
    const Cpu cpu{actor.cpu};
    switch (actor.context) {
      case Actor::Context::softirq:
        world.interrupt("softirq", cpu, Level::softirq, 1, act);
        break;
      case Actor::Context::irq:
        world.interrupt("irq", cpu, Level::hardirq, 1, act);
        break;
      case Actor::Context::nmi:
        world.interrupt("nmi", cpu, Level::nmi, 1, act);
        break;
      default:
        world.task("task", cpu, act);
        break;
    }
  }
  subject.settle_at_end();
}
HEDDLE_PROPERTY("dynamic_debug/property", Plan, property)
    .model(model)
    .summary("generated tasks and interrupts store; tasks read, resize and truncate")
    .cpus(cpus)
    .executions(100)
    .workloads(200)
    .finds(Defect::list_passed_on, FindingKind::out_of_bounds)
    .finds(Defect::scratch_shared, {FindingKind::invariant, FindingKind::data_race})
    .finds(Defect::losses_unreported, FindingKind::invariant)
    .finds(Defect::position_not_rewound, FindingKind::invariant)
    .finds(Defect::reset_meets_writer, {FindingKind::kernel_assertion, FindingKind::invariant})
    .finds(Defect::length_after_commit, {FindingKind::data_race, FindingKind::invariant})
    .finds(Defect::finish_leaves_disabled, FindingKind::invariant)
    .finds(Defect::resize_skips_grace_period, {FindingKind::out_of_bounds, FindingKind::invariant})
    .finds(Defect::commits_before_copy, {FindingKind::data_race, FindingKind::invariant})
    .finds(Defect::reader_takes_tail, {FindingKind::kernel_assertion, FindingKind::invariant})
    .finds(Defect::peek_unlocked, {FindingKind::data_race, FindingKind::invariant});

}  // namespace
}  // namespace heddle::scenarios::dynamic_debug
