// The generator's outputs are part of what a seed means: they never change.
#include "sim/core/rng.hpp"

#include <set>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace heddle::sim {
namespace {

TEST(Rng, DrawsAreFixed) {
  Rng rng(42);
  EXPECT_EQ(rng.bits(), 3135642158u);
  EXPECT_EQ(rng.bits(), 3118897549u);
  EXPECT_EQ(rng.below(6), 5u);
  EXPECT_EQ(rng.below(1000), 460u);
  EXPECT_EQ(rng.end_state(), 86240773u);
}

TEST(Rng, NeighbouringSeedsDrawDifferently) {
  std::set<std::uint32_t> first;
  for (std::uint64_t seed = 0; seed < 1000; ++seed) first.insert(Rng(seed).bits());
  EXPECT_EQ(first.size(), 1000u);
}

TEST(Rng, MixIsFixed) {
  EXPECT_EQ(mix(0, 0), 0xE220A8397B1DCDAFull);  // the first output of SplitMix64 from seed 0
  EXPECT_EQ(mix(0, 1), 0x6E789E6AA1B965F4ull);
  EXPECT_EQ(mix(0, 2), 0x06C45D188009454Full);
  EXPECT_EQ(mix(2026, 7), 0xCDF6C4E563D8E22Dull);
}

TEST(Rng, ExecutionsOfACampaignGetDifferentSeeds) {
  std::set<std::uint64_t> seeds;
  for (std::uint64_t k = 0; k < 100'000; ++k) seeds.insert(mix(1, k));
  EXPECT_EQ(seeds.size(), 100'000u);
}

TEST(Rng, EndStateDrawsNothing) {
  Rng rng(7);
  const std::uint32_t next = rng.end_state();
  EXPECT_EQ(rng.end_state(), next);
  EXPECT_EQ(rng.bits(), next);
}

RC_GTEST_PROP(Rng, DrawsAreBelowTheirBound, (std::uint64_t seed)) {
  Rng rng(seed);
  const auto bound = *rc::gen::inRange<std::uint32_t>(1, 0xFFFF'FFFF);
  for (int i = 0; i < 20; ++i) RC_ASSERT(rng.below(bound) < bound);
  RC_ASSERT(rng.below(1) == 0u);
}

}  // namespace
}  // namespace heddle::sim
