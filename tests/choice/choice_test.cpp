// The one door: what is recorded can be replayed, and what does not fit is noticed.
#include "sim/choice/choice.hpp"

#include <array>
#include <atomic>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "checkers/digest.hpp"
#include "sim/choice/random.hpp"
#include "sim/choice/replay.hpp"
#include "tests/support/explore.hpp"

namespace heddle::sim {
namespace {

using tests::callable;
using tests::machine;
using tests::with_cpus;

/// Room for recorded choices.
struct Record {
  std::array<Choice, 4096> entries;
  volatile std::uint64_t size = 0;
  ChoiceLog log() { return {entries.data(), entries.size(), &size}; }
  std::vector<Choice> choices() const {
    return {entries.begin(), entries.begin() + static_cast<std::ptrdiff_t>(size)};
  }
};

/// Tasks that race, choose values and are interrupted.
auto busy = [](World& world) {
  auto& x = world.create<std::atomic<int>>(0);
  auto& y = world.create<std::atomic<int>>(0);
  for (std::uint16_t cpu = 0; cpu < 2; ++cpu)
    for (int i = 0; i < 2; ++i)
      world.task("task", Cpu{cpu}, [&] {
        World here(Machine::running());
        x.fetch_add(static_cast<int>(here.choose(3)));
        if (x.load() > 2) y.store(x.load());
      });
  world.interrupt("irq", Cpu{1}, Level::hardirq, 2, [&] { y.exchange(x.load()); });
};

struct Ran {
  Outcome outcome;
  std::uint64_t digest;
  StepIndex steps;
};

Ran run_busy(Chooser& chooser, ChoiceLog log) {
  checkers::Digest digest;
  machine().configure(with_cpus(2));
  machine().detach_all();
  machine().attach(digest);
  const Outcome outcome = machine().run(callable(busy), chooser, log);
  machine().detach_all();
  return {outcome, digest.value(), machine().steps()};
}

RC_GTEST_PROP(Choices, AReplayRepeatsTheExecution, (std::uint64_t seed)) {
  Record record;
  RandomChooser random(seed);
  const Ran first = run_busy(random, record.log());
  RC_ASSERT(first.outcome == Outcome::finished);

  const std::vector<Choice> choices = record.choices();
  Record again;
  ReplayChooser replay(choices);
  const Ran second = run_busy(replay, again.log());
  RC_ASSERT(second.outcome == Outcome::finished);
  RC_ASSERT(second.digest == first.digest);
  RC_ASSERT(second.steps == first.steps);
  RC_ASSERT(again.choices() == choices);
  RC_ASSERT(replay.position() == choices.size());
  RC_ASSERT(!replay.diverged());
}

RC_GTEST_PROP(Choices, APrefixAndAChooserForTheRestRunToTheEnd, (std::uint64_t seed)) {
  Record record;
  RandomChooser random(seed);
  run_busy(random, record.log());
  std::vector<Choice> choices = record.choices();
  RC_PRE(!choices.empty());
  choices.resize(*rc::gen::inRange<std::size_t>(0, choices.size()));
  RandomChooser rest(seed + 1);
  ReplayChooser replay(choices, &rest);
  RC_ASSERT(run_busy(replay, {}).outcome == Outcome::finished);
  RC_ASSERT(replay.position() == choices.size());

  ReplayChooser alone(choices);
  RC_ASSERT(run_busy(alone, {}).outcome == Outcome::given_up);
  RC_ASSERT(!alone.diverged());
}

RC_GTEST_PROP(Choices, RecordingChangesNothing, (std::uint64_t seed)) {
  Record record;
  RandomChooser with_log(seed);
  RandomChooser without(seed);
  RC_ASSERT(run_busy(with_log, record.log()).digest == run_busy(without, {}).digest);
  RC_ASSERT(with_log.end_state() == without.end_state());
}

TEST(Replay, AChoiceThatDoesNotFitIsADivergence) {
  Record record;
  RandomChooser random(1);
  run_busy(random, record.log());
  const std::vector<Choice> choices = record.choices();
  ASSERT_GT(choices.size(), 3u);
  const auto diverges = [&](auto&& change) {
    std::vector<Choice> changed = choices;
    change(changed[2]);
    ReplayChooser replay(changed);
    EXPECT_EQ(run_busy(replay, {}).outcome, Outcome::given_up);
    EXPECT_EQ(replay.position(), 2u);
    return replay.diverged();
  };
  EXPECT_TRUE(diverges([](Choice& choice) { choice.chosen = 63; }));
  EXPECT_TRUE(diverges([](Choice& choice) { choice.chosen = 70'000; }));
  EXPECT_TRUE(diverges([](Choice& choice) { ++choice.arity; }));
  EXPECT_TRUE(diverges([](Choice& choice) {
    choice.reason = choice.reason == Reason::schedule ? Reason::value : Reason::schedule;
  }));
}

TEST(Choices, OneWayAsksNobody) {
  ReplayChooser nothing({});
  Choices choices;
  Record record;
  choices.begin(nothing, record.log());
  EXPECT_EQ(choices.value(Reason::value, 1), 0u);
  EXPECT_EQ(record.size, 0u);
  EXPECT_EQ(choices.value(Reason::value, 2), Chooser::give_up);
}

TEST(Choices, ManyWaysAreRecordedAsTheLargestArity) {
  RandomChooser random(3);
  Choices choices;
  Record record;
  choices.begin(random, record.log());
  const std::uint32_t chosen = choices.value(Reason::value, 1'000'000);
  EXPECT_EQ(record.entries[0], (Choice{Reason::value, 0, 65535, chosen}));
  const std::vector<Choice> recorded = record.choices();
  ReplayChooser replay(recorded);
  choices.begin(replay, {});
  EXPECT_EQ(choices.value(Reason::value, 1'000'000), chosen);
}

/// Answers what nobody may answer.
class Liar final : public Chooser {
 public:
  ContextId schedule(const SchedulePoint&) override { return ContextId{63}; }
  std::uint32_t value(Reason, std::uint32_t arity) override { return arity; }
};

TEST(ChoicesDeathTest, AnAnswerThatIsNoneIsOurBug) {
  Liar liar;
  Choices choices;
  choices.begin(liar, {});
  EXPECT_EXIT(choices.value(Reason::value, 2), testing::ExitedWithCode(70), "one of the ways");
  EXPECT_EXIT(choices.schedule({ContextSet{ContextId{1}}, no_context, nullptr, 0}),
              testing::ExitedWithCode(70), "enabled context");
}

TEST(RandomChooser, EqualSeedsChooseEqually) {
  RandomChooser a(5);
  RandomChooser b(6);
  b.seed(5);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(a.value(Reason::value, 7), b.value(Reason::value, 7));
  EXPECT_EQ(a.end_state(), b.end_state());
}

}  // namespace
}  // namespace heddle::sim
