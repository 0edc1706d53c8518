// A trace with one of everything.
#pragma once

#include "traces/trace.hpp"

namespace heddle::tests {

inline traces::Trace small_trace() {
  using sim::EventKind;
  using sim::Reason;
  traces::Trace trace;
  trace.scenario = "counter/lost_update";
  trace.variant = "posted";
  trace.parameters = {{"adders", "2"}};
  trace.workload = "add 1\nadd 2";
  trace.machine.cpus = 2;
  trace.machine.interleave = sim::Interleave::racy;
  trace.machine.allocation_faults = {1, 0};
  trace.machine.racy = {{"Counter", 8, 4}};
  trace.strategy = "pct(3)";
  trace.seed = 0x5eed;
  trace.execution = 1847;
  trace.build = "heddle 0.1.0";
  trace.finding = {sim::FindingKind::data_race, "0123456789abcdef",
                   "adder.1 writes counter in Counter::add"};
  trace.choices = {{Reason::schedule, 2, "adder.1", EventKind::lock, "lk", 0},
                   {Reason::schedule, 3, "adder.1", EventKind::load, "a pair#1", 0},
                   {Reason::schedule, 3, "adder.1", EventKind::load, "a pair#1", 0},
                   {Reason::allocation, 2, "", EventKind::yield, "", 1},
                   {Reason::schedule, 2, "adder.2", EventKind::yield, "", 0},
                   {Reason::schedule, 2, "adder.1", EventKind::unlock, "lk", 0}};
  return trace;
}

}  // namespace heddle::tests
