// Walks: what their papers promise of them, measured on programs of which it can be computed.
#include <atomic>
#include <cmath>
#include <map>
#include <memory_resource>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "bench/programs.hpp"
#include "sim/explore/delay.hpp"
#include "sim/explore/pct.hpp"
#include "sim/explore/phases.hpp"
#include "sim/explore/pos.hpp"
#include "sim/explore/random_walk.hpp"
#include "sim/explore/sampler.hpp"
#include "sim/explore/sticky.hpp"
#include "sim/explore/surw.hpp"
#include "sim/explore/urw.hpp"
#include "sim/kernel/preempt.hpp"
#include "tests/explore/program.hpp"

namespace heddle::tests {
namespace {

using sim::Cpu;
using sim::World;

/// What the last execution of a program has noted.
std::string noted;

/// Executions 0, 1, … of one walk, in phases as a campaign has them.
class Sampling {
 public:
  explicit Sampling(sim::Walk& walk, std::uint64_t seed = 1)
      : arms_{{{&walk}}}, sampler_(std::make_unique<sim::Sampler>(seed, arms_, false)) {}

  sim::Outcome next(Program& program) {
    if (index_ != 0 && sim::executions_known_at(index_) == index_)
      sampler_->know(sampler_->knowledge());
    noted.clear();
    const sim::Outcome outcome = program.run(sampler_->begin(index_++), {});
    sampler_->end(outcome);
    return outcome;
  }
  /// How often each text was noted in `count` executions, after the walk knows the program.
  std::map<std::string, std::uint32_t> notes(Program& program, std::uint32_t count) {
    while (index_ < sim::first_phase_border) next(program);
    std::map<std::string, std::uint32_t> seen;
    for (std::uint32_t i = 0; i < count; ++i) {
      next(program);
      ++seen[noted];
    }
    return seen;
  }
  const sim::Sampler& sampler() const { return *sampler_; }

