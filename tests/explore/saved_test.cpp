// A search that another one goes on with, at any execution, explores what it would have explored.
#include <memory>
#include <memory_resource>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "sim/explore/dfs.hpp"
#include "sim/explore/measured.hpp"
#include "tests/explore/counted_rows.hpp"
#include "tests/explore/cross_check.hpp"
#include "tests/explore/program.hpp"
#include "tests/explore/searches.hpp"

namespace heddle::tests {
namespace {

using sim::Reduction;

/// Goes on in a new search after every `stride`th execution.
std::vector<Made> explored_in_pieces(sim::Execution& execution, Reduction reduction,
                                     std::uint64_t stride) {
  std::vector<Made> all;
  auto search = std::make_unique<SearchOf>(reduction);
  while ((*search)->has_next() && all.size() < made_max) {
    all.push_back(make_next(execution, *(*search).operator->(), all.size()));
    if (all.size() % stride != 0) continue;
    sim::wire::Writer writer(sim::wire::Type::bytes);
    (*search)->save(writer);
    auto next = std::make_unique<SearchOf>(reduction);
    sim::wire::Reader reader(sim::wire::Type::bytes, writer.payload());
    if (!(*next)->load(reader)) return {};
    EXPECT_EQ((*next)->share_done(), (*search)->share_done());
    search = std::move(next);
  }
  return all;
}

std::string check_pieces(const SmallProgram& program, bool& checked) {
  SmallExecution execution(program);
  for (const Reduction reduction :
       {Reduction::none, Reduction::sleep, Reduction::source, Reduction::optimal}) {
    const std::vector<Made> whole = explored_whole(execution, reduction);
    checked = checked || whole.size() > 1;
    for (const std::uint64_t stride : {1, 3})
      if (explored_in_pieces(execution, reduction, stride) != whole)
        return std::string(word(reduction)) + " goes on differently after saving";
  }
  return "";
}

void stop_in_set_up(sim::World& world) {
  for (std::uint16_t cpu = 0; cpu < 20; ++cpu) world.task("task", sim::Cpu{cpu}, [] {});
  if (world.choose(2) == 0) sim::Machine::running().stop();
}

TEST(Saved, SearchesGoOnBehindASetUpOfManyContextsThatWasAll) {
  Program execution(20, &stop_in_set_up);
  SearchOf search(Reduction::optimal);
  make_next(execution, *search, 0);
  ASSERT_TRUE(search->has_next());
  sim::wire::Writer writer(sim::wire::Type::bytes);
  search->save(writer);
  SearchOf next(Reduction::optimal);
  sim::wire::Reader reader(sim::wire::Type::bytes, writer.payload());
  EXPECT_TRUE(next->load(reader));
}

TEST(Saved, SearchesOfRandomProgramsGoOnAsTheyWould) { cross_check(11, 100, check_pieces); }

TEST(Saved, SearchesOfCountedProgramsGoOnAsTheyWould) {
  for (const CountedRow& row : {CountedRow{"inc", 3, 2, 90}, CountedRow{"lastzero", 5, 0, 64},
                                CountedRow{"mutex", 3, 2, 90}, CountedRow{"casw", 3, 0, 66}}) {
    bench::CountedExecution execution(machine(), *bench::counted_program(row.program), row.n,
                                      row.k);
    EXPECT_EQ(explored_in_pieces(execution, Reduction::optimal, 1).size(), row.traces)
        << row.program;
  }
}

TEST(Saved, WhatIsNoStateIsRefused) {
  bench::CountedExecution execution(machine(), *bench::counted_program("inc"), 3, 1);
  for (const Reduction reduction : {Reduction::none, Reduction::sleep, Reduction::optimal}) {
    SearchOf search(reduction);
    make_next(execution, *search, 0);
    sim::wire::Writer writer(sim::wire::Type::bytes);
    search->save(writer);
    const std::string state(writer.payload());
    for (std::size_t size = 0; size < state.size(); size += 1 + size / 8) {
      SearchOf other(reduction);
      sim::wire::Reader reader(sim::wire::Type::bytes, std::string_view(state).substr(0, size));
      EXPECT_FALSE(other->load(reader)) << word(reduction) << ", " << size << " bytes";
    }
    SearchOf other(reduction == Reduction::sleep ? Reduction::source : Reduction::sleep);
    sim::wire::Reader reader(sim::wire::Type::bytes, state);
    EXPECT_FALSE(other->load(reader)) << word(reduction) << " by another search";
  }
}

}  // namespace
}  // namespace heddle::tests
