// lu_ref's refs and its module while they come and go: init, fini, load, unload, reports.
#include "scenarios/families/lu_ref_support.hpp"
#include "sim/kernel/slab.hpp"

namespace heddle::scenarios::lu_ref {
namespace {

using Kind = FindingKind;

void fini_with_leaked_link(World& world, DefectBits defects) {
  Subject& subject = world.create<Subject>(world, defects);
  subject.load();
  Owner* owner = subject.owner();
  subject.add(&owner->ref, "object", &users[0]);
  world.task("finaliser", Cpu{0}, [&subject, owner] { subject.fini(&owner->ref); });
  world.finally([&subject, owner] {
    subject.del(&owner->ref, "object", &users[0]);
    subject.retire(owner);
    subject.unload();
  });
}
HEDDLE_SCENARIO("lu_ref/fini_with_leaked_link", fini_with_leaked_link)
    .model(model)
    .summary("a ref is finalised while it has a link, which must be reported")
    .finds(Defect::fini_reports_unguarded, {Kind::lock_misuse, Kind::hung_task, Kind::deadlock});

void fini_races_del(World& world, DefectBits defects) {
  Subject& subject = world.create<Subject>(world, defects);
  subject.load();
  Owner* owner = subject.owner();
  bool& finalised = world.variable<bool>("finalised", false);
  subject.add(&owner->ref, "object", &users[0]);
  world.task("finaliser", Cpu{0}, [&subject, &finalised, owner] {
    subject.fini(&owner->ref);
    finalised = true;
  });
  world.task("deleter", Cpu{1},
             [&subject, owner] { subject.del(&owner->ref, "object", &users[0]); });
  world.finally([&subject, &finalised, owner] {
    if (!finalised) subject.fini(&owner->ref);
    kernel::kfree(owner);
    subject.unload();
  });
}
HEDDLE_SCENARIO("lu_ref/fini_races_del", fini_races_del)
    .model(model)
    .summary(
        "the last link is deleted while its ref is finalised; only a link still there is wrong")
    .cpus(2)
    .finds(Defect::fini_reads_unguarded,
           {Kind::kernel_assertion, Kind::data_race, Kind::not_linearizable});

void init_before_module(World& world, DefectBits defects) {
  Subject& subject = world.create<Subject>(world, defects);
  Owner*& owner = world.variable<Owner*>("owner", nullptr);
  world.task("loader", Cpu{0}, [&subject] { subject.load(); });
  world.task("user", Cpu{1}, [&subject, &owner] { owner = subject.owner(); });
  world.finally([&subject, &owner] {
    subject.retire(owner);
    subject.unload();
  });
}
HEDDLE_SCENARIO("lu_ref/init_before_module", init_before_module)
    .model(model)
    .summary("another module initialises a ref while lu_ref itself is being loaded")
    .cpus(2)
    .finds(Defect::init_resets_refs_guard, {Kind::lock_misuse, Kind::data_race});

void unload_under_users(World& world, DefectBits defects) {
  Subject& subject = world.create<Subject>(world, defects);
  subject.load();
  Owner* owner = subject.owner();
  world.task("user", Cpu{0}, [&subject, owner] {
    subject.add(&owner->ref, "object", &users[0]);
    subject.del(&owner->ref, "object", &users[0]);
    subject.retire(owner);
  });
  world.task("unloader", Cpu{1}, [&subject] { subject.unload(); });
}
HEDDLE_SCENARIO("lu_ref/unload_under_users", unload_under_users)
    .model(model)
    .summary("the module is unloaded while a ref is in use")
    .cpus(2)
    .finds(Defect::shutdown_ignores_users,
           {Kind::use_after_free, Kind::data_race, Kind::kernel_assertion, Kind::crash});

void init_twice(World& world, DefectBits defects) {
  Subject& subject = world.create<Subject>(world, defects);
  subject.load();
  Owner* first = subject.owner();
  Owner* second = subject.owner();
  world.task("mistaken", Cpu{0}, [&subject, first] { subject.init(&first->ref); });
  world.task("printer", Cpu{1}, [&subject] { subject.module().print_all(); });
  subject.clean_up_at_end(first, second);
}
HEDDLE_SCENARIO("lu_ref/init_twice", init_twice)
    .model(model)
    .summary("a ref is initialised a second time, which must be reported")
    .cpus(2)
    .steps_max(2'000)
    .finds(Defect::misuse_goes_unnoticed, {Kind::not_linearizable, Kind::livelock});

void add_after_fini(World& world, DefectBits defects) {
  Subject& subject = world.create<Subject>(world, defects);
  subject.load();
  Owner* owner = subject.owner();
  world.task("mistaken", Cpu{0}, [&subject, owner] {
    subject.fini(&owner->ref);
    subject.add(&owner->ref, "object", &users[0]);
  });
  world.finally([&subject, owner] {
    kernel::kfree(owner);
    subject.unload();
  });
}
HEDDLE_SCENARIO("lu_ref/add_after_fini", add_after_fini)
    .model(model)
    .summary("a link is added to a finalised ref, which must be reported")
    .finds(Defect::misuse_goes_unnoticed, {Kind::not_linearizable, Kind::leak});

void print_all_during_fini(World& world, DefectBits defects) {
  Subject& subject = world.create<Subject>(world, defects);
  subject.load();
  Owner* first = subject.owner();
  Owner* second = subject.owner();
  world.task("owner", Cpu{0}, [&subject, second] { subject.fini(&second->ref); });
  world.task("printer", Cpu{1}, [&subject] { subject.module().print_all(); });
  world.finally([&subject, first, second] {
    kernel::kfree(second);
    subject.retire(first);
    subject.unload();
  });
}
HEDDLE_SCENARIO("lu_ref/print_all_during_fini", print_all_during_fini)
    .model(model)
    .summary("all refs are printed while one of them is finalised")
    .cpus(2)
    .finds(Defect::fini_nests_guards, {Kind::deadlock, Kind::lock_order});

}  // namespace
}  // namespace heddle::scenarios::lu_ref
