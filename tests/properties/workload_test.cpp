// Texts of workloads: what is generated reads back as it was, and nothing else is read.
#include "scenarios/registry/workload.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "scenarios/properties/lu_ref_workload.hpp"
#include "scenarios/registry/text_reader.hpp"
#include "scenarios/registry/variant.hpp"

namespace heddle::tests {
namespace {

using scenarios::TextReader;
using scenarios::lu_ref::Plan;

const scenarios::WorkloadType& lu_ref_workloads() {
  return *scenarios::find_scenario("lu_ref/property")->workload;
}

RC_GTEST_PROP(Workload, ReadsBackAsItWas, (const Plan& plan)) {
  const std::string text = plan.text();
  RC_ASSERT(text.find('\n') == std::string::npos);
  const traces::Result<Plan> again = Plan::parse(text);
  if (!again) RC_FAIL(again.error());
  RC_ASSERT(*again == plan);
}

/// A text with one byte more, less or other is refused in a line, or is the text of what it gives.
RC_GTEST_PROP(Workload, IsReadStrictly, (const Plan& plan)) {
  std::string text = plan.text();
  const auto at = *rc::gen::inRange<std::size_t>(0, text.size());
  const char byte = *rc::gen::oneOf(rc::gen::elementOf(text), rc::gen::arbitrary<char>());
  switch (*rc::gen::inRange(0, 3)) {
    case 0:
      text[at] = byte;
      break;
    case 1:
      text.insert(at, 1, byte);
      break;
    default:
      text.erase(at, 1);
  }
  const traces::Result<Plan> read = Plan::parse(text);
  if (read) {
    RC_ASSERT(read->text() == text);
  } else {
    RC_ASSERT(!read.error().empty());
    RC_ASSERT(read.error().find("expected") != std::string::npos);
  }
}

TEST(Workload, ErrorsSayWhatAndWhere) {
  const auto error_of = [](std::string_view text) {
    const traces::Result<Plan> read = Plan::parse(text);
    return read ? std::string("none") : read.error();
  };
  EXPECT_EQ(error_of(""), "expected 'refs=' at column 1, found the end");
  EXPECT_EQ(error_of("refs=3"), "expected a number in 1..2 at column 6, found '3'");
  EXPECT_EQ(error_of("refs=1 | task cpu0: ad x0"),
            "expected 'add', 'add_atomic', 'del', 'set_at', 'del_at', 'print', 'print_all', "
            "'read', 'reread', 'init', 'fini' at column 21, found 'ad x0'");
  EXPECT_EQ(error_of("refs=1 | task cpu0: fini "), "expected the end at column 25, found ' '");
  EXPECT_EQ(error_of("refs=1 | task cpu0: | task cpu1: | task cpu2: | task cpu0: | task cpu1:"),
            "expected at most 4 actors");
}

TEST(Workload, IsAFunctionOfSeedAndIndex) {
  std::vector<std::string> once;
  for (std::uint64_t i = 0; i < 60; ++i)
    once.push_back(generate_workload(lu_ref_workloads(), 7, i)->text());
  for (std::uint64_t i = 60; i-- > 0;)
    EXPECT_EQ(generate_workload(lu_ref_workloads(), 7, i)->text(), once[i]);
  EXPECT_NE(generate_workload(lu_ref_workloads(), 8, 20)->text(), once[20]);
}

/// Every chain of accepted candidates ends, and all of it can be executed.
RC_GTEST_PROP(Workload, ShrinksToAnEnd, ()) {
  const auto seed = *rc::gen::arbitrary<std::uint64_t>();
  const auto shrinking = generate_workload(lu_ref_workloads(), seed, 20);
  int accepted = 0;
  while (const std::optional<std::string> candidate = shrinking->next()) {
    RC_ASSERT(bool(lu_ref_workloads().parse(*candidate)));
    if (*rc::gen::arbitrary<bool>()) continue;
    shrinking->accept();
    RC_ASSERT(shrinking->text() == *candidate);
    RC_ASSERT(++accepted < 10'000);
  }
}

TEST(Workload, ATraceHasOneIfItsScenarioTakesOne) {
  const auto problem = [](std::string scenario, std::string workload) {
    traces::Trace trace;
    trace.scenario = std::move(scenario);
    trace.variant = "fixed";
    trace.workload = std::move(workload);
    const traces::Result<scenarios::Variant> variant = scenarios::variant_of(trace);
    return variant ? std::string("none") : variant.error();
  };
  EXPECT_EQ(problem("lu_ref/property", "refs=1"), "none");
  EXPECT_EQ(problem("lu_ref/property", ""), "lu_ref/property needs a workload");
  EXPECT_EQ(problem("lu_ref/property", "refs=1 "),
            "the workload 'refs=1 ' of lu_ref/property cannot be read: "
            "expected the end at column 7, found ' '");
  EXPECT_EQ(problem("lu_ref/churn_by_key", ""), "none");
  EXPECT_EQ(problem("lu_ref/churn_by_key", "refs=1"), "lu_ref/churn_by_key takes no workload");
}

TEST(Variant, ATraceNamesOneOfItsModels) {
  const auto problem = [](std::string scenario, std::string name) {
    traces::Trace trace;
    trace.scenario = std::move(scenario);
    trace.variant = std::move(name);
    const traces::Result<scenarios::Variant> variant = scenarios::variant_of(trace);
    return variant ? std::string("none") : variant.error();
  };
  EXPECT_EQ(problem("lu_ref/churn_by_key", "REF-1"), "none");
  EXPECT_EQ(problem("lu_ref/churn_by_key", ""),
            "the trace names no variant of lu_ref/churn_by_key: record it again");
  EXPECT_EQ(problem("lu_ref/churn_by_key", "NFS-1"),
            "the trace is of variant NFS-1 of lu_ref/churn_by_key, whose model has no such defect");
}

TEST(TextReader, NumbersHaveOneForm) {
  for (const char* text : {"", "x", "-1", "+1", "01", "00", "10", "99999999999999999999", " 1"}) {
    TextReader reader(text);
    reader.number(0, 9);
    EXPECT_FALSE(reader.ok()) << text;
  }
  TextReader reader("7");
  EXPECT_EQ(reader.number(0, 9), 7U);
  EXPECT_TRUE(reader.ok() && reader.at_end());
}

TEST(TextReader, WordsAreWhole) {
  TextReader reader("adder");
  reader.word({"add", "a"});
  EXPECT_FALSE(reader.ok());
}

}  // namespace
}  // namespace heddle::tests
