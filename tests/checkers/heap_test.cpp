// Misuse of memory: which bytes, whose block, and what copies carry along.
#include "checkers/heap.hpp"

#include <atomic>
#include <cstdint>
#include <cstring>
#include <string_view>

#include <gtest/gtest.h>

#include "sim/kernel/slab.hpp"
#include "sim/kernel/spinlock.hpp"
#include "tests/support/explore.hpp"

namespace heddle::checkers {
namespace {

using namespace sim::kernel;
using sim::Cpu;
using sim::Finding;
using sim::FindingKind;
using sim::World;

/// The findings of one execution of `body` as a task.
template <class Body>
std::vector<Finding> findings_of(Body body) {
  HeapChecker heap;
  return tests::explore(tests::with_cpus(1), {&heap}, 1,
                        [&body](World& world) { world.task("task", Cpu{0}, body); })
      .findings;
}

template <class T>
T* fresh(std::size_t count = 1) {
  return static_cast<T*>(kmalloc(count * sizeof(T), GFP_KERNEL));
}

/// Reads a byte so that no compiler leaves it out.
void look_at(const void* byte) { (void)*static_cast<const volatile char*>(byte); }
void look_at_word(const void* word) { (void)*static_cast<const volatile std::uint64_t*>(word); }

TEST(Heap, EveryByteOfABlockMayBeUsed) {
  for (std::size_t size = 1; size <= 40; ++size) {
    EXPECT_TRUE(findings_of([size] {
                  char* bytes = fresh<char>(size);
                  for (std::size_t i = 0; i < size; ++i) bytes[i] = 1;
                  for (std::size_t i = 0; i < size; ++i) look_at(bytes + i);
                  kfree(bytes);
                }).empty())
        << size;
  }
}

TEST(Heap, NoByteAroundABlockMayBeUsed) {
  for (std::size_t size = 1; size <= 40; ++size) {
    for (std::ptrdiff_t offset : {std::ptrdiff_t{-1}, static_cast<std::ptrdiff_t>(size)}) {
      const auto found = findings_of([size, offset] {
        char* bytes = fresh<char>(size);
        char* other = fresh<char>(8);
        bytes[offset] = 1;
        kfree(other);
        kfree(bytes);
      });
      ASSERT_EQ(found.size(), 1u) << size << " bytes, at " << offset;
      EXPECT_EQ(found[0].kind, FindingKind::out_of_bounds);
      EXPECT_TRUE(found[0].fatal);
    }
  }
}

TEST(Heap, AnAccessThatBeginsInsideMayEndOutside) {
  const auto found = findings_of([] {
    char* bytes = static_cast<char*>(kzalloc(12, GFP_KERNEL));
    look_at_word(bytes + 8);
  });
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].kind, FindingKind::out_of_bounds);
  EXPECT_EQ(found[0].number, 12u) << "the first byte that is outside";
}

TEST(Heap, ACopyThatIsTooLongIsSeen) {
  const auto found = findings_of([] {
    char* from = static_cast<char*>(kzalloc(32, GFP_KERNEL));
    char* to = static_cast<char*>(kzalloc(20, GFP_KERNEL));
    std::memcpy(to, from, 21);
  });
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].kind, FindingKind::out_of_bounds);
  EXPECT_EQ(found[0].number, 20u);
  EXPECT_EQ(std::string_view(found[0].actors[0].verb), "writes");
}

TEST(Heap, ACopyOfFourGibibytesAndSomeIsNoShortOne) {
  const auto found = findings_of([] {
    char* from = static_cast<char*>(kzalloc(32, GFP_KERNEL));
    char* to = static_cast<char*>(kzalloc(32, GFP_KERNEL));
    volatile std::size_t size = (std::size_t{1} << 32) + 8;
    std::memcpy(to, from, size);
  });
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].kind, FindingKind::out_of_bounds);
  EXPECT_EQ(found[0].number, 32u);
  EXPECT_EQ(std::string_view(found[0].actors[0].verb), "reads");
}

TEST(Heap, AUseAfterFreeNamesTheFreeAndTheAllocation) {
  const auto found = findings_of([] {
    char* bytes = static_cast<char*>(kzalloc(32, GFP_KERNEL));
    kfree(bytes);
    look_at(bytes + 5);
  });
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].kind, FindingKind::use_after_free);
  EXPECT_EQ(found[0].number, 5u);
  ASSERT_EQ(found[0].actor_count, 3u);
  EXPECT_EQ(std::string_view(found[0].actors[1].verb), "frees");
  EXPECT_EQ(std::string_view(found[0].actors[2].verb), "allocates");
  EXPECT_EQ(found[0].actors[1].step, 1u);
  EXPECT_NE(found[0].actors[1].place.pc, 0u);
  EXPECT_NE(found[0].actors[2].place.pc, 0u);
}

