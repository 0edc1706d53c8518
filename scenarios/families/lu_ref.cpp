// lu_ref's links under load: add, del and set_at from tasks and softirqs, with memory that runs
// short. Each scenario is the one that finds some defect with that defect alone.
#include "scenarios/families/lu_ref_support.hpp"
#include "sim/kernel/errno.hpp"
#include "sim/kernel/module.hpp"
#include "sim/kernel/slab.hpp"

namespace heddle::scenarios::lu_ref {
namespace {

using Kind = FindingKind;

void churn_by_key(World& world, DefectBits defects) {
  Subject& subject = world.create<Subject>(world, defects);
  subject.load();
  Owner* owner = subject.owner();
  subject.watch(owner);
  for (std::uint16_t i = 0; i < 2; ++i)
    world.task("user", Cpu{i}, [&subject, owner, i] {
      subject.add(&owner->ref, "object", &users[i]);
      subject.del(&owner->ref, "object", &users[i]);
    });
  subject.clean_up_at_end(owner);
}
HEDDLE_SCENARIO("lu_ref/churn_by_key", churn_by_key)
    .model(model)
    .summary("two tasks add and delete a link each on one ref")
    .cpus(2)
    .finds(Defect::refs_raised_outside_guard, {Kind::invariant, Kind::data_race})
    .finds(Defect::link_published_unfilled, {Kind::invariant, Kind::data_race})
    .finds(Defect::link_freed_under_guard, Kind::use_after_free);

void churn_by_handle(World& world, DefectBits defects) {
  Subject& subject = world.create<Subject>(world, defects);
  subject.load();
  Owner* owner = subject.owner();
  subject.watch(owner);
  world.task("mover", Cpu{0}, [&subject, owner] {
    Link* link = subject.add(&owner->ref, "object", &users[0]);
    subject.set_at(&owner->ref, link, "object", &users[0], &users[1]);
    subject.del_at(&owner->ref, link, "object", &users[1]);
  });
  world.task("searcher", Cpu{1}, [&subject, owner] {
    subject.add(&owner->ref, "object", &users[2]);
    subject.del(&owner->ref, "object", &users[2]);
  });
  subject.clean_up_at_end(owner);
}
HEDDLE_SCENARIO("lu_ref/churn_by_handle", churn_by_handle)
    .model(model)
    .summary("a link changes its source by handle while another task searches the list")
    .cpus(2)
    .finds(Defect::set_at_writes_outside_guard, Kind::data_race);

void failing_adds(World& world, DefectBits defects) {
  Subject& subject = world.create<Subject>(world, defects);
  subject.load();
  Owner* owner = subject.owner();
  subject.watch(owner);
  world.allocation_faults({.hard = 2});
  for (std::uint16_t i = 0; i < 2; ++i)
    world.task("user", Cpu{i}, [&subject, owner, i] {
      Link* link = subject.add(&owner->ref, "object", &users[i]);
      subject.set_at(&owner->ref, link, "object", &users[i], &users[i + 2]);
      if (i == 0)
        subject.del_at(&owner->ref, link, "object", &users[i + 2]);
      else
        subject.del(&owner->ref, "object", kernel::IS_ERR(link) ? &users[i] : &users[i + 2]);
    });
  subject.clean_up_at_end(owner);
}
HEDDLE_SCENARIO("lu_ref/failing_adds", failing_adds)
    .model(model)
    .summary("adds fail for lack of memory; their handles and keys are used all the same")
    .cpus(2)
    .finds(Defect::failed_raised_outside_guard, Kind::data_race)
    .finds(Defect::absorbed_del_lowers_refs, Kind::invariant);

void failed_add_then_stray_del(World& world, DefectBits defects) {
  Subject& subject = world.create<Subject>(world, defects);
  subject.load();
  Owner* owner = subject.owner();
  world.allocation_faults({.hard = 1});
  world.task("user", Cpu{0}, [&subject, owner] {
    Link* link = subject.add(&owner->ref, "object", &users[0]);
    if (!kernel::IS_ERR(link)) {
      subject.del(&owner->ref, "object", &users[0]);
      return;
    }
    subject.del(&owner->ref, "stray", &users[1]);
    subject.del(&owner->ref, "object", &users[0]);
  });
  subject.clean_up_at_end(owner);
}
HEDDLE_SCENARIO("lu_ref/failed_add_then_stray_del", failed_add_then_stray_del)
    .model(model)
    .summary("after a failed add somebody deletes what was never added, then the adder deletes")
    .finds(Defect::failed_counts_for_everyone, Kind::kernel_assertion);

void counter_overflow(World& world, DefectBits defects) {
  Parameters parameters;
  parameters.counter_bits = 3;
  parameters.show_links_max = 2;
  Subject& subject = world.create<Subject>(world, defects, parameters);
  subject.load();
  Owner* owner = subject.owner();
  subject.watch(owner);
  Cat& cat = world.create<Cat>(subject.module());
  world.task("collector", Cpu{0}, [&subject, &world, &cat, owner] {
    for (int i = 0; i < 5; ++i) subject.add(&owner->ref, "object", &users[0]);
    world.expect(cat.open() == 0, "the file opens");
    cat.read_all(1024, 8);
    cat.close();
    world.expect(cat.size() < 128, "a ref with many links is shown without them");
    for (int i = 0; i < 5; ++i) subject.del(&owner->ref, "object", &users[0]);
  });
  subject.clean_up_at_end(owner);
}
HEDDLE_SCENARIO("lu_ref/counter_overflow", counter_overflow)
    .model(model)
    .summary("five links on one ref, where narrow counters have three bits")
    .finds(Defect::narrow_counters, Kind::invariant);

void softirq_adder(World& world, DefectBits defects) {
  Subject& subject = world.create<Subject>(world, defects);
  subject.load();
  Owner* owner = subject.owner();
  subject.watch(owner);
  world.interrupt("adder", Cpu{0}, Level::softirq, 1, [&subject, owner] {
    subject.add_atomic(&owner->ref, "softirq", &users[1]);
    subject.del(&owner->ref, "softirq", &users[1]);
  });
  world.task("user", Cpu{0}, [&subject, owner] {
    subject.add(&owner->ref, "object", &users[0]);
    subject.del(&owner->ref, "object", &users[0]);
  });
  subject.clean_up_at_end(owner);
}
HEDDLE_SCENARIO("lu_ref/softirq_adder", softirq_adder)
    .model(model)
    .summary("a softirq adds and deletes a link on the CPU of a task that does too")
    .finds(Defect::guard_leaves_softirqs_on, {Kind::deadlock, Kind::lock_order, Kind::data_race});

void memory_short_for_a_while(World& world, DefectBits defects) {
  Subject& subject = world.create<Subject>(world, defects);
  subject.load();
  Owner* owner = subject.owner();
  world.allocation_faults({.soft = 1});
  world.task("user", Cpu{0}, [&subject, &world, owner] {
    Link* link = subject.add(&owner->ref, "object", &users[0]);
    world.expect(!kernel::IS_ERR(link), "an add that may sleep gets memory that can be reclaimed");
    subject.del_at(&owner->ref, link, "object", &users[0]);
  });
  subject.clean_up_at_end(owner);
}
HEDDLE_SCENARIO("lu_ref/memory_short_for_a_while", memory_short_for_a_while)
    .model(model)
    .summary("memory is short when a task adds a link, and reclaim would help")
    .finds(Defect::add_never_waits, Kind::invariant);

void init_on_used_memory(World& world, DefectBits defects) {
  Subject& subject = world.create<Subject>(world, defects);
  subject.load();
  auto* owner = static_cast<Owner*>(kernel::kmalloc(sizeof(Owner), kernel::GFP_KERNEL));
  world.name(owner->ref, "x");
  world.task("user", Cpu{0}, [&subject, owner] {
    subject.init(&owner->ref);
    subject.add(&owner->ref, "object", &users[0]);
    subject.module().print_all();
    subject.del(&owner->ref, "object", &users[0]);
  });
  subject.clean_up_at_end(owner);
}
HEDDLE_SCENARIO("lu_ref/init_on_used_memory", init_on_used_memory)
    .model(model)
    .summary("a ref is initialised in memory that nobody has cleared")
    .finds(Defect::init_leaves_failed, Kind::uninitialised);

void long_chains(World& world, DefectBits defects) {
  Parameters parameters;
  parameters.chain_length_max = 1;
  Subject& subject = world.create<Subject>(world, defects, parameters);
  subject.load();
  Owner* owners[2] = {subject.owner(), subject.owner()};
  for (std::uint16_t i = 0; i < 2; ++i)
    world.task("user", Cpu{i}, [&subject, owner = owners[i]] {
      subject.add(&owner->ref, "object", &users[0]);
      subject.add(&owner->ref, "object", &users[1]);
      subject.del(&owner->ref, "object", &users[1]);
      subject.del(&owner->ref, "object", &users[0]);
    });
  subject.clean_up_at_end(owners[0], owners[1]);
}
HEDDLE_SCENARIO("lu_ref/long_chains", long_chains)
    .model(model)
    .summary("two tasks search long lists of two refs")
    .cpus(2)
    .finds(Defect::shared_debug_state, Kind::data_race);

void unloaded_scope(World& world, DefectBits defects) {
  Subject& subject = world.create<Subject>(world, defects);
  subject.load();
  Owner* owner = subject.owner();
  constexpr char constants[] = "client";
  auto* image = kernel::module_image::load("client_module", constants, sizeof constants);
  world.task("client", Cpu{0}, [&subject, owner, image] {
    subject.add(&owner->ref, image->data(), &users[0]);
    kernel::module_image::unload(image);
  });
  world.task("printer", Cpu{1}, [&subject] { subject.module().print_all(); });
  world.finally([&subject, owner] {
    subject.module().print_all();
    subject.del(&owner->ref, "client", &users[0]);
    subject.retire(owner);
    subject.unload();
  });
}
HEDDLE_SCENARIO("lu_ref/unloaded_scope", unloaded_scope)
    .model(model)
    .summary("the module whose string names a link is unloaded; the link is printed")
    .cpus(2)
    .finds(Defect::scope_is_not_copied, {Kind::use_after_free, Kind::data_race});

void exported_print(World& world, DefectBits defects) {
  Subject& subject = world.create<Subject>(world, defects);
  subject.load();
  Owner* owner = subject.owner();
  subject.watch(owner);
  world.task("user", Cpu{0}, [&subject, owner] {
    subject.add(&owner->ref, "object", &users[0]);
    subject.del(&owner->ref, "object", &users[0]);
  });
  world.task("printer", Cpu{1}, [&subject, owner] { subject.module().print(&owner->ref); });
  subject.clean_up_at_end(owner);
}
HEDDLE_SCENARIO("lu_ref/exported_print", exported_print)
    .model(model)
    .summary("a task prints a ref, without its guard, while another adds and deletes")
    .cpus(2)
    .finds(Defect::print_trusts_caller, {Kind::data_race, Kind::use_after_free});

void assertions_compiled_out(World& world, DefectBits defects) {
  Parameters parameters;
  parameters.lbug = kernel::LbugMode::ignore;
  Subject& subject = world.create<Subject>(world, defects, parameters);
  subject.load();
  Owner* owner = subject.owner();
  subject.watch(owner);
  Link* link = subject.add(&owner->ref, "object", &users[0]);
  world.task("mistaken", Cpu{0},
             [&subject, owner, link] { subject.del_at(&owner->ref, link, "another", &users[0]); });
  world.task("holder", Cpu{1}, [&subject, owner] {
    subject.module().wait_for_report();
    subject.del(&owner->ref, "object", &users[0]);
  });
  subject.clean_up_at_end(owner);
}
HEDDLE_SCENARIO("lu_ref/assertions_compiled_out", assertions_compiled_out)
    .model(model)
    .summary("a wrong handle is reported; then the link's holder deletes it by its right name")
    .cpus(2)
    .finds(Defect::report_drops_guard, {Kind::use_after_free, Kind::crash, Kind::data_race});

}  // namespace
}  // namespace heddle::scenarios::lu_ref
