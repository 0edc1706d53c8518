#include "checkers/deadlock.hpp"

namespace heddle::checkers {

using sim::Context;
using sim::ContextId;
using sim::ContextSet;
using sim::ContextState;
using sim::Event;
using sim::EventKind;
using sim::Finding;
using sim::FindingKind;
using sim::Machine;
using sim::Mode;
using sim::ObjectClass;
using sim::ObjectId;

namespace {

/// Does the context wait for another's release, rather than for its turn on its CPU?
bool waits_for_owner(const Context& context) {
  return context.waits_for != nullptr && !context.waits_for->is_free();
}

/// Does it loop until somebody else has stepped (cpu_relax), or written what it waits for?
bool loops(const Machine& machine, const Context& context) {
  return (context.announced.kind == EventKind::yield && context.announced.mode == Mode::read) ||
         machine.awaits(context.id);
}

/// Could the context take a step by itself, now or when its turn comes?
bool could_step(const Machine& machine, const Context& context) {
  switch (context.state) {
    case ContextState::unstarted:
      return !machine.runs_alone();
    case ContextState::idle:
      return context.landings_left != 0 || context.raised != 0;
    case ContextState::live:
      return !waits_for_owner(context) && !machine.awaits(context.id) &&
             machine.blocked_by(context.id) == sim::no_context;
    case ContextState::finished:
    case ContextState::parked:
    case ContextState::crashed:
      return false;
  }
  return false;
}

sim::Actor waiting(const Machine& machine, const Context& context) {
  const ObjectId announced =
      context.waits_for == &context.asleep ? context.sleeps_on : context.announced.object;
  const bool is_looping = loops(machine, context);
  const ObjectId object = waits_for_owner(context) || is_looping
                              ? announced
                              : ObjectId::of(ObjectClass::cpu, context.cpu.value);
  const char* verb = "waits for";
  if (is_looping) verb = machine.awaits(context.id) ? "spins on" : "loops until another does";
  return {context.id, machine.steps(), context.announced.place, verb, object};
}

}  // namespace

sim::EventMask DeadlockChecker::events() const {
  return {EventKind::spin, EventKind::block, EventKind::yield};
}

void DeadlockChecker::event(Machine& machine, const Event& event) {
  if (event.kind != EventKind::yield)
    find_circle(machine, event.context);
  else if (event.mode == Mode::read)
    loop(machine, event.context);
}

void DeadlockChecker::loop(Machine& machine, ContextId id) {
  if (machine.changes() != changes_) {
    changes_ = machine.changes();
    rounds_ = 0;
    looping_ = ContextSet{};
  }
  looping_.add(id);
  if (++rounds_ < rounds_max) return;
  ContextSet others;
  for (std::uint16_t i = 0; i < machine.context_count(); ++i) {
    const Context& context = machine.context(ContextId{i});
    if (looping_.contains(context.id)) continue;
    if (could_step(machine, context)) return;
    if (context.state == ContextState::live && !context.daemon) others.add(context.id);
  }
  report_waiting(machine, looping_, others);
}

void DeadlockChecker::stuck(Machine& machine) {
  ContextSet looping;
  ContextSet others;
  ContextSet daemons;
  for (std::uint16_t i = 0; i < machine.context_count(); ++i) {
    const Context& context = machine.context(ContextId{i});
    if (context.state != ContextState::live) continue;
    if (find_circle(machine, context.id)) return;
    (loops(machine, context) ? looping : others).add(context.id);
    if (context.daemon) daemons.add(context.id);
  }
  // Those who serve others wait because nobody asks, unless there is nobody else.
  if (!((looping | others) - daemons).empty()) {
    looping = looping - daemons;
    others = others - daemons;
  }
  report_waiting(machine, looping, others);
}

void DeadlockChecker::report_waiting(Machine& machine, ContextSet looping, ContextSet others) {
  Finding finding;
  finding.kind = looping.empty() ? FindingKind::hung_task : FindingKind::livelock;
  finding.detail = looping.empty() ? "nobody is left who could wake it; contexts that wait:"
                                   : "nobody is left who could end the loop; contexts that wait:";
  finding.fatal = true;
  finding.step = machine.steps();
  finding.number = (looping | others).count();
  // Those who loop first: they are what a livelock is about.
  for (const ContextSet set : {looping, others})
    for (ContextSet rest = set; !rest.empty(); rest.remove(rest.first()))
      finding.add(waiting(machine, machine.context(rest.first())));
  finding.object = finding.actors[0].object;
  machine.report(finding);
}

bool DeadlockChecker::find_circle(Machine& machine, ContextId start) {
  ContextSet seen;
  ContextId at = start;
  // The owner of a lock whose memory was freed is anything.
  const auto exists = [&](ContextId id) { return id.value < machine.context_count(); };
  for (; exists(at) && !seen.contains(at); at = machine.blocked_by(at)) seen.add(at);
  if (!exists(at)) return false;
  ContextSet members;
  for (; !members.contains(at); at = machine.blocked_by(at)) members.add(at);
  report_circle(machine, members);
  return true;
}

void DeadlockChecker::report_circle(Machine& machine, ContextSet members) {
  Finding finding;
  finding.kind = FindingKind::deadlock;
  finding.fatal = true;
  finding.step = machine.steps();
  finding.number = members.count();
  finding.detail = members.count() == 1 ? "it waits for what it holds itself; contexts:"
                                        : "each waits for the next one; contexts:";
  // From the least context on, so that equal circles look equal wherever they closed.
  ContextId at = members.first();
  for (std::uint32_t i = 0; i < members.count(); ++i, at = machine.blocked_by(at)) {
    const Context& context = machine.context(at);
    finding.add(waiting(machine, context));
    if (!waits_for_owner(context))
      finding.detail = "one keeps the CPU busy that another needs; contexts:";
  }
  finding.object = finding.actors[0].object;
  machine.report(finding);
}

}  // namespace heddle::checkers