TEST(Heap, AnAtomicUseAfterFreeIsSeen) {
  const auto found = findings_of([] {
    auto* counter = new (kmalloc(8, GFP_KERNEL)) std::atomic<long>(0);
    kfree(counter);
    counter->fetch_add(1);
  });
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].kind, FindingKind::use_after_free);
}

TEST(Heap, AWaitForALockThatIsFreedMeanwhileIsSeen) {
  HeapChecker heap;
  const auto result = tests::explore(tests::with_cpus(2), {&heap}, 200, [](World& world) {
    auto& lock = world.create<std::atomic<spinlock_t*>>(nullptr);
    auto& waits = world.create<std::atomic<bool>>(false);
    world.task("owner", Cpu{0}, [&] {
      auto* mine = fresh<spinlock_t>();
      spin_lock_init(mine, "lock");
      spin_lock(mine);
      lock.store(mine);
      (void)waits.load();
      spin_unlock(mine);
      kfree(mine);
    });
    world.task("waiter", Cpu{1}, [&] {
      spinlock_t* theirs = lock.load();
      if (theirs == nullptr) return;
      waits.store(true);
      spin_lock(theirs);
      spin_unlock(theirs);
    });
  });
  EXPECT_TRUE(result.found(FindingKind::use_after_free));
  EXPECT_EQ(result.count(FindingKind::use_after_free), result.findings.size());
}

TEST(Heap, FreesOfWhatIsNoBlockAreToldApart) {
  const auto inside = findings_of([] { kfree(fresh<char>(32) + 8); });
  ASSERT_EQ(inside.size(), 1u);
  EXPECT_EQ(inside[0].kind, FindingKind::double_free);
  EXPECT_EQ(std::string_view(inside[0].detail), "no block starts there");

  const auto twice = findings_of([] {
    char* bytes = fresh<char>(32);
    kfree(bytes);
    kfree(bytes);
  });
  ASSERT_EQ(twice.size(), 1u);
  ASSERT_EQ(twice[0].actor_count, 2u) << "the one who freed it first";
  EXPECT_EQ(twice[0].actors[1].step, 1u);
  EXPECT_NE(twice[0].actors[0].place, twice[0].actors[1].place);
}

TEST(Heap, ClearedMemoryCountsAsWritten) {
  EXPECT_TRUE(findings_of([] {
                auto* word = static_cast<std::uint64_t*>(kzalloc(8, GFP_KERNEL));
                look_at_word(word);
                kfree(word);
              }).empty());
}

TEST(Heap, AReadOfUnwrittenBytesCountsOnce) {
  const auto found = findings_of([] {
    auto* word = fresh<std::uint64_t>();
    look_at_word(word);
    look_at_word(word);
    kfree(word);
  });
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].kind, FindingKind::uninitialised);
  EXPECT_FALSE(found[0].fatal);
}

TEST(Heap, APartlyWrittenWordMayBePadded) {
  EXPECT_TRUE(findings_of([] {
                char* bytes = fresh<char>(8);
                bytes[3] = 1;
                look_at_word(bytes);
                kfree(bytes);
              }).empty());
}

TEST(Heap, AnIncrementOfUnwrittenBytesIsARead) {
  const auto found = findings_of([] {
    auto* counter = fresh<std::atomic<long>>();
    counter->fetch_add(1);
    kfree(counter);
  });
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].kind, FindingKind::uninitialised);
}

TEST(Heap, InitialisingAFreshLockIsNoRead) {
  EXPECT_TRUE(findings_of([] {
                auto& used = *new (kmalloc(8, GFP_KERNEL)) std::atomic<long>(0);
                used.fetch_add(1);
                auto* lock = fresh<spinlock_t>();
                spin_lock_init(lock, "lock");
                spin_lock(lock);
                spin_unlock(lock);
                kfree(lock);
                kfree(&used);
              }).empty());
}

TEST(Heap, CopiesCarryUnwrittenBytesAlong) {
  const auto found = findings_of([] {
    char* from = fresh<char>(24);
    char* to = fresh<char>(24);
    from[2] = 1;
    std::memcpy(to, from, 24);  // no finding: nobody has looked at the bytes
    look_at(to + 2);
    look_at(to + 17);
    kfree(from);
    kfree(to);
  });
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].kind, FindingKind::uninitialised);
  EXPECT_EQ(found[0].number, 17u);
}

TEST(Heap, CopiesOverwriteUnwrittenBytes) {
  EXPECT_TRUE(findings_of([] {
                char* from = static_cast<char*>(kzalloc(24, GFP_KERNEL));
                char* to = fresh<char>(24);
                std::memcpy(to + 3, from, 20);
                for (int i = 3; i < 23; ++i) look_at(to + i);
                kfree(from);
                kfree(to);
              }).empty());
}

TEST(Heap, FillsWrite) {
  EXPECT_TRUE(findings_of([] {
                char* bytes = fresh<char>(24);
                std::memset(bytes, 0, 24);
                for (int i = 0; i < 24; ++i) look_at(bytes + i);
                kfree(bytes);
              }).empty());
}

}  // namespace
}  // namespace heddle::checkers
