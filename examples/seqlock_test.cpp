// A sequence lock: who reads takes no lock, but looks before and after whether somebody has
// written. The two words are atomics, so there is no data race to find; what goes wrong is that
// they do not belong together.
#include <atomic>

#include "heddle.hpp"
#include "heddle/testing.hpp"

namespace {
using namespace heddle;

struct Point {
  int x = 0;
  int y = 0;
};

/// `looks_again`: what a reader must do. Written by one task only.
template <bool looks_again>
class SharedPoint {
 public:
  void move(Point to) {
    sequence_.fetch_add(1);  // odd: in the middle of it
    x_.store(to.x);
    y_.store(to.y);
    sequence_.fetch_add(1);
  }
  Point read() const {
    for (;;) {
      const unsigned before = sequence_.load();
      const Point point{x_.load(), y_.load()};
      if (before % 2 == 0 && (!looks_again || sequence_.load() == before)) return point;
      kernel::cpu_relax();
    }
  }

 private:
  std::atomic<unsigned> sequence_ = 0;
  std::atomic<int> x_ = 0;
  std::atomic<int> y_ = 0;
};

template <bool looks_again>
void move_and_read(World& world, DefectBits) {
  auto& shared = world.variable<SharedPoint<looks_again>>("point");
  world.task("mover", Cpu{0}, [&shared] { shared.move({1, 1}); });
  world.task("reader", Cpu{1}, [&world, &shared] {
    const Point point = shared.read();
    world.expect(point.x == point.y, "a point is on the diagonal");
  });
}
HEDDLE_SCENARIO("example/seqlock_looks_once", move_and_read<false>).cpus(2);
HEDDLE_SCENARIO("example/seqlock", move_and_read<true>).cpus(2);

TEST(Seqlock, TearsIfTheReaderDoesNotLookAgain) {
  EXPECT_FINDS(explore("example/seqlock_looks_once"), FindingKind::invariant);
}
TEST(Seqlock, GivesBothWordsOfOneMove) { EXPECT_CLEAN(explore("example/seqlock")); }

}  // namespace
