// Properties of RapidCheck over explored schedules.
//
//   RC_GTEST_PROP(Counter, IsRightUnderAnyWorkload, (const Work& work)) {
//     RC_HEDDLE_CLEAN(heddle::explore("counter/property", work, {.executions = 500}));
//   }
//
// When the property fails, RapidCheck makes the workload smaller, each candidate explored, and the
// message ends with the trace of the smallest one and the command that replays it.
#pragma once

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>  // expects GoogleTest before it

#include "heddle/explore.hpp"
#include "heddle/property.hpp"

/// Within a property of RapidCheck.
#define RC_HEDDLE_CLEAN(...)                                             \
  do {                                                                   \
    const ::heddle::Exploration heddle_exploration = (__VA_ARGS__);      \
    if (!heddle_exploration.clean()) RC_FAIL(heddle_exploration.text()); \
  } while (false)
