// lu_ref under generated workloads, against its sequential spec: legal use ends in no report, loses
// no link, and every ref that lives throughout is shown once.
#include "scenarios/families/lu_ref_support.hpp"
#include "scenarios/properties/lu_ref_workload.hpp"
#include "scenarios/registry/property.hpp"
#include "sim/kernel/errno.hpp"
#include "sim/kernel/slab.hpp"

namespace heddle::scenarios::lu_ref {
namespace {

constexpr const char* scope = "object";
constexpr int reads_max = 300;  // of the smallest buffer: more than a file of bytes_max needs

/// A link that an actor holds, or would hold if memory had not been short.
struct Slot {
  Link* link = nullptr;  ///< nullptr: none
  int source = 0;        ///< which of the two it has
  char sources[2] = {};  ///< only their addresses matter
};

/// The world of one workload. The parts of an actor are touched by it alone until all have ended.
struct Stage {
  Stage(World& w, const Plan& p, Subject& s) : world(w), plan(p), subject(s) {}

  World& world;
  const Plan& plan;
  Subject& subject;
  Owner* shared[refs_max] = {};
  struct Own {
    Owner* owner = nullptr;  ///< p; nullptr once it is gone
    bool was_live = false;
    bool live = false;
    Cat* cat = nullptr;
    Slot slots[static_cast<std::size_t>(Step::On::count_)][lu_ref::slots];
  } own[actors_max];

  Owner* owner_of(const Own& mine, Step::On on) const {
    if (on == Step::On::p) return mine.live ? mine.owner : nullptr;
    const auto index = static_cast<std::size_t>(on);
    return index < plan.refs ? shared[index] : nullptr;
  }

