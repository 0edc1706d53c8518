#include "bench/measure/runner.hpp"

#include <memory>

#include "bench/measure/clock.hpp"
#include "checkers/set.hpp"
#include "sim/choice/random.hpp"
#include "sim/core/check.hpp"
#include "sim/core/rng.hpp"
#include "sim/explore/dfs.hpp"
#include "sim/explore/dpor.hpp"
#include "sim/explore/shared_memory.hpp"

namespace heddle::bench {
namespace {

using sim::Machine;

constexpr std::uint64_t campaign_seed = 2026;
constexpr std::size_t choices_max = 65'536;

Machine& the_machine() {
  static Machine machine;
  return machine;
}

void configure(const Workload& workload) {
  sim::MachineConfig config;
  config.cpus = workload.cpus;
  config.limits.steps_max = 4'000'000;
  config.relaxing = sim::Relaxing::spins;
  the_machine().configure(config);
  the_machine().assume_same_setup();
}

sim::ChoiceLog shared_log() {
  static sim::SharedMemory memory(8 + choices_max * sizeof(sim::Choice));
  auto* size = static_cast<volatile std::uint64_t*>(memory.data());
  auto* entries = reinterpret_cast<sim::Choice*>(static_cast<char*>(memory.data()) + 8);
  return {entries, choices_max, size};
}

std::unique_ptr<checkers::CheckerSet> checkers_of(Form form) {
  auto set = std::make_unique<checkers::CheckerSet>();
  if (form == Form::checks)
    for (const std::string_view name : checkers::CheckerSet::names)
      if (name != "race" && name != "deadlock") set->without(name);
  return set;
}

checkers::CheckerSet& checkers_for(Form form) {
  static const auto checks = checkers_of(Form::checks);
  static const auto all = checkers_of(Form::all);
  return form == Form::checks ? *checks : *all;
}

void execute(const Workload& workload, sim::Chooser& chooser, sim::ChoiceLog log) {
  Machine& machine = the_machine();
  const sim::Outcome outcome = machine.run(workload.set_up(), chooser, log);
  HEDDLE_CHECK(outcome == sim::Outcome::finished && machine.findings().empty(),
               "the program is correct, so its executions finish and find nothing");
}

/// Counts how often the running context changes other than by a start.
class SwitchCounter final : public sim::Chooser, public sim::Observer {
 public:
  void start(std::uint64_t seed) {
    random_.seed(seed);
    running_ = sim::ContextId{};  // "boot"
  }
  std::uint64_t switches() const { return switches_; }

  sim::ContextId schedule(const sim::SchedulePoint& point) override {
    return note(random_.schedule(point));
  }
  std::uint32_t value(sim::Reason reason, std::uint32_t arity) override {
    return random_.value(reason, arity);
  }
  bool wants_forced() const override { return true; }
  void forced(const sim::SchedulePoint& point) override { note(point.enabled.first()); }

  sim::EventMask events() const override { return {sim::EventKind::task_start}; }
  void event(Machine&, const sim::Event& event) override { running_ = event.context; }

 private:
  sim::ContextId note(sim::ContextId next) {
    if (next != running_) ++switches_;
    return running_ = next;
  }

  sim::RandomChooser random_;
  sim::ContextId running_;
  std::uint64_t switches_ = 0;
};

}  // namespace

double run(const Workload& workload, Form form, std::uint64_t executions) {
  configure(workload);
  Machine& machine = the_machine();
  if (form != Form::bare) checkers_for(form).attach_to(machine);
  const sim::ChoiceLog log = form == Form::all ? shared_log() : sim::ChoiceLog{};
  sim::RandomChooser chooser;
  const double start = cpu_seconds();
  for (std::uint64_t i = 0; i < executions; ++i) {
    chooser.seed(sim::mix(campaign_seed, i));
    execute(workload, chooser, log);
  }
  const double taken = cpu_seconds() - start;
  machine.detach_all();
  return taken;
}

Searched search(const Workload& workload, sim::Reduction reduction,
                std::pmr::memory_resource& memory, std::uint64_t executions) {
  configure(workload);
  constexpr std::size_t depth_max = 1'000;
  const sim::StayOrder order;
  std::unique_ptr<sim::Strategy> strategy;
  if (reduction == sim::Reduction::optimal)
    strategy.reset(new sim::Dpor(memory, {reduction, depth_max}));
  else
    strategy.reset(new sim::DepthFirstSearch(
        memory, order, {sim::no_preemption_bound, depth_max, reduction == sim::Reduction::states}));
  Searched searched;
  const double start = cpu_seconds();
  for (; searched.executions < executions && strategy->has_next(); ++searched.executions) {
    const sim::Outcome outcome =
        the_machine().run(workload.set_up(), strategy->begin(searched.executions), {});
    HEDDLE_CHECK(outcome == sim::Outcome::finished ||
                     (outcome == sim::Outcome::given_up && reduction == sim::Reduction::states),
                 "only what leads to a known state is given up");
    strategy->end(outcome);
  }
  searched.seconds = cpu_seconds() - start;
  searched.states = strategy->states();
  return searched;
}

Work work_of(const Workload& workload, std::uint64_t executions) {
  configure(workload);
  Machine& machine = the_machine();
  SwitchCounter counter;
  machine.attach(counter);
  Work work;
  for (std::uint64_t i = 0; i < executions; ++i) {
    counter.start(sim::mix(campaign_seed, i));
    execute(workload, counter, {});
    work.starts += machine.context_count();
    work.steps += static_cast<double>(machine.steps());
  }
  machine.detach_all();
  const auto count = static_cast<double>(executions);
  // One more switch leads out of each execution.
  return {work.starts / count, static_cast<double>(counter.switches()) / count + 1,
          work.steps / count};
}

}  // namespace heddle::bench
