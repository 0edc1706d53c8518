#include "tests/explore/cross_check.hpp"

#include <algorithm>
#include <memory_resource>
#include <sstream>

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "sim/explore/dfs.hpp"
#include "sim/explore/dpor.hpp"
#include "sim/explore/order.hpp"
#include "tests/explore/classes.hpp"
#include "tests/explore/preemption_counter.hpp"

namespace heddle::tests {
namespace {

using sim::Reduction;
using Kind = SmallOperation::Kind;
using Around = SmallOperation::Around;

std::optional<Reached> explore(SmallExecution& execution, sim::Strategy& strategy,
                               std::uint64_t executions_max) {
  Reached reached;
  while (strategy.has_next()) {
    if (reached.counts.all() == executions_max) return std::nullopt;
    Classifier classifier(strategy.begin(reached.counts.all()));
    PreemptionCounter counter(classifier);
    const sim::Outcome outcome = execution.run(counter, {});
    const std::string trace =
        outcome == sim::Outcome::given_up ? std::string() : classifier.trace(outcome);
    strategy.end(outcome);
    reached.counts.add(outcome, strategy.beyond_bound());
    if (strategy.diverged()) break;
    if (outcome == sim::Outcome::given_up || strategy.beyond_bound()) continue;
    reached.results.insert(execution.result());
    const auto least = reached.preemptions.emplace(trace, counter.count()).first;
    least->second = std::min(least->second, counter.count());
    reached.traces.insert(trace);
  }
  reached.diverged = strategy.diverged();
  return reached;
}

std::optional<std::set<std::string>> results_of(const SmallProgram& program, bool observes,
                                                sim::DepthFirstSearch::Options options,
                                                std::uint64_t executions_max) {
  SmallExecution execution(program, observes);
  const sim::StayOrder order;
  sim::DepthFirstSearch search(*std::pmr::new_delete_resource(), order, options);
  std::set<std::string> results;
  for (std::uint64_t i = 0; search.has_next(); ++i) {
    if (i == executions_max) return std::nullopt;
    const sim::Outcome outcome = execution.run(search.begin(i), {});
    search.end(outcome);
    if (outcome != sim::Outcome::given_up) results.insert(execution.result());
  }
  return results;
}

template <class Enum>
rc::Gen<Enum> one_of() {
  return rc::gen::map(rc::gen::inRange(0, static_cast<int>(Enum::count_)),
                      [](int value) { return static_cast<Enum>(value); });
}

/// Half of the operations stand alone, so that programs stay small.
rc::Gen<Around> around() {
  return rc::gen::weightedOneOf<Around>(
      {{3, rc::gen::just(Around::nothing)}, {2, one_of<Around>()}});
}

rc::Gen<SmallOperation> operation() {
  return rc::gen::build<SmallOperation>(
      rc::gen::set(&SmallOperation::kind, one_of<Kind>()),
      rc::gen::set(&SmallOperation::around, around()),
      rc::gen::set(&SmallOperation::variable, rc::gen::inRange(0, 2)),
      rc::gen::set(&SmallOperation::value, rc::gen::inRange(0, 3)));
}

rc::Gen<SmallTask> task() {
  return rc::gen::build<SmallTask>(
      rc::gen::set(&SmallTask::cpu, rc::gen::inRange(0, 3)),
      rc::gen::set(&SmallTask::operations, rc::gen::mapcat(rc::gen::inRange(1, 4), [](int size) {
        return rc::gen::container<std::vector<SmallOperation>>(static_cast<std::size_t>(size),
                                                               operation());
      })));
}

SmallProgram apart(SmallProgram program) {
  for (std::size_t i = 0; i < program.tasks.size(); ++i) {
    program.tasks[i].cpu = static_cast<int>(i);
    for (SmallOperation& operation : program.tasks[i].operations) {
      if (operation.kind == Kind::start || operation.kind == Kind::move ||
          operation.kind == Kind::stop_if)
        operation.kind = Kind::add;
    }
  }
  program.has_interrupt = false;
  return program;
}

SmallProgram moving(SmallProgram program) {
  SmallTask& first = program.tasks.front();
  const int to = (first.cpu + 1) % 3;
  first.operations.insert(first.operations.end() - 1, {Kind::move, Around::nothing, 0, to});
  return program;
}

SmallProgram of_kind(const SmallProgram& program, Programs kind) {
  switch (kind) {
    case Programs::moving:
      return moving(program);
    case Programs::apart:
      return apart(program);
    case Programs::any:
      break;
  }
  return program;
}

rc::Gen<SmallProgram> program() {
  return rc::gen::build<SmallProgram>(
      rc::gen::set(&SmallProgram::tasks,
                   rc::gen::mapcat(rc::gen::inRange(2, 4),
                                   [](int size) {
                                     return rc::gen::container<std::vector<SmallTask>>(
                                         static_cast<std::size_t>(size), task());
                                   })),
      rc::gen::set(&SmallProgram::has_interrupt,
                   rc::gen::map(rc::gen::inRange(0, 3), [](int value) { return value == 2; })),
      rc::gen::set(&SmallProgram::interrupt_cpu, rc::gen::inRange(0, 3)),
      rc::gen::set(&SmallProgram::handler, operation()),
      rc::gen::set(&SmallProgram::preemption, rc::gen::map(rc::gen::inRange(0, 4), [](int value) {
        return value < 2 ? sim::Preemption::full : static_cast<sim::Preemption>(value - 1);
      })));
}

}  // namespace

std::optional<Reached> explore_small(const SmallProgram& program, Reduction reduction,
                                     std::uint64_t executions_max, std::uint32_t preemptions) {
  SmallExecution execution(program);
  std::pmr::memory_resource& memory = *std::pmr::new_delete_resource();
  if (reduction == Reduction::none) {
    const sim::StayOrder order;
    sim::DepthFirstSearch dfs(memory, order, {preemptions, 10'000});
    return explore(execution, dfs, executions_max);
  }
  sim::Dpor dpor(memory, {reduction, 200, preemptions});
  return explore(execution, dpor, executions_max);
}

namespace {
/// A trace that only one of them has.
std::string what_differs(const Reached& all, const Reached& reduced) {
  for (const std::string& trace : all.traces)
    if (!reduced.traces.contains(trace)) return "; missing:\n" + trace;
  for (const std::string& trace : reduced.traces)
    if (!all.traces.contains(trace)) return "; not a trace:\n" + trace;
  return "";
}
}  // namespace

std::string compare(const Reached& all, const Reached& reduced, Reduction reduction) {
  std::ostringstream wrong;
  wrong << word(reduction) << ": ";
  if (reduced.diverged)
    wrong << "diverged";
  else if (reduced.results != all.results)
    wrong << reduced.results.size() << " results of " << all.results.size();
  else if (reduced.traces != all.traces)
    wrong << reduced.traces.size() << " traces of " << all.traces.size()
          << what_differs(all, reduced);
  else if (reduced.counts.complete() != reduced.traces.size())
    wrong << reduced.counts.complete() << " executions for " << reduced.traces.size() << " traces";
  else if (reduction == Reduction::optimal && reduced.counts.blocked != 0)
    wrong << reduced.counts.blocked << " executions are redundant";
  else
    return "";
  return wrong.str();
}

std::string check_reductions(const SmallProgram& program, bool& checked) {
  const auto all = explore_small(program, Reduction::none, 20'000);
  checked = all.has_value();
  if (!checked) return "";
  for (const Reduction reduction : {Reduction::sleep, Reduction::source, Reduction::optimal}) {
    const auto reduced = explore_small(program, reduction);
    if (!reduced) return std::string(word(reduction)) + ": does not end";
    const std::string wrong = compare(*all, *reduced, reduction);
    if (!wrong.empty()) return wrong;
  }
  return "";
}

std::string check_reach(const SmallProgram& program, bool& checked) {
  const auto all = explore_small(program, Reduction::none, 20'000);
  checked = all.has_value();
  if (!checked) return "";
  for (const Reduction reduction : {Reduction::sleep, Reduction::source, Reduction::optimal}) {
    const auto reduced = explore_small(program, reduction);
    if (!reduced) return std::string(word(reduction)) + ": does not end";
    if (reduced->diverged || reduced->results != all->results || reduced->traces != all->traces)
      return compare(*all, *reduced, reduction);
  }
  return "";
}

std::string check_states(const SmallProgram& program, bool& checked) {
  constexpr std::uint64_t executions_max = 20'000;
  for (const bool observes : {true, false}) {
    for (const std::uint32_t bound : {sim::no_preemption_bound, 0u, 1u, 2u}) {
      const auto all = results_of(program, observes, {bound, 10'000, false}, executions_max);
      checked = all.has_value();
      if (!checked) return "";
      const auto matched = results_of(program, observes, {bound, 10'000, true}, executions_max);
      std::ostringstream wrong;
      wrong << (observes ? "observed" : "not observed") << ", bound " << bound << ": ";
      if (!matched) return wrong.str() + "more executions than there are";
      if (*matched == *all) continue;
      for (const std::string& result : *all)
        if (!matched->contains(result)) wrong << "missing: " << result << "\n";
      for (const std::string& result : *matched)
        if (!all->contains(result)) wrong << "not a result: " << result << "\n";
      return wrong.str();
    }
  }
  return "";
}

std::string check_bounds(const SmallProgram& program, bool& checked) {
  const auto all = explore_small(program, Reduction::none, 20'000);
  checked = all.has_value();
  if (!checked) return "";
  for (std::uint32_t bound = 0; bound <= 3; ++bound) {
    std::set<std::string> within;
    for (const auto& [trace, preemptions] : all->preemptions)
      if (preemptions <= bound) within.insert(trace);
    const auto bounded = explore_small(program, Reduction::none, 20'000, bound);
    if (!std::ranges::includes(within, bounded->traces))
      return "the oracle does not have all traces within " + std::to_string(bound);
    for (const Reduction reduction : {Reduction::sleep, Reduction::optimal}) {
      const auto reduced = explore_small(program, reduction, 1'000'000, bound);
      std::ostringstream wrong;
      wrong << word(reduction) << " within " << bound << ": ";
      if (!reduced) return wrong.str() + "does not end";
      if (reduced->diverged) return wrong.str() + "diverged";
      if (reduced->traces != within) {
        wrong << reduced->traces.size() << " traces of " << within.size();
        for (const std::string& trace : within)
          if (!reduced->traces.contains(trace)) return wrong.str() + "; missing:\n" + trace;
        return wrong.str();
      }
    }
  }
  return "";
}

void cross_check(std::uint64_t seed, int programs, Check check, Programs kind) {
  constexpr int sizes = 300;  // programs grow from the first to the last of so many
  int done = 0;
  bool failed = false;
  rc::detail::TestMetadata metadata;
  metadata.id = "cross_check";
  rc::detail::TestParams parameters;
  parameters.seed = seed;
  parameters.maxSuccess = sizes;
  const auto result = rc::detail::checkTestable(
      [&] {
        if (done == programs && !failed) return;
        const SmallProgram any = *program();
        const SmallProgram small = of_kind(any, kind);
        bool checked = false;
        const std::string wrong = check(small, checked);
        RC_PRE(checked);
        if (wrong.empty()) {
          ++done;
          return;
        }
        failed = true;  // programs that shrinking tries are not counted
        std::ostringstream text;
        text << wrong << "\n" << small;
        RC_FAIL(text.str());
      },
      metadata, parameters);
  std::ostringstream message;
  rc::detail::printResultMessage(result, message);
  EXPECT_TRUE(result.template is<rc::detail::SuccessResult>()) << message.str();
}

}  // namespace heddle::tests
