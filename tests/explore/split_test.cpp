// A search of which branches are explored elsewhere, ahead of their time, explores what it would
// have explored alone, in the same order.
#include <algorithm>
#include <atomic>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "sim/core/rng.hpp"
#include "sim/kernel/kthread.hpp"
#include "tests/explore/counted_rows.hpp"
#include "tests/explore/cross_check.hpp"
#include "tests/explore/program.hpp"
#include "tests/explore/searches.hpp"

namespace heddle::tests {
namespace {

using sim::Reduction;
using sim::wire::Reader;
using sim::wire::Type;
using sim::wire::Writer;

/// What became of a branch that was explored ahead of its time.
struct Ahead {
  std::string branch;
  std::vector<Made> made;
  bool usable = false;
  std::string outcome;
};

struct Split {
  std::vector<Made> made;
  int taken_over = 0;
  int changed = 0;
};

Ahead explore_ahead(sim::Execution& execution, const SearchOf& search, SearchOf& other,
                    std::uint32_t frame) {
  Writer state(Type::bytes);
  search->save(state);
  Reader reader(Type::bytes, state.payload());
  EXPECT_TRUE(other->load(reader));
  other->enter_next_branch(frame);
  Ahead ahead;
  ahead.branch = other->branch();
  while (other->has_next() && ahead.made.size() < made_max)
    ahead.made.push_back(make_next(execution, *other, ahead.made.size()));
  Writer outcome(Type::bytes);
  ahead.usable = other->save_outcome(outcome);
  ahead.outcome = outcome.payload();
  return ahead;
}

/// After each execution, it may be that a branch of the path is explored ahead.
Split explored_split(sim::Execution& execution, Reduction reduction, std::uint32_t one_of,
                     std::uint64_t seed, std::uint32_t preemptions = sim::no_preemption_bound) {
  sim::Rng rng(seed);
  Split split;
  SearchOf search(reduction, preemptions);
  std::map<std::uint32_t, Ahead> ahead;  // by frame
  while (search->has_next() && split.made.size() < made_max) {
    split.made.push_back(make_next(execution, *search, split.made.size()));
    for (auto at = ahead.find(search->front()); at != ahead.end();
         at = ahead.find(search->front())) {
      const Ahead known = std::move(at->second);
      ahead.erase(at);
      if (!known.usable || known.branch != search->branch()) {
        ++split.changed;
        break;
      }
      ++split.taken_over;
      split.made.insert(split.made.end(), known.made.begin(), known.made.end());
      Reader reader(Type::bytes, known.outcome);
      EXPECT_TRUE(search->absorb(reader));
    }
    EXPECT_TRUE(ahead.empty() || ahead.rbegin()->first < search->front());
    if (rng.below(one_of) != 0) continue;
    std::uint32_t frame = search->next_open(1);
    while (frame != 0 && ahead.contains(frame)) frame = search->next_open(frame + 1);
    if (frame == 0) continue;
    SearchOf other(reduction, preemptions);
    ahead.emplace(frame, explore_ahead(execution, search, other, frame));
  }
  return split;
}

std::string check_split(const SmallProgram& program, bool& checked) {
  SmallExecution execution(program);
  for (const Reduction reduction :
       {Reduction::none, Reduction::sleep, Reduction::source, Reduction::optimal}) {
    const std::vector<Made> whole = explored_whole(execution, reduction);
    if (whole.size() == made_max) continue;
    checked = true;
    for (const std::uint32_t one_of : {2, 9})
      if (explored_split(execution, reduction, one_of, whole.size()).made != whole)
        return std::string(word(reduction)) + " goes on differently behind what was split off";
  }
  return "";
}

TEST(Split, SearchesOfRandomProgramsExploreTheSame) { cross_check(12, 100, check_split); }

TEST(Split, SearchesOfCountedProgramsExploreTheSame) {
  for (const CountedRow& row : {CountedRow{"inc", 3, 2, 90}, CountedRow{"lastzero", 5, 0, 64},
                                CountedRow{"mutex", 3, 2, 90}, CountedRow{"casw", 3, 0, 66},
                                CountedRow{"readers", 8, 0, 256}, CountedRow{"ninc", 4, 0, 576},
                                CountedRow{"spin", 2, 2, 34}}) {
    bench::CountedExecution execution(machine(), *bench::counted_program(row.program), row.n,
                                      row.k);
    for (const Reduction reduction : {Reduction::sleep, Reduction::source, Reduction::optimal}) {
      const std::vector<Made> whole = explored_whole(execution, reduction);
      const Split split = explored_split(execution, reduction, 3, 1);
      if (whole.size() == made_max) continue;
      EXPECT_EQ(split.made, whole) << row.program << ' ' << word(reduction);
      EXPECT_GT(split.taken_over, 0) << row.program << ' ' << word(reduction);
      if (reduction == Reduction::optimal) {
        EXPECT_EQ(split.made.size(), row.traces);
      }
    }
  }
}

// A task that only some executions create: the search of the branch may not know of it, and the one
// that takes the branch over does.
struct Words {
  std::atomic<int> x, y, z, q;
};
int loads_before = 0;

void create_late(sim::World& world) {
  auto& words = world.create<Words>();
  world.task("main", sim::Cpu{0}, [&world, &words] {
    words.q.load();
    const std::uint32_t way = world.choose(3);
    if (way == 0 && words.x.load() == 1)
      sim::kernel::kthread_run("child", sim::Cpu{2}, [&words] {
        for (int i = 0; i < 8; ++i) words.q.load();
      });
    if (way == 1) words.q.load();
    if (way != 2) return;
    for (int i = 0; i < loads_before; ++i) words.q.load();
    sim::kernel::kthread_run("child", sim::Cpu{2}, [&words] {
      words.y.store(1);
      words.z.store(1);
    });
    if (words.y.load() == 1) words.z.store(2);
  });
  world.task("other", sim::Cpu{1}, [&words] { words.x.store(1); });
}

TEST(Split, KnowsContextsThatABranchHasNotSeen) {
  for (loads_before = 5; loads_before <= 11; ++loads_before) {
    Program execution(3, &create_late);
    const std::vector<Made> whole = explored_whole(execution, Reduction::optimal);
    const Split split = explored_split(execution, Reduction::optimal, 1, 1);
    EXPECT_GT(split.taken_over, 0);
    EXPECT_EQ(split.made, whole) << loads_before;
  }
}

// Which of the two is created first has the lower number: the same number stands for a task on
// another CPU then.
void create_two(sim::World& world) {
  auto& words = world.create<Words>();
  world.task("first", sim::Cpu{0}, [&words] {
    words.z.fetch_add(1);
    sim::kernel::kthread_run("child", sim::Cpu{1}, [&words] { words.q.fetch_add(1); });
  });
  world.task("second", sim::Cpu{1}, [&words] {
    words.x.fetch_add(1);
    sim::kernel::kthread_run("child", sim::Cpu{2}, [&words] {
      words.z.load();
      words.z.fetch_add(1);
    });
    words.x.store(0);
  });
}

TEST(Split, TellsContextsApartThatHaveTheSameNumberInOtherExecutions) {
  Program execution(3, &create_two);
  const std::vector<Made> whole = explored_whole(execution, Reduction::optimal);
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    const Split split = explored_split(execution, Reduction::optimal, 2, seed);
    EXPECT_EQ(split.made, whole) << seed;
  }
}

/// A branch that a bound has put to sleep is none.
TEST(Split, SearchesWithABoundExploreTheSame) {
  bench::CountedExecution execution(machine(), *bench::counted_program("fib_bench"), 4, 0);
  for (const Reduction reduction : {Reduction::sleep, Reduction::optimal}) {
    for (std::uint32_t bound = 0; bound <= 3; ++bound) {
      const std::vector<Made> whole = explored_whole(execution, reduction, bound);
      ASSERT_LT(whole.size(), made_max);
      for (std::uint64_t seed = 1; seed <= 4; ++seed)
        EXPECT_EQ(explored_split(execution, reduction, 2, seed, bound).made, whole)
            << word(reduction) << " within " << bound << ", seed " << seed;
    }
  }
}

}  // namespace
}  // namespace heddle::tests