 private:
  std::array<sim::Sampler::Arm, 1> arms_;
  std::unique_ptr<sim::Sampler> sampler_;
  std::uint64_t index_ = 0;
};

/// Does each text come as often as every other, within four standard deviations?
void expect_uniform(const std::map<std::string, std::uint32_t>& seen, std::size_t texts) {
  EXPECT_EQ(seen.size(), texts);
  double sum = 0;
  for (const auto& [text, count] : seen) sum += count;
  const double mean = sum / static_cast<double>(texts);
  for (const auto& [text, count] : seen) EXPECT_NEAR(count, mean, 4 * std::sqrt(mean)) << text;
}

/// One task takes six steps and another one takes two, on one variable.
void six_and_two(World& world) {
  auto& x = world.create<std::atomic<int>>(0);
  world.task("six", Cpu{0}, [&x] {
    for (int i = 0; i < 6; ++i) {
      x.fetch_add(1);
      noted += 'a';
    }
  });
  world.task("two", Cpu{1}, [&x] {
    for (int i = 0; i < 2; ++i) {
      x.fetch_add(1);
      noted += 'b';
    }
  });
}

TEST(UniformWalk, MakesAllInterleavingsEquallyProbable) {
  Program program(2, &six_and_two);
  sim::UniformWalk walk;
  Sampling sampling(walk);
  expect_uniform(sampling.notes(program, 14'000), 28);  // 8 choose 2
}

TEST(UniformWalk, CountsTheStepsOfTasksThatAreStillToCome) {
  Program program(3, [](World& world) {
    auto& x = world.create<std::atomic<int>>(0);
    world.task("creator", Cpu{0}, [&world, &x] {
      world.task("created", Cpu{1}, [&x] {
        for (int i = 0; i < 4; ++i) {
          x.fetch_add(1);
          noted += 'c';
        }
      });
    });
    world.task("other", Cpu{2}, [&x] {
      for (int i = 0; i < 2; ++i) {
        x.fetch_add(1);
        noted += 'o';
      }
    });
  });
  sim::UniformWalk walk;
  Sampling sampling(walk);
  const auto seen = sampling.notes(program, 21'000);
  // The create step goes before the four: 7 choose 2 interleavings. The others' two steps both come
  // before it in one of them, one in one for each place of the second among the five.
  EXPECT_EQ(sampling.sampler().profile().parent(sim::ContextId{3}), sim::ContextId{1});
  EXPECT_NEAR(seen.at("oocccc"), 1'000 * 3, 4 * std::sqrt(3'000.0));
  EXPECT_NEAR(seen.at("ccccoo"), 1'000, 4 * std::sqrt(1'000.0));
}

/// Two uses each of a variable, behind five private steps for the one task, and none for the other.
void two_uses_each(World& world) {
  struct Variables {
    std::atomic<int> shared{0};
    std::atomic<int> own{0};
  };
  auto& v = world.create<Variables>();
  world.task("late", Cpu{0}, [&v] {
    for (int i = 0; i < 5; ++i) v.own.fetch_add(1);
    for (int i = 0; i < 2; ++i) {
      v.shared.fetch_add(1);
      noted += 'l';
    }
  });
  world.task("early", Cpu{1}, [&v] {
    for (int i = 0; i < 2; ++i) {
      v.shared.fetch_add(1);
      noted += 'e';
    }
  });
}

TEST(SelectiveWalk, MakesAllOrdersOfTheSharedUsesEquallyProbable) {
  Program program(2, &two_uses_each);
  sim::SelectiveWalk walk;
  Sampling sampling(walk);
  expect_uniform(sampling.notes(program, 6'000), 6);  // 4 choose 2

  sim::PlainWalk plain;
  Sampling random(plain);
  EXPECT_LT(random.notes(program, 6'000)["llee"], 100u) << "the plain walk seldom delays so long";
}

TEST(SelectiveWalk, LetsGoOfThoseItHoldsWhenTheIntendedOneSpinsForThem) {
  Program program(2, [](World& world) {
    struct Variables {
      std::atomic<int> shared{0};
      std::atomic<int> ready{0};
    };
    auto& v = world.create<Variables>();
    world.task("waiter", Cpu{0}, [&v] {
      while (v.ready.load() == 0) sim::kernel::cpu_relax();
      v.shared.fetch_add(1);
    });
    world.task("worker", Cpu{1}, [&v] {
      v.shared.fetch_add(1);
      v.ready.store(1);
    });
  });
  sim::SelectiveWalk walk;
  Sampling sampling(walk);
  for (int i = 0; i < 2'000; ++i) ASSERT_EQ(sampling.next(program), sim::Outcome::finished);
}

TEST(Pct, WithoutChangePointsRunsOneTaskAfterTheOther) {
  Program program(2, &six_and_two);
  sim::Pct pct(1);
  Sampling sampling(pct);
  const auto seen = sampling.notes(program, 1'000);
  ASSERT_EQ(seen.size(), 2u);
  EXPECT_NEAR(seen.at("aaaaaabb"), 500, 4 * std::sqrt(250.0));
}

TEST(Pct, FindsAnOrderOfDepthTwoAsOftenAsItPromises) {
  Program program(2, &six_and_two);
  sim::Pct pct(2);
  Sampling sampling(pct);
  const auto seen = sampling.notes(program, 4'000);
  // Two tasks and at most eight decisions: at least 1 in 16 each, for every place of the one
  // switch.
  for (const char* order : {"abbaaaaa", "aaabbaaa", "aaaaabba", "baaaaaab"})
    EXPECT_GT(seen.at(order), 4'000u / 16 - 60) << order;
}

TEST(PartialOrderSampling, DelaysAStepPastManyOthers) {
  Program program(2, [](World& world) {
    struct Variables {
      std::atomic<int> shared{0};
      std::atomic<int> own{0};
    };
    auto& v = world.create<Variables>();
    world.task("long", Cpu{0}, [&v] {
      for (int i = 0; i < 20; ++i) v.own.fetch_add(1);
      v.shared.fetch_add(1);
      noted += 'l';
    });
    world.task("short", Cpu{1}, [&v] {
      v.shared.fetch_add(1);
      noted += 's';
    });
  });
  sim::PartialOrderSampling pos;
  Sampling sampling(pos);
  // The short one's step is the last of 22 priorities; the plain walk has 1 in 2^21.
  EXPECT_NEAR(sampling.notes(program, 4'400).at("ls"), 200, 4 * std::sqrt(200.0));
}

TEST(DelayWalk, WithoutDelaysHasOneSchedule) {
  Program program(2, &six_and_two);
  sim::DelayWalk walk(0);
  Sampling sampling(walk);
  const auto seen = sampling.notes(program, 200);
  ASSERT_EQ(seen.size(), 1u);
  EXPECT_EQ(seen.begin()->first, "aaaaaabb");
}

TEST(DelayWalk, SwitchesAsOftenAsItHasDelays) {
  Program program(2, &six_and_two);
  sim::DelayWalk walk(2);
  Sampling sampling(walk);
  for (const auto& [order, count] : sampling.notes(program, 500)) {
    int switches = 0;
    for (std::size_t i = 1; i < order.size(); ++i) switches += order[i] != order[i - 1] ? 1 : 0;
    EXPECT_LE(switches, 3) << order;  // two delays, and one because a task ends
  }
}

TEST(StickyWalk, StaysAsOftenAsItIsTold) {
  Program program(2, &six_and_two);
  sim::StickyWalk walk(99);
  Sampling sampling(walk);
  const auto seen = sampling.notes(program, 1'000);
  EXPECT_GT(seen.at("aaaaaabb") + seen.at("bbaaaaaa"), 900u);
}

TEST(PlainWalk, IsTheRandomWalk) {
  Program program(2, &six_and_two);
  sim::PlainWalk plain;
  Sampling sampling(plain, 7);
  sim::RandomWalk walk(7);
  for (std::uint64_t i = 0; i < 100; ++i) {
    sampling.next(program);
    const std::string sampled = noted;
    noted.clear();
    program.run(walk.begin(i), {});
    EXPECT_EQ(noted, sampled);
  }
}

/// Every walk, and how it is called.
struct Named {
  const char* name;
  std::unique_ptr<sim::Walk> walk;
};

TEST(EveryWalk, LetsASpinnerWaitForWhomItWaits) {
  Program program(2, [](World& world) {
    struct Variables {
      std::atomic<int> own{0};
      std::atomic<int> ready{0};
    };
    auto& v = world.create<Variables>();
    // It does not say that it spins.
    world.task("spinner", Cpu{0}, [&v] {
      while (v.ready.load() == 0) noted += '.';
    });
    world.task("worker", Cpu{1}, [&v] {
      v.own.store(1);
      v.ready.store(1);
    });
  });
  Named walks[] = {{"random", std::make_unique<sim::PlainWalk>()},
                   {"sticky", std::make_unique<sim::StickyWalk>(80)},
                   {"pos", std::make_unique<sim::PartialOrderSampling>()},
                   {"pct", std::make_unique<sim::Pct>(3)},
                   {"urw", std::make_unique<sim::UniformWalk>()},
                   {"surw", std::make_unique<sim::SelectiveWalk>()},
                   {"delay", std::make_unique<sim::DelayWalk>(3)}};
  for (const Named& named : walks) {
    Sampling sampling(*named.walk);
    std::size_t turns = 0;
    for (int i = 0; i < 50'000; ++i) {
      ASSERT_EQ(sampling.next(program), sim::Outcome::finished);
      turns = std::max(turns, noted.size());
    }
    EXPECT_LT(turns, 3'000u) << named.name;
  }
}

}  // namespace
}  // namespace heddle::tests
