// Every enumerator that stands in traces has a word of its own, which leads back to it.
#include <fstream>
#include <iterator>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "sim/choice/choice.hpp"
#include "sim/core/event.hpp"
#include "sim/core/finding.hpp"
#include "sim/machine/config.hpp"

namespace heddle::sim {
namespace {

template <class Enum, class From>
void expect_words(std::size_t count, From from) {
  std::set<std::string> words;
  for (std::size_t i = 0; i < count; ++i) {
    const std::string text(word(static_cast<Enum>(i)));
    EXPECT_FALSE(text.empty());
    EXPECT_TRUE(words.insert(text).second) << text;
    Enum back{};
    EXPECT_TRUE(from(text, back)) << text;
    EXPECT_EQ(static_cast<std::size_t>(back), i) << text;
  }
  Enum untouched{};
  EXPECT_FALSE(from("no such word", untouched));
}

TEST(Words, LeadBackToTheirEnumerators) {
  expect_words<EventKind>(event_kind_count, event_kind_from);
  expect_words<FindingKind>(finding_kind_count, finding_kind_from);
  expect_words<Reason>(static_cast<std::size_t>(Reason::count_), reason_from);
  expect_words<Preemption>(3, preemption_from);
  expect_words<Interleave>(3, interleave_from);
}

TEST(Words, EveryFindingKindHasASentence) {
  for (std::size_t i = 0; i < finding_kind_count; ++i)
    EXPECT_GT(sentence(static_cast<FindingKind>(i)).size(), 10u);
}

TEST(Words, TheReferenceSaysOfEveryFindingWhatTheCodeSays) {
  std::ifstream file(HEDDLE_SOURCE_DIR "/docs/findings.md");
  const std::string page(std::istreambuf_iterator<char>(file), {});
  for (std::size_t i = 0; i < finding_kind_count; ++i) {
    const auto kind = static_cast<FindingKind>(i);
    const std::string row =
        "| `" + std::string(word(kind)) + "` | " + std::string(sentence(kind)) + " |";
    EXPECT_NE(page.find(row), std::string::npos) << row;
  }
}

TEST(Words, LevelsAreOrderedByWhatTheyMask) {
  EXPECT_LT(Level::task, Level::softirq);
  EXPECT_LT(Level::softirq, Level::hardirq);
  EXPECT_LT(Level::hardirq, Level::nmi);
}

}  // namespace
}  // namespace heddle::sim
