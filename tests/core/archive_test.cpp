#include "sim/core/archive.hpp"

#include <array>
#include <cstdint>
#include <numeric>
#include <vector>

#include <gtest/gtest.h>

namespace heddle::sim {
namespace {

TEST(Archive, PutsBackBytesAsOftenAsWanted) {
  struct {
    std::uint32_t a = 1, b = 2;  // neighbours
    std::uint64_t not_saved = 3;
    std::uint8_t c = 4;
  } values;
  Archive archive;
  archive.values(values.a, values.b, values.c);
  for (int i = 0; i < 3; ++i) {
    values = {10, 20, 30, 40};
    archive.restore();
    EXPECT_EQ(values.a, 1u);
    EXPECT_EQ(values.b, 2u);
    EXPECT_EQ(values.not_saved, 30u);
    EXPECT_EQ(values.c, 4u);
  }
}

TEST(Archive, FindsVectorsThatHaveMoved) {
  std::vector<int> used = {1, 2, 3}, whole = {4, 5}, part = {6, 7, 8, 9};
  Archive archive;
  archive.used(used, 2);
  archive.whole(whole);
  archive.part(part, &part[1], 2 * sizeof(int));
  for (std::vector<int>* vector : {&used, &whole, &part}) {
    const int* const before = vector->data();
    vector->resize(10'000);
    ASSERT_NE(vector->data(), before);
    std::iota(vector->begin(), vector->end(), 100);
  }
  archive.restore();
  EXPECT_EQ(std::vector<int>(used.begin(), used.begin() + 3), (std::vector<int>{1, 2, 102}));
  EXPECT_EQ(whole, (std::vector<int>{4, 5}));
  EXPECT_EQ(std::vector<int>(part.begin(), part.begin() + 4), (std::vector<int>{100, 7, 8, 103}));
  EXPECT_EQ(part.size(), 10'000u);
}

TEST(Archive, FillsAVectorThatWasEmptied) {
  std::vector<int> whole = {1, 2, 3}, empty;
  Archive archive;
  archive.whole(whole);
  archive.whole(empty);
  whole.clear();
  empty = {4};
  archive.restore();
  EXPECT_EQ(whole, (std::vector<int>{1, 2, 3}));
  EXPECT_TRUE(empty.empty());
}

TEST(Archive, DropsWhatHasGrownBehind) {
  std::vector<int> first = {1, 2};
  std::vector<std::array<char, 80>> second;
  Archive archive;
  archive.growth(first, second);
  first.push_back(3);
  second.resize(2);
  archive.restore();
  EXPECT_EQ(first, (std::vector<int>{1, 2}));
  EXPECT_TRUE(second.empty());
}

TEST(Archive, ActsInTheOrderInWhichItWasToldTo) {
  int value = 1;
  std::vector<int> seen;
  struct Both {
    int& value;
    std::vector<int>& seen;
  } both{value, seen};
  const auto look = [](Both& at, std::uint64_t with) {
    at.seen.push_back(at.value + static_cast<int>(with));
  };
  Archive archive;
  archive.then(both, 10, look);
  archive.values(value);
  archive.then(both, 20, look);
  value = 5;
  archive.restore();
  EXPECT_EQ(seen, (std::vector<int>{15, 21}));
}

TEST(Archive, BeginsAnew) {
  int first = 1, second = 2;
  Archive archive;
  archive.values(first);
  const std::size_t size = archive.size();
  archive.clear();
  archive.values(second);
  EXPECT_EQ(archive.size(), size);
  first = second = 3;
  archive.restore();
  EXPECT_EQ(first, 3);
  EXPECT_EQ(second, 2);
}

}  // namespace
}  // namespace heddle::sim