  void act(std::size_t index);
  void change_link(const Step& step, Own& mine, bool softirq);
  void del(Owner* owner, Slot& slot);
  void read(const Step& step, Own& mine);
  void fini(Own& mine);
  void clean_up();
};

void Stage::act(std::size_t index) {
  const Actor& actor = plan.actors[index];
  Own& mine = own[index];
  for (const Step& step : actor.steps) {
    switch (step.kind) {
      case Step::Kind::add:
      case Step::Kind::add_atomic:
      case Step::Kind::del:
      case Step::Kind::set_at:
      case Step::Kind::del_at:
        change_link(step, mine, actor.softirq);
        break;
      case Step::Kind::print:
        if (Owner* owner = owner_of(mine, step.on)) subject.module().print(&owner->ref);
        break;
      case Step::Kind::print_all:
        subject.module().print_all();
        break;
      case Step::Kind::read:
      case Step::Kind::reread:
        if (!actor.softirq) read(step, mine);
        break;
      case Step::Kind::init:
        if (mine.was_live || mine.owner == nullptr) break;
        subject.init(&mine.owner->ref);
        mine.live = mine.was_live = true;
        break;
      case Step::Kind::fini:
        fini(mine);
        break;
      case Step::Kind::count_:
        break;
    }
  }
}

void Stage::change_link(const Step& step, Own& mine, bool softirq) {
  Owner* owner = owner_of(mine, step.on);
  if (owner == nullptr) return;
  Slot& slot = mine.slots[static_cast<std::size_t>(step.on)][step.slot];
  const char* source = &slot.sources[slot.source];
  const bool adds = step.kind == Step::Kind::add || step.kind == Step::Kind::add_atomic;
  if (adds != (slot.link == nullptr)) return;
  switch (step.kind) {
    case Step::Kind::add:
      if (softirq) return;
      slot.link = subject.add(&owner->ref, scope, source);
      // Where nothing fails for good, waiting helps.
      if (plan.hard == 0)
        world.expect(!kernel::IS_ERR(slot.link), "an add that may sleep waits for memory");
      break;
    case Step::Kind::add_atomic:
      slot.link = subject.add_atomic(&owner->ref, scope, source);
      break;
    case Step::Kind::del:
      del(owner, slot);
      break;
    case Step::Kind::set_at:
      subject.set_at(&owner->ref, slot.link, scope, source, &slot.sources[1 - slot.source]);
      if (!kernel::IS_ERR(slot.link)) slot.source = 1 - slot.source;
      break;
    default:  // del_at
      subject.del_at(&owner->ref, slot.link, scope, source);
      slot.link = nullptr;
      break;
  }
}

void Stage::del(Owner* owner, Slot& slot) {
  subject.del(&owner->ref, scope, &slot.sources[slot.source]);
  slot.link = nullptr;
}

void Stage::read(const Step& step, Own& mine) {
  const std::size_t bytes = buffer_bytes[step.buffer];
  // Opening and reading allocate, too.
  const bool may_fail = plan.hard != 0 || plan.soft != 0;
  const bool opened = mine.cat->open() == 0;
  world.expect(opened || may_fail, "the file opens");
  if (!opened) return;
  const int passes = step.kind == Step::Kind::reread ? 2 : 1;
  for (int pass = 0; pass < passes; ++pass) {
    if (pass != 0) mine.cat->rewind();
    mine.cat->forget();
    const bool ended = mine.cat->read_all(bytes, reads_max);
    world.expect(ended || may_fail, "the file comes to an end");
    if (!ended) break;
    for (std::size_t i = 0; i < plan.refs; ++i) {
      const int shown = mine.cat->times_shown(&shared[i]->ref);
      world.expect(shown > 0, "a ref that lives throughout is shown");
      world.expect(shown < 2, "no ref is shown twice");
    }
  }
  mine.cat->close();
}

void Stage::fini(Own& mine) {
  if (!mine.live) return;
  for (const Slot& slot : mine.slots[static_cast<std::size_t>(Step::On::p)])
    if (slot.link != nullptr) return;
  mine.live = false;
  subject.retire(mine.owner);
  mine.owner = nullptr;
}

void Stage::clean_up() {
  for (std::size_t i = 0; i < plan.actors.size(); ++i) {
    Own& mine = own[i];
    for (std::size_t on = 0; on < static_cast<std::size_t>(Step::On::count_); ++on)
      for (Slot& slot : mine.slots[on])
        if (slot.link != nullptr) del(owner_of(mine, static_cast<Step::On>(on)), slot);
    fini(mine);
    if (mine.owner != nullptr) kernel::kfree(mine.owner);
  }
  for (std::size_t i = 0; i < plan.refs; ++i) subject.retire(shared[i]);
  subject.unload();
}

void property(World& world, const Plan& plan, DefectBits defects) {
  Parameters parameters;
  parameters.counter_bits = 2;
  parameters.show_links_max = 2;
  parameters.chain_length_max = 1;
  Subject& subject = world.create<Subject>(world, defects, parameters);
  subject.load();
  Stage& stage = world.create<Stage>(world, plan, subject);
  for (std::size_t i = 0; i < plan.refs; ++i) {
    stage.shared[i] = subject.owner();
    subject.watch(stage.shared[i]);
  }
  for (std::size_t i = 0; i < plan.actors.size(); ++i) {
    Stage::Own& mine = stage.own[i];
    for (const Step& step : plan.actors[i].steps) {
      if (step.kind == Step::Kind::init && mine.owner == nullptr)
        mine.owner = static_cast<Owner*>(kernel::kmalloc(sizeof(Owner), kernel::GFP_KERNEL));
      if ((step.kind == Step::Kind::read || step.kind == Step::Kind::reread) && mine.cat == nullptr)
        mine.cat = &world.create<Cat>(subject.module());
    }
  }
  world.allocation_faults({.hard = plan.hard, .soft = plan.soft});
  for (std::size_t i = 0; i < plan.actors.size(); ++i) {
    const Actor& actor = plan.actors[i];
    if (actor.softirq)
      world.interrupt("softirq", Cpu{actor.cpu}, Level::softirq, 1, [&stage, i] { stage.act(i); });
    else
      world.task("task", Cpu{actor.cpu}, [&stage, i] { stage.act(i); });
  }
  world.finally([&stage] { stage.clean_up(); });
}
HEDDLE_PROPERTY("lu_ref/property", Plan, property)
    .model(model)
    .summary("generated tasks and softirqs use lu_ref as they should")
    .cpus(cpus)
    .executions(200)
    .workloads(400)
    .finds(Defect::narrow_counters, {FindingKind::invariant, FindingKind::kernel_assertion})
    .finds(Defect::guard_leaves_softirqs_on, {FindingKind::lock_order, FindingKind::deadlock})
    .finds(Defect::print_trusts_caller, {FindingKind::data_race, FindingKind::use_after_free})
    .finds(Defect::shared_debug_state, {FindingKind::invariant, FindingKind::data_race})
    .finds(Defect::cursor_repeats_record, FindingKind::invariant)
    .finds(Defect::start_ignores_position, FindingKind::invariant)
    .finds(Defect::add_never_waits, FindingKind::invariant)
    .finds(Defect::init_leaves_failed, FindingKind::uninitialised)
    .finds(Defect::next_reads_unlocked, FindingKind::data_race)
    .finds(Defect::next_skips_unshown, FindingKind::invariant)
    .finds(Defect::fini_nests_guards, {FindingKind::lock_order, FindingKind::deadlock})
    .finds(Defect::refs_raised_outside_guard, {FindingKind::invariant, FindingKind::data_race})
    .finds(Defect::link_published_unfilled, {FindingKind::invariant, FindingKind::data_race})
    .finds(Defect::link_freed_under_guard, FindingKind::use_after_free)
    .finds(Defect::next_stops_short, FindingKind::invariant)
    .finds(Defect::print_all_takes_marker,
           {FindingKind::lock_misuse, FindingKind::crash, FindingKind::use_after_free})
    .finds(Defect::release_keeps_marker, FindingKind::use_after_free)
    .finds(Defect::release_unlocked, {FindingKind::data_race, FindingKind::use_after_free})
    .finds(Defect::failed_raised_outside_guard, FindingKind::data_race)
    .finds(Defect::absorbed_del_lowers_refs,
           {FindingKind::invariant, FindingKind::kernel_assertion})
    .finds(Defect::print_all_nests_guards, {FindingKind::deadlock, FindingKind::lock_order})
    .finds(Defect::set_at_writes_outside_guard, FindingKind::data_race);

}  // namespace
}  // namespace heddle::scenarios::lu_ref
