// A property as a test: whatever tasks and interrupt handlers count packets, none is lost. Built
// and run with the tests; on a failure the message ends with the command that replays it.
#include <array>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "heddle/rapidcheck.hpp"
#include "heddle/testing.hpp"

namespace {
using namespace heddle;

/// Who counts: "task 3, interrupt 1" is a task that counts three packets and an interrupt handler
/// that counts one.
struct Traffic {
  struct Source {
    bool interrupt = false;
    int packets = 0;  // 0..9
  };
  std::vector<Source> sources;  // 0..4

  std::string text() const {
    std::string text = "traffic:";
    for (const Source& source : sources)
      text += (source.interrupt ? " interrupt " : " task ") + std::to_string(source.packets);
    return text;
  }
  static Result<Traffic> parse(std::string_view text) {
    TextReader reader(text);
    Traffic traffic;
    reader.expect("traffic:");
    while (reader.take(" ")) {
      Source source;
      source.interrupt = reader.word({"task", "interrupt"}) == 1;
      reader.expect(" ");
      source.packets = static_cast<int>(reader.number(0, 9));
      traffic.sources.push_back(source);
    }
    if (traffic.sources.size() > 4) reader.fail("expected at most 4 sources");
    return reader.finish(std::move(traffic));
  }
  friend std::ostream& operator<<(std::ostream& stream, const Traffic& traffic) {
    return stream << traffic.text();
  }
};

struct Statistics {
  kernel::spinlock_t lock = kernel::SPIN_LOCK_UNLOCKED("statistics.lock");
  long packets = 0;
};

template <bool masks_interrupts>
void count(Statistics& statistics) {
  unsigned long flags = 0;
  if (masks_interrupts)
    kernel::spin_lock_irqsave(&statistics.lock, flags);
  else
    kernel::spin_lock(&statistics.lock);
  ++statistics.packets;
  if (masks_interrupts)
    kernel::spin_unlock_irqrestore(&statistics.lock, flags);
  else
    kernel::spin_unlock(&statistics.lock);
}

template <bool masks_interrupts>
void count_packets(World& world, const Traffic& traffic, DefectBits) {
  auto& statistics = world.variable<Statistics>("statistics");
  auto& due = world.variable<long>("due", 0);
  for (const Traffic::Source& source : traffic.sources) {
    // An interrupt need not come; when it does, its packets are due.
    const auto body = [&statistics, &due, &source] {
      for (int i = 0; i < source.packets; ++i) count<masks_interrupts>(statistics);
    };
    if (source.interrupt) {
      world.interrupt("receiver", Cpu{0}, Level::hardirq, 1, body);
    } else {
      due += source.packets;
      world.task("sender", Cpu{0}, body);
    }
  }
  world.finally([&world, &statistics, &due] {
    world.expect(statistics.packets >= due, "every packet of a task is counted");
  });
}
HEDDLE_PROPERTY("example/packets", Traffic, count_packets<true>)
    .summary("tasks and interrupt handlers count packets");
HEDDLE_PROPERTY("example/packets_unmasked", Traffic, count_packets<false>)
    .summary("the same under a lock that leaves interrupts on")
    .always_finds(FindingKind::deadlock);

}  // namespace

template <>
struct rc::Arbitrary<Traffic> {
  static Gen<Traffic> arbitrary() {
    const auto source = gen::map(
        gen::pair(gen::arbitrary<bool>(), gen::inRange(0, 4)),
        [](std::pair<bool, int> parts) { return Traffic::Source{parts.first, parts.second}; });
    return gen::map(
        gen::resize(4, gen::container<std::vector<Traffic::Source>>(gen::resize(100, source))),
        [](std::vector<Traffic::Source> sources) { return Traffic{std::move(sources)}; });
  }
};

namespace {

RC_GTEST_PROP(Packets, AreAllCounted, (const Traffic& traffic)) {
  RC_HEDDLE_CLEAN(explore("example/packets", traffic, {.executions = 50}));
}

TEST(Packets, AreCountedInEverySchedule) {
  EXPECT_CLEAN(
      explore("example/packets",
              Traffic{{{.interrupt = false, .packets = 1}, {.interrupt = true, .packets = 1}}},
              {.strategy = StrategyKind::dfs, .executions = 0}));
}

TEST(Packets, NeedInterruptsMasked) {
  EXPECT_FINDS(explore("example/packets_unmasked", {.executions = 200}), FindingKind::deadlock);
}

}  // namespace
