// A queue without locks, for one task that pushes and one that pops. std::atomic needs no twin: the
// atomics of code under test are simulated as they are.
#include <array>
#include <atomic>
#include <cstddef>
#include <optional>

#include "heddle.hpp"
#include "heddle/testing.hpp"

namespace {
using namespace heddle;

/// `publishes_early`: the bug. The popper is told of an element before it is there.
template <bool publishes_early>
class Ring {
 public:
  bool push(int element) {
    const std::size_t tail = tail_.load(std::memory_order_relaxed);
    if (tail - head_.load(std::memory_order_acquire) == slots_.size()) return false;
    if (publishes_early) tail_.store(tail + 1, std::memory_order_release);
    slots_[tail % slots_.size()] = element;
    if (!publishes_early) tail_.store(tail + 1, std::memory_order_release);
    return true;
  }
  std::optional<int> pop() {
    const std::size_t head = head_.load(std::memory_order_relaxed);
    if (head == tail_.load(std::memory_order_acquire)) return std::nullopt;
    const int element = slots_[head % slots_.size()];
    head_.store(head + 1, std::memory_order_release);
    return element;
  }

 private:
  std::array<int, 2> slots_{};
  std::atomic<std::size_t> head_ = 0;
  std::atomic<std::size_t> tail_ = 0;
};

template <bool publishes_early>
void push_and_pop(World& world, DefectBits) {
  auto& ring = world.variable<Ring<publishes_early>>("ring");
  world.task("pusher", Cpu{0}, [&ring] {
    for (int element = 1; element <= 3; ++element) ring.push(element);
  });
  world.task("popper", Cpu{1}, [&world, &ring] {
    int last = 0;
    for (int i = 0; i < 3; ++i) {
      const std::optional<int> element = ring.pop();
      if (!element) continue;
      world.expect(*element > last, "elements come out in the order in which they went in");
      last = *element;
    }
  });
}
HEDDLE_SCENARIO("example/ring_publishes_early", push_and_pop<true>).cpus(2);
HEDDLE_SCENARIO("example/ring", push_and_pop<false>).cpus(2);

TEST(Ring, IsReadBeforeItIsWrittenIfItPublishesEarly) {
  EXPECT_FINDS(explore("example/ring_publishes_early"), FindingKind::data_race);
}
TEST(Ring, HandsElementsOver) { EXPECT_CLEAN(explore("example/ring")); }

}  // namespace
