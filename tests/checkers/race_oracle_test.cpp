// The race checker against a slow one that remembers every access: random programs of plain and
// atomic accesses of all widths, copies and fills, locks, masks and handlers must race on the same
// bytes.
#include <array>
#include <atomic>
#include <cstdint>
#include <cstring>
#include <map>
#include <set>
#include <vector>

#include <gtest/gtest.h>

#include "checkers/race.hpp"
#include "sim/core/rng.hpp"
#include "sim/kernel/spinlock.hpp"
#include "tests/support/explore.hpp"

namespace heddle::checkers {
namespace {

using sim::Access;
using sim::Context;
using sim::ContextId;
using sim::Cpu;
using sim::Event;
using sim::EventKind;
using sim::Level;
using sim::Machine;
using sim::Mask;
using sim::Mode;
using sim::ObjectClass;
using sim::Place;
using sim::Rng;
using sim::World;

/// Remembers all accesses and all ends of sections, and compares each new one with each of them.
class SlowRaces final : public sim::Observer {
 public:
  sim::EventMask events() const override { return sim::EventMask::all(); }
  bool wants_accesses() const override { return true; }

  void begin(Machine&) override { *this = SlowRaces{}; }

  void event(Machine& machine, const Event& event) override {
    Clock& mine = known_[event.context.value];
    const auto other = [&] { return static_cast<std::size_t>(event.object.payload()); };
    if (event.kind == EventKind::create) {
      known_[other()] = joined(known_[other()], mine);
    } else if (event.kind == EventKind::join) {
      mine = joined(mine, known_[other()]);
    } else if (event.object.cls() == ObjectClass::memory) {
      Clock& object = objects_[event.object.bits];
      if (sim::acquires(event.sync)) mine = joined(mine, object);
      if (event.kind == EventKind::store) object = Clock{};
      if (sim::releases(event.sync)) object = joined(object, mine);
    }
    if (event.kind == EventKind::interrupt_exit)
      change_section(machine.context(event.context), {});
    else if (event.kind == EventKind::interrupt || event.kind == EventKind::mask ||
             event.kind == EventKind::unmask)
      change_section(machine.context(event.context), masked_by(machine.context(event.context)));
  }

  void access(Machine&, const Access& access) override {
    Clock& mine = known_[access.context.value];
    const std::uint32_t time = ++mine[access.context.value];
    for (const Past& past : accesses_) {
      const bool conflict = (past.access.mode == Mode::write || access.mode == Mode::write) &&
                            !(past.access.atomic && access.atomic);
      if (!conflict || past.time <= mine[past.access.context.value]) continue;
      for (std::uint32_t i = 0; i < access.size; ++i)
        if (access.address + i - past.access.address < past.access.size)
          bytes_.insert(access.address + i);
    }
    accesses_.push_back({access, time});
  }

  /// The addresses of all bytes that were raced for in the last execution.
  const std::set<std::uintptr_t>& bytes() const { return bytes_; }

 private:
  using Clock = std::array<std::uint32_t, sim::contexts_max>;
  struct Past {
    Access access;
    std::uint32_t time;
  };
  struct Ended {
    Cpu cpu;
    Level level;
    Level masked;
    Clock clock;
  };

  static Clock joined(Clock a, const Clock& b) {
    for (std::size_t i = 0; i < a.size(); ++i) a[i] = std::max(a[i], b[i]);
    return a;
  }

  static std::set<Level> masked_by(const Context& context) {
    std::set<Level> levels;
    if (context.preempt_count != 0) levels.insert(Level::task);
    if (context.softirq_count != 0 || context.level == Level::softirq)
      levels.insert({Level::task, Level::softirq});
    if (context.irqs_off || context.level == Level::hardirq)
      levels.insert({Level::task, Level::softirq, Level::hardirq});
    return levels;
  }

  void change_section(const Context& context, const std::set<Level>& masked) {
    std::set<Level>& before = masked_[context.id.value];
    Clock& mine = known_[context.id.value];
    for (Level level : masked)
      if (before.count(level) == 0)
        for (const Ended& ended : ended_)
          if (ended.cpu == context.cpu && ended.level == level && ended.masked == context.level)
            mine = joined(mine, ended.clock);
    for (Level level : before)
      if (masked.count(level) == 0) ended_.push_back({context.cpu, context.level, level, mine});
    before = masked;
  }

