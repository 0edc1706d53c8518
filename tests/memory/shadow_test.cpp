// Shadow against a reference that keeps one state for each byte.
#include "sim/memory/shadow.hpp"

#include <algorithm>
#include <array>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "tests/support/explore.hpp"

namespace heddle::sim {
namespace {

using tests::machine;

constexpr std::uintptr_t begin = arena_layout::base + 0x1000;
constexpr std::size_t bytes = 160;

/// The plain truth about `bytes` bytes from `begin` on.
struct Reference {
  std::array<ByteState, bytes> states{};
  void set(std::size_t offset, std::size_t size, ByteState state) {
    std::fill_n(states.begin() + static_cast<std::ptrdiff_t>(offset), size, state);
  }
};

void expect_equal(const Shadow& shadow, const Reference& reference) {
  for (std::size_t i = 0; i < bytes; ++i) RC_ASSERT(shadow.at(begin + i) == reference.states[i]);
}

ByteState any_state() { return static_cast<ByteState>(*rc::gen::inRange(0, 4)); }

RC_GTEST_PROP(Shadow, SetIsSetByteByByte, ()) {
  Shadow& shadow = machine().shadow();
  Reference reference;
  shadow.set(begin, bytes, ByteState::unallocated);
  for (int i = *rc::gen::inRange(1, 12); i > 0; --i) {
    const auto offset = *rc::gen::inRange<std::size_t>(0, bytes);
    const auto size = *rc::gen::inRange<std::size_t>(0, bytes - offset + 1);
    const ByteState state = any_state();
    shadow.set(begin + offset, size, state);
    reference.set(offset, size, state);
    expect_equal(shadow, reference);
  }
}

RC_GTEST_PROP(Shadow, ABlockIsItsRedzoneItsBytesAndTheRestOfItsLastWord, ()) {
  Shadow& shadow = machine().shadow();
  Reference reference;
  const ByteState before = any_state();
  shadow.set(begin, bytes, before);
  reference.set(0, bytes, before);

  const auto redzone = 8 * *rc::gen::inRange<std::size_t>(0, 4);
  const auto offset = redzone + 8 * *rc::gen::inRange<std::size_t>(0, 4);
  const auto size = *rc::gen::inRange<std::size_t>(0, bytes - 8 - offset);
  const ByteState state = any_state();
  shadow.set_block(begin + offset, redzone, size, state);

  const std::size_t words = size == 0 ? 1 : (size + 7) / 8;
  reference.set(offset - redzone, redzone, ByteState::unallocated);
  reference.set(offset, words * 8, ByteState::unallocated);
  reference.set(offset, size, state);
  expect_equal(shadow, reference);
}

TEST(Shadow, InterleaveMarksTheWordsThatItTouches) {
  Shadow& shadow = machine().shadow();
  shadow.set_block(begin, 0, 64, ByteState::initialised);
  shadow.set_interleave(begin + 15, 2, true);
  for (std::size_t word = 0; word < 8; ++word)
    EXPECT_EQ(shadow.is_interleaved(begin + 8 * word), word == 1 || word == 2);
  shadow.set_interleave(begin + 8, 8, false);
  EXPECT_FALSE(shadow.is_interleaved(begin + 8));
  EXPECT_TRUE(shadow.is_interleaved(begin + 16));
  EXPECT_EQ(shadow.at(begin + 15), ByteState::initialised);
  shadow.set_block(begin, 0, 64, ByteState::initialised);
  EXPECT_FALSE(shadow.is_interleaved(begin + 16));
}

TEST(Shadow, CellsAreEmptyInEveryNewGeneration) {
  Shadow& shadow = machine().shadow();
  shadow.cell(begin).sync = 7;
  shadow.cell(begin).first.write.clock = 9;
  EXPECT_EQ(shadow.cell(begin).sync, 7u);
  shadow.next_generation();
  EXPECT_EQ(shadow.cell(begin).sync, 0u);
  EXPECT_EQ(shadow.cell(begin).first.write.clock, 0u);
}

}  // namespace
}  // namespace heddle::sim
