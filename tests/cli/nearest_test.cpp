// Suggestions for mistyped words.
#include "scenarios/cli/nearest.hpp"

#include <algorithm>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace heddle::cli {
namespace {

TEST(Nearest, CountsEdits) {
  EXPECT_EQ(edit_distance("", ""), 0u);
  EXPECT_EQ(edit_distance("abc", ""), 3u);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3u);
  EXPECT_EQ(edit_distance("lsit", "list"), 1u);
  EXPECT_EQ(edit_distance("REF-1", "ref-1"), 0u);
}

RC_GTEST_PROP(Nearest, DistanceIsSymmetricAndBounded, (std::string a, std::string b)) {
  const std::size_t distance = edit_distance(a, b);
  RC_ASSERT(distance == edit_distance(b, a));
  RC_ASSERT(distance <= std::max(a.size(), b.size()));
  RC_ASSERT(distance >= std::max(a.size(), b.size()) - std::min(a.size(), b.size()));
}

TEST(Nearest, SuggestsWhatIsNearAndNothingElse) {
  const std::vector<std::string> verbs = {"list", "run", "replay", "show", "matrix"};
  EXPECT_EQ(did_you_mean("lst", verbs), ", did you mean 'list'?");
  EXPECT_EQ(did_you_mean("reply", verbs), ", did you mean 'replay'?");
  EXPECT_EQ(did_you_mean("frobnicate", verbs), "");
  EXPECT_EQ(did_you_mean("", verbs), "");
  EXPECT_EQ(did_you_mean("xyz", verbs), "");
}

TEST(Nearest, SuggestsPartsOfNames) {
  const std::vector<std::string> names = {"lu_ref/add", "lu_ref/del", "loop/open"};
  EXPECT_EQ(did_you_mean("lu_ref", names), ", did you mean 'lu_ref/add' or 'lu_ref/del'?");
}

TEST(Nearest, SuggestsThreeAtMostNearestFirst) {
  const std::vector<std::string> names = {"aaad", "aaab", "aaac", "aaaa", "aabb"};
  EXPECT_EQ(nearest("aaaa", names), (std::vector<std::string>{"aaaa", "aaab", "aaac"}));
}

}  // namespace
}  // namespace heddle::cli
