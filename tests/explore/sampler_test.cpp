// The sampler: coverage, profiles, shares; that an execution depends on its index and on what was
// learned, and on nothing else.
#include "sim/explore/sampler.hpp"

#include <array>
#include <atomic>
#include <memory>
#include <memory_resource>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "bench/programs.hpp"
#include "sim/explore/mutation.hpp"
#include "sim/explore/pct.hpp"
#include "sim/explore/phases.hpp"
#include "sim/explore/pos.hpp"
#include "sim/explore/random_walk.hpp"
#include "sim/explore/sticky.hpp"
#include "sim/explore/surw.hpp"
#include "sim/explore/urw.hpp"
#include "tests/explore/program.hpp"

namespace heddle::tests {
namespace {

using sim::ContextId;
using sim::Coverage;
using sim::Cpu;
using sim::EventKind;
using sim::Mode;
using sim::ObjectId;
using sim::Operation;
using sim::Place;
using sim::Profile;
using sim::World;

constexpr ContextId left{1};
constexpr ContextId right{2};

Operation use(std::uintptr_t place, Mode mode, std::uintptr_t address = 64) {
  return {mode == Mode::read ? EventKind::load : EventKind::store, mode, 4,
          ObjectId::memory(address), Place{place}};
}

// ---- coverage ----------------------------------------------------------------------------------

TEST(Coverage, CountsOrderedPairsOfDependentStepsOfDifferentContexts) {
  const auto coverage = std::make_unique<Coverage>();
  coverage->begin(0, 0);
  coverage->step(left, use(1, Mode::write));
  coverage->step(left, use(2, Mode::read));  // its own write
  EXPECT_EQ(coverage->pairs(), 0u);
  coverage->step(right, use(3, Mode::read));  // 1 -> 3
  EXPECT_EQ(coverage->pairs(), 1u);
  coverage->step(right, use(4, Mode::read, 72));  // another object
  EXPECT_EQ(coverage->pairs(), 1u);
  coverage->step(left, use(5, Mode::write));  // 3 -> 5
  EXPECT_EQ(coverage->pairs(), 2u);
  coverage->begin(1, 0);
  coverage->step(right, use(3, Mode::read));  // nothing was written in this execution
  EXPECT_EQ(coverage->pairs(), 2u);
  coverage->step(left, use(1, Mode::write));  // 3 -> 1
  coverage->step(right, use(3, Mode::read));  // known
  EXPECT_EQ(coverage->pairs(), 3u);
}

TEST(Coverage, CreditsTheArmThatWasFirstWhoeverTold) {
  const auto a = std::make_unique<Coverage>();
  const auto b = std::make_unique<Coverage>();
  const auto reach = [](Coverage& coverage, std::uint64_t index, std::uint8_t arm) {
    coverage.begin(index, arm);
    coverage.step(left, use(1, Mode::write));
    coverage.step(right, use(3, Mode::read));
  };
  reach(*a, 9, 1);
  reach(*b, 4, 2);
  a->gather(*b);
  b->gather(*a);
  for (const Coverage* coverage : {a.get(), b.get()}) {
    EXPECT_EQ(coverage->pairs(), 1u);
    std::array<std::uint64_t, 256> arms{};
    coverage->credit(4, arms);
    EXPECT_EQ(arms[1], 0u);
    EXPECT_EQ(arms[2], 1u);
    arms = {};
    coverage->credit(5, arms);
    EXPECT_EQ(arms[2], 0u) << "it was reached before";
  }
}

// ---- profiles ----------------------------------------------------------------------------------

TEST(Profile, HasTheMeansOfACensus) {
  const auto census = std::make_unique<sim::Census>();
  const auto other = std::make_unique<sim::Census>();
  const sim::ContextSet both = sim::ContextSet(left) | sim::ContextSet(right);
  census->begin();
  for (int i = 0; i < 3; ++i) census->step(left, use(1, Mode::write), both);
  census->step(right, use(2, Mode::read), both);
  census->end();
  other->begin();
  other->step(left, use(1, Mode::write), both);
  other->step(right, use(2, Mode::read, 72), both);
  other->end();
  census->gather(*other);

  Profile profile;
  EXPECT_FALSE(profile.known());
  census->conclude(profile);
  ASSERT_TRUE(profile.known());
  EXPECT_EQ(profile.steps(left), 2u);
  EXPECT_EQ(profile.steps(right), 1u);
  EXPECT_EQ(profile.steps(), 3u);
  ASSERT_EQ(profile.object_count(), 1u) << "the other object has one user";
  EXPECT_EQ(profile.object(0).object, ObjectId::memory(64));
  EXPECT_EQ(profile.object(0).uses[1], 2u);
  EXPECT_EQ(profile.object(0).total, 3u);
}

TEST(Profile, IsTheSameAfterItWasWrittenAndRead) {
  const auto census = std::make_unique<sim::Census>();
  census->begin();
  const sim::ContextSet first(left);
  Operation create = use(1, Mode::write);
  create.kind = EventKind::create;
  census->step(left, create, first);
  for (std::uintptr_t address = 64; address < 64 + 8 * 20; address += 8)
    for (const ContextId id : {left, right})
      census->step(id, use(1, Mode::write, address), first | sim::ContextSet(right));
  census->end();
  Profile profile;
  census->conclude(profile);
  EXPECT_EQ(profile.parent(right), left);
  EXPECT_EQ(profile.object_count(), 20u);
  std::string text;
  profile.write(text);
  Profile again;
  again.read(text);
  std::string same;
  again.write(same);
  EXPECT_EQ(same, text);
  EXPECT_EQ(again.parent(right), left);
  EXPECT_EQ(again.steps(), profile.steps());
}

TEST(Profile, ReadsWhateverItIsGiven) {
  for (const char* text : {"", "\n\n", "known", "known x\ncontext\nobject", "object 40 1",
                           "context ffffffff ffffffff ffffffff\nknown", "nonsense 1 2 3"}) {
    Profile profile;
    profile.read(text);
    EXPECT_LE(profile.object_count(), 1u);
  }
}

// ---- executions --------------------------------------------------------------------------------

/// A sampler with several arms, and all that it is made of.
struct Portfolio {
  explicit Portfolio(std::uint64_t seed)
      : sampler(std::make_unique<sim::Sampler>(seed, arms, true, &pool)) {}
  sim::PlainWalk plain;
  sim::Pct pct{3};
  sim::PartialOrderSampling pos;
  sim::UniformWalk urw;
  sim::SelectiveWalk surw;
  sim::SchedulePool pool{*std::pmr::new_delete_resource()};
  sim::MutatedWalk mutated{pool};
  std::array<sim::Sampler::Arm, 6> arms{
      {{&plain}, {&pct}, {&pos, 2}, {&urw}, {&surw}, {&mutated, 1, true}}};
  std::unique_ptr<sim::Sampler> sampler;
};

/// Runs programs and keeps their choices.
class Recorded {
 public:
  std::vector<sim::Choice> run(Program& program, sim::Strategy& strategy, std::uint64_t index) {
    strategy.end(program.run(strategy.begin(index), {room_.data(), room_.size(), &size_}));
    return {room_.begin(), room_.begin() + static_cast<std::ptrdiff_t>(size_)};
  }

