// Data races: what is one, what is none, and that it is seen in every schedule.
#include "checkers/race.hpp"

#include <atomic>
#include <cstdint>
#include <cstring>

#include <gtest/gtest.h>

#include "sim/machine/host.hpp"
#include "tests/checkers/racing.hpp"
#include "tests/support/explore.hpp"

namespace heddle::checkers {
namespace {

using sim::Cpu;
using sim::FindingKind;
using sim::World;
using tests::with_cpus;

TEST(Race, TwoPlainWritesRaceInEverySchedule) {
  EXPECT_EQ(racing([](World& world) {
              int& x = world.create<int>(0);
              world.task("left", Cpu{0}, [&] { x = 1; });
              world.task("right", Cpu{1}, [&] { x = 2; });
            }),
            seeds);
}

TEST(Race, TheLastOfManyContextsRaceToo) {
  const auto program = [](bool ordered) {
    return [ordered](World& world) {
      int& x = world.create<int>(0);
      for (std::uint16_t i = 0; i < sim::contexts_max - 4; ++i)
        world.task("idle", Cpu{static_cast<std::uint16_t>(i % 2)}, [] {});
      sim::Task left = world.task("left", Cpu{0}, [&x] { x = 1; });
      world.task("right", Cpu{1}, [&x, left, ordered]() mutable {
        if (ordered) left.join();
        x = 2;
      });
    };
  };
  EXPECT_EQ(racing(program(false)), seeds);
  EXPECT_EQ(racing(program(true)), 0u);
}

TEST(Race, AnAtomicPartOfAWordIsToldApart) {
  struct Two {
    std::atomic<int> atomic{0};
    int plain = 0;
  };
  const auto program = [](bool same) {
    return [same](World& world) {
      Two& two = world.create<Two>();
      std::memset(static_cast<void*>(&two), 0, sizeof two);  // one access to the whole word
      world.task("left", Cpu{0}, [&two] { two.atomic.store(1); });
      world.task("right", Cpu{1}, [&two, same] {
        if (same)
          std::memset(static_cast<void*>(&two.atomic), 1, sizeof two.atomic);
        else
          two.plain = 1;
      });
    };
  };
  EXPECT_EQ(racing(program(false)), 0u);
  EXPECT_EQ(racing(program(true)), seeds);
}

TEST(Race, AVolatileAccessMayBeOfTwoWords) {
  __extension__ using Wide = unsigned __int128;
  struct Record {
    volatile Wide wide = 0;
    std::uint64_t beside = 0;
  };
  const auto program = [](bool same) {
    return [same](World& world) {
      Record& record = world.create<Record>();
      world.task("left", Cpu{0}, [&record] { record.wide = 1; });
      world.task("right", Cpu{1}, [&record, same] {
        if (same)
          std::memset(const_cast<Wide*>(&record.wide), 1, sizeof record.wide);
        else
          record.beside = 1;
      });
    };
  };
  EXPECT_EQ(racing(program(false)), 0u);
  EXPECT_EQ(racing(program(true)), seeds);
}

TEST(Race, APlainReadAndAWriteRaceInEverySchedule) {
  EXPECT_EQ(racing([](World& world) {
              int& x = world.create<int>(0);
              int& y = world.create<int>(0);
              world.task("left", Cpu{0}, [&] { x = 1; });
              world.task("right", Cpu{1}, [&] { y = x; });
            }),
            seeds);
}

TEST(Race, ReadsDoNotRace) {
  EXPECT_EQ(racing([](World& world) {
              int& x = world.create<int>(7);
              auto& sum = world.create<std::atomic<int>>(0);
              for (std::uint16_t i = 0; i < 4; ++i)
                world.task("reader", Cpu{static_cast<std::uint16_t>(i % 2)},
                           [&] { sum.fetch_add(x, std::memory_order_relaxed); });
              world.finally([&] { x = sum.load(); });
            }),
            0u);
}

TEST(Race, AWriteRacesWithEachOfSeveralReaders) {
  // The last reader is ordered before the write; the first is not, and must not be forgotten.
  EXPECT_EQ(racing([](World& world) {
              int& x = world.create<int>(0);
              auto& sum = world.create<std::atomic<int>>(0);
              auto& flag = world.create<std::atomic<int>>(0);
              auto& first_done = world.create<std::atomic<int>>(0);
              world.task("unordered", Cpu{0}, [&] {
                sum.fetch_add(x, std::memory_order_relaxed);
                first_done.store(1, std::memory_order_relaxed);
              });
              world.task("ordered", Cpu{1}, [&] {
                if (first_done.load(std::memory_order_relaxed) == 0) return;
                sum.fetch_add(x, std::memory_order_relaxed);
                flag.store(1, std::memory_order_release);
              });
              world.task("writer", Cpu{1}, [&] {
                (void)flag.load(std::memory_order_acquire);
                x = 1;
              });
            }),
            seeds);
}

TEST(Race, ReleaseAndAcquireOrder) {
  std::uint64_t passed = 0;
  EXPECT_EQ(racing([&](World& world) {
              int& data = world.create<int>(0);
              auto& ready = world.create<std::atomic<bool>>(false);
              auto& seen = world.create<std::atomic<int>>(0);
              world.task("producer", Cpu{0}, [&] {
                data = 42;
                ready.store(true, std::memory_order_release);
              });
              world.task("consumer", Cpu{1}, [&] {
                if (ready.load(std::memory_order_acquire)) seen.store(data);
              });
              world.finally([&] { passed += seen.load() == 42 ? 1 : 0; });
            }),
            0u);
  EXPECT_GT(passed, 0u) << "the consumer read the data in some schedule";
}

TEST(Race, RelaxedOperationsDoNotOrder) {
  EXPECT_GT(racing([](World& world) {
              int& data = world.create<int>(0);
              int& copy = world.create<int>(0);
              auto& ready = world.create<std::atomic<bool>>(false);
              world.task("producer", Cpu{0}, [&] {
                data = 42;
                ready.store(true, std::memory_order_relaxed);
              });
              world.task("consumer", Cpu{1}, [&] {
                if (ready.load(std::memory_order_relaxed)) copy = data;
              });
            }),
            0u);
}

TEST(Race, ARelaxedStoreEndsWhatAReleasePublished) {
  EXPECT_GT(racing([](World& world) {
              int& data = world.create<int>(0);
              int& copy = world.create<int>(0);
              auto& ready = world.create<std::atomic<int>>(0);
              world.task("producer", Cpu{0}, [&] {
                data = 42;
                ready.store(1, std::memory_order_release);
                ready.store(2, std::memory_order_relaxed);
              });
              world.task("consumer", Cpu{1}, [&] {
                if (ready.load(std::memory_order_acquire) == 2) copy = data;
              });
            }),
            0u);
}

TEST(Race, AReadModifyWriteHandsOnWhatAReleasePublished) {
  std::uint64_t passed = 0;
  EXPECT_EQ(racing([&](World& world) {
              int& data = world.create<int>(0);
              int& copy = world.create<int>(0);
              auto& ready = world.create<std::atomic<int>>(0);
              world.task("producer", Cpu{0}, [&] {
                data = 42;
                ready.store(1, std::memory_order_release);
              });
              world.task("middle", Cpu{0}, [&] { ready.fetch_add(2, std::memory_order_relaxed); });
              world.task("consumer", Cpu{1}, [&] {
                if (ready.load(std::memory_order_acquire) == 3) copy = data;
              });
              world.finally([&] { passed += copy == 42 ? 1 : 0; });
            }),
            0u);
  EXPECT_GT(passed, 0u) << "the consumer read the data in some schedule";
}

TEST(Race, NeighbouringAtomicsAreDifferentSynchronisationObjects) {
  struct Pair {
    std::atomic<int> a{0}, b{0};
  };
  EXPECT_EQ(racing([](World& world) {
              int& data = world.create<int>(0);
              auto& pair = world.create<Pair>();
              world.task("left", Cpu{0}, [&] {
                data = 1;
                pair.a.store(1);
              });
              world.task("right", Cpu{1}, [&] {
                (void)pair.b.load();
                data = 2;
              });
            }),
            seeds);
}

TEST(Race, AtomicAccessesDoNotRaceWithEachOther) {
  EXPECT_EQ(racing([](World& world) {
              auto& x = world.create<std::atomic<int>>(0);
              auto& marked = world.create<int>(0);
              const auto body = [&] {
                x.store(1, std::memory_order_relaxed);
                x.fetch_add(1, std::memory_order_relaxed);
                volatile int& v = marked;
                v = v + x.load(std::memory_order_relaxed);
              };
              world.task("left", Cpu{0}, body);
              world.task("right", Cpu{1}, body);
            }),
            0u);
}

TEST(Race, AnAtomicAccessRacesWithAPlainOne) {
  EXPECT_EQ(racing([](World& world) {
              int& x = world.create<int>(0);
              world.task("marked", Cpu{0}, [&] { const_cast<volatile int&>(x) = 1; });
              world.task("plain", Cpu{1}, [&] { x = 2; });
            }),
            seeds);
  EXPECT_EQ(racing([](World& world) {
              int& x = world.create<int>(0);
              int& y = world.create<int>(0);
              world.task("marked reader", Cpu{0}, [&] { y = const_cast<volatile int&>(x); });
              world.task("plain writer", Cpu{1}, [&] { x = 2; });
            }),
            seeds);
  EXPECT_EQ(racing([](World& world) {
              int& x = world.create<int>(0);
              int& y = world.create<int>(0);
              int& z = world.create<int>(0);
              world.task("marked reader", Cpu{0}, [&] { y = const_cast<volatile int&>(x); });
              world.task("plain reader", Cpu{1}, [&] { z = x; });
            }),
            0u);
}

TEST(Race, AnEarlierOfTwoUnorderedAtomicWritesIsNotForgotten) {
  // Both atomic writes are unordered; the plain read is ordered behind the second one only.
  EXPECT_GT(racing([](World& world) {
              int& copy = world.create<int>(0);
              int& x = world.create<int>(0);
              auto& flag = world.create<std::atomic<int>>(0);
              world.task("first", Cpu{0}, [&] { const_cast<volatile int&>(x) = 1; });
              world.task("second", Cpu{1}, [&] {
                const_cast<volatile int&>(x) = 2;
                flag.store(1, std::memory_order_release);
              });
              world.task("reader", Cpu{1}, [&] {
                if (flag.load(std::memory_order_acquire) == 1) copy = x;
              });
            }),
            0u);
}

struct Fields {
  std::uint8_t a = 0, b = 0;
  std::uint16_t c = 0;
  std::uint32_t d = 0;
};

TEST(Race, FieldsOfOneWordAreToldApart) {
  EXPECT_EQ(racing([](World& world) {
              auto& fields = world.create<Fields>();
              world.task("a", Cpu{0}, [&] { fields.a = 1; });
              world.task("b", Cpu{1}, [&] { fields.b = 1; });
              world.task("c", Cpu{0}, [&] { fields.c = 1; });
              world.task("d", Cpu{1}, [&] { fields.d = 1; });
              world.finally([&] { fields.d += fields.a + fields.b + fields.c; });
            }),
            0u);
}

TEST(Race, AdjacentHalfWordsDoNotRaceAfterTheWholeWordWasUsed) {
  // Whoever set it up wrote the eight bytes at once: the record must be taken apart.
  union Word {
    std::uint64_t whole;
    std::uint16_t half[4];
  };
  EXPECT_EQ(racing([](World& world) {
              auto& word = world.create<Word>();
              word.whole = 0;
              world.task("left", Cpu{0}, [&] { word.half[1] = 1; });
              world.task("right", Cpu{1}, [&] { word.half[2] = 1; });
              world.finally([&] { word.whole = 0; });
            }),
            0u);
}

TEST(Race, OverlappingAccessesOfDifferentWidthsRace) {
  union Word {
    std::uint64_t whole;
    std::uint32_t quarter[2];
    std::uint8_t byte[8];
  };
  EXPECT_EQ(racing([](World& world) {
              auto& word = world.create<Word>();
              world.task("wide", Cpu{0}, [&] { word.quarter[1] = 1; });
              world.task("narrow", Cpu{1}, [&] { word.byte[5] = 1; });
            }),
            seeds);
  EXPECT_EQ(racing([](World& world) {
              auto& word = world.create<Word>();
              world.task("byte", Cpu{0}, [&] { word.byte[7] = 1; });
              world.task("other byte", Cpu{0}, [&] { word.byte[1] = 1; });
              world.task("whole", Cpu{1}, [&] { word.whole = 1; });
            }),
            seeds);
}

TEST(Race, AccessesAcrossTwoWordsRaceInEither) {
  struct [[gnu::packed]] Packed {
    std::uint8_t pad[6];
    std::uint32_t across;
    std::uint8_t behind;
  };
  EXPECT_EQ(racing([](World& world) {
              auto& packed = world.create<Packed>();
              world.task("across", Cpu{0}, [&] { packed.across = 1; });
              world.task("inside", Cpu{1}, [&] { reinterpret_cast<char*>(&packed)[9] = 1; });
            }),
            seeds);
  EXPECT_EQ(racing([](World& world) {
              auto& packed = world.create<Packed>();
              world.task("across", Cpu{0}, [&] { packed.across = 1; });
              world.task("behind", Cpu{1}, [&] { packed.behind = 1; });
              world.task("before", Cpu{1}, [&] { packed.pad[5] = 1; });
            }),
            0u);
}

TEST(Race, CopiesAndFillsAreAccesses) {
  struct Buffer {
    char bytes[40] = {};
  };
  EXPECT_EQ(racing([](World& world) {
              auto& buffer = world.create<Buffer>();
              auto& other = world.create<Buffer>();
              world.task("copy", Cpu{0}, [&] { std::memcpy(other.bytes, buffer.bytes + 3, 30); });
              world.task("fill", Cpu{1}, [&] { std::memset(buffer.bytes + 32, 1, 4); });
            }),
            seeds);
  EXPECT_EQ(racing([](World& world) {
              auto& buffer = world.create<Buffer>();
              auto& other = world.create<Buffer>();
              world.task("copy", Cpu{0}, [&] { std::memcpy(other.bytes, buffer.bytes + 3, 30); });
              world.task("fill", Cpu{1}, [&] { std::memset(buffer.bytes + 33, 1, 4); });
            }),
            0u);
}

TEST(Race, CreationAndJoiningOrder) {
  EXPECT_EQ(racing([](World& world) {
              int& x = world.create<int>(0);
              world.task("parent", Cpu{0}, [&] {
                x = 1;
                sim::Task child =
                    World(sim::Machine::running()).task("child", Cpu{1}, [&x] { x = 2; });
                child.join();
                x = 3;
              });
            }),
            0u);
  EXPECT_EQ(racing([](World& world) {
              int& x = world.create<int>(0);
              world.task("parent", Cpu{0}, [&] {
                sim::Task child =
                    World(sim::Machine::running()).task("child", Cpu{1}, [&x] { x = 2; });
                x = 1;
                child.join();
              });
            }),
            seeds);
}

TEST(Race, FreeingIsAWriteToTheWholeBlock) {
  struct Object {
    int used = 0, unused = 0;
  };
  EXPECT_EQ(racing([](World& world) {
              auto& object = world.create<Object>();
              auto& copy = world.create<int>(0);
              world.task("user", Cpu{0}, [&] { copy = object.used; });
              world.task("freer", Cpu{1}, [&] {
                const auto address = reinterpret_cast<std::uintptr_t>(&object);
                sim::Machine::running().emit({.kind = sim::EventKind::free,
                                              .object = sim::ObjectId::memory(address),
                                              .value = sizeof object});
              });
            }),
            seeds);
}

TEST(Race, MoreContextsThanOneBlockOfClockEntries) {
  // 20 tasks take turns through one counter; the clocks grow while objects already have theirs.
  EXPECT_EQ(racing([](World& world) {
              int& x = world.create<int>(0);
              auto& turn = world.create<std::atomic<int>>(0);
              for (int i = 0; i < 20; ++i) {
                (void)turn.load();
                world.task("member", Cpu{static_cast<std::uint16_t>(i % 2)}, [&, i] {
                  int expected = 0;
                  while (!turn.compare_exchange_strong(expected, 1)) {
                    expected = 0;
                    sim::Machine::running().relax(sim::Place{});
                  }
                  x += i;
                  turn.store(0);
                });
              }
            }),
            0u);
}

TEST(Race, NamesBothAccessesAndTheField) {
  RaceChecker race;
  struct Object {
    std::uint64_t quiet = 0;
    std::uint16_t padding = 0;
    std::uint16_t noisy = 0;
  };
  const auto result = tests::explore(with_cpus(2), {&race}, 20, [](World& world) {
    auto& object = world.create<Object>();
    world.task("left", Cpu{0}, [&] { object.noisy = 1; });
    world.task("right", Cpu{1}, [&] { object.noisy = 2; });
  });
  ASSERT_FALSE(result.clean());
  for (const sim::Finding& finding : result.findings) {
    EXPECT_EQ(finding.kind, FindingKind::data_race);
    EXPECT_FALSE(finding.fatal);
    ASSERT_EQ(finding.actor_count, 2u);
    EXPECT_NE(finding.actors[0].context, finding.actors[1].context);
    EXPECT_NE(finding.actors[0].place, finding.actors[1].place);
    EXPECT_NE(finding.actors[0].place.pc, 0u);
    EXPECT_LE(finding.actors[0].step, finding.actors[1].step);
    EXPECT_EQ(finding.actors[1].step, finding.step);
    EXPECT_STRNE(finding.actors[0].verb, "");
  }
  ASSERT_EQ(race.racy_fields().size(), 1u);
  EXPECT_EQ(race.racy_fields()[0].label, typeid(Object).name());
  EXPECT_EQ(race.racy_fields()[0].offset, 10u);
  EXPECT_EQ(race.racy_fields()[0].size, 2u);
}

TEST(Race, ARebootComesAfterAllThatTheHostDidBefore) {
  EXPECT_EQ(racing([](World& world) {
              int& kept = world.create<int>(0);
              auto& host = world.create<sim::Host>(world, "host", std::uint16_t{1});
              host.boot([&] {
                kept = host.boots();
                host.task("task", [&] { kept += 10; });
              });
              host.may_crash(1, sim::AfterCrash::reboots);
            }),
            0U);
}

TEST(Race, ARebootComesAfterNothingThatOthersDid) {
  EXPECT_GT(racing([](World& world) {
              int& kept = world.create<int>(0);
              auto& host = world.create<sim::Host>(world, "host", std::uint16_t{1});
              host.boot([&] { kept = host.boots(); });
              host.may_crash(1, sim::AfterCrash::reboots);
              world.task("other", Cpu{1}, [&] {
                kept = 0;
                for (int ms = 1; ms < 5; ++ms) sim::Machine::running().sleep_until(ms, {});
              });
            }),
            0U);
}

}  // namespace
}  // namespace heddle::checkers
