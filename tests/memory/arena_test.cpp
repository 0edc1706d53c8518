// The arena: fixed addresses, one heap a context, bounds.
#include "sim/memory/arena.hpp"

#include <cstdint>
#include <vector>

#include <gtest/gtest.h>

#include "sim/choice/random.hpp"
#include "tests/support/explore.hpp"

namespace heddle::sim {
namespace {

using tests::machine;
using tests::run_once;
using tests::with_cpus;

TEST(Arena, LiesWhereItAlwaysLies) {
  // The addresses stand in committed traces, so they are equal in every process.
  EXPECT_EQ(arena_layout::base, 0x1100'0000'0000u);
  EXPECT_EQ(arena_layout::stacks, 0x1100'8000'0000u);
  EXPECT_TRUE(arena_layout::contains(arena_layout::base));
  EXPECT_FALSE(arena_layout::contains(arena_layout::base - 1));
  EXPECT_TRUE(arena_layout::contains(arena_layout::base + arena_layout::total_bytes - 1));
  EXPECT_FALSE(arena_layout::contains(arena_layout::base + arena_layout::total_bytes));
  EXPECT_TRUE(arena_layout::is_heap(arena_layout::stacks - 1));
  EXPECT_FALSE(arena_layout::is_heap(arena_layout::stacks));
}

/// Addresses of what set-up and two tasks create, in the order of creation.
std::vector<std::uintptr_t> addresses_of(std::uint64_t seed) {
  std::vector<std::uintptr_t> addresses(6);
  RandomChooser chooser(seed);
  machine().configure(with_cpus(2));
  run_once(
      [&](World& world) {
        addresses[0] = reinterpret_cast<std::uintptr_t>(&world.create<int>(1));
        addresses[1] = reinterpret_cast<std::uintptr_t>(&world.create<long>(2));
        for (std::uint16_t cpu = 0; cpu < 2; ++cpu)
          world.task("task", Cpu{cpu}, [&addresses, cpu] {
            World here(Machine::running());
            for (std::size_t i = 0; i < 2; ++i) {
              addresses[2 + 2 * cpu + i] = reinterpret_cast<std::uintptr_t>(&here.create<char>());
              Machine::running().relax(Place{});
            }
          });
      },
      chooser);
  return addresses;
}

TEST(Arena, AddressesAreEqualInEveryExecutionWhateverTheSchedule) {
  const std::vector<std::uintptr_t> first = addresses_of(0);
  for (std::uint64_t seed = 1; seed < 20; ++seed) EXPECT_EQ(addresses_of(seed), first);
  // And in every process: before set-up's first block there are its World and the block's redzone.
  EXPECT_EQ(first[0], arena_layout::base + sizeof(World) + Heap::redzone_bytes);
}

TEST(Arena, EachOwnerHasAHeapOfItsOwn) {
  Arena& arena = machine().arena();
  arena.reset(contexts_max);
  const std::uintptr_t a = arena.allocate(ContextId{1}, 3);
  const std::uintptr_t b = arena.allocate(ContextId{2}, 8);
  const std::uintptr_t c = arena.allocate(ContextId{1}, 1);
  EXPECT_EQ(a, arena_layout::base + arena_layout::heap_bytes);
  EXPECT_EQ(b, arena_layout::base + 2 * arena_layout::heap_bytes);
  EXPECT_EQ(c, a + 8);
  EXPECT_TRUE(arena.is_allocated(c));
  EXPECT_FALSE(arena.is_allocated(c + 8));
  EXPECT_EQ(arena.used(ContextId{1}), 16u);
  arena.reset(contexts_max);
  EXPECT_EQ(arena.used(ContextId{1}), 0u);
}

TEST(Arena, AFullHeapGivesNothingMore) {
  Arena& arena = machine().arena();
  arena.reset(contexts_max);
  EXPECT_NE(arena.allocate(ContextId{0}, arena_layout::heap_bytes - 8), 0u);
  EXPECT_EQ(arena.allocate(ContextId{0}, 9), 0u);
  EXPECT_NE(arena.allocate(ContextId{0}, 8), 0u);
  EXPECT_EQ(arena.allocate(ContextId{0}, 1), 0u);
  EXPECT_NE(arena.allocate(ContextId{1}, 1), 0u);
  for (const std::size_t size : {~std::size_t{0}, ~std::size_t{0} - 6})
    EXPECT_EQ(arena.allocate(ContextId{2}, size), 0u);
  arena.reset(contexts_max);
}

}  // namespace
}  // namespace heddle::sim