 private:
  std::vector<sim::Choice> room_ = std::vector<sim::Choice>(4'096);
  volatile std::uint64_t size_ = 0;
};

void locks_and_an_interrupt(World& world) {
  bench::locked_increments<2, 3>(world);
  auto& x = world.create<std::atomic<int>>(0);
  world.interrupt("handler", Cpu{0}, sim::Level::hardirq, 2, [&x] { x.fetch_add(1); });
}

TEST(Sampler, ExecutionsDependOnTheirIndexAndOnWhatWasLearnedAlone) {
  Program program(2, &locks_and_an_interrupt);
  Recorded recorded;
  Portfolio alone(3);
  Portfolio even(3);
  Portfolio odd(3);
  for (std::uint64_t i = 0; i < 600; ++i) {
    if (i == 64 || i == 512) {
      alone.sampler->know(alone.sampler->knowledge());
      even.sampler->gather(*odd.sampler);
      const std::string knowledge = even.sampler->knowledge();
      even.sampler->know(knowledge);
      odd.sampler->know(knowledge);
    }
    Portfolio& other = i % 2 == 0 ? even : odd;
    ASSERT_EQ(recorded.run(program, *alone.sampler, i), recorded.run(program, *other.sampler, i))
        << i;
  }
  Portfolio late(3);
  late.sampler->know(alone.sampler->knowledge());
  Portfolio later(3);
  later.sampler->know(alone.sampler->knowledge());
  recorded.run(program, *later.sampler, 5'000);
  EXPECT_EQ(recorded.run(program, *late.sampler, 4'100),
            recorded.run(program, *later.sampler, 4'100));
}

TEST(Sampler, GivesHalfOfItsExecutionsToArmsThatReachSomethingNew) {
  Program program(2, &locks_and_an_interrupt);
  Recorded recorded;
  Portfolio portfolio(3);
  for (std::uint64_t i = 0; i < 64; ++i) recorded.run(program, *portfolio.sampler, i);
  portfolio.sampler->know(portfolio.sampler->knowledge());
  constexpr std::size_t mutated = 5;
  const std::array<std::uint32_t, mutated + 1> by_weight = {168, 166, 333, 166, 166, 0};
  for (std::size_t arm = 0; arm <= mutated; ++arm)
    EXPECT_NEAR(portfolio.sampler->share(arm), by_weight[arm], 1) << "nothing was recorded before";
  EXPECT_GT(portfolio.sampler->coverage(), 0u);
  for (std::uint64_t i = 64; i < 512; ++i) recorded.run(program, *portfolio.sampler, i);
  portfolio.sampler->know(portfolio.sampler->knowledge());
  std::uint32_t sum = 0;
  for (std::size_t arm = 0; arm <= mutated; ++arm) {
    EXPECT_GE(portfolio.sampler->share(arm), 1'000u / 7 / 2);
    sum += portfolio.sampler->share(arm);
  }
  EXPECT_EQ(sum, 1'000u);
  EXPECT_FALSE(portfolio.pool.kept().empty());
}

TEST(Sampler, GivesThemToThoseThatAreBestForDeepBugsWhenNothingIsNew) {
  Program program(2, &locks_and_an_interrupt);
  Recorded recorded;
  Portfolio portfolio(3);
  portfolio.arms[2].deep = true;
  sim::Sampler sampler(3, portfolio.arms, true);
  for (std::uint64_t i = 0; i < 32'768; ++i) {
    if (i == sim::executions_known_at(i) && i != 0) sampler.know(sampler.knowledge());
    recorded.run(program, sampler, i);
  }
  sampler.know(sampler.knowledge());
  const std::array<std::uint32_t, 5> half_by_weight = {84, 83, 166 + 500, 83, 83};
  for (std::size_t arm = 0; arm < half_by_weight.size(); ++arm)
    EXPECT_NEAR(sampler.share(arm), half_by_weight[arm], 2) << arm;
}

// ---- mutation ----------------------------------------------------------------------------------

/// One execution, and the pair of dependent places that it reaches.
void record(sim::SchedulePool& pool, Coverage& coverage, std::uint64_t index,
            std::uintptr_t place) {
  coverage.begin(index, 0);
  pool.begin(index);
  for (const auto& [id, mode] : {std::pair(left, Mode::write), std::pair(right, Mode::read)}) {
    coverage.step(id, use(place, mode));
    pool.step(id);
  }
  pool.step(right);
  pool.value(static_cast<std::uint32_t>(index));
  pool.end(coverage.is_new());
}

TEST(SchedulePool, KeepsTheLatestThatWereFirstWhoeverMadeThem) {
  std::pmr::memory_resource& memory = *std::pmr::new_delete_resource();
  sim::SchedulePool all(memory), even(memory), odd(memory);
  const auto of_all = std::make_unique<Coverage>();
  const auto of_even = std::make_unique<Coverage>();
  const auto of_odd = std::make_unique<Coverage>();
  for (std::uint64_t i = 0; i < 100; ++i) {
    const std::uintptr_t place = 1 + i / 2 * 8;  // each twice
    record(all, *of_all, i, place);
    record(i % 2 == 0 ? even : odd, i % 2 == 0 ? *of_even : *of_odd, i, place);
  }
  of_odd->gather(*of_even);
  odd.gather(even, *of_odd);
  std::string text, same;
  all.write(text, *of_all);
  odd.write(same, *of_odd);
  EXPECT_EQ(same, text);

  odd.read(text);
  ASSERT_EQ(odd.kept().size(), sim::SchedulePool::kept_max);
  EXPECT_EQ(odd.kept().back().index, 98u);
  EXPECT_EQ(odd.kept().front().index, 98u - 2 * (sim::SchedulePool::kept_max - 1));
  const sim::PooledSchedule& last = odd.kept().back();
  ASSERT_EQ(last.run_count, 2u);
  EXPECT_EQ(last.runs[0], (sim::Run{left, 1}));
  EXPECT_EQ(last.runs[1], (sim::Run{right, 2}));
  ASSERT_EQ(last.value_count, 1u);
  EXPECT_EQ(last.values[0], 98u);
  text.clear();
  odd.write(text, *of_odd);
  EXPECT_EQ(text, same) << "what was kept stays until there is something later";
}

TEST(SchedulePool, ReadsWhateverItIsGiven) {
  sim::SchedulePool pool(*std::pmr::new_delete_resource());
  for (const char* text :
       {"", "recorded", "recorded x", "recorded 1 ffffffffff 1", "share 3\n\n"}) {
    pool.read(text);
    for (const sim::PooledSchedule& schedule : pool.kept())
      EXPECT_LE(schedule.run_count, sim::PooledSchedule::runs_max);
  }
}

/// A bug at the end of a chain of orders, each of which takes luck: the recorded beginning of the
/// chain spares most of it.
TEST(Mutation, ReachesWhatABeginningThatWasRecordedLeadsTo) {
  Program program(2, [](World& world) {
    auto& turn = world.create<std::atomic<int>>(0);
    for (int side = 0; side < 2; ++side)
      world.task("player", Cpu{static_cast<std::uint16_t>(side)}, [&world, &turn, side] {
        for (int i = 0; i < 12; ++i) {
          int expected = 2 * i + side;
          if (turn.compare_exchange_strong(expected, expected + 1)) continue;
          turn.store(-1);
          return;
        }
        if (side == 1) world.expect(false, "somebody took every turn in time");
      });
  });
  sim::SchedulePool pool(*std::pmr::new_delete_resource());
  std::string recorded = "recorded 7 16";  // 22 runs of one step: all turns but the last
  for (int i = 0; i < 11; ++i) recorded += " 1 1 2 1";
  pool.read(recorded + " 0\n");
  ASSERT_EQ(pool.kept().size(), 1u);
  sim::MutatedWalk mutated(pool);
  sim::PlainWalk plain;
  const auto found = [&](sim::Walk& walk) {
    std::array<sim::Sampler::Arm, 1> arms{{{&walk}}};
    const auto sampler = std::make_unique<sim::Sampler>(1, arms, false);
    int count = 0;
    for (std::uint64_t i = 0; i < 2'000; ++i) {
      sampler->end(program.run(sampler->begin(i), {}));
      count += machine().findings().empty() ? 0 : 1;
    }
    return count;
  };
  EXPECT_EQ(found(plain), 0);
  EXPECT_GT(found(mutated), 20);
}

TEST(Sampler, LeavesOutFaultsAndInterruptsInSomeExecutions) {
  Program program(1, [](World& world) {
    static int landed;
    landed = 0;
    auto& x = world.create<std::atomic<int>>(0);
    world.interrupt("handler", Cpu{0}, sim::Level::hardirq, 1, [] { ++landed; });
    world.task("worker", Cpu{0}, [&x] {
      for (int i = 0; i < 40; ++i) x.fetch_add(1);
    });
    world.finally([&world] { world.expect(landed == 0, "nothing lands"); });
  });
  sim::PlainWalk plain;
  std::array<sim::Sampler::Arm, 1> arms{{{&plain}}};
  const auto landings = [&](bool swarm) {
    const auto sampler = std::make_unique<sim::Sampler>(1, arms, swarm);
    int count = 0;
    for (std::uint64_t i = 0; i < 400; ++i) {
      sampler->end(program.run(sampler->begin(i), {}));
      count += machine().findings().empty() ? 0 : 1;
    }
    return count;
  };
  EXPECT_EQ(landings(false), 400) << "of 40 draws one is for the interrupt";
  EXPECT_NEAR(landings(true), 300, 40) << "in a quarter of the executions it does not land";
}

}  // namespace
}  // namespace heddle::tests
