// Reductions against the search of all executions, on one program.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory_resource>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "sim/explore/dfs.hpp"
#include "sim/explore/dpor.hpp"
#include "sim/explore/order.hpp"
#include "tests/explore/classes.hpp"
#include "tests/explore/preemption_counter.hpp"
#include "tests/explore/program.hpp"

namespace heddle::tests {

/// All that executions of a search can differ in: their traces, and how each one ended.
inline std::set<std::string> classes(sim::Execution& program, sim::Strategy& strategy,
                                     std::uint64_t& executions,
                                     std::uint64_t executions_max = 200'000) {
  std::set<std::string> found;
  for (executions = 0; strategy.has_next() && executions < executions_max; ++executions) {
    Classifier classifier(strategy.begin(executions));
    const sim::Outcome outcome = program.run(classifier, {});
    if (outcome != sim::Outcome::given_up)
      found.insert(std::string(word(outcome)) + "\n" + classifier.trace(outcome));
    strategy.end(outcome);
    EXPECT_FALSE(strategy.diverged());
    if (strategy.diverged()) break;
  }
  return found;
}

/// By class: the fewest preemptions that an execution of it has.
inline std::map<std::string, std::uint32_t> preemptions_of_classes(sim::Execution& program,
                                                                   sim::Strategy& strategy) {
  std::map<std::string, std::uint32_t> fewest;
  for (std::uint64_t i = 0; strategy.has_next() && i < 200'000; ++i) {
    Classifier classifier(strategy.begin(i));
    PreemptionCounter counter(classifier);
    const sim::Outcome outcome = program.run(counter, {});
    const std::string trace = outcome == sim::Outcome::given_up
                                  ? ""
                                  : std::string(word(outcome)) + "\n" + classifier.trace(outcome);
    strategy.end(outcome);
    if (outcome == sim::Outcome::given_up || strategy.beyond_bound()) continue;
    const auto least = fewest.emplace(trace, counter.count()).first;
    least->second = std::min(least->second, counter.count());
  }
  return fewest;
}

/// A class that only one of the two has; "" if there is none.
inline std::string difference(const std::set<std::string>& found,
                              const std::set<std::string>& expected) {
  for (const std::string& each : expected)
    if (!found.contains(each)) return "missing: " + each;
  for (const std::string& each : found)
    if (!expected.contains(each)) return "not a class: " + each;
  return "";
}

/// Every reduction reaches what the search of all executions reaches.
inline void expect_reductions_agree(sim::Execution& program) {
  std::pmr::memory_resource& memory = *std::pmr::new_delete_resource();
  const sim::StayOrder order;
  sim::DepthFirstSearch all(memory, order, {sim::no_preemption_bound, 10'000});
  std::uint64_t executions = 0;
  const std::set<std::string> expected = classes(program, all, executions);
  EXPECT_FALSE(all.has_next()) << "the program is small";
  EXPECT_GT(expected.size(), 1u);
  for (const auto reduction :
       {sim::Reduction::sleep, sim::Reduction::source, sim::Reduction::optimal}) {
    sim::Dpor dpor(memory, {reduction, 200});
    std::uint64_t reduced = 0;
    EXPECT_EQ(difference(classes(program, dpor, reduced), expected), "") << word(reduction);
    EXPECT_LE(reduced, executions) << word(reduction);
  }
}

/// Within a bound on preemptions, every reduction reaches those that some execution has within it.
inline void expect_bounds_agree(sim::Execution& program) {
  std::pmr::memory_resource& memory = *std::pmr::new_delete_resource();
  const sim::StayOrder order;
  sim::DepthFirstSearch all(memory, order, {sim::no_preemption_bound, 10'000});
  const auto fewest = preemptions_of_classes(program, all);
  EXPECT_FALSE(all.has_next()) << "the program is small";
  for (const std::uint32_t bound : {0u, 1u, 2u}) {
    std::set<std::string> expected;
    for (const auto& [trace, preemptions] : fewest)
      if (preemptions <= bound) expected.insert(trace);
    for (const auto reduction : {sim::Reduction::sleep, sim::Reduction::optimal}) {
      sim::Dpor dpor(memory, {reduction, 200, bound});
      std::set<std::string> found;
      for (const auto& [trace, preemptions] : preemptions_of_classes(program, dpor))
        found.insert(trace);
      EXPECT_EQ(difference(found, expected), "") << word(reduction) << " within " << bound;
    }
  }
}

inline void expect_reductions_agree(std::uint16_t cpus, Program::Body body) {
  Program program(cpus, body);
  expect_reductions_agree(program);
  expect_bounds_agree(program);
}

}  // namespace heddle::tests
