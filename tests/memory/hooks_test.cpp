// What instrumented code does arrives at the hooks: this file is compiled as code under test is.
#include "sim/memory/hooks.hpp"

#include <atomic>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "sim/choice/random.hpp"
#include "tests/support/explore.hpp"

namespace heddle::sim {
namespace {

using tests::machine;
using tests::run_once;
using tests::with_cpus;

/// Keeps what was accessed in one object of the arena.
class Recorder : public Observer {
 public:
  EventMask events() const override {
    return {EventKind::load, EventKind::store, EventKind::exchange};
  }
  bool wants_accesses() const override { return true; }
  void begin(Machine&) override {
    accesses.clear();
    happened.clear();
    copies = 0;
  }
  void access(Machine&, const Access& access) override { accesses.push_back(access); }
  void event(Machine&, const Event& event) override { happened.push_back(event); }
  void copy(Machine&, std::uintptr_t, std::uintptr_t, std::size_t) override { ++copies; }

  std::vector<Access> accesses;
  std::vector<Event> happened;
  int copies = 0;
};

/// Runs `body`, a void (Object&), in a task on a zeroed Object; what it accesses there is recorded.
template <class Object, class Observing = Recorder, class Body>
Recorder record(Body body) {
  Observing recorder;
  machine().configure(with_cpus(1));
  machine().detach_all();
  machine().attach(recorder);
  RandomChooser chooser;
  std::uintptr_t begin = 0;
  run_once(
      [&](World& world) {
        auto& object = world.create<Object>();
        begin = reinterpret_cast<std::uintptr_t>(&object);
        world.task("task", Cpu{0}, [&object, &recorder, body] {
          recorder.accesses.clear();
          recorder.happened.clear();
          body(object);
        });
      },
      chooser);
  machine().detach_all();
  std::erase_if(recorder.accesses,
                [begin](const Access& access) { return access.address - begin >= sizeof(Object); });
  return recorder;
}

template <class T>
void expect_plain_accesses() {
  struct Two {
    T from, to;
  };
  const Recorder seen = record<Two>([](Two& two) { two.to = two.from; });
  ASSERT_EQ(seen.accesses.size(), 2u) << sizeof(T);
  EXPECT_EQ(seen.accesses[0].mode, Mode::read);
  EXPECT_EQ(seen.accesses[1].mode, Mode::write);
  for (const Access& access : seen.accesses) {
    EXPECT_EQ(access.size, sizeof(T));
    EXPECT_FALSE(access.atomic);
    EXPECT_NE(access.place.pc, 0u);
  }
  EXPECT_TRUE(seen.happened.empty()) << "a plain access is no step";
}

TEST(Hooks, PlainAccessesOfEverySize) {
  expect_plain_accesses<std::uint8_t>();
  expect_plain_accesses<std::uint16_t>();
  expect_plain_accesses<std::uint32_t>();
  expect_plain_accesses<std::uint64_t>();
}

template <class T>
void expect_volatile_accesses() {
  struct Two {
    volatile T from, to;
  };
  const Recorder seen = record<Two>([](Two& two) { two.to = two.from; });
  ASSERT_EQ(seen.happened.size(), 2u) << sizeof(T);
  EXPECT_EQ(seen.happened[0].kind, EventKind::load);
  EXPECT_EQ(seen.happened[1].kind, EventKind::store);
  for (const Event& event : seen.happened) EXPECT_EQ(event.size, sizeof(T));
  ASSERT_EQ(seen.accesses.size(), 2u);
  EXPECT_TRUE(seen.accesses[0].atomic);
}

TEST(Hooks, AnAccessThatOrdersTellsWhatItsEventWould) {
  class TakesOrder final : public Recorder {
    bool takes_order_from_accesses() const override { return true; }
  };
  struct Shared {
    std::atomic<int> x = 0;
    volatile int marked = 0;
  };
  const auto body = [](Shared& shared) {
    shared.x.store(1, std::memory_order_release);
    (void)shared.x.load(std::memory_order_relaxed);
    shared.x.fetch_add(1);
    shared.marked = 1;
  };
  const Recorder both = record<Shared>(body);
  const Recorder one = record<Shared, TakesOrder>(body);
  EXPECT_TRUE(one.happened.empty());
  ASSERT_EQ(one.accesses.size(), both.happened.size());
  for (std::size_t i = 0; i < one.accesses.size(); ++i) {
    EXPECT_TRUE(one.accesses[i].orders());
    EXPECT_EQ(one.accesses[i].kind, both.happened[i].kind);
    EXPECT_EQ(one.accesses[i].sync, both.happened[i].sync);
    EXPECT_EQ(one.accesses[i].mode, both.happened[i].mode);
  }
}

TEST(Hooks, VolatileAccessesAreMarked) {
  expect_volatile_accesses<std::uint8_t>();
  expect_volatile_accesses<std::uint16_t>();
  expect_volatile_accesses<std::uint32_t>();
  expect_volatile_accesses<std::uint64_t>();
}

template <class T>
void expect_atomic_accesses() {
  using Atomic = std::atomic<T>;
  std::vector<std::uint64_t> results;
  const Recorder seen = record<Atomic>([&results](Atomic& atomic) {
    const auto keep = [&results](T value) { results.push_back(static_cast<std::uint64_t>(value)); };
    atomic.store(5);
    keep(atomic.load());
    keep(atomic.exchange(12));
    keep(atomic.fetch_add(3));
    keep(atomic.fetch_sub(1));
    keep(atomic.fetch_and(6));
    keep(atomic.fetch_or(9));
    keep(atomic.fetch_xor(4));
    T expected = 1;
    keep(atomic.compare_exchange_strong(expected, 2) ? 1 : 0);
    keep(expected);
    keep(atomic.compare_exchange_strong(expected, 0) ? 1 : 0);
    keep(__atomic_fetch_nand(reinterpret_cast<T*>(&atomic), T{0}, __ATOMIC_SEQ_CST));
    keep(atomic.load());
  });
  const auto ones = static_cast<T>(~T{0});
  EXPECT_EQ(results, (std::vector<std::uint64_t>{5, 5, 12, 15, 14, 6, 15, 0, 11, 1, 0, ones}))
      << sizeof(T);
  using enum EventKind;
  std::vector<EventKind> kinds;
  for (const Event& event : seen.happened) {
    kinds.push_back(event.kind);
    EXPECT_EQ(event.size, sizeof(T));
  }
  EXPECT_EQ(kinds,
            (std::vector<EventKind>{store, load, exchange, exchange, exchange, exchange, exchange,
                                    exchange, load /* failed */, exchange, exchange, load}));
}

TEST(Hooks, AtomicsOfEverySizeAndKind) {
  expect_atomic_accesses<std::uint8_t>();
  expect_atomic_accesses<std::uint16_t>();
  expect_atomic_accesses<std::uint32_t>();
  expect_atomic_accesses<std::uint64_t>();
}

TEST(Hooks, MemoryOrdersBecomeHappensBefore) {
  const Recorder seen = record<std::atomic<int>>([](std::atomic<int>& x) {
    x.store(1, std::memory_order_relaxed);
    x.store(1, std::memory_order_release);
    (void)x.load(std::memory_order_relaxed);
    (void)x.load(std::memory_order_acquire);
    x.fetch_add(1, std::memory_order_relaxed);
    x.fetch_add(1, std::memory_order_acquire);
    x.fetch_add(1, std::memory_order_release);
    x.fetch_add(1, std::memory_order_acq_rel);
    int wrong = 99;
    x.compare_exchange_strong(wrong, 1, std::memory_order_seq_cst, std::memory_order_acquire);
  });
  using enum Sync;
  const std::vector<Sync> expected = {none,    release,         none,   acquire, none, acquire,
                                      release, acquire_release, acquire};
  std::vector<Sync> got;
  for (const Event& event : seen.happened) got.push_back(event.sync);
  EXPECT_EQ(got, expected);
}

struct Big {
  char bytes[64];
};

TEST(Hooks, CopiesAndFillsAreRanges) {
  struct Two {
    Big a, b;
  };
  volatile std::size_t size = 24;
  const Recorder copied = record<Two>([&size](Two& two) { std::memcpy(&two.b, &two.a, size); });
  ASSERT_EQ(copied.accesses.size(), 2u);
  EXPECT_EQ(copied.accesses[0].mode, Mode::read);
  EXPECT_EQ(copied.accesses[1].mode, Mode::write);
  EXPECT_TRUE(copied.accesses[0].range);
  EXPECT_EQ(copied.accesses[0].size, 24u);
  EXPECT_EQ(copied.copies, 1);

  const Recorder moved =
      record<Two>([&size](Two& two) { std::memmove(two.a.bytes + 1, two.a.bytes, size); });
  EXPECT_EQ(moved.accesses.size(), 2u);
  EXPECT_EQ(moved.copies, 1);

  const Recorder filled = record<Two>([&size](Two& two) {
    std::memset(&two.a, 7, size);
    if (two.a.bytes[23] != 7 || two.a.bytes[24] != 0) std::abort();
  });
  ASSERT_GE(filled.accesses.size(), 1u);
  EXPECT_EQ(filled.accesses[0].mode, Mode::write);
  EXPECT_TRUE(filled.accesses[0].range);
  EXPECT_EQ(filled.accesses[0].size, 24u);
}

TEST(Hooks, AssignedStructsAreSeen) {
  struct Two {
    Big a, b;
  };
  const Recorder seen = record<Two>([](Two& two) { two.b = two.a; });
  std::size_t read = 0;
  std::size_t written = 0;
  for (const Access& access : seen.accesses)
    (access.mode == Mode::read ? read : written) += access.size;
  EXPECT_EQ(read, sizeof(Big));
  EXPECT_EQ(written, sizeof(Big));
}

[[gnu::noinline]] std::uint32_t depth_inside(int calls) {
  asm volatile("");
  if (calls == 0) return Machine::running().self().calls.depth;
  const std::uint32_t depth = depth_inside(calls - 1);
  asm volatile("");
  return depth;
}

[[gnu::noinline]] void throw_from(int calls) {
  asm volatile("");
  if (calls == 0) throw 1;
  throw_from(calls - 1);
  asm volatile("");
}

TEST(Hooks, CallStackFollowsCallsAndReturns) {
  std::vector<std::uint32_t> depths;
  record<int>([&depths](int&) {
    depths = {depth_inside(0), depth_inside(1), depth_inside(5), depth_inside(200),
              depth_inside(0)};
  });
  ASSERT_EQ(depths.size(), 5u);
  EXPECT_GT(depths[0], 0u);
  EXPECT_EQ(depths[1], depths[0] + 1);
  EXPECT_EQ(depths[2], depths[0] + 5);
  EXPECT_EQ(depths[3], depths[0] + 200) << "deep calls are counted";
  EXPECT_EQ(depths[4], depths[0]);
}

TEST(Hooks, CallStackFollowsExceptions) {
  std::uint32_t before = 0;
  std::uint32_t after = 0;
  bool caught = false;
  record<int>([&](int&) {
    before = depth_inside(0);
    try {
      throw_from(5);
    } catch (int) {
      caught = true;
    }
    after = depth_inside(0);
  });
  EXPECT_TRUE(caught);
  EXPECT_GT(before, 0u);
  EXPECT_EQ(after, before);
}

TEST(Hooks, ReturnAtOnceOutsideOfExecutions) {
  Recorder recorder;
  machine().detach_all();
  machine().attach(recorder);
  std::atomic<int> atomic{0};
  volatile int marked = 1;
  const std::uint64_t calls = hooks.calls_entered;
  atomic.fetch_add(1);
  marked = marked + 1;
  EXPECT_EQ(hooks.handler, nullptr);
  EXPECT_EQ(hooks.calls_entered, calls);
  EXPECT_TRUE(recorder.accesses.empty());
  EXPECT_EQ(atomic.load(), 1);
  machine().detach_all();
}

TEST(Hooks, AccessesOutsideOfTheArenaAreNoStepsAndAreNotTold) {
  static std::atomic<int> elsewhere{0};
  static int plain = 0;
  const Recorder seen = record<int>([](int&) {
    elsewhere.fetch_add(1);
    ++plain;
  });
  EXPECT_TRUE(seen.happened.empty());
  EXPECT_TRUE(seen.accesses.empty());
  EXPECT_EQ(elsewhere.load(), 1);
  EXPECT_EQ(machine().steps(), 0u);
}

}  // namespace
}  // namespace heddle::sim
