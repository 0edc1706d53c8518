// The trace file: what is written is read back, and its words are the ones that the manual has.
#include "traces/format.hpp"

#include <cstdio>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "tests/traces/format/arbitrary_trace.hpp"
#include "tests/traces/format/small_trace.hpp"

namespace heddle::traces {
namespace {

using tests::any_text;
using tests::any_trace;
using tests::small_trace;

RC_GTEST_PROP(Format, ReadsBackWhatItWrites, ()) {
  const Trace trace = any_trace();
  const std::string text = to_text(trace, *any_text());
  const Result<Trace> read = from_text(text, "a trace");
  if (!read) RC_FAIL(read.error() + "\n" + text);
  RC_ASSERT(*read == trace);
}

RC_GTEST_PROP(Format, WritesEqualBytesForEqualTraces, ()) {
  const Trace trace = any_trace();
  const std::string text = to_text(trace);
  const Result<Trace> read = from_text(text, "a trace");
  RC_ASSERT(static_cast<bool>(read));
  RC_ASSERT(to_text(*read) == text);
}

/// docs/trace-format.md shows these lines.
TEST(Format, IsWhatTheManualShows) {
  EXPECT_EQ(to_text(small_trace(), "step  cpu0\n\n   1  lock"),
            "heddle trace 1\n"
            "scenario counter/lost_update\n"
            "variant posted\n"
            "parameter adders 2\n"
            "workload add 1\n"
            "workload add 2\n"
            "cpus 2\n"
            "preemption full\n"
            "interleave racy\n"
            "hard-allocation-faults 1\n"
            "soft-allocation-faults 0\n"
            "steps-max 100000\n"
            "accesses-between-steps-max 5000000\n"
            "racy Counter 8 4\n"
            "strategy pct(3)\n"
            "seed 0x5eed\n"
            "execution 1847\n"
            "build heddle 0.1.0\n"
            "finding data_race 0123456789abcdef\n"
            "message adder.1 writes counter in Counter::add\n"
            "# step  cpu0\n"
            "#\n"
            "#    1  lock\n"
            "choices 6\n"
            "run adder.1\n"
            "  lock lk of 2\n"
            "  load \"a pair#1\" of 3 x2\n"
            "  choose allocation 1 of 2\n"
            "run adder.2\n"
            "  yield of 2\n"
            "run adder.1\n"
            "  unlock lk of 2\n"
            "checksum 48407d3a4d89fe83\n");
}

TEST(Format, WritesAFileThatItReads) {
  const std::string path = testing::TempDir() + "heddle_format_test.trace";
  const std::optional<Error> error = write_file(small_trace(), "lanes", path);
  ASSERT_FALSE(error) << error->text;
  const Result<Trace> read = read_file(path);
  ASSERT_TRUE(read) << read.error();
  EXPECT_EQ(*read, small_trace());
  EXPECT_EQ(std::fopen((path + ".part").c_str(), "rb"), nullptr);
  std::remove(path.c_str());
}

TEST(Format, SaysWhyAFileCannotBeWritten) {
  const std::optional<Error> error = write_file(small_trace(), "", "/no/such/folder/x.trace");
  ASSERT_TRUE(error);
  EXPECT_EQ(error->text,
            "/no/such/folder/x.trace.part: cannot be written: No such file or directory");
}

}  // namespace
}  // namespace heddle::traces
