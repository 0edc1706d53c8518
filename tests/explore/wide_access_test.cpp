// Accesses of more than a word: searches find who depends on them in another way than the rest.
#include <cstdint>
#include <memory_resource>

#include <gtest/gtest.h>

#include "tests/explore/agreement.hpp"

namespace heddle::tests {
namespace {

using sim::Cpu;
using sim::World;

__extension__ using Wide = unsigned __int128;

union Words {
  volatile Wide both = 0;
  volatile std::uint64_t each[2];
};

/// Three access the first word, two the second one; one of them both.
void words_and_both(World& world) {
  Words& words = world.create<Words>();
  world.task("both", Cpu{0}, [&words] { words.both = 1; });
  world.task("first", Cpu{1}, [&words] { words.each[0] = 2; });
  world.task("second", Cpu{2}, [&words] { words.each[1] = 3; });
  world.task("reader", Cpu{3}, [&words] { static_cast<void>(words.each[0]); });
}

TEST(WideAccess, IsReducedAsOthersAre) { expect_reductions_agree(4, &words_and_both); }

TEST(WideAccess, IsOrderedWithAllThatItsWordsAreAccessedBy) {
  Program program(4, &words_and_both);
  for (const auto reduction : {sim::Reduction::source, sim::Reduction::optimal}) {
    sim::Dpor dpor(*std::pmr::new_delete_resource(), {reduction, 200});
    EXPECT_EQ(explore_all(program, dpor).finished, 3u * 2u * 1u * 2u) << word(reduction);
  }
}

}  // namespace
}  // namespace heddle::tests
