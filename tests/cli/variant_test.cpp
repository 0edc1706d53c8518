// What a variant switches on, what must then be found, and what a campaign's findings come to.
#include "scenarios/cli/variant.hpp"

#include <gtest/gtest.h>

#include "scenarios/cli/input_error.hpp"

namespace heddle::cli {
namespace {

using scenarios::DefectInfo;
using scenarios::Model;
using scenarios::Scenario;
using sim::FindingKind;

constexpr DefectInfo defects[] = {
    scenarios::posted("A-1", "forgets_lock", ""),
    scenarios::posted("A-2", "frees_twice", ""),
    scenarios::mutation("m", "planted", ""),
};
const Model model = {"a", "", defects};

Scenario scenario() {
  Scenario made;
  made.name = "a/b";
  made.model = &model;
  made.expectations = {{0, {FindingKind::data_race, FindingKind::invariant}},
                       {1, {FindingKind::double_free}},
                       {2, {FindingKind::leak}}};
  return made;
}

Scenario without_model() {
  Scenario made;
  made.name = "c/d";
  made.always = {FindingKind::data_race, FindingKind::invariant};
  return made;
}

AppliedVariant named(const Scenario& of, std::string_view ids) {
  return apply(parse_variant("--variant", ids), of);
}

TEST(Variant, PostedNeedsAnyOfTheKindsOfPostedDefects) {
  const AppliedVariant posted = named(scenario(), "posted");
  EXPECT_EQ(posted.defects, 0b011u);
  EXPECT_EQ(describe_expected(posted), "data_race or invariant or double_free");
  EXPECT_EQ(judge(posted, {FindingKind::double_free}, true), Judgement::as_expected);
  EXPECT_EQ(judge(posted, {FindingKind::leak}, true), Judgement::missing);
  EXPECT_EQ(judge(posted, {}, true), Judgement::missing);
}

TEST(Variant, PostedWithoutPostedExpectationsIsClean) {
  Scenario quiet = scenario();
  quiet.expectations = {{2, {FindingKind::leak}}};
  const AppliedVariant posted = named(quiet, "posted");
  EXPECT_EQ(describe_expected(posted), "nothing");
  EXPECT_EQ(judge(posted, {}, true), Judgement::as_expected);
  EXPECT_EQ(judge(posted, {FindingKind::leak}, true), Judgement::unexpected);
}

TEST(Variant, FixedIsClean) {
  const AppliedVariant fixed = named(scenario(), "fixed");
  EXPECT_EQ(fixed.defects, 0u);
  EXPECT_EQ(judge(fixed, {}, true), Judgement::as_expected);
  EXPECT_EQ(judge(fixed, {FindingKind::data_race}, true), Judgement::unexpected);
  EXPECT_EQ(judge(fixed, {}, false), Judgement::inconclusive);
}

TEST(Variant, NamedDefectsMustEachBeFound) {
  const AppliedVariant both = named(scenario(), "a-1,planted");
  EXPECT_EQ(both.defects, 0b101u);
  EXPECT_EQ(both.name, "A-1,m");
  EXPECT_EQ(describe_expected(both), "data_race or invariant, and leak");
  EXPECT_EQ(judge(both, {FindingKind::invariant, FindingKind::leak}, true), Judgement::as_expected);
  EXPECT_EQ(judge(both, {FindingKind::invariant}, true), Judgement::missing);
  EXPECT_TRUE(is_expected(both, FindingKind::leak));
  EXPECT_FALSE(is_expected(both, FindingKind::double_free));
}

TEST(Variant, ADefectNamedTwiceCountsOnce) {
  const AppliedVariant twice = named(scenario(), "m,planted,M");
  EXPECT_EQ(twice.name, "m");
  EXPECT_EQ(twice.expected.size(), 1u);
}

TEST(Variant, WithoutAModelAllKindsMustBeFound) {
  const AppliedVariant applied = named(without_model(), "posted");
  EXPECT_EQ(applied.name, "");
  EXPECT_EQ(applied.shown_name(), "-");
  EXPECT_EQ(judge(applied, {FindingKind::data_race}, true), Judgement::missing);
  EXPECT_EQ(judge(applied, {FindingKind::invariant, FindingKind::data_race}, true),
            Judgement::as_expected);
  EXPECT_THROW(named(without_model(), "A-1"), InputError);
}

TEST(Variant, UnknownDefectsAreNamedWithNearOnes) {
  try {
    named(scenario(), "A-1,frees_twise");
    FAIL() << "an unknown defect is accepted";
  } catch (const InputError& error) {
    EXPECT_STREQ(error.what(),
                 "model a (of a/b) has no defect 'frees_twise', did you mean "
                 "'frees_twice'? (it has: A-1, A-2, m)");
    EXPECT_EQ(error.code(), ExitCode::bad_input);
  }
}

}  // namespace
}  // namespace heddle::cli
