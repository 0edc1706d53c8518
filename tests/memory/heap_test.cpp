// Blocks: poison, redzones, freed once, found by address.
#include "sim/memory/heap.hpp"

#include <cstring>

#include <gtest/gtest.h>

#include "tests/support/explore.hpp"

namespace heddle::sim {
namespace {

using tests::machine;

class HeapTest : public testing::Test {
 protected:
  HeapTest() { forget(); }
  ~HeapTest() override { forget(); }

  static void forget() {
    machine().arena().reset(contexts_max);
    machine().heap().reset();
  }
  static std::uintptr_t allocate(std::size_t size, Heap::Fill fill = Heap::Fill::poison) {
    return machine().heap().allocate(ContextId{3}, size, "block", fill);
  }
  static bool all_bytes(std::uintptr_t address, std::size_t size, std::uint8_t byte) {
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(address);
    for (std::size_t i = 0; i < size; ++i)
      if (bytes[i] != byte) return false;
    return true;
  }

 public:
  Heap& heap = machine().heap();
  Shadow& shadow = machine().shadow();
};

TEST_F(HeapTest, FreshBlocksArePoisonedAndUninitialised) {
  const std::uintptr_t block = allocate(20);
  EXPECT_TRUE(all_bytes(block, 20, Heap::fresh_poison));
  EXPECT_EQ(shadow.at(block), ByteState::uninitialised);
  EXPECT_EQ(shadow.at(block + 19), ByteState::uninitialised);
}

TEST_F(HeapTest, ZeroedBlocksAreInitialised) {
  const std::uintptr_t block = allocate(20, Heap::Fill::zero);
  EXPECT_TRUE(all_bytes(block, 20, 0));
  EXPECT_EQ(shadow.at(block + 19), ByteState::initialised);
}

TEST_F(HeapTest, BytesBeforeAndBehindABlockAreNoPartOfIt) {
  const std::uintptr_t first = allocate(20);
  const std::uintptr_t second = allocate(8);
  EXPECT_EQ(second, first + 24 + Heap::redzone_bytes);
  for (std::uintptr_t address = first + 20; address < second; ++address)
    EXPECT_EQ(shadow.at(address), ByteState::unallocated);
  EXPECT_EQ(shadow.at(first - 1), ByteState::unallocated);
}

TEST_F(HeapTest, FreedBlocksArePoisonedAndNeverHandedOutAgain) {
  const std::uintptr_t block = allocate(20);
  heap.free(*heap.starting_at(block));
  EXPECT_TRUE(all_bytes(block, 20, Heap::freed_poison));
  EXPECT_EQ(shadow.at(block), ByteState::freed);
  EXPECT_TRUE(heap.starting_at(block)->freed);
  for (int i = 0; i < 100; ++i) EXPECT_NE(allocate(20), block);
}

TEST_F(HeapTest, EmptyBlocksHaveAddressesOfTheirOwn) {
  const std::uintptr_t first = allocate(0);
  const std::uintptr_t second = allocate(0);
  EXPECT_NE(first, second);
  EXPECT_EQ(shadow.at(first), ByteState::unallocated);
  EXPECT_EQ(heap.starting_at(first)->size, 0u);
}

TEST_F(HeapTest, OnlyStartsOfBlocksStartBlocks) {
  const std::uintptr_t block = allocate(64);
  ASSERT_NE(heap.starting_at(block), nullptr);
  EXPECT_EQ(heap.starting_at(block)->address, block);
  EXPECT_EQ(heap.starting_at(block + 8), nullptr);
  EXPECT_EQ(heap.starting_at(block + 1), nullptr);
  EXPECT_EQ(heap.starting_at(block - Heap::redzone_bytes), nullptr);
  EXPECT_EQ(heap.starting_at(block + 4096), nullptr);
  EXPECT_EQ(heap.starting_at(0), nullptr);
  EXPECT_EQ(heap.starting_at(arena_layout::stacks), nullptr);
  int local = 0;
  EXPECT_EQ(heap.starting_at(reinterpret_cast<std::uintptr_t>(&local) & ~std::uintptr_t{7}),
            nullptr);
}

TEST_F(HeapTest, ACopyOfAHeaderStartsNoBlock) {
  const std::uintptr_t block = allocate(64);
  std::memcpy(reinterpret_cast<void*>(block), reinterpret_cast<void*>(block - 16), 16);
  EXPECT_EQ(heap.starting_at(block + 16), nullptr);
}

TEST_F(HeapTest, AroundFindsTheBlockOfAByteOrOfTheRedzoneBeforeIt) {
  const std::uintptr_t first = allocate(20);
  const std::uintptr_t second = allocate(8);
  EXPECT_EQ(heap.around(first)->address, first);
  EXPECT_EQ(heap.around(first + 19)->address, first);
  EXPECT_EQ(heap.around(first - 1)->address, first);
  EXPECT_EQ(heap.around(second - 1)->address, second);
  EXPECT_EQ(heap.around(first + 20), nullptr);
  EXPECT_EQ(heap.around(second + 8), nullptr);
}

TEST_F(HeapTest, SizesBeyondTheHeapAreRefused) {
  for (const std::size_t size : {arena_layout::heap_bytes, ~std::size_t{0}, ~std::size_t{0} - 15})
    EXPECT_EQ(allocate(size), 0u);
  EXPECT_TRUE(heap.blocks().empty());
}

TEST_F(HeapTest, FreeingTwiceIsOurBug) {
  const std::uintptr_t block = allocate(8);
  heap.free(*heap.starting_at(block));
  EXPECT_EXIT(heap.free(*heap.starting_at(block)), testing::ExitedWithCode(70), "freed once");
}

}  // namespace
}  // namespace heddle::sim