  std::array<Clock, sim::contexts_max> known_{};
  std::array<std::set<Level>, sim::contexts_max> masked_;
  std::map<std::uint64_t, Clock> objects_;
  std::vector<Ended> ended_;
  std::vector<Past> accesses_;
  std::set<std::uintptr_t> bytes_;
};

struct Shared {
  alignas(8) std::uint8_t bytes[16] = {};
  alignas(8) std::uint8_t room[700] = {};
  std::atomic<std::uint32_t> flags[2] = {};
  sim::kernel::spinlock_t locks[2] = {sim::kernel::SPIN_LOCK_UNLOCKED("first"),
                                      sim::kernel::SPIN_LOCK_UNLOCKED("second")};
};

template <class T>
[[gnu::noinline]] void touch(Shared& shared, Rng& draw) {
  T* at = reinterpret_cast<T*>(shared.bytes + draw.below(16 / sizeof(T)) * sizeof(T));
  switch (draw.below(4)) {
    case 0:
      *at = 1;
      break;
    case 1:
      *static_cast<volatile T*>(at) = 2;
      break;
    case 2:
      asm volatile("" ::"r"(std::uint64_t{*at}));
      break;
    default:
      asm volatile("" ::"r"(std::uint64_t{*static_cast<volatile T*>(at)}));
      break;
  }
}

/// Clears, copies or writes a word of a few parts of the room, which begin and end at any byte.
[[gnu::noinline]] void touch_room(Shared& shared, Rng& draw) {
  constexpr std::uint32_t borders[] = {0, 7, 24, 256, 300, 304, 560, 640};
  std::uint8_t* const at = shared.room + borders[draw.below(7)];
  const auto room = static_cast<std::size_t>(shared.room + sizeof shared.room - at);
  const std::size_t size = std::min<std::size_t>(borders[1 + draw.below(7)] - draw.below(6), room);
  std::uint8_t others[700];
  switch (draw.below(4)) {
    case 0:
      std::memset(at, 0, size);
      break;
    case 1:
      std::memcpy(at, others, size);
      break;
    case 2:
      std::memcpy(others, at, size);
      break;
    default:
      at[draw.below(16)] = 1;
      break;
  }
}

void touch_some(Shared& shared, Rng& draw) {
  for (std::uint32_t rest = draw.below(3); rest != 0; --rest) {
    switch (draw.below(6)) {
      case 4:
      case 5:
        touch_room(shared, draw);
        break;
      case 0:
        touch<std::uint8_t>(shared, draw);
        break;
      case 1:
        touch<std::uint16_t>(shared, draw);
        break;
      case 2:
        touch<std::uint32_t>(shared, draw);
        break;
      default:
        touch<std::uint64_t>(shared, draw);
        break;
    }
  }
}

/// A few random operations of a context of this level.
void act(Shared& shared, Rng draw, Level level) {
  Machine& machine = Machine::running();
  for (std::uint32_t rest = 1 + draw.below(4); rest != 0; --rest) {
    const std::uint32_t which = draw.below(2);
    switch (draw.below(level == Level::task ? 6 : 4)) {
      case 0:
        touch_some(shared, draw);
        break;
      case 1:
        shared.flags[which].fetch_add(1, std::memory_order_release);
        break;
      case 2:
        (void)shared.flags[which].load(std::memory_order_acquire);
        break;
      case 3: {
        const Mask mask = level == Level::task ? static_cast<Mask>(draw.below(3)) : Mask::hardirq;
        if (level == Level::hardirq) break;
        machine.mask(mask, Place{});
        touch_some(shared, draw);
        machine.unmask(mask, Place{});
        break;
      }
      case 4:
        shared.flags[which].store(1, static_cast<std::memory_order>(3 * draw.below(2)));
        break;
      default:
        sim::kernel::spin_lock(&shared.locks[which]);
        touch_some(shared, draw);
        sim::kernel::spin_unlock(&shared.locks[which]);
        break;
    }
    touch_some(shared, draw);
  }
}

void random_program(World& world, std::uint64_t seed) {
  auto& shared = world.create<Shared>();
  Rng draw(seed);
  const std::uint32_t contexts = 2 + draw.below(4);
  for (std::uint32_t i = 0; i < contexts; ++i) {
    const Cpu cpu{static_cast<std::uint16_t>(draw.below(2))};
    const auto level = static_cast<Level>(draw.below(2) * draw.below(3));
    const Rng own(sim::mix(seed, i));
    const auto body = [&shared, own, level] { act(shared, own, level); };
    if (level == Level::task)
      world.task("task", cpu, body);
    else
      world.interrupt("handler", cpu, level, 0, body).raise();
  }
  world.task("task", Cpu{0}, [] {});  // handlers land while some task lives
}

TEST(RaceOracle, RandomProgramsRaceOnTheSameBytes) {
  std::uint64_t racing = 0;
  constexpr std::uint64_t programs = 1500;
  for (std::uint64_t seed = 0; seed < programs; ++seed) {
    RaceChecker fast;
    SlowRaces slow;
    tests::explore(tests::with_cpus(2), {&fast, &slow}, 1,
                   [seed](World& world) { random_program(world, seed); });
    std::set<std::uintptr_t> bytes;
    for (const sim::Block& block : tests::machine().heap().blocks())
      for (const sim::RacyField& field : fast.racy_fields())
        if (field.label == block.label)
          for (std::uint32_t i = 0; i < field.size; ++i)
            bytes.insert(block.address + field.offset + i);
    ASSERT_EQ(bytes, slow.bytes()) << "seed " << seed;
    // Alone, it is not told of what the filter of accesses has noted already.
    RaceChecker alone;
    tests::explore(tests::with_cpus(2), {&alone}, 1,
                   [seed](World& world) { random_program(world, seed); });
    ASSERT_EQ(alone.racy_fields(), fast.racy_fields()) << "seed " << seed;
    racing += bytes.empty() ? 0 : 1;
  }
  EXPECT_GT(racing, programs / 10);
  EXPECT_LT(racing, programs - programs / 10);
}

}  // namespace
}  // namespace heddle::checkers
